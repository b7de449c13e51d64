//! People, their roles, and the organisations that they act for.

use super::members::{TiesOf, read_ties};
use super::schema::{memberships, organisations, people, person_authorities, person_roles, registrations};
use super::{Connected, Fault, Tx};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Bool, Integer, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rules::actor::{Actor, Role, Who};
use rules::ids::{OrganisationId, PersonId};
use rules::person::{Language, Organisation, Person};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = people)]
struct Row {
    id: Uuid,
    email: String,
    name: String,
    language: String,
    active: bool,
    version: i32,
}

/// A person as stored, with the version for `If-Match`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPerson {
    /// The person.
    pub person: Person,
    /// Counted up with every change.
    pub version: i32,
}

impl Row {
    fn with_roles(self, roles: impl IntoIterator<Item = String>) -> Result<StoredPerson, Fault> {
        let language =
            Language::from_code(&self.language).ok_or_else(|| Fault::Corrupt(format!("language {}", self.language)))?;
        let (id, roles) = (PersonId(self.id), roles.into_iter().map(role).collect::<Result<_, _>>()?);
        let person = Person { id, email: self.email, name: self.name, language, roles, active: self.active };
        Ok(StoredPerson { person, version: self.version })
    }
}

/// What is known of an actor, in rows of a join: the version of the person, a role, an organisation, an authority, and the ties to single
/// cases, all of them in each row.
pub(super) type Standing = (i32, Option<String>, Option<Uuid>, Option<String>, Vec<String>);

/// An actor from the rows of a join; `None` where there are none.
pub(super) fn assembled(person: PersonId, rows: Vec<Standing>) -> Result<Option<Actor>, Fault> {
    let Some((.., ties)) = rows.as_slice().first() else { return Ok(None) };
    let mut actor = Actor { who: Who::Person(person), ties: read_ties(ties)?, ..Actor::visitor() };
    for (version, code, organisation, authority, _) in rows {
        actor.version = version;
        actor.roles.extend(code.map(role).transpose()?);
        actor.organisations.extend(organisation.map(OrganisationId));
        actor.authorities.extend(authority);
    }
    Ok(Some(actor))
}

/// A person as an actor, without a session: somebody whom others give work to. `None` when the account is closed.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn actor(reader: &mut impl Connected, person: PersonId) -> Result<Option<Actor>, Fault> {
    let rows: Vec<Standing> = people::table
        .left_join(person_roles::table.on(person_roles::person_id.eq(people::id)))
        .left_join(memberships::table.on(memberships::person_id.eq(people::id)))
        .left_join(person_authorities::table.on(person_authorities::person_id.eq(people::id)))
        .filter(people::id.eq(person.0).and(people::active))
        .select((
            people::version,
            person_roles::role.nullable(),
            memberships::organisation_id.nullable(),
            person_authorities::authority.nullable(),
            TiesOf(person.0),
        ))
        .load(reader.connection())
        .await?;
    assembled(person, rows)
}

/// Keeps an account as it is until the transaction ends: it is not closed, its roles do not change, and nobody else holds it. So of
/// two who give the same person something, or of whoever gives and the person who declares an interest, one comes first.
///
/// # Errors
/// When the database fails.
pub async fn hold(tx: &mut Tx<'_>, id: PersonId) -> Result<(), Fault> {
    let row = people::table.find(id.0).select(people::id).for_no_key_update();
    row.first::<Uuid>(tx.connection).await.optional()?;
    Ok(())
}

/// The same of many, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub async fn hold_all(tx: &mut Tx<'_>, ids: &BTreeSet<PersonId>) -> Result<(), Fault> {
    let ids = ids.iter().map(|id| id.0).collect::<Vec<_>>();
    let rows = people::table.filter(people::id.eq_any(ids)).order(people::id);
    rows.select(people::id).for_no_key_update().load::<Uuid>(tx.connection).await?;
    Ok(())
}

