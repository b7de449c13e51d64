//! Agendas of committees: what they were convened with, their lines, and how they ended.

use super::schema::{agendas, applications, organisations, sittings};
use super::{Connected, Fault, Tx, sittings as store_of_sittings};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::agenda::{Agenda, AgendaEnd, AgendaWrite};
use rules::calendar::Day;
use rules::ids::{AgendaId, ApplicationId, OrganisationId, PersonId};
use rules::sitting::{OnAgenda, Sitting, Way};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = agendas, treat_none_as_default_value = false)]
struct Row {
    id: Uuid,
    scheme_code: String,
    round: Option<String>,
    list: String,
    reserve_until: Option<NaiveDate>,
    committee: String,
    way: String,
    held_on: NaiveDate,
    chair_id: Uuid,
    lines: i32,
    convened_by: Uuid,
    convened_at: DateTime<Utc>,
    outcome: Option<String>,
    ended_at: Option<DateTime<Utc>>,
    reason: Option<String>,
}

impl TryFrom<Row> for Agenda {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let corrupt = |what: String| Fault::Corrupt(format!("agenda {}: {what}", row.id));
        let end = match (row.outcome.as_deref(), row.reason) {
            (None, _) => None,
            (Some("closed"), None) => Some(AgendaEnd::Closed),
            (Some("given_up"), Some(reason)) => Some(AgendaEnd::GivenUp(reason)),
            (Some(outcome), _) => return Err(corrupt(outcome.to_owned())),
        };
        Ok(Self {
            id: AgendaId(row.id),
            scheme: row.scheme_code,
            round: row.round,
            list: row.list,
            reserve_until: row.reserve_until.map(Day::from),
            committee: row.committee,
            way: Way::from_code(&row.way).ok_or_else(|| corrupt(row.way.clone()))?,
            held_on: Day::from(row.held_on),
            chair: PersonId(row.chair_id),
            lines: u32::try_from(row.lines).map_err(|error| corrupt(error.to_string()))?,
            convened_by: PersonId(row.convened_by),
            convened_at: row.convened_at,
            ended: end.zip(row.ended_at),
        })
    }
}

/// An agenda.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn find(reader: &mut impl Connected, id: AgendaId) -> Result<Option<Agenda>, Fault> {
    let query = agendas::table.find(id.0).select(Row::as_select());
    let row: Option<Row> = query.first(reader.connection()).await.optional()?;
    row.map(Agenda::try_from).transpose()
}

/// A page of agendas, newest first: all, or of a scheme.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn page(
    reader: &mut impl Connected,
    scheme: Option<&str>,
    after: Option<AgendaId>,
    limit: i64,
) -> Result<Vec<Agenda>, Fault> {
    let mut query = agendas::table.order(agendas::id.desc()).limit(limit).select(Row::as_select()).into_boxed();
    if let Some(scheme) = scheme {
        query = query.filter(agendas::scheme_code.eq(scheme));
    }
    if let Some(after) = after {
        query = query.filter(agendas::id.lt(after.0));
    }
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    rows.into_iter().map(Agenda::try_from).collect()
}

/// A line of an agenda.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number.
    pub line: u32,
    /// The case.
    pub application: ApplicationId,
    /// The reference that people use.
    pub reference: String,
    /// Who applies.
    pub organisation: OrganisationId,
    /// What they are called.
    pub organisation_name: String,
    /// The sitting on it.
    pub sitting: Sitting,
}

/// The lines of an agenda, in their order. With its cases locked, nobody votes.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn lines(reader: &mut impl Connected, agenda: AgendaId) -> Result<Vec<Line>, Fault> {
    let query = sittings::table
        .inner_join(applications::table.on(applications::id.eq(sittings::application_id)))
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .filter(sittings::agenda_id.eq(agenda.0))
        .order(sittings::agenda_line)
        .select((applications::id, applications::reference, organisations::id, organisations::name));
    let rows: Vec<(Uuid, String, Uuid, String)> = query.load(reader.connection()).await?;
    let ids = rows.iter().map(|(id, ..)| *id).collect::<Vec<_>>();
    let mut sat = store_of_sittings::of_applications(reader, &ids).await?;
    let line = |(id, reference, organisation, organisation_name): (Uuid, String, Uuid, String)| {
        let application = ApplicationId(id);
        let on = |sitting: &Sitting| sitting.agenda.filter(|on| on.agenda == agenda);
        let sittings = sat.remove(&application).unwrap_or_default().into_iter();
        let found = sittings.filter_map(|sitting| Some((on(&sitting)?, sitting))).next();
        let (OnAgenda { line, .. }, sitting) =
            found.ok_or_else(|| Fault::Corrupt(format!("the sitting of agenda {agenda} on {application}")))?;
        let organisation = OrganisationId(organisation);
        Ok(Line { line, application, reference, organisation, organisation_name, sitting })
    };
    rows.into_iter().map(line).collect()
}

pub(super) async fn write(tx: &mut Tx<'_>, write: &AgendaWrite) -> Result<(), Fault> {
    match write {
        AgendaWrite::Convened(agenda) => insert(tx, agenda).await,
        AgendaWrite::Ended { agenda, end, at } => {
            let (outcome, reason) = match end {
                AgendaEnd::Closed => ("closed", None),
                AgendaEnd::GivenUp(reason) => ("given_up", Some(reason)),
            };
            let set = (agendas::outcome.eq(outcome), agendas::reason.eq(reason), agendas::ended_at.eq(at));
            diesel::update(agendas::table.find(agenda.0)).set(set).execute(tx.connection).await?;
            Ok(())
        }
    }
}

async fn insert(tx: &mut Tx<'_>, agenda: &Agenda) -> Result<(), Fault> {
    let row = Row {
        id: agenda.id.0,
        scheme_code: agenda.scheme.clone(),
        round: agenda.round.clone(),
        list: agenda.list.clone(),
        reserve_until: agenda.reserve_until.map(Day::date),
        committee: agenda.committee.clone(),
        way: agenda.way.code().to_owned(),
        held_on: agenda.held_on.date(),
        chair_id: agenda.chair.0,
        lines: i32::try_from(agenda.lines).map_err(|error| Fault::Corrupt(format!("lines of an agenda: {error}")))?,
        convened_by: agenda.convened_by.0,
        convened_at: agenda.convened_at,
        outcome: None,
        ended_at: None,
        reason: None,
    };
    diesel::insert_into(agendas::table).values(row).execute(tx.connection).await?;
    Ok(())
}
