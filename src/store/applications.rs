//! Applications: load, lock, and list what an actor may see.

mod list;

pub use list::{Filter, Listed, page};

use super::content::Written;
use super::schema::{application_calculations, applications, organisations};
use super::together::Statement;
use super::word::Word;
use super::{Connected, Fault, Tx, seals};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{case_when, sql};
use diesel::prelude::*;
use diesel::sql_types::{Integer, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rules::application::{Application, Revision, State, Submission};
use rules::calendar::Day;
use rules::ids::{ApplicationId, OrganisationId, PersonId, SchemeTextId};
use rules::money::Cents;
use rules::round::Earlier;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = applications, treat_none_as_default_value = false)]
struct Row {
    id: Uuid,
    reference: String,
    scheme_code: String,
    organisation_id: Uuid,
    author_id: Uuid,
    state: String,
    title: String,
    content: Written,
    submitted_by: Option<Uuid>,
    submitted_at: Option<DateTime<Utc>>,
    submitted_on: Option<NaiveDate>,
    scheme_text_id: Option<Uuid>,
    round: Option<String>,
    requested_cents: Option<i64>,
    allowed_cents: Option<i64>,
    recommended_cents: Option<i64>,
    reason: Option<String>,
    created_at: DateTime<Utc>,
    version: i32,
    told_version: i32,
    state_since: DateTime<Utc>,
    revision: i32,
    revised_by: Uuid,
    revised_at: DateTime<Utc>,
    revised_version: i32,
    submitted_revision: Option<i32>,
    reserved_cents: i64,
    year_from: Option<NaiveDate>,
    embargo_until: Option<NaiveDate>,
}

/// A row with who applies.
#[derive(Queryable, Selectable)]
#[diesel(table_name = applications)]
struct Loaded {
    #[diesel(embed)]
    row: Row,
    #[diesel(select_expression = organisation_name())]
    organisation_name: String,
    #[diesel(select_expression = organisation_ubi())]
    organisation_ubi: String,
    #[diesel(select_expression = seals::of_application())]
    sealed_until: Option<DateTime<Utc>>,
}

/// What the organisation of an application is called: no join, so that locking the application locks nothing else.
#[diesel::dsl::auto_type]
fn organisation_name() -> _ {
    organisations::table
        .filter(organisations::id.eq(applications::organisation_id))
        .select(organisations::name)
        .single_value()
        .assume_not_null()
}

#[diesel::dsl::auto_type]
fn organisation_ubi() -> _ {
    organisations::table
        .filter(organisations::id.eq(applications::organisation_id))
        .select(organisations::ubi)
        .single_value()
        .assume_not_null()
}

impl TryFrom<Loaded> for Application {
    type Error = Fault;

    fn try_from(loaded: Loaded) -> Result<Self, Fault> {
        let Loaded { row, organisation_name, organisation_ubi, sealed_until } = loaded;
        let corrupt = |what: String| Fault::Corrupt(format!("application {}: {what}", row.id));
        let submission = match (
            row.submitted_by,
            row.submitted_at,
            row.submitted_on,
            row.scheme_text_id,
            row.requested_cents,
            row.allowed_cents,
            row.submitted_revision,
        ) {
            (Some(by), Some(at), Some(on), Some(text), Some(requested), Some(allowed), Some(revision)) => {
                Some(Submission {
                    by: PersonId(by),
                    at,
                    on: Day::from(on),
                    scheme_text: SchemeTextId(text),
                    round: row.round,
                    year: row.year_from.map(Day::from),
                    requested: Cents::new(requested),
                    allowed: Cents::new(allowed),
                    revision,
                })
            }
            (None, None, None, None, None, None, None) => None,
            _ => return Err(corrupt("a submission in part".to_owned())),
        };
        Ok(Self {
            id: ApplicationId(row.id),
            state: State::from_code(&row.state).ok_or_else(|| corrupt(format!("state {}", row.state)))?,
            content: row.content.0,
            revision: Revision {
                number: row.revision,
                by: PersonId(row.revised_by),
                at: row.revised_at,
                version: row.revised_version,
            },
            reference: row.reference,
            scheme: row.scheme_code,
            organisation: OrganisationId(row.organisation_id),
            organisation_name,
            organisation_ubi,
            author: PersonId(row.author_id),
            submission,
            sealed_until,
            recommended: row.recommended_cents.map(Cents::new),
            reserved: Cents::new(row.reserved_cents),
            reason: row.reason,
            embargo_until: row.embargo_until.map(Day::from),
            created_at: row.created_at,
            version: row.version,
            told_version: row.told_version,
        })
    }
}

