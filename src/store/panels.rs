//! Panels: what they rank, what was said of it, and how a case that is decided stands beside the others.

mod record;
mod standing;

pub(super) use record::{insert, insert_departure, insert_minute};
pub use standing::{Beside, Side, lock_ranking, standing};

use super::schema::{
    applications, organisations, panel_assessors, panel_cases, panel_departures, panel_minutes, panels,
};
use super::seals::sealed;
use super::{Connected, Fault, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::application::State;
use rules::calendar::Day;
use rules::ids::{ApplicationId, OrganisationId, PanelId, PersonId, SchemeTextId};
use rules::panel::{Minute, Panel, Severity};
use std::collections::BTreeSet;
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = panels)]
struct Row {
    id: Uuid,
    scheme_code: String,
    name: String,
    opened_by: Uuid,
    opened_at: DateTime<Utc>,
    cases: i32,
    round: Option<String>,
}

impl TryFrom<Row> for Panel {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        Ok(Self {
            id: PanelId(row.id),
            scheme: row.scheme_code,
            round: row.round,
            name: row.name,
            opened_by: PersonId(row.opened_by),
            opened_at: row.opened_at,
            cases: count(row.cases)?,
        })
    }
}

fn count(number: i32) -> Result<u32, Fault> {
    u32::try_from(number).map_err(|error| Fault::Corrupt(format!("a count of a panel: {error}")))
}

fn whole<T: TryInto<i32>>(number: T) -> Result<i32, Fault>
where
    T::Error: std::fmt::Display,
{
    number.try_into().map_err(|error| Fault::Corrupt(format!("a number of a panel: {error}")))
}

/// A case that may be ranked.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Which.
    pub application: ApplicationId,
    /// The reference that people use.
    pub reference: String,
    /// Who applies.
    pub organisation: OrganisationId,
    /// The text that it has pinned.
    pub scheme_text: SchemeTextId,
    /// The day of its submission.
    pub submitted_on: Day,
}

/// The cases of a scheme that are in assessment, not sealed and in no panel: all, or those of a round, or those of them that are named. They
/// are locked in the order of their ids, and read as they stand then. Two that rank the same at once wait for each other here, and for
/// whoever decides in the scheme.
///
/// # Errors
/// When the database fails.
pub async fn lock_candidates(
    tx: &mut Tx<'_>,
    (scheme, round): (&str, Option<&str>),
    named: Option<&BTreeSet<ApplicationId>>,
    limit: i64,
) -> Result<Vec<Candidate>, Fault> {
    lock_ranking(tx, scheme).await?;
    let ranked = panel_cases::table.filter(panel_cases::application_id.eq(applications::id));
    let waits = applications::scheme_code.eq(scheme).and(applications::state.eq(State::InAssessment.code()));
    let mut query = applications::table
        .filter(waits)
        .filter(applications::submitted_at.is_not_null().and(not(sealed(tx.moment.now))))
        .filter(not(exists(ranked)))
        .order(applications::id)
        .limit(limit)
        .select(applications::id)
        .into_boxed();
    if let Some(round) = round {
        query = query.filter(applications::round.eq(round));
    }
    if let Some(named) = named {
        query = query.filter(applications::id.eq_any(named.iter().map(|id| id.0).collect::<Vec<_>>()));
    }
    let ids: Vec<Uuid> = query.load(tx.connection).await?;
    let locked = applications::table
        .filter(applications::id.eq_any(ids).and(waits))
        .order(applications::id)
        .select((
            applications::id,
            applications::reference,
            applications::organisation_id,
            applications::scheme_text_id.assume_not_null(),
            applications::submitted_on.assume_not_null(),
        ))
        .for_update();
    let rows: Vec<(Uuid, String, Uuid, Uuid, NaiveDate)> = locked.load(tx.connection).await?;
    let candidate = |(id, reference, organisation, text, submitted_on)| Candidate {
        application: ApplicationId(id),
        reference,
        organisation: OrganisationId(organisation),
        scheme_text: SchemeTextId(text),
        submitted_on: Day::from(submitted_on),
    };
    Ok(rows.into_iter().map(candidate).collect())
}

