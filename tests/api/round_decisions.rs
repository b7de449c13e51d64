//! Many cases of a ranked list decided as one: within the money, all or nothing, by the rules of the single acts.

use crate::case::{Case, NOTHING_MORE};
use crate::desk::Desk;
use crate::ranking::{
    CODE, DAY, ROUND, UNTIL, as_proposed, decide, decide_as_proposed, item, proposed, rank, ranked, scored, states,
    which, with_budget, world,
};
use crate::world::{Applicant, World, at, cents, refused};
use almoner::actions::Error;
use almoner::worker::clocks;
use futures_util::future::join_all;
use rules::actor::Role;
use rules::application::Application;
use rules::approval::Approve;
use rules::refusal::{Refusal, RoundDecisionRefusal};
use rules::round_decision::{Act, Proposed};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

const DOOR: &str = "/api/v1/round-decisions";

/// Told as they are.
pub const CODES: &[&str] = &[
    "permission.denied",
    "person.own_organisation",
    "round.unknown",
    "round_decision.empty",
    "round_decision.reserve_day",
    "round_decision.stale_list",
    "round_decision.too_many",
    "round_decision.twice",
    "scheme.not_published",
];
/// Told of single lines.
pub const OF_LINES: &[&str] =
    &["round_decision.items_refused", "round_decision.not_on_list", "round_decision.parts_left"];

const MILLION: [&str; 10] = ["10000000.00"; 10];

async fn committed(world: &World) -> Vec<String> {
    let sql = "SELECT concat_ws(' ', round, committed_cents, reserved_cents) AS line FROM round_balances";
    world.database.lines(sql).await
}

fn proposal_of(scheme: &str, round: &str) -> String {
    format!("{DOOR}/proposal?scheme={scheme}&round={round}")
}

/// What the list proposes, as it is sent back.
fn sent_back(list: &Value) -> Value {
    let items = list["items"].as_array().unwrap().iter().map(|item| {
        let (application, amount) = (&item["application"], &item["amount"]);
        match item["proposed"].as_str().unwrap() {
            "reject" => json!({ "act": "reject", "application": application, "reason": "It does not pass." }),
            act => json!({ "act": act, "application": application, "amount": amount }),
        }
    });
    json!({ "scheme": CODE, "round": ROUND, "list": list["list"], "reserve_until": UNTIL, "items": items.collect::<Vec<_>>() })
}