/// Whether people are still in the versions in which they were read.
pub(super) async fn are_in_version(tx: &mut Tx<'_>, read: &BTreeSet<(PersonId, i32)>) -> Result<bool, Fault> {
    let (ids, versions): (Vec<_>, Vec<_>) = read.iter().map(|(person, version)| (person.0, *version)).unzip();
    let query = sql_query(
        "SELECT NOT EXISTS (SELECT FROM unnest($1::uuid[], $2::integer[]) was (id, version) LEFT JOIN people p USING (id, version) WHERE p.id IS NULL) AS yes",
    );
    let found: Found =
        query.bind::<Array<SqlUuid>, _>(ids).bind::<Array<Integer>, _>(versions).get_result(tx.connection).await?;
    Ok(found.yes)
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

/// What a person may do has changed.
async fn count_up(tx: &mut Tx<'_>, person: PersonId) -> Result<(), Fault> {
    diesel::update(people::table.find(person.0))
        .set(people::version.eq(people::version + 1))
        .execute(tx.connection)
        .await?;
    Ok(())
}

fn role(code: String) -> Result<Role, Fault> {
    Role::from_code(&code).ok_or_else(|| Fault::Corrupt(format!("role {code}")))
}

/// A person by id.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn find(reader: &mut impl Connected, id: PersonId) -> Result<Option<StoredPerson>, Fault> {
    let row = people::table.find(id.0).select(Row::as_select()).first(reader.connection()).await.optional()?;
    with_roles(reader, row).await
}

/// A person by id, locked until the transaction ends.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn lock(tx: &mut Tx<'_>, id: PersonId) -> Result<Option<StoredPerson>, Fault> {
    // Not against rows that name them: whoever waits for the money of a scheme has written what they did there.
    let row = people::table.find(id.0).select(Row::as_select()).for_no_key_update();
    let row = row.first(tx.connection).await.optional()?;
    with_roles(tx, row).await
}

/// A person by address (in lower case), with the hash of the password where one has been chosen.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn find_by_email(
    reader: &mut impl Connected,
    email: &str,
) -> Result<Option<(StoredPerson, Option<String>)>, Fault> {
    let query = people::table.filter(people::email.eq(email)).select((Row::as_select(), people::password_hash));
    let Some((row, hash)) = query.first::<(Row, Option<String>)>(reader.connection()).await.optional()? else {
        return Ok(None);
    };
    Ok(with_roles(reader, Some(row)).await?.map(|person| (person, hash)))
}

/// The people in the order of their ids, after one of them.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn page(
    reader: &mut impl Connected,
    after: Option<PersonId>,
    limit: i64,
) -> Result<Vec<StoredPerson>, Fault> {
    let after = after.map_or_else(Uuid::nil, |id| id.0);
    let query = people::table.filter(people::id.gt(after)).order(people::id).limit(limit).select(Row::as_select());
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    let ids = rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let roles: Vec<(Uuid, String)> =
        person_roles::table.filter(person_roles::person_id.eq_any(&ids)).load(reader.connection()).await?;
    let of = |id: Uuid| roles.iter().filter(move |(person, _)| *person == id).map(|(_, role)| role.clone());
    rows.into_iter()
        .map(|row| {
            let roles = of(row.id).collect::<Vec<_>>();
            row.with_roles(roles)
        })
        .collect()
}

async fn with_roles(reader: &mut impl Connected, row: Option<Row>) -> Result<Option<StoredPerson>, Fault> {
    let Some(row) = row else { return Ok(None) };
    let query = person_roles::table.filter(person_roles::person_id.eq(row.id)).select(person_roles::role);
    let roles: Vec<String> = query.load(reader.connection()).await?;
    row.with_roles(roles).map(Some)
}

/// An organisation by id.
///
/// # Errors
/// When the database fails.
pub async fn organisation(reader: &mut impl Connected, id: OrganisationId) -> Result<Option<Organisation>, Fault> {
    let query = organisations::table.find(id.0).select((organisations::name, organisations::ubi));
    let row: Option<(String, String)> = query.first(reader.connection()).await.optional()?;
    Ok(row.map(|(name, ubi)| Organisation { id, name, ubi }))
}

