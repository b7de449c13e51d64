//! Assessments, and who has had which duty on a case.

use super::schema::{applications, assessments, case_duties, sitting_votes};
use super::together::Statement;
use super::{Connected, Fault, Tx};
use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::application::State;
use rules::assessment::{Assessment, AssessmentState};
use rules::calendar::Day;
use rules::duty::{Duties, Duty};
use rules::ids::{ApplicationId, AssessmentId, PersonId};
use rules::scoring::Given;
use rules::sitting::Vote;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = assessments)]
struct Row {
    id: Uuid,
    application_id: Uuid,
    assessor_id: Uuid,
    state: String,
    marks: Value,
    comment: String,
    feedback: Option<String>,
    score: Option<i32>,
    due_on: NaiveDate,
    blind_to_applicant: bool,
    reason: Option<String>,
}

impl TryFrom<Row> for Assessment {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let corrupt = |what: String| Fault::Corrupt(format!("assessment {}: {what}", row.id));
        let score = row.score.map(u32::try_from).transpose().map_err(|error| corrupt(error.to_string()))?;
        Ok(Self {
            id: AssessmentId(row.id),
            application: ApplicationId(row.application_id),
            assessor: PersonId(row.assessor_id),
            state: AssessmentState::from_code(&row.state).ok_or_else(|| corrupt(format!("state {}", row.state)))?,
            marks: serde_json::from_value(row.marks).map_err(|error| corrupt(error.to_string()))?,
            due: Day::from(row.due_on),
            blind_to_applicant: row.blind_to_applicant,
            reason: row.reason,
            comment: row.comment,
            feedback: row.feedback,
            score,
        })
    }
}

/// The assessments of a case, in the order in which they were given.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn of_application(reader: &mut impl Connected, application: ApplicationId) -> Result<Vec<Assessment>, Fault> {
    let query = assessments::table.filter(assessments::application_id.eq(application.0)).order(assessments::id);
    let rows: Vec<Row> = query.select(Row::as_select()).load(reader.connection()).await?;
    rows.into_iter().map(Assessment::try_from).collect()
}

/// The assessments of each of these cases, in the order in which they were given.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn of_applications(
    reader: &mut impl Connected,
    ids: &[Uuid],
) -> Result<HashMap<ApplicationId, Vec<Assessment>>, Fault> {
    let query = assessments::table.filter(assessments::application_id.eq_any(ids)).order(assessments::id);
    let mut all = HashMap::<ApplicationId, Vec<Assessment>>::new();
    for row in query.select(Row::as_select()).load::<Row>(reader.connection()).await? {
        let assessment = Assessment::try_from(row)?;
        all.entry(assessment.application).or_default().push(assessment);
    }
    Ok(all)
}

/// How many cases but these each assessor has yet to score.
///
/// # Errors
/// When the database fails.
pub async fn owed_elsewhere(reader: &mut impl Connected, ids: &[Uuid]) -> Result<BTreeMap<PersonId, u32>, Fault> {
    let query = assessments::table
        .inner_join(applications::table.on(applications::id.eq(assessments::application_id)))
        .filter(assessments::state.eq_any(AssessmentState::OPEN.map(AssessmentState::code).to_vec()))
        .filter(applications::state.eq(State::InAssessment.code()).and(applications::id.ne_all(ids)))
        .group_by(assessments::assessor_id)
        .select((assessments::assessor_id, diesel::dsl::count_star()));
    let rows: Vec<(Uuid, i64)> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(|(id, count)| (PersonId(id), u32::try_from(count).unwrap_or(u32::MAX))).collect())
}

/// The application of an assessment, so that the case can be locked before it.
///
/// # Errors
/// When the database fails.
pub async fn application_of(reader: &mut impl Connected, id: AssessmentId) -> Result<Option<ApplicationId>, Fault> {
    let query = assessments::table.find(id.0).select(assessments::application_id);
    let application: Option<Uuid> = query.first(reader.connection()).await.optional()?;
    Ok(application.map(ApplicationId))
}

/// What the assessors of each of these cases have given.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn scores(
    reader: &mut impl Connected,
    applications: &[ApplicationId],
) -> Result<HashMap<ApplicationId, Vec<Given>>, Fault> {
    let ids = applications.iter().map(|id| id.0).collect::<Vec<_>>();
    let query = assessments::table
        .filter(assessments::application_id.eq_any(ids).and(assessments::score.is_not_null()))
        .order((assessments::application_id, assessments::id))
        .select((
            assessments::application_id,
            assessments::assessor_id,
            assessments::score.assume_not_null(),
            assessments::marks,
        ));
    let mut scores = HashMap::<ApplicationId, Vec<Given>>::new();
    for (id, assessor, score, marks) in query.load::<(Uuid, Uuid, i32, Value)>(reader.connection()).await? {
        let score = u32::try_from(score).map_err(|error| Fault::Corrupt(format!("score of {id}: {error}")))?;
        let marks = serde_json::from_value(marks).map_err(|error| Fault::Corrupt(format!("marks of {id}: {error}")))?;
        scores.entry(ApplicationId(id)).or_default().push(Given { assessor: PersonId(assessor), score, marks });
    }
    Ok(scores)
}

