//! Applications: load, lock, and list what an actor may see.

use super::content::Written;
use super::schema::{application_calculations, applications, assessments};
use super::together::Statement;
use super::{Connected, Fault, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::application::{Application, State, Submission};
use rules::assessment::AssessmentState;
use rules::calendar::Day;
use rules::ids::{ApplicationId, OrganisationId, PersonId, SchemeTextId};
use rules::money::Cents;
use rules::permission::Scope;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = applications, treat_none_as_default_value = false, treat_none_as_null = true)]
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
    requested_cents: Option<i64>,
    allowed_cents: Option<i64>,
    recommended_cents: Option<i64>,
    reason: Option<String>,
    created_at: DateTime<Utc>,
    version: i32,
}

/// One line of a list.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = applications)]
pub struct Listed {
    /// Identity.
    pub id: Uuid,
    /// The reference that people use.
    pub reference: String,
    /// The scheme's code.
    pub scheme_code: String,
    /// Who applies.
    pub organisation_id: Uuid,
    /// Where it stands.
    pub state: String,
    /// What the project is called.
    pub title: String,
    /// What is asked for, once submitted.
    pub requested_cents: Option<i64>,
    /// When it was submitted.
    pub submitted_at: Option<DateTime<Utc>>,
}

/// What a list is narrowed to, beside what the actor may see.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// One scheme.
    pub scheme: Option<String>,
    /// One state.
    pub state: Option<State>,
    /// After this one, in the order of the list.
    pub after: Option<ApplicationId>,
}

impl TryFrom<Row> for Application {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let corrupt = |what: String| Fault::Corrupt(format!("application {}: {what}", row.id));
        let submission = match (
            row.submitted_by,
            row.submitted_at,
            row.submitted_on,
            row.scheme_text_id,
            row.requested_cents,
            row.allowed_cents,
        ) {
            (Some(by), Some(at), Some(on), Some(text), Some(requested), Some(allowed)) => Some(Submission {
                by: PersonId(by),
                at,
                on: Day::from(on),
                scheme_text: SchemeTextId(text),
                requested: Cents::new(requested),
                allowed: Cents::new(allowed),
            }),
            (None, None, None, None, None, None) => None,
            _ => return Err(corrupt("a submission in part".to_owned())),
        };
        Ok(Self {
            id: ApplicationId(row.id),
            state: State::from_code(&row.state).ok_or_else(|| corrupt(format!("state {}", row.state)))?,
            content: row.content.0,
            reference: row.reference,
            scheme: row.scheme_code,
            organisation: OrganisationId(row.organisation_id),
            author: PersonId(row.author_id),
            submission,
            recommended: row.recommended_cents.map(Cents::new),
            reason: row.reason,
            created_at: row.created_at,
            version: row.version,
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
            requested_cents: submission.map(|submission| submission.requested.get()),
            allowed_cents: submission.map(|submission| submission.allowed.get()),
            recommended_cents: application.recommended.map(Cents::get),
            reason: application.reason.clone(),
            created_at: application.created_at,
            version: application.version,
        }
    }
}

/// An application by id.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn find(reader: &mut impl Connected, id: ApplicationId) -> Result<Option<Application>, Fault> {
    let row =
        applications::table.find(id.0).select(Row::as_select()).first::<Row>(reader.connection()).await.optional()?;
    row.map(Application::try_from).transpose()
}

/// An application by its reference.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn find_by_reference(reader: &mut impl Connected, reference: &str) -> Result<Option<Application>, Fault> {
    let query = applications::table.filter(applications::reference.eq(reference)).select(Row::as_select());
    query.first::<Row>(reader.connection()).await.optional()?.map(Application::try_from).transpose()
}

/// An application by id, locked until the transaction ends.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn lock(tx: &mut Tx<'_>, id: ApplicationId) -> Result<Option<Application>, Fault> {
    let row = applications::table
        .find(id.0)
        .select(Row::as_select())
        .for_update()
        .first::<Row>(tx.connection)
        .await
        .optional()?;
    row.map(Application::try_from).transpose()
}

