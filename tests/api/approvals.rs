//! The route of an approval over HTTP: who passes what, in which order, on which figures, and what is void.

use crate::case::{Case, NOTHING_MORE};
use crate::desk::{Caller, Desk};
use crate::proposals::accelerator;
use crate::world::{Staff, World, at, cents, text_of};
use rules::actor::{Actor, Role};
use rules::approval::Approve;
use serde_json::{Value, json};

pub const OF_ORDER: &[&str] = &[
    "approval.ambiguous",
    "approval.another_part",
    "approval.check_changes",
    "approval.conditions",
    "approval.embargo_day",
    "approval.given",
    "approval.out_of_order",
    "approval.part_unknown",
    "approval.wrong_level",
    "award.embargoed",
];
pub const OF_FIGURES: &[&str] = &["approval.not_reduced", "approval.stale_figures"];
pub const OF_RESTS: &[&str] = &[
    "application.wrong_state",
    "approval.deferral_day",
    "approval.deferred",
    "approval.not_deferred",
    "approval.not_resettable",
    "approval.out_of_order",
    "approval.wrong_level",
    "text.length",
];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
const AMOUNT: &str = "20000000.00";

/// The scheme with two checks and two steps.
fn longer() -> String {
    let named = |path: &str| {
        format!(
            "[approval.{path}]\nis = [{{ from = \"2026-01-29\", is = true, source = \"house\" }}]\nname = {{ en = \"A\", zh-Hant = \"甲\", zh-Hans = \"甲\" }}\n"
        )
    };
    let first = format!("{}by = [\"assistant_commissioner\"]\n", named("step.first"));
    let second = format!("{}by = [\"commissioner\"]\n", named("step.second"));
    let more = [named("check.finance"), named("check.legal"), first, second].concat();
    let text = text_of(CODE);
    assert!(text.contains("[approval.offer_days]"));
    text.replacen("[approval.offer_days]", &format!("{more}[approval.offer_days]"), 1)
}

/// Those who pass the parts.
struct Approvers {
    finance: Actor,
    legal: Actor,
    both: Actor,
}

async fn world() -> (World, Staff, Approvers) {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    world.publish(longer(), at(DAY, 0)).await;
    let staff = world.staff().await;
    let approvers = Approvers {
        finance: world.person(&[Role::Approver], &["finance"]).await,
        legal: world.person(&[Role::Approver], &["legal"]).await,
        both: world.person(&[Role::Approver], &["finance", "legal"]).await,
    };
    (world, staff, approvers)
}

async fn recommended<'w>(world: &'w World, staff: &'w Staff) -> Case<'w> {
    let applicant = world.applicant().await;
    let case = world.draft(staff, &applicant, (CODE, accelerator("60000000.00", AMOUNT)), at(DAY, 0)).await;
    case.to_recommended(at(DAY, 1), AMOUNT).await;
    case
}

fn to(case: &Case<'_>, part: &str) -> String {
    format!("/api/v1/applications/{}/{part}", case.id)
}

fn of(part: &str) -> Value {
    json!({ "amount": AMOUNT, "part": part })
}

async fn pass(case: &Case<'_>, who: &Actor) {
    case.pass(at(DAY, 2), who, &Approve { amount: cents(AMOUNT), ..NOTHING_MORE }).await.unwrap();
}