impl Row {
    fn of(application: &Application) -> Self {
        let submission = application.submission.as_ref();
        Self {
            id: application.id.0,
            reference: application.reference.clone(),
            scheme_code: application.scheme.clone(),
            organisation_id: application.organisation.0,
            author_id: application.author.0,
            state: application.state.code().to_owned(),
            title: application.content.title.clone(),
            content: Written(application.content.clone()),
            submitted_by: submission.map(|submission| submission.by.0),
            submitted_at: submission.map(|submission| submission.at),
            submitted_on: submission.map(|submission| submission.on.date()),
            scheme_text_id: submission.map(|submission| submission.scheme_text.0),
            round: submission.and_then(|submission| submission.round.clone()),
            requested_cents: submission.map(|submission| submission.requested.get()),
            allowed_cents: submission.map(|submission| submission.allowed.get()),
            recommended_cents: application.recommended.map(Cents::get),
            reason: application.reason.clone(),
            created_at: application.created_at,
            version: application.version,
            told_version: application.told_version,
            // Of a draft that begins; an update says it by itself.
            state_since: application.created_at,
            revision: application.revision.number,
            revised_by: application.revision.by.0,
            revised_at: application.revision.at,
            revised_version: application.revision.version,
            submitted_revision: submission.map(|submission| submission.revision),
            reserved_cents: application.reserved.get(),
            year_from: submission.and_then(|submission| submission.year).map(Day::date),
            embargo_until: application.embargo_until.map(Day::date),
        }
    }
}

/// An application by id.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn find(reader: &mut impl Connected, id: ApplicationId) -> Result<Option<Application>, Fault> {
    let row = applications::table
        .find(id.0)
        .select(Loaded::as_select())
        .first::<Loaded>(reader.connection())
        .await
        .optional()?;
    row.map(Application::try_from).transpose()
}

/// The applications of a scheme, or of one of its rounds, that are in assessment, in the order of their ids, and no more than so many.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn in_assessment(
    reader: &mut impl Connected,
    (scheme, round): (&str, Option<&str>),
    limit: i64,
) -> Result<Vec<Application>, Fault> {
    let mut query = applications::table
        .filter(applications::scheme_code.eq(scheme).and(applications::state.eq(State::InAssessment.code())))
        .order(applications::id)
        .limit(limit)
        .select(Loaded::as_select())
        .into_boxed();
    if let Some(round) = round {
        query = query.filter(applications::round.eq(round));
    }
    let rows: Vec<Loaded> = query.load(reader.connection()).await?;
    rows.into_iter().map(Application::try_from).collect()
}

/// The cases whose refusal may be told on a day and is not told yet, those first that have waited longest, and no more than so many.
///
/// # Errors
/// When the database fails.
pub async fn refusals_to_tell(
    reader: &mut impl Connected,
    today: Day,
    limit: i64,
) -> Result<Vec<ApplicationId>, Fault> {
    let query = applications::table
        .filter(applications::state.eq(Word(State::Refused.code())))
        .filter(applications::embargo_until.le(today.date()))
        .order((applications::embargo_until, applications::id))
        .limit(limit)
        .select(applications::id);
    let ids: Vec<Uuid> = query.load(reader.connection()).await?;
    Ok(ids.into_iter().map(ApplicationId).collect())
}

/// An application by its reference.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn find_by_reference(reader: &mut impl Connected, reference: &str) -> Result<Option<Application>, Fault> {
    let query = applications::table.filter(applications::reference.eq(reference)).select(Loaded::as_select());
    query.first::<Loaded>(reader.connection()).await.optional()?.map(Application::try_from).transpose()
}

/// An application by id, locked until the transaction ends.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn lock(tx: &mut Tx<'_>, id: ApplicationId) -> Result<Option<Application>, Fault> {
    let row = applications::table
        .find(id.0)
        .select(Loaded::as_select())
        .for_update()
        .first::<Loaded>(tx.connection)
        .await
        .optional()?;
    row.map(Application::try_from).transpose()
}

/// Locks applications until the transaction ends, in the order of their ids, so that of two who lock many none waits for the other in a
/// circle.
///
/// # Errors
/// When the database fails.
pub async fn lock_all(tx: &mut Tx<'_>, ids: &BTreeSet<ApplicationId>) -> Result<(), Fault> {
    let ids = ids.iter().map(|id| id.0).collect::<Vec<_>>();
    let rows = applications::table.filter(applications::id.eq_any(ids)).order(applications::id);
    rows.select(applications::id).for_update().load::<Uuid>(tx.connection).await?;
    Ok(())
}

/// The same with what they are.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn lock_each(
    tx: &mut Tx<'_>,
    scheme: &str,
    ids: &BTreeSet<ApplicationId>,
) -> Result<HashMap<ApplicationId, Application>, Fault> {
    let ids = ids.iter().map(|id| id.0).collect::<Vec<_>>();
    let rows = applications::table
        .filter(applications::id.eq_any(ids).and(applications::scheme_code.eq(scheme)))
        .order(applications::id)
        .select(Loaded::as_select())
        .for_update();
    let rows: Vec<Loaded> = rows.load(tx.connection).await?;
    rows.into_iter().map(|row| Application::try_from(row).map(|application| (application.id, application))).collect()
}

