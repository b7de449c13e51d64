//! The decision on a round: its ranked list with what the money proposes, and many cases decided as one.

use super::actor::Signed;
use super::answer::Answer;
use super::idempotency::Keyed;
use super::problem::Problem;
use super::services::Door;
use crate::actions::round_decisions::{self, Decision, Proposal, Which, what_became};
use actix_web::web::Query;
use actix_web::{get, post};
use rules::application::Application;
use rules::approval::Approve;
use rules::calendar::Day;
use rules::decision::Rejecting;
use rules::ids::ApplicationId;
use rules::money::Cents;
use rules::round_decision::{Act, Item, Left, Listed, Proposed};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Of which round.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct WhichQuery {
    /// The scheme's code.
    scheme: String,
    /// The path of the round, or of the cut-off; left out for what belongs to none.
    round: Option<String>,
}

impl From<WhichQuery> for Which {
    fn from(WhichQuery { scheme, round }: WhichQuery) -> Self {
        Self { scheme, round }
    }
}

/// The ranked list of a round, and what is proposed.
#[derive(Serialize, ToSchema)]
pub(super) struct ProposalView {
    /// What identifies the list as it is now: it is sent back with the decision.
    list: String,
    /// The cases that wait to be decided, the best first, and no more than 200 of them.
    items: Vec<ListedView>,
    /// What can be promised before anything is decided.
    before: LeftView,
    /// What would be left after what is proposed.
    after: LeftView,
}

/// A case of the list.
#[derive(Serialize, ToSchema)]
pub(super) struct ListedView {
    /// Which.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// The reference that people use.
    reference: String,
    /// Who applies.
    organisation_name: String,
    /// Its rank among what is listed; equal means share one.
    rank: u32,
    /// The mean score, in hundredths of a per cent.
    mean: u32,
    /// Where it stands: `recommended`, or `in_assessment` where it does not pass.
    state: &'static str,
    /// Whether it passes the marks of the scheme.
    passes: bool,
    /// What is recommended; null where nothing is.
    #[schema(value_type = Option<String>)]
    amount: Option<Cents>,
    /// `approve` or `reserve`, as far as the money lasts; `reject` where it does not pass; `wait` where something else on its route has to be
    /// done first.
    proposed: &'static str,
}

/// What can be promised; null where no limit is known to hold.
#[derive(Serialize, ToSchema)]
pub(super) struct LeftView {
    /// Of the scheme's money.
    #[schema(value_type = Option<String>)]
    envelope: Option<Cents>,
    /// Of what there is of it for the round.
    #[schema(value_type = Option<String>)]
    round: Option<Cents>,
    /// Of what there is for each year in which a case of the list counts.
    years: Vec<YearLeftView>,
}

/// What can be promised of the money of a year.
#[derive(Serialize, ToSchema)]
pub(super) struct YearLeftView {
    /// Its first day.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// What is left; null where there is no limit.
    #[schema(value_type = Option<String>)]
    left: Option<Cents>,
}

impl From<Left> for LeftView {
    fn from(Left { envelope, round, years }: Left) -> Self {
        Self { envelope, round, years: years.into_iter().map(|(from, left)| YearLeftView { from, left }).collect() }
    }
}

impl From<(Listed, Proposed)> for ListedView {
    fn from((listed, proposed): (Listed, Proposed)) -> Self {
        Self {
            application: listed.application,
            reference: listed.reference,
            organisation_name: listed.organisation_name,
            rank: listed.rank,
            mean: listed.mean,
            state: listed.state.code(),
            passes: listed.passes,
            amount: listed.amount,
            proposed: proposed.code(),
        }
    }
}

/// The ranked list of a round, with what its rank and the money propose. It decides nothing.
#[utoipa::path(
    tag = "round_decisions", params(WhichQuery),
    responses((status = 200, description = "The list, and what is proposed for each of its cases", body = ProposalView)),
)]
#[get("/round-decisions/proposal")]
pub(super) async fn propose(door: Door, Signed(caller, query): Signed<Query<WhichQuery>>) -> Result<Answer, Problem> {
    let which = query.into_inner().into();
    let mut reader = door.reader().await?;
    let proposal = round_decisions::read(&mut reader, &caller.actor, &door.schemes, (&which, door.moment.now)).await?;
    let Proposal { list, cases, before, after } = proposal;
    let items = cases.into_iter().map(ListedView::from).collect();
    Answer::ok(&ProposalView { list, items, before: before.into(), after: after.into() })
}

/// What is decided of the cases of a list.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RoundDecisionRequest {
    /// The scheme's code.
    scheme: String,
    /// The path of the round, or of the cut-off; left out for what belongs to none.
    round: Option<String>,
    /// What identified the list when you read it.
    list: String,
    /// The last day on which what is put on the reserve list may move up; needed where something is.
    #[schema(value_type = Option<String>, format = Date)]
    reserve_until: Option<Day>,
    /// What is decided, at most 200; what is left out stays as it is.
    #[schema(min_items = 1, max_items = 200)]
    items: Vec<ItemRequest>,
}