/// Those of these organisations that there are.
///
/// # Errors
/// When the database fails.
pub async fn organisations(
    reader: &mut impl Connected,
    ids: &BTreeSet<OrganisationId>,
) -> Result<Vec<Organisation>, Fault> {
    let ids = ids.iter().map(|id| id.0).collect::<Vec<_>>();
    let query = organisations::table.filter(organisations::id.eq_any(ids)).order(organisations::id);
    let query = query.select((organisations::id, organisations::name, organisations::ubi));
    let rows: Vec<(Uuid, String, String)> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(|(id, name, ubi)| Organisation { id: OrganisationId(id), name, ubi }).collect())
}

/// What somebody has registered, under the id that the organisation will have.
///
/// # Errors
/// When the database fails.
pub async fn registration(reader: &mut impl Connected, id: OrganisationId) -> Result<Option<Organisation>, Fault> {
    let query = registrations::table.find(id.0).select((registrations::name, registrations::ubi));
    let row: Option<(String, String)> = query.first(reader.connection()).await.optional()?;
    Ok(row.map(|(name, ubi)| Organisation { id, name, ubi }))
}

/// The assessors whose accounts are open, as actors with the organisations that they act for, and no more than so many.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn assessors_as_actors(reader: &mut impl Connected, limit: usize) -> Result<Vec<Actor>, Fault> {
    let query = people::table
        .inner_join(person_roles::table.on(person_roles::person_id.eq(people::id)))
        .filter(person_roles::role.eq(Role::Assessor.code()).and(people::active))
        .order(people::id)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select((people::id, people::version));
    let rows: Vec<(Uuid, i32)> = query.load(reader.connection()).await?;
    let ids = rows.iter().map(|(id, _)| *id).collect::<Vec<_>>();
    let query = memberships::table.filter(memberships::person_id.eq_any(ids));
    let query = query.select((memberships::person_id, memberships::organisation_id));
    let acts_for: Vec<(Uuid, Uuid)> = query.load(reader.connection()).await?;
    let mut organisations = BTreeMap::<Uuid, BTreeSet<OrganisationId>>::new();
    for (person, organisation) in acts_for {
        organisations.entry(person).or_default().insert(OrganisationId(organisation));
    }
    let actor = |(id, version)| Actor {
        who: Who::Person(PersonId(id)),
        version,
        roles: BTreeSet::from([Role::Assessor]),
        organisations: organisations.remove(&id).unwrap_or_default(),
        // What they are to single cases stands on file, where it is in the way.
        ties: BTreeMap::new(),
        authorities: BTreeSet::new(),
    };
    Ok(rows.into_iter().map(actor).collect())
}

/// What people are called.
///
/// # Errors
/// When the database fails.
pub async fn names(reader: &mut impl Connected, ids: &BTreeSet<PersonId>) -> Result<BTreeMap<PersonId, String>, Fault> {
    let ids = ids.iter().map(|id| id.0).collect::<Vec<_>>();
    let query = people::table.filter(people::id.eq_any(ids)).select((people::id, people::name));
    let rows: Vec<(Uuid, String)> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(|(id, name)| (PersonId(id), name)).collect())
}

/// The authorities under which a person may approve.
///
/// # Errors
/// When the database fails.
pub async fn authorities(reader: &mut impl Connected, id: PersonId) -> Result<BTreeSet<String>, Fault> {
    let held = person_authorities::table.filter(person_authorities::person_id.eq(id.0));
    let codes: Vec<String> = held.select(person_authorities::authority).load(reader.connection()).await?;
    Ok(codes.into_iter().collect())
}

/// Whether an organisation with a business identifier is registered.
///
/// # Errors
/// When the database fails.
pub async fn is_registered(reader: &mut impl Connected, ubi: &str) -> Result<bool, Fault> {
    let query = diesel::select(diesel::dsl::exists(organisations::table.filter(organisations::ubi.eq(ubi))));
    Ok(query.get_result(reader.connection()).await?)
}