#[tokio::test]
async fn a_list_of_ten_with_money_for_four_is_decided_as_one_and_a_lapse_moves_the_fifth_up() {
    let (world, staff) = world(with_budget("45000000.00", "")).await;
    let cases = ranked(&world, &staff, &MILLION).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let (officer, commissioner) = (desk.sign_in(&staff.officer).await, desk.sign_in(&staff.commissioner).await);
    let list = officer.send(&officer.get(proposal_of(CODE, ROUND))).json;
    assert_eq!((&list["before"]["round"], &list["after"]["round"]), (&json!("45000000.00"), &json!("5000000.00")));
    let proposed = list["items"].as_array().unwrap().iter().map(|item| item["proposed"].as_str().unwrap());
    assert_eq!(proposed.collect::<Vec<_>>(), [["approve"; 4].as_slice(), &["reserve"; 6]].concat());
    let ids = list["items"].as_array().unwrap().iter().map(|item| item["application"].as_str().unwrap().to_owned());
    assert_eq!(ids.collect::<Vec<_>>(), cases.iter().map(|case| case.id.to_string()).collect::<Vec<_>>());
    // The proposal decides nothing.
    assert_eq!(states(&cases).await, ["recommended"; 10]);
    let call = commissioner.post(DOOR, &sent_back(&list));
    let decided = commissioner.send(&call).json;
    assert_eq!((&decided["approved"], &decided["on_reserve"], &decided["rejected"]), (&json!(4), &json!(6), &json!(0)));
    assert_eq!(states(&cases).await, [["approved"; 4].as_slice(), &["on_reserve"; 6]].concat());
    assert_eq!(committed(&world).await, ["round.1 4000000000 0"]);
    // Each is what it is by its own door.
    assert_eq!(cases[0].events().await.last().unwrap(), "application.approved");
    assert_eq!(cases[4].events().await.last().unwrap(), "application.put_on_reserve");
    let letters = "SELECT count(*)::text AS line FROM outbox WHERE notice LIKE '%application_on_reserve%'";
    assert_eq!(world.database.lines(letters).await, ["6"]);
    let duties = "SELECT count(*)::text AS line FROM case_duties WHERE duty = 'approver'";
    assert_eq!(world.database.lines(duties).await, ["10"]);
    // Done once, however often it is sent.
    assert_eq!(commissioner.send(&call).json, decided);
    let report = officer.send(&officer.get(format!("/api/v1/reports/rounds?scheme={CODE}"))).json;
    assert_eq!(report["items"][0]["on_reserve"], json!({ "cases": 6, "amount": "60000000.00" }));
    let reserve = officer.send(&officer.get(format!("/api/v1/reserve-lists?scheme={CODE}&round={ROUND}"))).json;
    assert_eq!((&reserve["amount"], &reserve["items"][0]["position"]), (&json!("60000000.00"), &json!(1)));
    assert_eq!(reserve["items"][0]["application"], json!(cases[4].id));
    // Page by page, and of each page how much the whole list is.
    let page = |query: String| {
        officer.send(&officer.get(format!("/api/v1/reserve-lists?scheme={CODE}&round={ROUND}&limit=4{query}"))).json
    };
    let first = page(String::new());
    let second = page(format!("&cursor={}", first["next"].as_str().unwrap()));
    for (page, positions) in [(&first, vec![1, 2, 3, 4]), (&second, vec![5, 6])] {
        let told = page["items"].as_array().unwrap().iter().map(|item| item["position"].as_u64().unwrap());
        assert_eq!(told.collect::<Vec<_>>(), positions);
        assert_eq!((&page["cases"], &page["amount"]), (&json!(6), &json!("60000000.00")));
    }
    assert_eq!(second.get("next"), None);
    world.prove().await;

    // Nothing has freed up; then an offer lapses.
    assert_eq!(clocks::move_up(&world.db, &world.schemes, &|| at(DAY, 3)).await.unwrap(), 0);
    cases[1].offer(at(DAY, 3)).await.unwrap();
    assert_eq!(clocks::tick(&world.db, at(DAY, 40)).await.unwrap(), 1);
    assert_eq!(committed(&world).await, ["round.1 3000000000 0"]);
    assert_eq!(clocks::move_up(&world.db, &world.schemes, &|| at(DAY, 40)).await.unwrap(), 1);
    let after = ["approved", "lapsed", "approved", "approved", "approved"];
    assert_eq!(states(&cases).await, [after.as_slice(), &["on_reserve"; 5]].concat());
    assert_eq!(cases[4].events().await.last().unwrap(), "reserve.moved_up");
    assert_eq!(committed(&world).await, ["round.1 4000000000 0"]);
    cases[4].offer(at(DAY, 41)).await.unwrap();
    cases[4].accept(at(DAY, 41)).await.unwrap();
    world.prove().await;
}

/// The same with something changed.
fn with(good: &Value, change: impl FnOnce(&mut Value)) -> Value {
    let mut body = good.clone();
    change(&mut body);
    body
}

#[tokio::test]
async fn a_decision_that_makes_no_sense_as_a_whole_is_refused_whoever_sends_it() {
    let (world, staff) = world(with_budget("25000000.00", "")).await;
    let cases = ranked(&world, &staff, &MILLION[..4]).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let (commissioner, officer) = (desk.sign_in(&staff.commissioner).await, desk.sign_in(&staff.officer).await);
    let good = sent_back(&officer.send(&officer.get(proposal_of(CODE, ROUND))).json);
    let one = json!({ "act": "reject", "application": Uuid::nil(), "reason": "x" });
    for (status, code, body) in [
        (422, "round_decision.empty", with(&good, |body| body["items"] = json!([]))),
        (422, "round_decision.too_many", with(&good, |body| body["items"] = json!(vec![one; 201]))),
        (422, "round_decision.twice", with(&good, |body| body["items"][1] = body["items"][0].clone())),
        (422, "round_decision.reserve_day", with(&good, |body| body["reserve_until"] = json!(null))),
        (409, "round_decision.stale_list", with(&good, |body| body["list"] = json!("0"))),
        (404, "scheme.not_published", with(&good, |body| body["scheme"] = json!("nobody"))),
        (422, "round.unknown", with(&good, |body| body["round"] = json!("round.9"))),
    ] {
        commissioner.refused(&commissioner.post(DOOR, &body), status, code).await;
    }
    // The officer reads and does not decide; whoever acts for an applicant does neither.
    officer.refused(&officer.post(DOOR, &good), 403, "permission.denied").await;
    let own = Applicant { actor: cases[3].applicant.clone(), organisation: cases[3].read().await.organisation };
    let insider = world.with_roles(&own, &[Role::Approver, Role::Applicant]).await.actor;
    let insider = desk.sign_in(&insider).await;
    insider.refused(&insider.post(DOOR, &good), 403, "person.own_organisation").await;
    insider.refused(&insider.get(proposal_of(CODE, ROUND)), 403, "person.own_organisation").await;
    desk.told_exactly(CODES);
}

