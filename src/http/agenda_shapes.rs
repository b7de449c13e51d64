//! What is shown of agendas and of their lines.

use super::round_decisions::RoundDecidedView;
use super::sitting_shapes::WayShape;
use super::sittings::SittingView;
use crate::actions::agendas::Closed;
use crate::store::agendas::Line;
use chrono::{DateTime, Utc};
use rules::agenda::{Agenda, AgendaEnd};
use rules::calendar::Day;
use rules::ids::{AgendaId, ApplicationId, PersonId};
use rules::sitting::Way;
use serde::Serialize;
use utoipa::ToSchema;

/// An agenda.
#[derive(Serialize, ToSchema)]
pub(super) struct AgendaView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: AgendaId,
    /// The scheme's code.
    scheme: String,
    /// The path of the round; null for what belongs to none.
    round: Option<String>,
    /// What identified the list when it was read.
    list: String,
    /// The last day of the places on the reserve list; null where there are none.
    #[schema(value_type = Option<String>, format = Date)]
    reserve_until: Option<Day>,
    /// The authority that the committee exercises.
    committee: String,
    /// In a meeting, or by circulating the papers.
    #[schema(value_type = WayShape)]
    way: Way,
    /// The day of the meeting, or the last one on which the papers are answered.
    #[schema(value_type = String, format = Date)]
    held_on: Day,
    /// Who chairs.
    #[schema(value_type = Uuid)]
    chair: PersonId,
    /// How many lines it has.
    lines: u32,
    /// Who convened it.
    #[schema(value_type = Uuid)]
    convened_by: PersonId,
    /// When.
    convened_at: DateTime<Utc>,
    /// `open`, `closed` or `given_up`.
    state: &'static str,
    /// When it ended; null while it is open.
    ended_at: Option<DateTime<Utc>>,
    /// Why it was given up.
    reason: Option<String>,
}

/// A line of an agenda.
#[derive(Serialize, ToSchema)]
pub(super) struct AgendaLineView {
    /// Its number, counted from 1 by rank.
    line: u32,
    /// The case.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// The reference that people use.
    reference: String,
    /// Who applies.
    organisation_name: String,
    /// The sitting on it.
    sitting: SittingView,
}

/// An agenda with its lines.
#[derive(Serialize, ToSchema)]
pub(super) struct AgendaDetail {
    /// The agenda.
    agenda: AgendaView,
    /// Its lines, at most 200, without those of cases that you may not see.
    lines: Vec<AgendaLineView>,
}

/// An agenda that is closed.
#[derive(Serialize, ToSchema)]
pub(super) struct AgendaClosedView {
    /// The agenda.
    agenda: AgendaView,
    /// Its lines, without those of cases that you may not see.
    lines: Vec<AgendaLineView>,
    /// What was carried, and what has become of it.
    decided: RoundDecidedView,
}

impl From<Agenda> for AgendaView {
    fn from(agenda: Agenda) -> Self {
        let (state, ended_at, reason) = match agenda.ended {
            None => ("open", None, None),
            Some((AgendaEnd::Closed, at)) => ("closed", Some(at), None),
            Some((AgendaEnd::GivenUp(reason), at)) => ("given_up", Some(at), Some(reason)),
        };
        Self {
            id: agenda.id,
            scheme: agenda.scheme,
            round: agenda.round,
            list: agenda.list,
            reserve_until: agenda.reserve_until,
            committee: agenda.committee,
            way: agenda.way,
            held_on: agenda.held_on,
            chair: agenda.chair,
            lines: agenda.lines,
            convened_by: agenda.convened_by,
            convened_at: agenda.convened_at,
            state,
            ended_at,
            reason,
        }
    }
}

impl From<Line> for AgendaLineView {
    fn from(its: Line) -> Self {
        let Line { line, application, reference, organisation_name, sitting, organisation: _ } = its;
        Self { line, application, reference, organisation_name, sitting: sitting.into() }
    }
}

fn views(lines: Vec<Line>) -> Vec<AgendaLineView> {
    lines.into_iter().map(AgendaLineView::from).collect()
}

impl From<(Agenda, Vec<Line>)> for AgendaDetail {
    fn from((agenda, lines): (Agenda, Vec<Line>)) -> Self {
        Self { agenda: agenda.into(), lines: views(lines) }
    }
}

impl From<Closed> for AgendaClosedView {
    fn from(Closed { agenda, lines, decided }: Closed) -> Self {
        Self { agenda: agenda.into(), lines: views(lines), decided: RoundDecidedView::of(&decided) }
    }
}