/// The people who act for an organisation and whose accounts are open.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn members(reader: &mut impl Connected, organisation: OrganisationId) -> Result<Vec<PersonId>, Fault> {
    let query = memberships::table
        .inner_join(people::table.on(people::id.eq(memberships::person_id)))
        .filter(memberships::organisation_id.eq(organisation.0).and(people::active))
        .select(people::id);
    let ids: Vec<Uuid> = query.load(reader.connection()).await?;
    Ok(ids.into_iter().map(PersonId).collect())
}

pub(super) async fn insert(tx: &mut Tx<'_>, person: &Person) -> Result<(), Fault> {
    let row = (
        people::id.eq(person.id.0),
        people::email.eq(&person.email),
        people::name.eq(&person.name),
        people::language.eq(person.language.code()),
        people::active.eq(person.active),
        people::version.eq(1),
        people::created_at.eq(tx.moment.now),
    );
    diesel::insert_into(people::table).values(row).execute(tx.connection).await?;
    insert_roles(tx, person.id, &person.roles).await
}

pub(super) async fn update(tx: &mut Tx<'_>, person: &Person) -> Result<(), Fault> {
    let set =
        (people::name.eq(&person.name), people::active.eq(person.active), people::version.eq(people::version + 1));
    diesel::update(people::table.find(person.id.0)).set(set).execute(tx.connection).await?;
    diesel::delete(person_roles::table.filter(person_roles::person_id.eq(person.id.0))).execute(tx.connection).await?;
    insert_roles(tx, person.id, &person.roles).await
}

async fn insert_roles(tx: &mut Tx<'_>, person: PersonId, roles: &BTreeSet<Role>) -> Result<(), Fault> {
    let row = |role: &Role| (person_roles::person_id.eq(person.0), person_roles::role.eq(role.code()));
    let rows = roles.iter().map(row).collect::<Vec<_>>();
    diesel::insert_into(person_roles::table).values(rows).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn set_password(tx: &mut Tx<'_>, person: PersonId, hash: &str) -> Result<(), Fault> {
    diesel::update(people::table.find(person.0)).set(people::password_hash.eq(hash)).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn insert_registration(
    tx: &mut Tx<'_>,
    person: PersonId,
    organisation: &Organisation,
) -> Result<(), Fault> {
    let row = (
        registrations::organisation_id.eq(organisation.id.0),
        registrations::person_id.eq(person.0),
        registrations::name.eq(&organisation.name),
        registrations::ubi.eq(&organisation.ubi),
        registrations::created_at.eq(tx.moment.now),
    );
    diesel::insert_into(registrations::table).values(row).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn insert_organisation(tx: &mut Tx<'_>, organisation: &Organisation) -> Result<(), Fault> {
    let row = (
        organisations::id.eq(organisation.id.0),
        organisations::name.eq(&organisation.name),
        organisations::ubi.eq(&organisation.ubi),
        organisations::created_at.eq(tx.moment.now),
    );
    diesel::insert_into(organisations::table).values(row).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn join(tx: &mut Tx<'_>, person: PersonId, organisation: OrganisationId) -> Result<(), Fault> {
    let row = (memberships::person_id.eq(person.0), memberships::organisation_id.eq(organisation.0));
    diesel::insert_into(memberships::table).values(row).execute(tx.connection).await?;
    count_up(tx, person).await
}

pub(super) async fn set_authorities(
    tx: &mut Tx<'_>,
    person: PersonId,
    authorities: &BTreeSet<String>,
) -> Result<(), Fault> {
    let held = person_authorities::table.filter(person_authorities::person_id.eq(person.0));
    diesel::delete(held).execute(tx.connection).await?;
    let row = |authority: &String| {
        (person_authorities::person_id.eq(person.0), person_authorities::authority.eq(authority.clone()))
    };
    let rows = authorities.iter().map(row).collect::<Vec<_>>();
    diesel::insert_into(person_authorities::table).values(rows).execute(tx.connection).await?;
    count_up(tx, person).await
}
