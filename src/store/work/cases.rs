//! The cases of a state that wait, narrowed to those that are ready for an act.

use super::{COLUMNS, FOR_THE_AGENCY, OTHER_DUTY, OfText, Waiting, Whom, asked, found, of_others};
use crate::store::{Connected, Fault};
use diesel::sql_types::{Array, BigInt, Bool, Date, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rules::application::State;
use rules::assessment::AssessmentState;
use rules::calendar::Day;
use rules::work::{Span, Wanted};
use std::collections::BTreeSet;

/// What narrows the cases of a state beside who asks.
#[derive(Clone, Copy, Debug)]
pub enum Narrowed<'a> {
    /// Nothing.
    No,
    /// Fewer assessors are at work than are wanted.
    WantsAssessors(&'a [OfText<Wanted>]),
    /// An assessor who was asked, or has said yes, is late on this day.
    IsLate(Day),
    /// As many as are wanted have scored, and this is what comes before the next act.
    IsScored(&'a [OfText<Wanted>], Before),
    /// A part of its route is passed under one of these authorities.
    HasPart(&'a BTreeSet<String>),
    /// A committee may pass a part of its route.
    HasCommittee,
    /// What was asked of the applicant is not answered, and its last day was before this one.
    IsUnanswered(Day),
    /// Somebody else has proposed that somebody else again assesses it in spite of a conflict.
    IsToBeConfirmed,
    /// No embargo keeps its award on this day.
    IsUnderNoEmbargo(Day),
    /// No embargo keeps its refusal on this day.
    IsToBeTold(Day),
    /// It was passed over on its reserve list, whose day is not over on this one.
    IsPassedOver(Day),
    /// The day of its reserve list was before this one, and a part of its route is passed under one of these authorities.
    IsOnReserveTooLong(Day, &'a BTreeSet<String>),
}

/// What stands between the scores and what comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Nothing: every step was held, and it is ranked where that is wanted.
    Decision,
    /// A step that is wanted is missing.
    Step,
    /// It is to be ranked, and is in no panel.
    Panel,
}

/// The days of submission on which something is wanted, beside each case of their text.
const SPANS: &str =
    "JOIN unnest($8, $9, $10, $11, $12, $13) span (text_id, first, next, assessors, steps, panel) ON span.text_id = a.scheme_text_id
           AND (span.first IS NULL OR a.submitted_on >= span.first) AND (span.next IS NULL OR a.submitted_on < span.next)";
const HELD: &str =
    "string_to_array(span.steps, ',') <@ ARRAY (SELECT t.step FROM assessment_steps t WHERE t.application_id = a.id)";
const HAS_PART: &str = "EXISTS (SELECT 1 FROM approval_parts p WHERE p.application_id = a.id AND p.authorities && $8)";
const UNRANKED: &str = "span.panel AND NOT EXISTS (SELECT 1 FROM panel_cases k WHERE k.application_id = a.id)";

impl Narrowed<'_> {
    const fn spans(&self) -> Option<&[OfText<Wanted>]> {
        match self {
            Self::WantsAssessors(spans) | Self::IsScored(spans, _) => Some(spans),
            _ => None,
        }
    }

    /// As a condition of SQL on `applications a`.
    fn condition(self) -> String {
        let count =
            |of: &str| format!("(SELECT count(*) FROM assessments s WHERE s.application_id = a.id AND s.state {of})");
        match self {
            Self::No => "true".to_owned(),
            Self::WantsAssessors(_) => {
                format!("{} < span.assessors", count(&format!("IN ({})", listed(&AssessmentState::AT_WORK))))
            }
            Self::IsLate(today) => {
                let open = listed(&AssessmentState::OPEN);
                format!(
                    "EXISTS (SELECT 1 FROM assessments s WHERE s.application_id = a.id AND s.state IN ({open}) AND s.due_on < '{today}')"
                )
            }
            Self::IsScored(_, before) => {
                let scored = count(&format!("= '{}'", AssessmentState::Scored.code()));
                let next = match before {
                    Before::Decision => format!("{HELD} AND NOT ({UNRANKED})"),
                    Before::Step => format!("NOT {HELD}"),
                    Before::Panel => UNRANKED.to_owned(),
                };
                format!("{scored} >= span.assessors AND {next}")
            }
            Self::HasPart(_) => HAS_PART.to_owned(),
            Self::HasCommittee => {
                "EXISTS (SELECT 1 FROM approval_parts p WHERE p.application_id = a.id AND p.committees <> '{}')"
                    .to_owned()
            }
            Self::IsUnanswered(today) => format!(
                "EXISTS (SELECT 1 FROM application_returns w WHERE w.application_id = a.id AND w.ended_at IS NULL AND w.answer_by < '{today}')"
            ),
            // Asked of each case: most of those that were never confirmed are of cases that have ended.
            Self::IsToBeConfirmed => "(SELECT c.id FROM conflict_overrides c WHERE c.application_id = a.id
               AND c.confirmed_at IS NULL AND c.proposed_by <> $3 AND c.assessor_id <> $3 LIMIT 1) IS NOT NULL"
                .to_owned(),
            Self::IsPassedOver(today) => format!(
                "EXISTS (SELECT 1 FROM reserve_entries e WHERE e.application_id = a.id AND e.left_at IS NULL AND e.skipped IS NOT NULL AND e.until_on >= '{today}')"
            ),
            Self::IsOnReserveTooLong(today, _) => format!(
                "{HAS_PART} AND EXISTS (SELECT 1 FROM reserve_entries e WHERE e.application_id = a.id AND e.left_at IS NULL AND e.until_on < '{today}')"
            ),
            Self::IsToBeTold(today) => format!("a.embargo_until <= '{today}'"),
            Self::IsUnderNoEmbargo(today) => format!(
                "coalesce((SELECT w.embargo_until FROM awards w WHERE w.application_id = a.id), date '-infinity') <= '{today}'"
            ),
        }
    }
}

/// The cases in a state.
///
/// # Errors
/// When the database fails.
pub async fn cases(
    reader: &mut impl Connected,
    whom: Whom<'_>,
    state: State,
    narrowed: Narrowed<'_>,
) -> Result<Vec<Waiting>, Fault> {
    let spans = narrowed.spans();
    let (join, condition) = (spans.map_or("", |_| SPANS), narrowed.condition());
    let of_others = of_others();
    let sql = format!(
        "SELECT {COLUMNS} FROM applications a {join}
          WHERE a.state = $7 AND {of_others} AND {FOR_THE_AGENCY} AND NOT {OTHER_DUTY} AND {condition} ORDER BY a.id LIMIT $1"
    );
    let mut query = asked(sql, whom).bind::<Text, _>(state.code());
    if let Narrowed::HasPart(authorities) | Narrowed::IsOnReserveTooLong(_, authorities) = narrowed {
        query = query.bind::<Array<Text>, _>(authorities.iter().cloned().collect::<Vec<_>>());
    }
    if let Some(spans) = spans {
        let days =
            |day: fn(&Span<Wanted>) -> Option<Day>| spans.iter().map(|(_, span)| day(span).map(Day::date)).collect();
        let whole = |holds: usize| i64::try_from(holds).unwrap_or(i64::MAX);
        let steps = |span: &Span<Wanted>| span.holds.steps.iter().cloned().collect::<Vec<_>>().join(",");
        query = query
            .bind::<Array<SqlUuid>, _>(spans.iter().map(|(text, _)| text.0).collect::<Vec<_>>())
            .bind::<Array<Nullable<Date>>, Vec<_>>(days(|span| span.from))
            .bind::<Array<Nullable<Date>>, Vec<_>>(days(|span| span.until))
            .bind::<Array<BigInt>, _>(spans.iter().map(|(_, span)| whole(span.holds.assessors)).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(spans.iter().map(|(_, span)| steps(span)).collect::<Vec<_>>())
            .bind::<Array<Bool>, _>(spans.iter().map(|(_, span)| span.holds.panel).collect::<Vec<_>>());
    }
    Ok(found(query.load(reader.connection()).await?))
}

/// The codes of states, as a list of SQL.
fn listed(states: &[AssessmentState]) -> String {
    states.iter().map(|state| format!("'{}'", state.code())).collect::<Vec<_>>().join(", ")
}
