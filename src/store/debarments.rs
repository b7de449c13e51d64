//! Debarments and adverse records, and what is on file of those who apply or are paid, read while nobody adds to it.

use super::schema::{debarments, memberships, organisations, people};
use super::{Connected, Fault, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rules::calendar::Day;
use rules::debarment::{Against, Bound, Debarment, DebarmentKind, End};
use rules::ids::{ApplicationId, DebarmentId, OrganisationId, PersonId};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = debarments, treat_none_as_default_value = false)]
struct Row {
    id: Uuid,
    organisation_id: Option<Uuid>,
    person_id: Option<Uuid>,
    kind: String,
    from_on: NaiveDate,
    until_on: Option<NaiveDate>,
    scheme_code: Option<String>,
    authority: String,
    ground: String,
    recorded_by: Uuid,
    recorded_at: DateTime<Utc>,
    confirmed_by: Option<Uuid>,
    confirmed_at: Option<DateTime<Utc>>,
    end_on: Option<NaiveDate>,
    end_reason: Option<String>,
    end_by: Option<Uuid>,
    end_at: Option<DateTime<Utc>>,
    end_confirmed_by: Option<Uuid>,
    end_confirmed_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Debarment {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let against = Against::of(row.organisation_id.map(OrganisationId), row.person_id.map(PersonId));
        let against = against.map_err(|refusal| Fault::Corrupt(format!("debarment {}: {refusal}", row.id)))?;
        let kind = DebarmentKind::from_code(&row.kind);
        let kind = kind.ok_or_else(|| Fault::Corrupt(format!("debarment {}: {}", row.id, row.kind)))?;
        let confirmed = row.end_confirmed_by.map(PersonId).zip(row.end_confirmed_at);
        let proposed = row.end_on.zip(row.end_reason).zip(row.end_by.zip(row.end_at));
        let end = proposed.map(|((until, reason), (by, at))| End {
            until: Day::from(until),
            reason,
            by: PersonId(by),
            at,
            confirmed,
        });
        Ok(Self {
            id: DebarmentId(row.id),
            against,
            kind,
            from: Day::from(row.from_on),
            until: row.until_on.map(Day::from),
            scheme: row.scheme_code,
            authority: row.authority,
            ground: row.ground,
            recorded_by: PersonId(row.recorded_by),
            recorded_at: row.recorded_at,
            confirmed: row.confirmed_by.map(PersonId).zip(row.confirmed_at),
            end,
        })
    }
}

impl From<&Debarment> for Row {
    fn from(debarment: &Debarment) -> Self {
        let (confirmed_by, confirmed_at) = debarment.confirmed.map(|(by, at)| (by.0, at)).unzip();
        let end = debarment.end.as_ref();
        let (end_confirmed_by, end_confirmed_at) = end.and_then(|end| end.confirmed).map(|(by, at)| (by.0, at)).unzip();
        Self {
            id: debarment.id.0,
            organisation_id: debarment.against.organisation().map(|id| id.0),
            person_id: debarment.against.person().map(|id| id.0),
            kind: debarment.kind.code().to_owned(),
            from_on: debarment.from.date(),
            until_on: debarment.until.map(Day::date),
            scheme_code: debarment.scheme.clone(),
            authority: debarment.authority.clone(),
            ground: debarment.ground.clone(),
            recorded_by: debarment.recorded_by.0,
            recorded_at: debarment.recorded_at,
            confirmed_by,
            confirmed_at,
            end_on: end.map(|end| end.until.date()),
            end_reason: end.map(|end| end.reason.clone()),
            end_by: end.map(|end| end.by.0),
            end_at: end.map(|end| end.at),
            end_confirmed_by,
            end_confirmed_at,
        }
    }
}

/// A debarment, locked until the transaction ends.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn lock(tx: &mut Tx<'_>, id: DebarmentId) -> Result<Option<Debarment>, Fault> {
    let query = debarments::table.find(id.0).select(Row::as_select()).for_update();
    let row: Option<Row> = query.first(tx.connection).await.optional()?;
    row.map(Debarment::try_from).transpose()
}