/// What an organisation has submitted to a scheme, withdrawn applications left out. Locks the organisation's
/// submissions to that scheme, so that a quota counted now still holds when this transaction commits.
///
/// # Errors
/// When the database fails.
pub async fn lock_submissions(
    tx: &mut Tx<'_>,
    organisation: OrganisationId,
    scheme: &str,
) -> Result<Vec<Earlier>, Fault> {
    let (high, low) = organisation.0.as_u64_pair();
    super::lock_word(tx, high ^ low, scheme).await?;
    let query = applications::table
        .filter(applications::organisation_id.eq(organisation.0).and(applications::scheme_code.eq(scheme)))
        .filter(applications::submitted_on.is_not_null().and(applications::state.ne(State::Withdrawn.code())))
        .select((applications::submitted_on.assume_not_null(), applications::round));
    let submitted: Vec<(NaiveDate, Option<String>)> = query.load(tx.connection).await?;
    Ok(submitted.into_iter().map(|(on, round)| Earlier { on: Day::from(on), round }).collect())
}

/// The recorded calculations of an application: request and answer, as they were written.
///
/// # Errors
/// When the database fails.
pub async fn calculations(reader: &mut impl Connected, id: ApplicationId) -> Result<Vec<(String, String)>, Fault> {
    let query = application_calculations::table
        .filter(application_calculations::application_id.eq(id.0))
        .order(application_calculations::sequence)
        .select((application_calculations::request, application_calculations::answer));
    Ok(query.load(reader.connection()).await?)
}

pub(super) fn insertion(application: &Application) -> Statement<'static> {
    Box::new(diesel::insert_into(applications::table).values(Row::of(application)))
}

pub(super) async fn update(tx: &mut Tx<'_>, application: &Application) -> Result<(), Fault> {
    let row = Row::of(application);
    // The clock of a case goes on while it stays where it is.
    let since = case_when(applications::state.ne(row.state.clone()), tx.moment.now.into_sql::<Timestamptz>())
        .otherwise(applications::state_since);
    let before = applications::table.find(row.id).filter(applications::version.eq(row.version.saturating_sub(1)));
    // What a draft begins with stays: the role may not even write it.
    let set = (
        applications::state.eq(row.state),
        applications::title.eq(row.title),
        applications::content.eq(row.content),
        applications::submitted_by.eq(row.submitted_by),
        applications::submitted_at.eq(row.submitted_at),
        applications::submitted_on.eq(row.submitted_on),
        applications::scheme_text_id.eq(row.scheme_text_id),
        applications::round.eq(row.round),
        applications::requested_cents.eq(row.requested_cents),
        applications::allowed_cents.eq(row.allowed_cents),
        applications::recommended_cents.eq(row.recommended_cents),
        applications::reserved_cents.eq(row.reserved_cents),
        applications::reason.eq(row.reason),
        applications::embargo_until.eq(row.embargo_until),
        applications::version.eq(row.version),
        applications::told_version.eq(row.told_version),
        applications::state_since.eq(since),
        applications::revision.eq(row.revision),
        applications::revised_by.eq(row.revised_by),
        applications::revised_at.eq(row.revised_at),
        applications::revised_version.eq(row.revised_version),
        applications::submitted_revision.eq(row.submitted_revision),
        applications::year_from.eq(row.year_from),
    );
    match diesel::update(before).set(set).execute(tx.connection).await? {
        1 => Ok(()),
        // The row was locked when it was read; another version means that it was not.
        _ => Err(Fault::Taken("applications.version".to_owned())),
    }
}

pub(super) async fn insert_calculation(
    tx: &mut Tx<'_>,
    application: ApplicationId,
    request: &rules::calculation::Request,
    answer: &rules::calculation::Answer,
) -> Result<(), Fault> {
    let written = |value: serde_json::Result<String>| value.map_err(|error| Fault::Corrupt(error.to_string()));
    let next = sql::<Integer>("(SELECT count(*)::integer + 1 FROM application_calculations WHERE application_id = ")
        .bind::<SqlUuid, _>(application.0)
        .sql(")");
    let row = (
        application_calculations::application_id.eq(application.0),
        application_calculations::sequence.eq(next),
        application_calculations::request.eq(written(serde_json::to_string(request))?),
        application_calculations::answer.eq(written(serde_json::to_string(answer))?),
        application_calculations::created_at.eq(tx.moment.now),
    );
    diesel::insert_into(application_calculations::table).values(row).execute(tx.connection).await?;
    Ok(())
}
