//! The rounds and cut-offs of a scheme: when applications are taken, and how many from each applicant; and for staff, what has come.

use super::actor::Signed;
use super::answer::Answer;
use super::problem::Problem;
use super::schemes::{TextShape, word};
use super::services::Door;
use crate::actions::reports::{self, Rounds};
use actix_web::get;
use actix_web::web::{Path, Query};
use chrono::{DateTime, Utc};
use rules::calendar::Day;
use rules::dated::Known;
use rules::money::Cents;
use rules::scheme::{Intake, Period, Scheme};
use rules::text::Text;
use rules::year_budget::budget_of;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The rounds or cut-offs of a scheme.
#[derive(Serialize, ToSchema)]
pub(super) struct RoundList<'a> {
    /// In the order of their days.
    items: Vec<RoundView<'a>>,
    /// Where the scheme is open all the year: the next cut-off, by its path.
    #[schema(example = "cut_off.2024")]
    next_cut_off: Option<String>,
}

/// A round, or the batch of a cut-off.
#[derive(Serialize, ToSchema)]
pub(super) struct RoundView<'a> {
    /// Its path in the scheme, which is its name everywhere.
    #[schema(example = "round.2")]
    round: String,
    /// What people call it.
    #[schema(value_type = TextShape)]
    name: &'a Text,
    /// `coming`, `open` or `closed`.
    state: &'static str,
    /// The first instant that is in; none where it is open since ever.
    opens_at: Option<DateTime<Utc>>,
    /// The first instant that is out: the second before it is in.
    closes_at: DateTime<Utc>,
    /// Whether the agency opens what is submitted only once it has closed.
    sealed: bool,
    /// The money that there is for it; `none` where it has none of its own, `unknown` where nobody has seen how much it is.
    #[schema(example = "none")]
    budget: String,
    /// How many applications it takes of one applicant, by the path of the ceiling; `unknown` where nobody has seen it.
    quotas: Vec<QuotaView>,
}

/// How many applications a round takes of one applicant.
#[derive(Serialize, ToSchema)]
pub(super) struct QuotaView {
    /// The path of the ceiling.
    #[schema(example = "ceiling.applications_per_university")]
    ceiling: String,
    /// The number; `none` or `unknown`.
    #[schema(example = "15")]
    is: String,
}

/// The rounds of a scheme in force, or the cut-offs of one that is open all the year, and how each stands at this moment.
#[utoipa::path(
    tag = "rounds", security(()),
    params(("code" = String, Path, description = "The code of the scheme", example = "RAISE-PLUS")),
    responses((status = 200, description = "In the order of their days; none where the scheme names none", body = RoundList)),
)]
#[get("/schemes/{code}/rounds")]
pub(super) async fn list(door: Door, code: Path<String>) -> Result<Answer, Problem> {
    let in_force = door.schemes.in_force(&mut door.reader().await?, &code, door.moment.today()).await?;
    let (scheme, now) = (&*in_force.scheme, door.moment.now);
    let items = scheme.file.intakes().into_iter().map(|intake| view(scheme, intake, now)).collect::<Vec<_>>();
    let cut_off = |item: &&RoundView<'_>| item.state == "open" && item.round.starts_with("cut_off.");
    let next_cut_off = items.iter().find(cut_off).map(|item| item.round.clone());
    Ok(Answer::ok(&RoundList { items, next_cut_off })?.public())
}

/// What staff know of the rounds of a scheme.
#[derive(Serialize, ToSchema)]
pub(super) struct RoundReport<'a> {
    /// In the order of their days.
    items: Vec<RoundLine<'a>>,
    /// The years of which the scheme has money, in their order; a case counts in that in which it is submitted.
    years: Vec<YearLine>,
}

/// What staff know of the money of a year.
#[derive(Serialize, ToSchema)]
pub(super) struct YearLine {
    /// Its first day.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// What there is for it: an amount, `none` or `unknown`.
    #[schema(example = "40000000.00")]
    budget: String,
    /// What is committed or paid of it.
    #[schema(value_type = String)]
    committed: Cents,
    /// What is recommended of it and not decided yet, where the scheme reserves it.
    #[schema(value_type = String)]
    reserved: Cents,
    /// What can still be promised; none where no limit is known.
    #[schema(value_type = Option<String>)]
    left: Option<Cents>,
}