/// The organisations whose people have nothing to do with what is on file of somebody: the organisation itself, or those for which the
/// person acts; none where they are not there.
///
/// # Errors
/// When the database fails.
pub async fn organisations_of(
    reader: &mut impl Connected,
    against: Against,
) -> Result<Option<Vec<OrganisationId>>, Fault> {
    match against {
        Against::Organisation(id) => Ok(super::people::organisation(reader, id).await?.map(|_| vec![id])),
        Against::Person(id) => {
            if super::people::find(reader, id).await?.is_none() {
                return Ok(None);
            }
            let query = memberships::table.filter(memberships::person_id.eq(id.0)).select(memberships::organisation_id);
            let ids: Vec<Uuid> = query.load(reader.connection()).await?;
            Ok(Some(ids.into_iter().map(OrganisationId).collect()))
        }
    }
}

/// Nobody reads what is on file of somebody, in order to act on it, until this transaction ends; who has read it already is waited for.
///
/// # Errors
/// When the database fails.
pub async fn hold_against(tx: &mut Tx<'_>, against: Against) -> Result<(), Fault> {
    let id = match against {
        Against::Organisation(OrganisationId(id)) | Against::Person(PersonId(id)) => id,
    };
    let query = diesel::sql_query("SELECT pg_advisory_xact_lock(debarment_key($1))").bind::<SqlUuid, _>(id);
    query.execute(tx.connection).await?;
    Ok(())
}

/// Who applies: the applicant, and those co-applicants who have members on the case now.
const APPLYING: &str = "SELECT organisation_id AS id FROM applications WHERE id = ANY ($1)
     UNION SELECT organisation_id FROM application_members
            WHERE application_id = ANY ($1) AND state = 'accepted' AND organisation_id IS NOT NULL";

/// Who is paid.
const PAID: &str = "SELECT organisation_id AS id FROM applications WHERE id = ANY ($1)";

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// What is on file of those who apply for a case, which is locked, and of the people who send it or ask for more. Nobody adds to it until this
/// transaction ends.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn hold_applying(
    tx: &mut Tx<'_>,
    application: ApplicationId,
    senders: impl IntoIterator<Item = PersonId>,
) -> Result<Vec<Bound>, Fault> {
    let senders = senders.into_iter().map(|person| person.0).collect();
    hold(tx, APPLYING, vec![application.0], senders).await
}

/// The same of those who are paid on these cases, which are locked.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn hold_payees(
    tx: &mut Tx<'_>,
    cases: &[ApplicationId],
) -> Result<BTreeMap<OrganisationId, Vec<Bound>>, Fault> {
    let cases = cases.iter().map(|id| id.0).collect();
    let mut payees = BTreeMap::<OrganisationId, Vec<Bound>>::new();
    for bound in hold(tx, PAID, cases, Vec::new()).await? {
        if let Some(organisation) = bound.debarment.against.organisation() {
            payees.entry(organisation).or_default().push(bound);
        }
    }
    Ok(payees)
}

/// Locked in the order of their ids: those who read together never stand in each other's way, but behind one who waits to add to it they
/// would.
async fn hold(tx: &mut Tx<'_>, parties: &str, cases: Vec<Uuid>, more: Vec<Uuid>) -> Result<Vec<Bound>, Fault> {
    let sql = format!(
        "SELECT p.id, pg_advisory_xact_lock_shared(debarment_key(p.id)) AS held
           FROM ({parties} UNION SELECT unnest($2) ORDER BY id) p"
    );
    let query = diesel::sql_query(sql).bind::<Array<SqlUuid>, _>(cases).bind::<Array<SqlUuid>, _>(more);
    let ids: Vec<Id> = query.load(tx.connection).await?;
    let ids = ids.into_iter().map(|Id { id }| id).collect::<Vec<_>>();
    // Asked when the locks are held: what was confirmed a moment ago is seen.
    let query = debarments::table
        .left_join(organisations::table.on(debarments::organisation_id.eq(organisations::id.nullable())))
        .left_join(people::table.on(debarments::person_id.eq(people::id.nullable())))
        .filter(debarments::organisation_id.eq_any(ids.clone()).or(debarments::person_id.eq_any(ids)))
        .order(debarments::id)
        .select((Row::as_select(), organisations::name.nullable(), people::name.nullable()));
    let rows: Vec<(Row, Option<String>, Option<String>)> = query.load(tx.connection).await?;
    let bound = |(row, organisation, person): (Row, Option<String>, Option<String>)| {
        let name = organisation.or(person).unwrap_or_default();
        Ok(Bound { debarment: Debarment::try_from(row)?, name })
    };
    rows.into_iter().map(bound).collect()
}