/// A panel.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn find(reader: &mut impl Connected, id: PanelId) -> Result<Option<Panel>, Fault> {
    let row: Option<Row> =
        panels::table.find(id.0).select(Row::as_select()).first(reader.connection()).await.optional()?;
    row.map(Panel::try_from).transpose()
}

/// Panels, newest first, after one of them: all, or those of a scheme.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn page(
    reader: &mut impl Connected,
    scheme: Option<&str>,
    after: Option<PanelId>,
    limit: i64,
) -> Result<Vec<Panel>, Fault> {
    let after = after.map_or_else(Uuid::max, |id| id.0);
    let mut query = panels::table
        .filter(panels::id.lt(after))
        .order(panels::id.desc())
        .limit(limit)
        .select(Row::as_select())
        .into_boxed();
    if let Some(scheme) = scheme {
        query = query.filter(panels::scheme_code.eq(scheme.to_owned()));
    }
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    rows.into_iter().map(Panel::try_from).collect()
}

/// A case of a panel in its place, with what has become of it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = panel_cases)]
pub struct Placed {
    /// Its place: no two share one.
    pub place: i32,
    /// Its rank: equal means share one.
    pub rank: i32,
    /// Which case.
    pub application_id: Uuid,
    /// The reference that people use.
    #[diesel(select_expression = applications::reference)]
    pub reference: String,
    /// Who applies.
    #[diesel(select_expression = organisations::name)]
    pub organisation_name: String,
    /// Where it stands now, in the words of the staff.
    #[diesel(select_expression = applications::state)]
    pub state: String,
    /// The mean score, in hundredths of a per cent.
    pub mean: i32,
    /// The highest score less the lowest.
    pub spread: i32,
    /// How many have scored it.
    pub scores: i32,
    /// Whose score is far from the others.
    pub outliers: Vec<Uuid>,
    /// Whether it passes.
    pub passes: bool,
    /// Why the last decision departs from the rank.
    #[diesel(select_expression = departure())]
    pub departure: Option<String>,
}

#[diesel::dsl::auto_type]
fn departure() -> _ {
    panel_departures::table
        .filter(panel_departures::application_id.eq(panel_cases::application_id))
        .order(panel_departures::version.desc())
        .limit(1_i64)
        .select(panel_departures::reason)
        .single_value()
}

/// The cases of a panel by their places, after one of them; what is sealed now is left out.
///
/// # Errors
/// When the database fails.
pub async fn cases(
    reader: &mut impl Connected,
    (panel, now): (PanelId, DateTime<Utc>),
    after: Option<i32>,
    limit: i64,
) -> Result<Vec<Placed>, Fault> {
    let query = panel_cases::table
        .inner_join(applications::table.on(applications::id.eq(panel_cases::application_id)))
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .filter(panel_cases::panel_id.eq(panel.0).and(panel_cases::place.gt(after.unwrap_or(0))))
        .filter(not(sealed(now)))
        .order(panel_cases::place)
        .limit(limit)
        .select(Placed::as_select());
    Ok(query.load(reader.connection()).await?)
}

/// Whether some case of a panel is sealed.
///
/// # Errors
/// When the database fails.
pub async fn is_sealed(reader: &mut impl Connected, panel: PanelId, now: DateTime<Utc>) -> Result<bool, Fault> {
    let query = panel_cases::table
        .inner_join(applications::table.on(applications::id.eq(panel_cases::application_id)))
        .filter(panel_cases::panel_id.eq(panel.0).and(sealed(now)));
    Ok(diesel::select(exists(query)).get_result(reader.connection()).await?)
}