/// What staff know of a round.
#[derive(Serialize, ToSchema)]
pub(super) struct RoundLine<'a> {
    /// What anybody may know of it.
    #[serde(flatten)]
    public: RoundView<'a>,
    /// Until when the agency sees how many have come, and neither whose they are nor what is in them; none where that is over, or never was.
    sealed_until: Option<DateTime<Utc>>,
    /// How many applications were submitted to it and not withdrawn.
    applications: i64,
    /// What is committed or paid of its money.
    #[schema(value_type = String)]
    committed: Cents,
    /// What is recommended of it and not decided yet, where the scheme reserves it.
    #[schema(value_type = String)]
    reserved: Cents,
    /// What can still be promised; none where no limit is known.
    #[schema(value_type = Option<String>)]
    left: Option<Cents>,
    /// What waits on its reserve list: nothing of its money is kept for that.
    on_reserve: OnReserveView,
}

/// What waits on a reserve list.
#[derive(Serialize, ToSchema)]
pub(super) struct OnReserveView {
    /// How many applications.
    cases: u32,
    /// For how much in all.
    #[schema(value_type = String)]
    amount: Cents,
}

/// Of which scheme.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RoundQuery {
    /// Of this scheme.
    scheme: String,
}

/// The rounds of a scheme, with how many applications have come and what is committed of their money; and the same of its years.
#[utoipa::path(
    tag = "reports", params(RoundQuery),
    responses((status = 200, description = "In the order of their days", body = RoundReport)),
)]
#[get("/reports/rounds")]
pub(super) async fn report(door: Door, Signed(caller, query): Signed<Query<RoundQuery>>) -> Result<Answer, Problem> {
    let in_force = (&door.schemes, door.moment.today());
    let mut reader = door.reader().await?;
    let Rounds { in_force, rounds, years, mut on_reserve, seals } =
        reports::rounds(&mut reader, &caller.actor, in_force, &query.scheme).await?;
    let (scheme, today, now) = (&*in_force.scheme, door.moment.today(), door.moment.now);
    let lines = scheme.file.intakes().into_iter().map(|intake| {
        let of_round = rounds.get(&intake.path).copied().unwrap_or_default();
        let limit = if let Known::Is(limit) = intake.budget_on(today) { Some(limit) } else { None };
        let on_reserve = on_reserve.remove(&Some(intake.path.clone())).unwrap_or_default();
        RoundLine {
            on_reserve: OnReserveView { cases: on_reserve.cases, amount: on_reserve.amount },
            sealed_until: seals.get(&intake.path).copied().filter(|until| now < *until),
            applications: of_round.applications,
            committed: of_round.committed,
            reserved: of_round.reserved,
            left: limit.map(|limit| limit.less(of_round.committed).less(of_round.reserved)),
            public: view(scheme, intake, now),
        }
    });
    let years = years.into_iter().map(|(from, (committed, reserved))| {
        let (_, budget) = budget_of(scheme, from, today);
        let limit = if let Known::Is(limit) = budget { Some(limit) } else { None };
        let left = limit.map(|limit| limit.less(committed).less(reserved));
        YearLine { from, budget: known(&budget), committed, reserved, left }
    });
    Answer::ok(&RoundReport { items: lines.collect(), years: years.collect() })
}

fn known(amount: &Known<Cents>) -> String {
    match amount {
        Known::Is(amount) => amount.to_string(),
        Known::None => "none".to_owned(),
        Known::Unknown => "unknown".to_owned(),
    }
}

fn view<'a>(scheme: &'a Scheme, intake: Intake<'a>, now: DateTime<Utc>) -> RoundView<'a> {
    // Of a round that is over, what held on its last day; of one to come, what is known of its first.
    let state = intake.state(now);
    let first = intake.opens_at.unwrap_or(now).max(now);
    let on = Day::in_hong_kong(first.min(intake.last_instant()));
    let of_round = scheme.file.ceiling.iter().filter(|(_, ceiling)| ceiling.period == Period::Round);
    let quotas = of_round.map(|(name, _)| {
        let ceiling = format!("ceiling.{name}");
        let line = scheme.lives.iter().find(|life| life.path == ceiling).and_then(|life| life.on(on));
        QuotaView { is: line.map_or("unknown", |line| word(&line.is)).to_owned(), ceiling }
    });
    RoundView {
        name: intake.name,
        state: state.code(),
        opens_at: intake.opens_at,
        closes_at: intake.closes_at,
        sealed: intake.sealed,
        // Approvals come after the close, and meet what holds on their day.
        budget: known(&intake.budget_on(Day::in_hong_kong(first))),
        quotas: quotas.collect(),
        round: intake.path,
    }
}