/// Who reads what is on file.
#[derive(Clone, Debug)]
pub struct Reading<'a> {
    /// They see nothing of these organisations, nor of those who act for them.
    pub sides: &'a BTreeSet<OrganisationId>,
    /// Nor of themselves.
    pub person: Option<PersonId>,
    /// Whether they see what nobody has confirmed.
    pub unconfirmed: bool,
}

impl Reading<'_> {
    fn seen<'q>(&self) -> debarments::BoxedQuery<'q, Pg> {
        let sides = self.sides.iter().map(|id| id.0).collect::<Vec<_>>();
        let act_for = memberships::table.filter(memberships::organisation_id.eq_any(sides.clone()));
        let acting = act_for.select(memberships::person_id);
        let (organisation, person) = (debarments::organisation_id, debarments::person_id);
        let mut query = debarments::table
            .filter(organisation.is_null().or(organisation.assume_not_null().ne_all(sides)))
            .filter(person.is_null().or(person.assume_not_null().ne_all(acting)))
            .into_boxed();
        if let Some(PersonId(oneself)) = self.person {
            query = query.filter(person.is_null().or(person.assume_not_null().ne(oneself)));
        }
        if self.unconfirmed { query } else { query.filter(debarments::confirmed_at.is_not_null()) }
    }
}

/// What is on file, newest first, after one of them: all, or of an organisation or a person.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn page(
    reader: &mut impl Connected,
    reading: &Reading<'_>,
    (organisation, person): (Option<OrganisationId>, Option<PersonId>),
    after: Option<DebarmentId>,
    limit: i64,
) -> Result<Vec<Debarment>, Fault> {
    let after = after.map_or_else(Uuid::max, |id| id.0);
    let mut query = reading.seen().filter(debarments::id.lt(after)).order(debarments::id.desc()).limit(limit);
    if let Some(OrganisationId(id)) = organisation {
        query = query.filter(debarments::organisation_id.eq(id));
    }
    if let Some(PersonId(id)) = person {
        query = query.filter(debarments::person_id.eq(id));
    }
    let rows: Vec<Row> = query.select(Row::as_select()).load(reader.connection()).await?;
    rows.into_iter().map(Debarment::try_from).collect()
}

/// The most that wait of one kind.
const WAITING_MAX: i64 = 100;

/// What waits for a confirmation, oldest first.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn waiting(reader: &mut impl Connected, reading: &Reading<'_>) -> Result<Vec<Debarment>, Fault> {
    let recorded = debarments::confirmed_at.is_null().and(debarments::end_at.is_null());
    let proposed = debarments::confirmed_at.is_not_null().and(debarments::end_at.is_not_null());
    let waits = recorded.or(proposed.and(debarments::end_confirmed_at.is_null()));
    let query = reading.seen().filter(waits).order(debarments::id).limit(WAITING_MAX);
    let rows: Vec<Row> = query.select(Row::as_select()).load(reader.connection()).await?;
    rows.into_iter().map(Debarment::try_from).collect()
}

/// What is on file of any of these organisations and people, oldest first.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn of(
    reader: &mut impl Connected,
    reading: &Reading<'_>,
    (organisations, people): (&[OrganisationId], &[PersonId]),
) -> Result<Vec<Debarment>, Fault> {
    let organisations = organisations.iter().map(|id| id.0).collect::<Vec<_>>();
    let people = people.iter().map(|id| id.0).collect::<Vec<_>>();
    let of = debarments::organisation_id.eq_any(organisations).or(debarments::person_id.eq_any(people));
    let query = reading.seen().filter(of).order(debarments::id).select(Row::as_select());
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    rows.into_iter().map(Debarment::try_from).collect()
}

pub(super) async fn insert(tx: &mut Tx<'_>, debarment: &Debarment) -> Result<(), Fault> {
    diesel::insert_into(debarments::table).values(Row::from(debarment)).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn update(tx: &mut Tx<'_>, debarment: &Debarment) -> Result<(), Fault> {
    // What was recorded stays: the role may not even write it.
    let row = Row::from(debarment);
    let set = (
        debarments::confirmed_by.eq(row.confirmed_by),
        debarments::confirmed_at.eq(row.confirmed_at),
        debarments::end_on.eq(row.end_on),
        debarments::end_reason.eq(row.end_reason),
        debarments::end_by.eq(row.end_by),
        debarments::end_at.eq(row.end_at),
        debarments::end_confirmed_by.eq(row.end_confirmed_by),
        debarments::end_confirmed_at.eq(row.end_confirmed_at),
    );
    diesel::update(debarments::table.find(row.id)).set(set).execute(tx.connection).await?;
    Ok(())
}