#[tokio::test]
async fn one_line_that_cannot_be_done_undoes_all_and_is_named_with_what_is_left() {
    let (world, staff) = world(with_budget("25000000.00", "")).await;
    let cases = ranked(&world, &staff, &MILLION[..4]).await;
    // It was not ranked, so that it is on no list.
    let unranked = scored(&world, &staff, "10000000.00", [9, 9]).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let (commissioner, officer) = (desk.sign_in(&staff.commissioner).await, desk.sign_in(&staff.officer).await);
    let good = sent_back(&officer.send(&officer.get(proposal_of(CODE, ROUND))).json);
    let another = |id: Value| with(&good, |body| body["items"][0]["application"] = id);
    // To give to the third and keep the second waiting says why.
    let crossed = with(&good, |body| {
        (body["items"][1]["act"], body["items"][2]["act"]) = (json!("reserve"), json!("approve"));
    });
    for (line, body) in [
        (
            ("/items/1/amount", "approval.stale_figures"),
            with(&good, |body| body["items"][1]["amount"] = json!("9999999.99")),
        ),
        (("/items/0", "round_decision.not_on_list"), another(json!(unranked.id))),
        (("/items/0", "round_decision.not_on_list"), another(json!(Uuid::nil()))),
        (("/items/1/departure", "panel.against_rank"), crossed.clone()),
        (("/items/2", "ceiling.exceeded"), with(&good, |body| body["items"][2]["act"] = json!("approve"))),
    ] {
        let told = commissioner.refused(&commissioner.post(DOOR, &body), 422, "round_decision.items_refused").await;
        let errors = told.json["errors"].as_array().unwrap().iter();
        let errors = errors.map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap()));
        assert_eq!(errors.collect::<Vec<_>>(), [line], "{}", told.json);
        if line.1 == "ceiling.exceeded" {
            let message = told.json["errors"][0]["message"].as_str().unwrap();
            let reference = cases[2].read().await.reference;
            assert!(message.starts_with(&reference) && message.contains("leaves 5000000.00"), "{message}");
        }
    }
    let said = with(&crossed, |body| body["items"][1]["departure"] = json!("Its site is not ready."));
    assert_eq!(commissioner.send(&commissioner.post(DOOR, &said)).json["approved"], json!(2));
    assert_eq!(states(&cases).await, ["approved", "on_reserve", "approved", "on_reserve"]);
    world.prove().await;
}