/// What is decided of one case.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum ItemRequest {
    /// Pass the last step of its route, and commit the money.
    Approve {
        /// Which.
        #[schema(value_type = Uuid)]
        application: ApplicationId,
        /// What is approved: what is recommended, or less.
        #[schema(value_type = String)]
        amount: Cents,
        /// What was recommended when you read it, where you approve less.
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        reduced_from: Option<Cents>,
        /// What the recipient must fulfil, each in 1 to 2000 characters.
        #[serde(default)]
        conditions: Vec<String>,
        /// The first day on which the decision may be told.
        #[serde(default)]
        #[schema(value_type = Option<String>, format = Date)]
        embargo_until: Option<Day>,
    },
    /// Pass the last step of its route for when money frees up, and put it on the reserve list.
    Reserve {
        /// Which.
        #[schema(value_type = Uuid)]
        application: ApplicationId,
        /// What is approved for then: what is recommended, or less.
        #[schema(value_type = String)]
        amount: Cents,
        /// What was recommended when you read it, where you approve less.
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        reduced_from: Option<Cents>,
        /// What the recipient must fulfil, each in 1 to 2000 characters.
        #[serde(default)]
        conditions: Vec<String>,
        /// The first day on which its award may be told, if it moves up before that.
        #[serde(default)]
        #[schema(value_type = Option<String>, format = Date)]
        embargo_until: Option<Day>,
        /// Why one that is ranked below is awarded before it, where that is so.
        #[serde(default)]
        departure: Option<String>,
    },
    /// Refuse it.
    Reject {
        /// Which.
        #[schema(value_type = Uuid)]
        application: ApplicationId,
        /// Why, in 1 to 2000 characters: the applicant reads it.
        reason: String,
        /// Why one that is ranked below is preferred, where that is so: the agency's own words.
        #[serde(default)]
        departure: Option<String>,
        /// The first day on which the applicant may be told; left out, they are told at once.
        #[serde(default)]
        #[schema(value_type = Option<String>, format = Date)]
        embargo_until: Option<Day>,
    },
}

impl From<ItemRequest> for Item {
    fn from(asked: ItemRequest) -> Self {
        match asked {
            ItemRequest::Approve { application, amount, reduced_from, conditions, embargo_until } => {
                let approve = Approve { part: None, amount, reduced_from, conditions, embargo_until };
                Self { application, act: Act::Approve(approve) }
            }
            ItemRequest::Reserve { application, amount, reduced_from, conditions, embargo_until, departure } => {
                let asked = Approve { part: None, amount, reduced_from, conditions, embargo_until };
                Self { application, act: Act::Reserve { asked, departure } }
            }
            ItemRequest::Reject { application, reason, departure, embargo_until } => {
                Self { application, act: Act::Reject(Rejecting { reason, departure, embargo_until }) }
            }
        }
    }
}

/// What was decided.
#[derive(Serialize, ToSchema)]
pub(super) struct RoundDecidedView {
    /// How many are awarded.
    approved: usize,
    /// How many are on the reserve list.
    on_reserve: usize,
    /// How many are refused, and not told before a day.
    refused: usize,
    /// How many are refused, and told.
    rejected: usize,
    /// Each, in the order in which it was decided.
    items: Vec<DecidedView>,
}

impl RoundDecidedView {
    pub(super) fn of(decided: &[Application]) -> Self {
        let items = decided.iter().map(DecidedView::from).collect::<Vec<_>>();
        let count = |outcome: &str| items.iter().filter(|item| item.outcome == outcome).count();
        let (approved, on_reserve) = (count("approved"), count("on_reserve"));
        let (refused, rejected) = (count("refused"), count("rejected"));
        Self { approved, on_reserve, refused, rejected, items }
    }
}

/// What became of a case.
#[derive(Serialize, ToSchema)]
pub(super) struct DecidedView {
    /// Which.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// The reference that people use.
    reference: String,
    /// `approved`, `on_reserve`, `refused` (and not told before a day) or `rejected`.
    outcome: &'static str,
}

impl From<&Application> for DecidedView {
    fn from(application: &Application) -> Self {
        let (id, reference) = (application.id, application.reference.clone());
        Self { application: id, reference, outcome: what_became(application.state) }
    }
}

/// Decide many cases of a list as one: all or nothing. Each is what it is by its own door. `errors` points at each line that cannot be done,
/// or at the first for which the money does not last, with what is left of it.
#[utoipa::path(
    tag = "round_decisions", request_body = RoundDecisionRequest,
    params(("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done")),
    responses((status = 200, description = "All of them decided", body = RoundDecidedView)),
)]
#[post("/round-decisions")]
pub(super) async fn decide(
    door: Door,
    Signed(caller, Keyed { body, once }): Signed<Keyed<RoundDecisionRequest>>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    let RoundDecisionRequest { scheme, round, list, reserve_until, items } = body;
    let items = items.into_iter().map(Item::from).collect();
    let decision = Decision { which: Which { scheme, round }, list, reserve_until, items };
    door.write_once(caller.person, once, async move |tx| {
        let decided = round_decisions::decide(tx, &caller.actor, &schemes, &decision).await?;
        Answer::ok(&RoundDecidedView::of(&decided))
    })
    .await
}
