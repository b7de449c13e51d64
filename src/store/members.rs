//! Members of applications: invitations, what became of them, and what they make of somebody who acts.

mod ties;

pub(super) use ties::{TiesOf, read as read_ties};

use super::schema::{application_members, applications, memberships, organisations, people};
use super::word::Word;
use super::{Connected, Fault, Tx};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::application::{Application, State};
use rules::blind::Applies;
use rules::ids::{ApplicationId, MemberId, OrganisationId, PersonId};
use rules::interest::{Applying, Party};
use rules::member::{CoApplicant, Member, MemberRole, MemberState};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// How many invitations and drafts of others are shown to whoever asks what waits.
const LIMIT: i64 = 100;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = application_members, treat_none_as_default_value = false)]
struct Row {
    id: Uuid,
    application_id: Uuid,
    email: String,
    role: String,
    state: String,
    ubi: Option<String>,
    organisation_name: Option<String>,
    person_id: Option<Uuid>,
    organisation_id: Option<Uuid>,
    accepted_at: Option<DateTime<Utc>>,
    invited_by: Uuid,
    invited_at: DateTime<Utc>,
    version: i32,
}

fn role(code: &str) -> Result<MemberRole, Fault> {
    MemberRole::from_code(code).ok_or_else(|| Fault::Corrupt(format!("role of a member {code}")))
}

impl TryFrom<Row> for Member {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let corrupt = || Fault::Corrupt(format!("member {}: state {}", row.id, row.state));
        let organisation = row.organisation_id.map(OrganisationId);
        Ok(Self {
            id: MemberId(row.id),
            application: ApplicationId(row.application_id),
            role: role(&row.role)?,
            state: MemberState::from_code(&row.state).ok_or_else(corrupt)?,
            email: row.email,
            co_applicant: row.ubi.zip(row.organisation_name).map(|(ubi, name)| CoApplicant { ubi, name, organisation }),
            accepted: row.person_id.map(PersonId).zip(row.accepted_at),
            invited_by: PersonId(row.invited_by),
            invited_at: row.invited_at,
            version: row.version,
        })
    }
}

impl Row {
    fn of(member: &Member) -> Self {
        let named = member.co_applicant.as_ref();
        Self {
            id: member.id.0,
            application_id: member.application.0,
            email: member.email.clone(),
            role: member.role.code().to_owned(),
            state: member.state.code().to_owned(),
            ubi: named.map(|named| named.ubi.clone()),
            organisation_name: named.map(|named| named.name.clone()),
            person_id: member.person().map(|id| id.0),
            organisation_id: named.and_then(|named| named.organisation).map(|id| id.0),
            accepted_at: member.accepted.map(|(_, at)| at),
            invited_by: member.invited_by.0,
            invited_at: member.invited_at,
            version: member.version,
        }
    }
}

/// An invitation by id. With the case locked, nobody changes it.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn find(reader: &mut impl Connected, id: MemberId) -> Result<Option<Member>, Fault> {
    let query = application_members::table.find(id.0).select(Row::as_select());
    let row: Option<Row> = query.first(reader.connection()).await.optional()?;
    row.map(Member::try_from).transpose()
}

/// The invitations of an application, oldest first. It has a bounded number of them.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn of(reader: &mut impl Connected, application: ApplicationId) -> Result<Vec<Member>, Fault> {
    let query = application_members::table
        .filter(application_members::application_id.eq(application.0))
        .order(application_members::id)
        .select(Row::as_select());
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    rows.into_iter().map(Member::try_from).collect()
}

/// How many invitations somebody has sent after an instant, counted up to a limit.
///
/// # Errors
/// When the database fails.
pub async fn invited_since(
    reader: &mut impl Connected,
    by: PersonId,
    since: DateTime<Utc>,
    limit: usize,
) -> Result<usize, Fault> {
    let query = application_members::table
        .filter(application_members::invited_by.eq(by.0).and(application_members::invited_at.gt(since)))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(application_members::id);
    Ok(query.load::<Uuid>(reader.connection()).await?.len())
}

/// The members of an application whose accounts are open.
///
/// # Errors
/// When the database fails.
pub async fn people_of(reader: &mut impl Connected, application: ApplicationId) -> Result<Vec<PersonId>, Fault> {
    let query = application_members::table
        .inner_join(people::table.on(application_members::person_id.eq(people::id.nullable())))
        .filter(application_members::application_id.eq(application.0).and(people::active))
        .filter(application_members::state.eq(MemberState::Accepted.code()))
        .order(application_members::id)
        .select(people::id);
    let ids: Vec<Uuid> = query.load(reader.connection()).await?;
    Ok(ids.into_iter().map(PersonId).collect())
}