/// On which cases a person is at work as an assessor, or was until they had scored, and how far they are. All of them, or one.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn at_work(
    reader: &mut impl Connected,
    person: PersonId,
    application: Option<ApplicationId>,
) -> Result<Vec<(ApplicationId, AssessmentState)>, Fault> {
    let mut query = assessments::table
        .filter(assessments::assessor_id.eq(person.0))
        .filter(assessments::state.eq_any(AssessmentState::AT_WORK.map(AssessmentState::code)))
        .select((assessments::application_id, assessments::state))
        .into_boxed();
    if let Some(application) = application {
        query = query.filter(assessments::application_id.eq(application.0));
    }
    let rows: Vec<(Uuid, String)> = query.load(reader.connection()).await?;
    let read = |(id, state): (Uuid, String)| {
        let state = AssessmentState::from_code(&state).ok_or_else(|| Fault::Corrupt(format!("state {state}")))?;
        Ok((ApplicationId(id), state))
    };
    rows.into_iter().map(read).collect()
}

/// The cases that a person was ever asked to assess, and those on which they have declared a conflict of interest in a sitting.
///
/// # Errors
/// When the database fails.
pub async fn asked_or_conflicted(reader: &mut impl Connected, person: PersonId) -> Result<Vec<ApplicationId>, Fault> {
    let query = assessments::table.filter(assessments::assessor_id.eq(person.0));
    let conflict = sitting_votes::vote.eq(Vote::Conflict.code());
    let conflicted = sitting_votes::table.filter(sitting_votes::person_id.eq(person.0).and(conflict));
    let query = query.select(assessments::application_id).union(conflicted.select(sitting_votes::application_id));
    let mut ids: Vec<Uuid> = query.load(reader.connection()).await?;
    ids.sort_unstable();
    Ok(ids.into_iter().map(ApplicationId).collect())
}

/// Who has had which duty on a case.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn duties(reader: &mut impl Connected, application: ApplicationId) -> Result<Duties, Fault> {
    Ok(duties_of(reader, &[application.0]).await?.remove(&application).unwrap_or_default())
}

/// The same of each of these cases.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn duties_of(reader: &mut impl Connected, ids: &[Uuid]) -> Result<HashMap<ApplicationId, Duties>, Fault> {
    let query = case_duties::table.filter(case_duties::application_id.eq_any(ids)).select((
        case_duties::application_id,
        case_duties::person_id,
        case_duties::duty,
        case_duties::part,
    ));
    let mut all = HashMap::<ApplicationId, Duties>::new();
    for (application, person, duty, part) in
        query.load::<(Uuid, Uuid, String, Option<String>)>(reader.connection()).await?
    {
        let duty = Duty::from_code(&duty).ok_or_else(|| Fault::Corrupt(format!("duty {duty}")))?;
        let duties = all.entry(ApplicationId(application)).or_default();
        duties.held.insert(PersonId(person), duty);
        duties.parts.extend(part.map(|part| (PersonId(person), part)));
    }
    Ok(all)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn duty_row(application: ApplicationId, person: PersonId, duty: Duty) -> _ {
    let (application, person): (Uuid, Uuid) = (application.0, person.0);
    let duty: &'static str = duty.code();
    (case_duties::application_id.eq(application), case_duties::person_id.eq(person), case_duties::duty.eq(duty))
}

/// The first duty of a case that begins.
pub(super) fn duty_insertion(application: ApplicationId, person: PersonId, duty: Duty) -> Statement<'static> {
    Box::new(diesel::insert_into(case_duties::table).values(duty_row(application, person, duty)))
}

/// A person takes a duty; the key of the table refuses a second one.
pub(super) async fn take_duty(
    tx: &mut Tx<'_>,
    application: ApplicationId,
    person: PersonId,
    duty: Duty,
) -> Result<(), Fault> {
    let row = duty_row(application, person, duty);
    let new = diesel::insert_into(case_duties::table).values(row).on_conflict_do_nothing();
    if new.execute(tx.connection).await? == 1 {
        return Ok(());
    }
    let held = case_duties::table.find((application.0, person.0)).select(case_duties::duty);
    let held: String = held.first(tx.connection).await?;
    if held == duty.code() { Ok(()) } else { Err(Fault::Taken("case_duties_pkey".to_owned())) }
}

pub(super) async fn insert(tx: &mut Tx<'_>, assessment: &Assessment) -> Result<(), Fault> {
    let row = (
        assessments::id.eq(assessment.id.0),
        assessments::application_id.eq(assessment.application.0),
        assessments::assessor_id.eq(assessment.assessor.0),
        assessments::state.eq(assessment.state.code()),
        assessments::marks.eq(serde_json::json!(assessment.marks)),
        assessments::comment.eq(&assessment.comment),
        assessments::created_at.eq(tx.moment.now),
        assessments::due_on.eq(assessment.due.date()),
        assessments::blind_to_applicant.eq(assessment.blind_to_applicant),
        assessments::changed_at.eq(tx.moment.now),
    );
    diesel::insert_into(assessments::table).values(row).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn move_due(tx: &mut Tx<'_>, id: AssessmentId, due: Day) -> Result<(), Fault> {
    let set = assessments::due_on.eq(due.date());
    diesel::update(assessments::table.find(id.0)).set(set).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn update(tx: &mut Tx<'_>, assessment: &Assessment) -> Result<(), Fault> {
    let score = assessment.score.map(i32::try_from).transpose().map_err(|error| Fault::Corrupt(error.to_string()))?;
    let set = (
        assessments::state.eq(assessment.state.code()),
        assessments::marks.eq(serde_json::json!(assessment.marks)),
        assessments::comment.eq(&assessment.comment),
        assessments::feedback.eq(&assessment.feedback),
        assessments::score.eq(score),
        assessments::reason.eq(&assessment.reason),
        assessments::changed_at.eq(tx.moment.now),
    );
    diesel::update(assessments::table.find(assessment.id.0)).set(set).execute(tx.connection).await?;
    Ok(())
}