/// A case of a panel that is of one of these organisations, or is one of those that are `tied`.
///
/// # Errors
/// When the database fails.
pub async fn case_beside(
    reader: &mut impl Connected,
    panel: PanelId,
    (of, tied): (&BTreeSet<OrganisationId>, &[ApplicationId]),
) -> Result<Option<(ApplicationId, OrganisationId)>, Fault> {
    let of = of.iter().map(|id| id.0).collect::<Vec<_>>();
    let tied = tied.iter().map(|id| id.0).collect::<Vec<_>>();
    let query = panel_cases::table
        .inner_join(applications::table.on(applications::id.eq(panel_cases::application_id)))
        .filter(panel_cases::panel_id.eq(panel.0))
        .filter(applications::organisation_id.eq_any(of).or(applications::id.eq_any(tied)))
        .order(panel_cases::place)
        .select((applications::id, applications::organisation_id));
    let row: Option<(Uuid, Uuid)> = query.first(reader.connection()).await.optional()?;
    Ok(row.map(|(id, organisation)| (ApplicationId(id), OrganisationId(organisation))))
}

/// How each assessor of a panel scores beside the others.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn severities(reader: &mut impl Connected, panel: PanelId) -> Result<Vec<Severity>, Fault> {
    let query =
        panel_assessors::table.filter(panel_assessors::panel_id.eq(panel.0)).order(panel_assessors::assessor_id);
    let query = query.select((
        panel_assessors::assessor_id,
        panel_assessors::scored,
        panel_assessors::mean,
        panel_assessors::above_others,
    ));
    let rows: Vec<(Uuid, i32, i32, Option<i32>)> = query.load(reader.connection()).await?;
    let severity = |(assessor, scored, mean, above_others)| {
        Ok(Severity { assessor: PersonId(assessor), scored: count(scored)?, mean: count(mean)?, above_others })
    };
    rows.into_iter().map(severity).collect()
}

type MinuteRow = (Uuid, Option<Uuid>, String, Uuid, DateTime<Utc>);

/// A minute with its key, by which the list goes on.
pub type Written = (Uuid, Minute);

/// The minutes of a panel, oldest first, after one of them; what was said of cases that are sealed now is left out.
///
/// # Errors
/// When the database fails.
pub async fn minutes(
    reader: &mut impl Connected,
    (panel, now): (PanelId, DateTime<Utc>),
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Written>, Fault> {
    let hidden =
        applications::table.filter(sealed(now).and(panel_minutes::application_id.eq(applications::id.nullable())));
    let query = panel_minutes::table
        .filter(panel_minutes::panel_id.eq(panel.0).and(panel_minutes::id.gt(after.unwrap_or_else(Uuid::nil))))
        .filter(not(exists(hidden)))
        .order(panel_minutes::id)
        .limit(limit)
        .select((
            panel_minutes::id,
            panel_minutes::application_id,
            panel_minutes::text,
            panel_minutes::written_by,
            panel_minutes::written_at,
        ));
    let rows: Vec<MinuteRow> = query.load(reader.connection()).await?;
    let minute = |(id, application, text, by, at): MinuteRow| {
        (id, Minute { panel, application: application.map(ApplicationId), text, by: PersonId(by), at })
    };
    Ok(rows.into_iter().map(minute).collect())
}

/// The panel of a case.
///
/// # Errors
/// When the database fails.
pub async fn of_case(reader: &mut impl Connected, application: ApplicationId) -> Result<Option<PanelId>, Fault> {
    let query = panel_cases::table.filter(panel_cases::application_id.eq(application.0));
    let id: Option<Uuid> = query.select(panel_cases::panel_id).first(reader.connection()).await.optional()?;
    Ok(id.map(PanelId))
}

/// Those of these cases that are in a panel.
///
/// # Errors
/// When the database fails.
pub async fn ranked(
    reader: &mut impl Connected,
    applications: &[ApplicationId],
) -> Result<BTreeSet<ApplicationId>, Fault> {
    let query = panel_cases::table.filter(panel_cases::application_id.eq_any(applications.iter().map(|id| id.0)));
    let ids: Vec<Uuid> = query.select(panel_cases::application_id).load(reader.connection()).await?;
    Ok(ids.into_iter().map(ApplicationId).collect())
}