/// Who is written to about an application: those who act for its applicant, and its members, each once and with an open account.
///
/// # Errors
/// When the database fails.
pub async fn applicants(
    reader: &mut impl Connected,
    (application, organisation): (ApplicationId, OrganisationId),
) -> Result<Vec<PersonId>, Fault> {
    let mut all = super::people::members(reader, organisation).await?;
    for member in people_of(reader, application).await? {
        if !all.contains(&member) {
            all.push(member);
        }
    }
    Ok(all)
}

/// What somebody is told of an application to which they are invited.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// The invitation.
    pub member: Member,
    /// The scheme's code.
    pub scheme: String,
    /// What the project is called.
    pub title: String,
    /// What the one who invites is called.
    pub inviter: String,
}

/// The invitations that wait for a person's answer, oldest first, of cases that still take members; no more than a hundred.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn waiting_for(reader: &mut impl Connected, person: PersonId) -> Result<Vec<Invitation>, Fault> {
    let inviters = diesel::alias!(people as inviters);
    let ended =
        [State::Rejected, State::Declined, State::Lapsed, State::Withdrawn, State::Terminated, State::Completed];
    let query = people::table
        .inner_join(application_members::table.on(application_members::email.eq(people::email)))
        .inner_join(applications::table.on(applications::id.eq(application_members::application_id)))
        .inner_join(inviters.on(inviters.field(people::id).eq(application_members::invited_by)))
        .filter(people::id.eq(person.0).and(application_members::state.eq(Word(MemberState::Invited.code()))))
        .filter(applications::state.ne_all(ended.map(State::code)))
        .order(application_members::id)
        .limit(LIMIT)
        .select((Row::as_select(), applications::scheme_code, applications::title, inviters.field(people::name)));
    let rows: Vec<(Row, String, String, String)> = query.load(reader.connection()).await?;
    let read =
        |(row, scheme, title, inviter)| Ok(Invitation { member: Member::try_from(row)?, scheme, title, inviter });
    rows.into_iter().map(read).collect()
}

/// Those of these cases that are drafts, oldest first, with their references; no more than a hundred.
///
/// # Errors
/// When the database fails.
pub async fn drafts_among(
    reader: &mut impl Connected,
    ids: &[ApplicationId],
) -> Result<Vec<(ApplicationId, String)>, Fault> {
    let ids = ids.iter().map(|id| id.0).collect::<Vec<_>>();
    let query = applications::table
        .filter(applications::id.eq_any(ids).and(applications::state.eq(State::Draft.code())))
        .order(applications::id)
        .limit(LIMIT)
        .select((applications::id, applications::reference));
    let rows: Vec<(Uuid, String)> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(|(id, reference)| (ApplicationId(id), reference)).collect())
}

/// The cases that were returned for more information, of these organisations or among these, oldest first, with their references; no more
/// than a hundred.
///
/// # Errors
/// When the database fails.
pub async fn returned_among(
    reader: &mut impl Connected,
    organisations: &BTreeSet<OrganisationId>,
    ids: &[ApplicationId],
) -> Result<Vec<(ApplicationId, String)>, Fault> {
    let ids = ids.iter().map(|id| id.0).collect::<Vec<_>>();
    let organisations = organisations.iter().map(|id| id.0).collect::<Vec<_>>();
    let theirs = applications::id.eq_any(ids).or(applications::organisation_id.eq_any(organisations));
    let query = applications::table
        .filter(applications::state.eq(State::Returned.code()).and(theirs))
        .order(applications::id)
        .limit(LIMIT)
        .select((applications::id, applications::reference));
    let rows: Vec<(Uuid, String)> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(|(id, reference)| (ApplicationId(id), reference)).collect())
}

/// Who applies in these cases, and their references.
///
/// # Errors
/// When the database fails.
pub async fn applicants_of(
    reader: &mut impl Connected,
    ids: &[ApplicationId],
) -> Result<Vec<(OrganisationId, String)>, Fault> {
    let ids = ids.iter().map(|id| id.0).collect::<Vec<_>>();
    let query = applications::table.filter(applications::id.eq_any(ids));
    let query = query.select((applications::organisation_id, applications::reference));
    let rows: Vec<(Uuid, String)> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(|(id, reference)| (OrganisationId(id), reference)).collect())
}

