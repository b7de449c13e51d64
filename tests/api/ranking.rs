//! A round whose cases are scored, ranked and recommended; its list as somebody reads it, and what is decided of it.

use crate::case::Case;
use crate::proposals::accelerator;
use crate::world::{Staff, World, at, text_of};
use almoner::actions::panels::{self, Opening};
use almoner::actions::round_decisions::{self, Decision, Proposal, Which};
use almoner::actions::{Error, reserve_lists};
use almoner::store::{Moment, Tx};
use rules::actor::Actor;
use rules::application::Application;
use rules::approval::Approve;
use rules::calendar::Day;
use rules::decision::Rejecting;
use rules::decision::Screening;
use rules::round_decision::{Act, Item, Listed, Proposed};

pub const CODE: &str = "ACCELERATOR-PILOT";
pub const ROUND: &str = "round.1";
pub const DAY: &str = "2026-02-02";
pub const UNTIL: &str = "2026-12-31";

/// The scheme with so much for its first round, of 180 million in all, and more beside it.
pub fn with_budget(is: &str, more: &str) -> String {
    let closes = "closes_on = \"2026-04-30\"\n";
    let budget = format!("{closes}budget = [{{ from = \"2026-01-29\", is = \"{is}\", source = \"house\" }}]\n");
    let text = text_of(CODE).replacen(closes, &budget, 1);
    text.replacen("[approval.offer_days]", &format!("{more}[approval.offer_days]"), 1)
}

pub async fn world(text: String) -> (World, Staff) {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(text, at(DAY, 0)).await;
    let staff = world.staff().await;
    (world, staff)
}

pub fn which() -> Which {
    Which { scheme: CODE.to_owned(), round: Some(ROUND.to_owned()) }
}

/// A case with these marks of its two assessors.
pub async fn scored<'w>(world: &'w World, staff: &'w Staff, amount: &str, marks: [u32; 2]) -> Case<'w> {
    let applicant = world.applicant().await;
    let case = world.draft(staff, &applicant, (CODE, accelerator("60000000.00", amount)), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    for (assessor, mark) in staff.assessors.iter().zip(marks) {
        let assessment = case.assign(at(DAY, 1), assessor).await.unwrap();
        case.score(at(DAY, 1), assessor, &assessment, mark).await.unwrap();
    }
    case
}

/// The cases that are scored and in no panel are ranked.
pub async fn rank(world: &World, staff: &Staff) {
    let opening = Opening {
        scheme: CODE.to_owned(),
        round: Some(ROUND.to_owned()),
        name: "The round".to_owned(),
        applications: None,
    };
    let open = async |tx: &mut Tx<'_>| panels::open(tx, &staff.officer, &world.schemes, opening.clone()).await;
    world.act(at(DAY, 1), open).await.unwrap();
}

/// As many cases as there are amounts, the best first, ranked and recommended.
pub async fn ranked<'w>(world: &'w World, staff: &'w Staff, amounts: &[&str]) -> Vec<Case<'w>> {
    let mut cases = Vec::new();
    for (place, amount) in (0_u32..).zip(amounts) {
        let marks = [place / 2, place.div_ceil(2)].map(|less| 10_u32.saturating_sub(less).max(6));
        cases.push(scored(world, staff, amount, marks).await);
    }
    rank(world, staff).await;
    for (case, amount) in cases.iter().zip(amounts) {
        case.recommend(at(DAY, 1), &staff.committee, amount).await.unwrap();
    }
    cases
}

/// A case that is scored is ranked, recommended, and put on the reserve list of its round.
pub async fn reserve(case: &Case<'_>, moment: Moment, amount: &str) {
    let Case { world, staff, .. } = case;
    rank(world, staff).await;
    case.recommend(moment, &staff.committee, amount).await.unwrap();
    let mut decision = as_proposed(proposed(world, &staff.commissioner, moment).await);
    decision.items.retain(|item| item.application == case.id);
    for item in &mut decision.items {
        if let Act::Approve(asked) = &item.act {
            item.act = Act::Reserve { asked: asked.clone(), departure: None };
        }
    }
    decide(world, &staff.commissioner, &decision, moment).await.unwrap();
}

/// The list and what is proposed.
pub async fn proposed(world: &World, actor: &Actor, moment: Moment) -> Proposal {
    let mut reader = world.db.reader().await.unwrap().at(moment);
    round_decisions::read(&mut reader, actor, &world.schemes, (&which(), moment.now)).await.unwrap()
}

/// What the proposal would do to a case.
pub fn item(listed: &Listed, what: Proposed) -> Option<Item> {
    let amount = listed.amount.unwrap_or_default();
    let asked = Approve { part: None, amount, reduced_from: None, conditions: Vec::new(), embargo_until: None };
    let act = match what {
        Proposed::Approve => Act::Approve(asked),
        Proposed::Reserve => Act::Reserve { asked, departure: None },
        Proposed::Reject => Act::Reject(Rejecting { reason: "It does not pass.".to_owned(), ..Rejecting::default() }),
        Proposed::Wait => return None,
    };
    Some(Item { application: listed.application, act })
}

/// What is proposed, as a decision.
pub fn as_proposed(proposal: Proposal) -> Decision {
    let items = proposal.cases.iter().filter_map(|(listed, what)| item(listed, *what)).collect();
    Decision { which: which(), list: proposal.list, reserve_until: Some(Day::parse(UNTIL).unwrap()), items }
}

pub async fn decide(
    world: &World,
    actor: &Actor,
    decision: &Decision,
    moment: Moment,
) -> Result<Vec<Application>, Error> {
    world.act(moment, async |tx| round_decisions::decide(tx, actor, &world.schemes, decision).await).await
}

/// What is proposed is done.
pub async fn decide_as_proposed(world: &World, actor: &Actor, moment: Moment) -> Vec<Application> {
    let decision = as_proposed(proposed(world, actor, moment).await);
    decide(world, actor, &decision, moment).await.unwrap()
}

/// An officer has somebody moved up.
pub async fn move_up(world: &World, actor: &Actor, moment: Moment) -> Result<reserve_lists::MovedUp, Error> {
    world.act(moment, async |tx| reserve_lists::move_up(tx, actor, &world.schemes, &which()).await).await
}

/// Where each case stands.
pub async fn states(cases: &[Case<'_>]) -> Vec<&'static str> {
    let mut states = Vec::new();
    for case in cases {
        states.push(case.read().await.state.code());
    }
    states
}