#[tokio::test]
async fn a_route_is_passed_in_its_order_by_people_who_have_passed_nothing_else() {
    let (world, staff, approvers) = world().await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let case = recommended(&world, &staff).await;
    let (finance, legal) = (desk.sign_in(&approvers.finance).await, desk.sign_in(&approvers.legal).await);
    let (both, commissioner) = (desk.sign_in(&approvers.both).await, desk.sign_in(&staff.commissioner).await);
    let assistant = desk.sign_in(&staff.assistant).await;
    let approval = to(&case, "approval");
    let work = |caller: &Caller<'_>| {
        let work = caller.send(&caller.get("/api/v1/work")).json.as_array().unwrap().clone();
        work.iter().filter(|line| line["act"] == "application.approve").count()
    };
    let waiting = || [&finance, &legal, &both, &assistant, &commissioner].map(work);
    assert_eq!(waiting(), [1, 1, 1, 0, 0]);
    let any = json!({ "amount": AMOUNT });
    both.refused(&both.post(&*approval, &any), 422, "approval.ambiguous").await;
    assistant.refused(&assistant.post(&*approval, &any), 403, "approval.wrong_level").await;
    assistant.refused(&assistant.post(&*approval, &of("first")), 409, "approval.out_of_order").await;
    finance.refused(&finance.post(&*approval, &of("tax")), 422, "approval.part_unknown").await;
    let with = |more: Value| {
        let mut body = any.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let conditions = with(json!({ "conditions": ["A guarantee"] }));
    finance.refused(&finance.post(&*approval, &conditions), 422, "approval.check_changes").await;
    assert_eq!(both.send(&both.post(&*approval, &of("legal"))).told(), (200, ""));
    both.refused(&both.post(&*approval, &of("finance")), 403, "approval.another_part").await;
    both.refused(&both.post(&*approval, &of("legal")), 409, "approval.given").await;
    assert_eq!(finance.send(&finance.post(&*approval, &any)).told(), (200, ""));
    assert_eq!(waiting(), [0, 0, 0, 1, 0]);
    let embargo = with(json!({ "embargo_until": "2026-02-20" }));
    assistant.refused(&assistant.post(&*approval, &embargo), 422, "approval.embargo_day").await;
    let empty = with(json!({ "conditions": [" "] }));
    assistant.refused(&assistant.post(&*approval, &empty), 422, "approval.conditions").await;
    let reply = assistant.send(&assistant.post(&*approval, &conditions));
    assert_eq!((reply.told(), &reply.json["award"]), ((200, ""), &Value::Null));
    assert_eq!(waiting(), [0, 0, 0, 0, 1]);
    let reply = commissioner.send(&commissioner.post(&*approval, &embargo));
    assert_eq!((reply.told(), reply.text("/application/state")), ((200, ""), "approved"));
    assert_eq!(reply.json["award"]["conditions"], json!(["A guarantee"]));
    let officer = desk.sign_in(&staff.officer).await;
    officer.refused(&officer.post(to(&case, "offer"), &json!({})), 409, "award.embargoed").await;
    let routes = officer.send(&officer.get(to(&case, "approval-routes")));
    let passed = routes.json["items"][0]["approvals"].as_array().unwrap().clone();
    let passed = passed.iter().map(|given| given["part"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(passed, ["legal", "finance", "first", "second"]);
    desk.told_exactly(OF_ORDER);
    world.prove().await;
}

#[tokio::test]
async fn an_approval_stands_on_its_figures_or_is_void() {
    let (world, staff, approvers) = world().await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let case = recommended(&world, &staff).await;
    for who in [&approvers.finance, &approvers.legal] {
        pass(&case, who).await;
    }
    let (finance, legal) = (desk.sign_in(&approvers.finance).await, desk.sign_in(&approvers.legal).await);
    let (assistant, commissioner) = (desk.sign_in(&staff.assistant).await, desk.sign_in(&staff.commissioner).await);
    let approval = to(&case, "approval");
    let less = json!({ "amount": "18000000.00", "reduced_from": AMOUNT });
    for stale in [json!({ "amount": "18000000.00" }), json!({ "amount": "1.00", "reduced_from": "19000000.00" })] {
        let reply = assistant.refused(&assistant.post(&*approval, &stale), 422, "approval.stale_figures").await;
        assert!(reply.text("/detail").contains(AMOUNT));
    }
    let more = json!({ "amount": "21000000.00", "reduced_from": AMOUNT });
    assistant.refused(&assistant.post(&*approval, &more), 422, "approval.not_reduced").await;
    assert_eq!(assistant.send(&assistant.post(&*approval, &less)).told(), (200, ""));
    let routes = assistant.send(&assistant.get(to(&case, "approval-routes")));
    let given = routes.json["items"][0]["approvals"].as_array().unwrap().clone();
    let void = given.iter().map(|given| given["void"].as_str()).collect::<Vec<_>>();
    let because = Some("The amount was reduced to 18000000.00.");
    assert_eq!(void, [because, because, None]);
    finance.refused(&finance.post(&*approval, &json!({ "amount": AMOUNT })), 422, "approval.stale_figures").await;
    let now = json!({ "amount": "18000000.00" });
    for caller in [&finance, &legal] {
        assert_eq!(caller.send(&caller.post(&*approval, &now)).told(), (200, ""));
    }
    let reply = commissioner.send(&commissioner.post(&*approval, &now));
    assert_eq!((reply.told(), reply.text("/award/amount")), ((200, ""), "18000000.00"));
    assert_eq!(world.committed(CODE).await, cents("18000000.00").get());
    desk.told_exactly(OF_FIGURES);
    world.prove().await;
}

#[tokio::test]
async fn a_decision_rests_is_taken_up_a_check_is_done_again_and_all_goes_back_to_the_committee() {
    let (world, staff, approvers) = world().await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let case = recommended(&world, &staff).await;
    for who in [&approvers.finance, &approvers.legal] {
        pass(&case, who).await;
    }
    let (finance, commissioner) = (desk.sign_in(&approvers.finance).await, desk.sign_in(&staff.commissioner).await);
    let assistant = desk.sign_in(&staff.assistant).await;
    let until = |day: &str| json!({ "until": day, "reason": "after the budget speech" });
    let (deferral, end) = (to(&case, "deferral"), to(&case, "deferral-end"));
    commissioner.refused(&commissioner.post(&*deferral, &until("2026-02-02")), 422, "approval.deferral_day").await;
    commissioner.refused(&commissioner.post(&*end, &json!({})), 409, "approval.not_deferred").await;
    finance.refused(&finance.post(&*deferral, &until("2026-02-20")), 403, "approval.wrong_level").await;
    assert_eq!(commissioner.send(&commissioner.post(&*deferral, &until("2026-02-20"))).told(), (200, ""));
    let any = json!({ "amount": AMOUNT });
    assistant.refused(&assistant.post(to(&case, "approval"), &any), 409, "approval.deferred").await;
    assert_eq!(commissioner.send(&commissioner.post(&*end, &json!({}))).told(), (200, ""));
    let resets = to(&case, "check-resets");
    let reset = |check: &str| json!({ "check": check, "reason": "the figures are of last year" });
    commissioner.refused(&commissioner.post(&*resets, &reset("first")), 422, "approval.not_resettable").await;
    let mute = json!({ "check": "legal", "reason": " " });
    commissioner.refused(&commissioner.post(&*resets, &mute), 422, "text.length").await;
    finance.refused(&finance.post(&*resets, &reset("legal")), 403, "approval.wrong_level").await;
    assert_eq!(finance.send(&finance.post(&*resets, &reset("finance"))).told(), (200, ""));
    assistant.refused(&assistant.post(to(&case, "approval"), &of("first")), 409, "approval.out_of_order").await;
    pass(&case, &approvers.finance).await;
    pass(&case, &staff.assistant).await;
    let back = to(&case, "reconsideration");
    let reason = json!({ "reason": "which year are these figures of?" });
    let reply = commissioner.send(&commissioner.post(&*back, &reason));
    assert_eq!((reply.told(), reply.text("/state")), ((200, ""), "in_assessment"));
    commissioner.refused(&commissioner.post(&*back, &reason), 409, "application.wrong_state").await;
    // The committee recommends again: another route, by the same people or others.
    case.recommend(at(DAY, 3), &staff.committee, "15000000.00").await.unwrap();
    let routes = commissioner.send(&commissioner.get(to(&case, "approval-routes"))).json["items"].clone();
    let (void, fresh) = (routes[0]["approvals"].as_array().unwrap(), routes[1]["approvals"].as_array().unwrap());
    assert_eq!((void.iter().filter(|given| given["void"].is_null()).count(), fresh.len()), (0, 0));
    desk.told_exactly(OF_RESTS);
    world.prove().await;
}