/// Who applies for a case, or was ever invited to apply with it: as registered and as they were named.
///
/// # Errors
/// When the database fails.
pub async fn who_applies(reader: &mut impl Connected, application: &Application) -> Result<Vec<Applies>, Fault> {
    let query = application_members::table
        .left_join(organisations::table.on(application_members::organisation_id.eq(organisations::id.nullable())))
        .filter(application_members::application_id.eq(application.id.0))
        .select((application_members::organisation_name, application_members::ubi, organisations::name.nullable()));
    let rows: Vec<(Option<String>, Option<String>, Option<String>)> = query.load(reader.connection()).await?;
    let (name, ubi) = (application.organisation_name.clone(), application.organisation_ubi.clone());
    let mut parties = vec![Applies { name, ubi }];
    for (named, ubi, registered) in rows {
        let Some(ubi) = ubi else { continue };
        let names = [named, registered].into_iter().flatten();
        parties.extend(names.map(|name| Applies { name, ubi: ubi.clone() }));
    }
    Ok(parties)
}

/// Who came to a case as a member, now or once, and for which organisation.
#[derive(Clone, Debug)]
pub(super) struct Joined {
    pub(super) person: PersonId,
    pub(super) applying: Applying,
    pub(super) party: Option<Party>,
}

/// Those who are or were members of these cases.
pub(super) async fn joined(reader: &mut impl Connected, cases: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<Joined>>, Fault> {
    type Columns = (Uuid, Uuid, String, String, Option<(Uuid, String, String)>);
    let query = application_members::table
        .inner_join(people::table.on(application_members::person_id.eq(people::id.nullable())))
        .left_join(organisations::table.on(application_members::organisation_id.eq(organisations::id.nullable())))
        .filter(application_members::application_id.eq_any(cases))
        .order(application_members::id)
        .select((
            application_members::application_id,
            people::id,
            people::name,
            people::email,
            (organisations::id, organisations::name, organisations::ubi).nullable(),
        ));
    let mut joined = BTreeMap::<Uuid, Vec<Joined>>::new();
    for (case, person, name, email, party) in query.load::<Columns>(reader.connection()).await? {
        let party = party.map(|(id, name, ubi)| Party { id: OrganisationId(id), name, ubi });
        let one = Joined { person: PersonId(person), applying: Applying { name, email }, party };
        joined.entry(case).or_default().push(one);
    }
    Ok(joined)
}

pub(super) async fn insert(tx: &mut Tx<'_>, member: &Member) -> Result<(), Fault> {
    diesel::insert_into(application_members::table).values(Row::of(member)).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn update(tx: &mut Tx<'_>, member: &Member) -> Result<(), Fault> {
    let row = Row::of(member);
    let before =
        application_members::table.find(row.id).filter(application_members::version.eq(row.version.saturating_sub(1)));
    let set = (
        application_members::role.eq(row.role),
        application_members::state.eq(row.state),
        application_members::person_id.eq(row.person_id),
        application_members::organisation_id.eq(row.organisation_id),
        application_members::accepted_at.eq(row.accepted_at),
        application_members::version.eq(row.version),
    );
    if diesel::update(before).set(set).execute(tx.connection).await? != 1 {
        return Err(Fault::Taken("application_members.version".to_owned()));
    }
    count_up(tx, member).await
}

/// What the member may do has changed, and what those may who act for the same co-applicant. They are locked in the order of their ids,
/// so that of two who change the same people neither waits for the other in a circle.
async fn count_up(tx: &mut Tx<'_>, member: &Member) -> Result<(), Fault> {
    let Some(person) = member.person() else { return Ok(()) };
    let mut concerned = BTreeSet::from([person.0]);
    if let Some(organisation) = member.co_applicant.as_ref().and_then(|named| named.organisation) {
        let act_for_it = memberships::table.filter(memberships::organisation_id.eq(organisation.0));
        concerned.extend(act_for_it.select(memberships::person_id).load::<Uuid>(tx.connection).await?);
    }
    let concerned = concerned.into_iter().collect::<Vec<_>>();
    let query = people::table.filter(people::id.eq_any(&concerned)).order(people::id).select(people::id);
    query.for_no_key_update().load::<Uuid>(tx.connection).await?;
    diesel::update(people::table.filter(people::id.eq_any(&concerned)))
        .set(people::version.eq(people::version + 1))
        .execute(tx.connection)
        .await?;
    Ok(())
}