/// A page of what a scope sees, newest first.
///
/// # Errors
/// When the database fails.
pub async fn page(
    reader: &mut impl Connected,
    scope: &Scope,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<Listed>, Fault> {
    let mut query =
        applications::table.select(Listed::as_select()).order(applications::id.desc()).limit(limit).into_boxed::<Pg>();
    query = query.filter(visible(scope));
    if let Some(scheme) = &filter.scheme {
        query = query.filter(applications::scheme_code.eq(scheme.clone()));
    }
    if let Some(state) = filter.state {
        query = query.filter(applications::state.eq(state.code()));
    }
    if let Some(after) = filter.after {
        query = query.filter(applications::id.lt(after.0));
    }
    Ok(query.load(reader.connection()).await?)
}

/// Submitted applications in a state, oldest first.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn in_state(reader: &mut impl Connected, state: State, limit: i64) -> Result<Vec<Application>, Fault> {
    let submitted = applications::table.filter(applications::submitted_at.is_not_null());
    let query = submitted.filter(applications::state.eq(state.code())).order(applications::id).limit(limit);
    let rows: Vec<Row> = query.select(Row::as_select()).load(reader.connection()).await?;
    rows.into_iter().map(Application::try_from).collect()
}

/// The references of applications, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn references(
    reader: &mut impl Connected,
    ids: &[ApplicationId],
) -> Result<Vec<(ApplicationId, String)>, Fault> {
    let ids = ids.iter().map(|id| id.0).collect::<Vec<_>>();
    let query = applications::table.filter(applications::id.eq_any(ids)).order(applications::id);
    let rows: Vec<(Uuid, String)> =
        query.select((applications::id, applications::reference)).load(reader.connection()).await?;
    Ok(rows.into_iter().map(|(id, reference)| (ApplicationId(id), reference)).collect())
}

type Condition = Box<dyn BoxableExpression<applications::table, Pg, SqlType = diesel::sql_types::Bool>>;

/// A scope as a condition: what the policy says of one application, said of all.
fn visible(scope: &Scope) -> Condition {
    let mut parts: Vec<Condition> = Vec::new();
    if scope.submitted {
        parts.push(Box::new(applications::submitted_at.is_not_null()));
    }
    match scope.organisations.as_slice() {
        [] => {}
        // Most act for one, and the index of one has its applications in the order of the list.
        [one] => parts.push(Box::new(applications::organisation_id.eq(one.0))),
        many => {
            let many = many.iter().map(|id| id.0).collect::<Vec<_>>();
            parts.push(Box::new(applications::organisation_id.eq_any(many)));
        }
    }
    if let Some(assessor) = scope.assessor {
        let at_work = assessments::table
            .filter(
                assessments::assessor_id.eq(assessor.0).and(assessments::state.ne(AssessmentState::Conflicted.code())),
            )
            .select(assessments::application_id);
        parts.push(Box::new(applications::id.eq_any(at_work)));
    }
    // Nothing more than the parts: planned without its values, `false OR part` would read every row.
    let seen = parts.into_iter().reduce(|seen, part| Box::new(seen.or(part)));
    seen.unwrap_or_else(|| Box::new(applications::id.is_null()))
}

/// The days on which an organisation has submitted to a scheme, withdrawn applications left out. Locks the organisation's
/// submissions to that scheme, so that a quota counted now still holds when this transaction commits.
///
/// # Errors
/// When the database fails.
pub async fn lock_submission_days(
    tx: &mut Tx<'_>,
    organisation: OrganisationId,
    scheme: &str,
) -> Result<Vec<Day>, Fault> {
    let (high, low) = organisation.0.as_u64_pair();
    let key = scheme.bytes().fold(high ^ low, |key, byte| key.rotate_left(7) ^ u64::from(byte));
    super::lock_key(tx, key).await?;
    let query = applications::table
        .filter(applications::organisation_id.eq(organisation.0).and(applications::scheme_code.eq(scheme)))
        .filter(applications::submitted_on.is_not_null().and(applications::state.ne(State::Withdrawn.code())))
        .select(applications::submitted_on.assume_not_null());
    let days: Vec<NaiveDate> = query.load(tx.connection).await?;
    Ok(days.into_iter().map(Day::from).collect())
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
    let before = applications::table.find(row.id).filter(applications::version.eq(row.version.saturating_sub(1)));
    match diesel::update(before).set(row).execute(tx.connection).await? {
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
    let kept = application_calculations::table.filter(application_calculations::application_id.eq(application.0));
    let count: i64 = kept.count().get_result(tx.connection).await?;
    let row = (
        application_calculations::application_id.eq(application.0),
        application_calculations::sequence.eq(i32::try_from(count).unwrap_or(i32::MAX).saturating_add(1)),
        application_calculations::request.eq(written(serde_json::to_string(request))?),
        application_calculations::answer.eq(written(serde_json::to_string(answer))?),
        application_calculations::created_at.eq(tx.moment.now),
    );
    diesel::insert_into(application_calculations::table).values(row).execute(tx.connection).await?;
    Ok(())
}