#[tokio::test]
async fn one_person_with_another_duty_on_one_of_the_cases_decides_none_of_them() {
    let (world, staff) = world(with_budget("100000000.00", "")).await;
    let lines = |met: Result<Vec<Application>, Error>| match met {
        Err(Error::Refused(Refusal::RoundDecision(RoundDecisionRefusal::ItemsRefused { items, .. }))) => {
            items.iter().map(|item| (item.line, item.refusal.code())).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    // Whoever has assessed, recommended or checked a case has another duty on it: here one of three was recommended by somebody else.
    let first = ranked(&world, &staff, &MILLION[..2]).await;
    let both = world.person(&[Role::Committee, Role::Approver], &["commissioner"]).await;
    let other = scored(&world, &staff, "20000000.00", [6, 6]).await;
    rank(&world, &staff).await;
    other.recommend(at(DAY, 1), &both, "20000000.00").await.unwrap();
    let decision = as_proposed(proposed(&world, &both, at(DAY, 2)).await);
    assert_eq!(lines(decide(&world, &both, &decision, at(DAY, 2)).await), [(2, "duty.separated")]);
    // An authority that does not reach is another line that cannot be done.
    let assistant = decide(&world, &staff.assistant, &decision, at(DAY, 2)).await;
    assert_eq!(lines(assistant), [(2, "approval.authority_too_low")]);
    assert_eq!(states(&first).await, ["recommended"; 2]);
    decide(&world, &staff.commissioner, &decision, at(DAY, 2)).await.unwrap();
    assert_eq!((states(&first).await, other.read().await.state.code()), (vec!["approved"; 2], "approved"));
}

#[tokio::test]
async fn a_list_is_decided_with_the_last_step_and_what_is_not_as_far_waits() {
    let is = "is = [{ from = \"2026-01-29\", is = true, source = \"house\" }]\n";
    let step = |step: &str, by: &str| {
        format!(
            "[approval.step.{step}]\nby = [\"{by}\"]\n{is}[approval.step.{step}.name]\nen = \"A\"\nzh-Hant = \"甲\"\nzh-Hans = \"甲\"\n"
        )
    };
    let more = step("first", "assistant_commissioner") + &step("second", "commissioner");
    let (world, staff) = world(with_budget("25000000.00", &more)).await;
    let cases = ranked(&world, &staff, &MILLION[..4]).await;
    for case in [&cases[0], &cases[2], &cases[3]] {
        let asked = Approve { amount: case.recommended().await, ..NOTHING_MORE };
        case.pass(at(DAY, 2), &staff.assistant, &asked).await.unwrap();
    }
    let proposal = proposed(&world, &staff.commissioner, at(DAY, 2)).await;
    let told = proposal.cases.iter().map(|(_, what)| what.code()).collect::<Vec<_>>();
    assert_eq!(told, ["approve", "wait", "reserve", "reserve"], "the second keeps its money");
    // Nobody can take the first step for all that is on a list.
    for what in [Proposed::Approve, Proposed::Reserve] {
        let mut decision = as_proposed(proposed(&world, &staff.assistant, at(DAY, 2)).await);
        decision.items = proposal.cases.get(1).and_then(|(listed, _)| item(listed, what)).into_iter().collect();
        let refused = decide(&world, &staff.assistant, &decision, at(DAY, 2)).await.unwrap_err();
        assert!(
            matches!(&refused, Error::Refused(Refusal::RoundDecision(RoundDecisionRefusal::ItemsRefused { items, .. }))
            if items[0].refusal.code() == "round_decision.parts_left"),
            "{refused:?}"
        );
    }
    // To approve less is to ask those again who have passed more: the first step is left by that.
    for what in [Proposed::Approve, Proposed::Reserve] {
        let mut decision = as_proposed(proposed(&world, &staff.commissioner, at(DAY, 2)).await);
        decision.items = proposal.cases.first().and_then(|(listed, _)| item(listed, what)).into_iter().collect();
        let (Act::Approve(asked) | Act::Reserve { asked, .. }) = &mut decision.items[0].act else { panic!() };
        (asked.reduced_from, asked.amount) = (Some(asked.amount), cents("9000000.00"));
        let refused = decide(&world, &staff.commissioner, &decision, at(DAY, 2)).await.unwrap_err();
        let Error::Refused(Refusal::RoundDecision(RoundDecisionRefusal::ItemsRefused { items, .. })) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(items[0].refusal, RoundDecisionRefusal::PartsLeft { part: "first".to_owned() }.into());
    }
    decide(&world, &staff.commissioner, &as_proposed(proposal), at(DAY, 2)).await.unwrap();
    assert_eq!(states(&cases).await, ["approved", "recommended", "on_reserve", "on_reserve"]);
    world.prove().await;
}

#[tokio::test]
async fn what_does_not_pass_is_proposed_to_be_refused_and_the_committee_refuses_it() {
    let (world, staff) = world(with_budget("25000000.00", "")).await;
    let weak = [scored(&world, &staff, "1000000.00", [2, 2]).await, scored(&world, &staff, "1000000.00", [3, 3]).await];
    let cases = ranked(&world, &staff, &MILLION[..1]).await;
    let proposal = proposed(&world, &staff.committee, at(DAY, 2)).await;
    let told = proposal.cases.iter().map(|(listed, what)| (listed.application, what.code())).collect::<Vec<_>>();
    assert_eq!(told, [(cases[0].id, "approve"), (weak[1].id, "reject"), (weak[0].id, "reject")]);
    let mut decision = as_proposed(proposal);
    decision.items.remove(0);
    // An approver has no say on what is in assessment.
    assert_eq!(
        refused(decide(&world, &staff.commissioner, &decision, at(DAY, 2)).await),
        "round_decision.items_refused"
    );
    decide(&world, &staff.committee, &decision, at(DAY, 2)).await.unwrap();
    assert_eq!(states(&weak).await, ["rejected"; 2]);
    assert_eq!(weak[0].events().await.last().unwrap(), "application.rejected");
    world.prove().await;
}

#[tokio::test]
async fn of_two_decisions_on_one_list_at_once_one_is_taken() {
    let (world, staff) = world(with_budget("45000000.00", "")).await;
    let cases = ranked(&world, &staff, &MILLION[..6]).await;
    let other = world.person(&[Role::Approver], &["commissioner"]).await;
    let decision = as_proposed(proposed(&world, &staff.commissioner, at(DAY, 2)).await);
    let both = [&staff.commissioner, &other].map(|who| decide(&world, who, &decision, at(DAY, 2)));
    let results = timeout(Duration::from_secs(60), join_all(both)).await.unwrap();
    let refusals = results.into_iter().filter(Result::is_err).map(refused).collect::<Vec<_>>();
    assert_eq!(refusals, ["round_decision.stale_list"]);
    assert_eq!(states(&cases).await, [["approved"; 4].as_slice(), &["on_reserve"; 2]].concat());
    assert_eq!(committed(&world).await, ["round.1 4000000000 0"]);
    world.prove().await;
}

#[tokio::test]
async fn a_decision_and_single_approvals_at_once_keep_within_the_money() {
    let (world, staff) = world(with_budget("45000000.00", "")).await;
    for _ in 0..3 {
        let before = committed(&world).await;
        let cases = ranked(&world, &staff, &["5000000.00"; 3]).await;
        let decision = as_proposed(proposed(&world, &staff.commissioner, at(DAY, 2)).await);
        let (decided, single) = tokio::join!(
            decide(&world, &staff.commissioner, &decision, at(DAY, 2)),
            cases[2].approve(at(DAY, 2), &staff.commissioner)
        );
        match (&decided, &single) {
            // The list was the one that was read, and the single act came too late; or the other way round.
            (Ok(_), Err(_)) => assert_eq!(states(&cases).await, ["approved"; 3]),
            (Err(_), Ok(_)) => assert_eq!(states(&cases).await, ["recommended", "recommended", "approved"]),
            other => panic!("{other:?}, after {before:?}"),
        }
        // What is left of it does not stand in the way of the next.
        if decided.is_err() {
            decide_as_proposed(&world, &staff.commissioner, at(DAY, 2)).await;
        }
        world.prove().await;
    }
}

#[tokio::test]
async fn what_is_reserved_goes_back_with_a_place_on_the_reserve_list_and_makes_room_in_the_same_decision() {
    let more = "[approval.reserve]\nis = [{ from = \"2026-01-29\", is = true, source = \"house\" }]\n";
    let (world, staff) = world(with_budget("40000000.00", more)).await;
    let cases = ranked(&world, &staff, &MILLION[..4]).await;
    assert_eq!(committed(&world).await, ["round.1 0 4000000000"]);
    // There is less by now than was reserved: the two that are ranked first have it.
    world.publish(with_budget("20000000.00", more), at(DAY, 2)).await;
    assert_eq!(refused(cases[0].approve(at(DAY, 2), &staff.commissioner).await), "ceiling.exceeded");
    let decided = decide_as_proposed(&world, &staff.commissioner, at(DAY, 2)).await;
    assert_eq!(decided.len(), 4);
    assert_eq!(states(&cases).await, ["approved", "approved", "on_reserve", "on_reserve"]);
    assert_eq!(committed(&world).await, ["round.1 2000000000 0"]);
    world.prove().await;
}

#[tokio::test]
async fn two_cases_of_one_applicant_meet_its_ceiling_in_one_decision() {
    let (world, staff) = world(with_budget("100000000.00", "")).await;
    let mut cases: Vec<Case<'_>> = Vec::new();
    let applicant = world.applicant().await;
    for _ in 0..2 {
        let proposal = crate::proposals::accelerator("60000000.00", "20000000.00");
        let case = world.draft(&staff, &applicant, (CODE, proposal), at(DAY, 0)).await;
        case.submit(at(DAY, 1)).await.unwrap();
        case.screen(at(DAY, 1), rules::decision::Screening::Eligible).await.unwrap();
        for assessor in staff.assessors.iter().take(2) {
            let assessment = case.assign(at(DAY, 1), assessor).await.unwrap();
            case.score(at(DAY, 1), assessor, &assessment, 8).await.unwrap();
        }
        cases.push(case);
    }
    rank(&world, &staff).await;
    for case in &cases {
        case.recommend(at(DAY, 1), &staff.committee, "20000000.00").await.unwrap();
    }
    let mut decision = as_proposed(proposed(&world, &staff.commissioner, at(DAY, 2)).await);
    assert!(decision.items.iter().all(|item| matches!(item.act, Act::Approve(_))));
    let met = decide(&world, &staff.commissioner, &decision, at(DAY, 2)).await;
    let Err(Error::Refused(Refusal::RoundDecision(RoundDecisionRefusal::ItemsRefused { items, .. }))) = met else {
        panic!("{met:?}")
    };
    // The institution may have thirty million: the second is seen beside the first.
    assert_eq!((items.len(), items[0].line), (1, 1));
    decision.items.pop();
    decision.which = which();
    decide(&world, &staff.commissioner, &decision, at(DAY, 2)).await.unwrap();
    world.prove().await;
}
