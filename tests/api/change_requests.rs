//! Changes after an award over HTTP: asked for, returned, answered, put forward, withdrawn and decided, with what held before and after;
//! what is refused; and what it does to the plan, the payments and the books.

use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::paying::accounts;
use crate::proposals::accelerator;
use crate::site::{Call, Reply, morning};
use crate::world::{Applicant, Staff, World, at, cents, text_of};
use almoner::store::audit::verify;
use rules::actor::Role;
use rules::change_request::{ChangeKind, Verdict};
use rules::debarment::Against;
use rules::ids::ClaimId;
use serde_json::{Value, json};

pub const OF_ASKING: &[&str] = &[
    "application.wrong_state",
    "change.budget_lines",
    "change.budget_total",
    "change.end_day",
    "change.fields",
    "change.kind_not_taken",
    "change.not_found",
    "change.nothing",
    "change.of_applicant",
    "change.open",
    "change.recover_above_paid",
    "change.too_many",
    "not_found",
    "permission.denied",
    "request.malformed",
    "text.length",
];
pub const OF_DECIDING: &[&str] = &[
    "approval.authority_too_low",
    "change.not_forwarded",
    "change.not_yours",
    "change.of_others",
    "change.officer_decides",
    "change.own",
    "change.stale",
    "change.wrong_state",
    "duty.separated",
];
pub const OF_MONEY: &[&str] = &[
    "application.wrong_state",
    "ceiling.exceeded",
    "change.above_allowed",
    "change.claim_waits",
    "change.payment_waits",
    "change.settled",
    "change.to_nothing",
    "debarment.organisation",
    "debarment.person",
];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

/// An accelerator that costs 90 million, of which the institution brings 60.
pub fn planned() -> Value {
    let mut content = accelerator("60000000.00", "30000000.00");
    content["request"]["project"]["stages"][0]["costs"] = json!([{ "category": "operation", "amount": "90000000.00" }]);
    content
}

/// A case with an award of so much, accepted a day after.
pub async fn awarded<'w>(world: &'w World, staff: &'w Staff, applicant: &Applicant, amount: &str) -> Case<'w> {
    let case = world.draft(staff, applicant, (CODE, planned()), at(DAY, 0)).await;
    case.to_accepted(at(DAY, 1), amount).await;
    case
}

fn path(case: &Case<'_>, rest: &str) -> String {
    format!("/api/v1/applications/{}/change-requests{rest}", case.id)
}

fn asks(caller: &Caller<'_>, case: &Case<'_>, kind: &str, wanted: &Value) -> Call {
    caller.post(path(case, ""), &json!({ "kind": kind, "wanted": wanted, "reason": " as things are " }))
}

fn does(caller: &Caller<'_>, case: &Case<'_>, number: i64, act: &str, body: &Value) -> Call {
    caller.post(path(case, &format!("/{number}/{act}")), body)
}

fn decides(caller: &Caller<'_>, case: &Case<'_>, number: i64, verdict: &str) -> Call {
    does(caller, case, number, "decision", &json!({ "verdict": verdict, "reason": "as agreed" }))
}

fn done(caller: &Caller<'_>, call: &Call) -> Reply {
    let reply = caller.send(call);
    assert!(reply.status.is_success(), "{}", reply.json);
    reply
}

/// What waits for somebody of changes and claims.
fn waits(caller: &Caller<'_>) -> Vec<String> {
    let work = caller.send(&caller.get("/api/v1/work")).json;
    let acts = work.as_array().unwrap().iter().map(|line| line["act"].as_str().unwrap().to_owned());
    acts.filter(|act| act.starts_with("change.") || act.starts_with("claim.")).collect()
}

pub fn budget(lines: &[(&str, &str)]) -> Value {
    let line =
        |(category, amount): &(&str, &str)| json!({ "stage": "project", "category": category, "amount": amount });
    json!({ "budget": lines.iter().map(line).collect::<Vec<_>>() })
}

#[tokio::test]
async fn a_change_is_asked_for_questioned_put_forward_and_decided_and_its_history_shows_before_and_after() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = awarded(&world, &staff, &applicant, "20000000.00").await;
    let desk = Desk::open(&world, morning("2026-02-10"));
    let own = desk.sign_in(&applicant.actor).await;
    let (officer, commissioner) = (desk.sign_in(&staff.officer).await, desk.sign_in(&staff.commissioner).await);
    let asked = own.send(&asks(&own, &case, "amount", &json!({ "amount": "30000000.00" })));
    assert_eq!((asked.told(), asked.text("/state"), asked.text("/reason")), ((201, ""), "requested", "as things are"));
    assert_eq!(asked.json["authorities"], json!(["assistant_commissioner", "commissioner"]));
    assert_eq!(asked.json["before"]["amount"], "20000000.00");
    assert_eq!(
        [waits(&own), waits(&officer), waits(&commissioner)],
        [vec![], vec!["change.forward".to_owned()], vec![]]
    );
    let question = json!({ "question": "Which cost has risen?" });
    done(&officer, &does(&officer, &case, 1, "return", &question));
    assert_eq!([waits(&own), waits(&officer)], [vec!["change.answer".to_owned()], vec![]]);
    done(&own, &does(&own, &case, 1, "answer", &json!({ "answer": "That of equipment." })));
    done(&officer, &does(&officer, &case, 1, "forwarding", &json!({})));
    assert_eq!([waits(&officer), waits(&commissioner)], [vec![], vec!["change.decide".to_owned()]]);
    let granted = done(&commissioner, &decides(&commissioner, &case, 1, "granted")).json;
    assert_eq!(granted["state"], "granted");
    assert_eq!(
        (&granted["before"]["amount"], &granted["after"]["amount"]),
        (&json!("20000000.00"), &json!("30000000.00"))
    );
    let plan =
        |terms: &Value| terms["plan"].as_array().unwrap().iter().map(|part| part["amount"].clone()).collect::<Vec<_>>();
    assert_eq!(plan(&granted["before"]), ["5000000.00", "15000000.00"]);
    assert_eq!(plan(&granted["after"]), ["7500000.00", "22500000.00"]);
    assert_eq!(granted["authority"], "commissioner");
    // What was awarded stays; what holds now is beside it.
    let award = own.send(&own.get(format!("/api/v1/applications/{}/award", case.id))).json;
    assert_eq!(
        (&award["award"]["amount"], &award["award"]["originally"]),
        (&json!("30000000.00"), &json!("20000000.00"))
    );
    assert_eq!(award["plan"][1]["amount"], "22500000.00");
    assert_eq!(world.committed(CODE).await, 3_000_000_000);
    // The others: words, days and the budget, each as its kind goes.
    for (number, kind, wanted) in [
        (2, "dates", json!({ "ends_on": "2029-01-31" })),
        (3, "people", json!({ "text": "Dr Chan leads it." })),
        (4, "budget", budget(&[("operation", "88000000.00"), ("people", "2000000.00")])),
    ] {
        let asked = done(&own, &asks(&own, &case, kind, &wanted)).json;
        assert_eq!((&asked["number"], &asked["authorities"]), (&json!(number), &json!([])), "{kind}");
        assert_eq!(waits(&officer), ["change.decide"], "{kind}");
        done(&officer, &decides(&officer, &case, number, "granted"));
    }
    let all = own.send(&own.get(path(&case, ""))).json;
    assert_eq!(all["items"].as_array().unwrap().len(), 4);
    let planned = &all["planned"];
    assert_eq!((&planned["ends_on"], &planned["people"]), (&json!("2029-01-31"), &json!("Dr Chan leads it.")));
    assert_eq!(planned["budget"].as_array().unwrap().len(), 2);
    let one = own.send(&own.get(path(&case, "/4"))).json;
    assert_eq!(one, all["items"][3]);
    assert_eq!(one["before"]["budget"].as_array().unwrap().len(), 1);
    let mut reader = world.db.reader().await.unwrap();
    assert_eq!(verify(&mut reader).await.unwrap().1, Vec::new());
    world.prove().await;
}

#[tokio::test]
async fn what_is_asked_for_is_of_its_kind_changes_something_and_is_taken_by_the_scheme() {
    let (before, after) = text_of(CODE).split_once("[change.partner]").unwrap();
    let text = format!("{before}[change.amount]{}", after.split_once("[change.amount]").unwrap().1);
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(text, at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = awarded(&world, &staff, &applicant, "20000000.00").await;
    let draft = world.draft(&staff, &applicant, (CODE, planned()), at(DAY, 0)).await;
    let desk = Desk::open(&world, morning("2026-02-10"));
    let (own, officer) = (desk.sign_in(&applicant.actor).await, desk.sign_in(&staff.officer).await);
    let other = desk.sign_in(&world.applicant().await.actor).await;
    let finance = desk.sign_in(&staff.preparer).await;
    let category = "operation";
    for (kind, wanted, status, code) in [
        ("partner", json!({ "text": "Peak Laboratories" }), 422, "change.kind_not_taken"),
        ("dates", json!({}), 422, "change.fields"),
        ("suspension", json!({ "text": "x" }), 422, "change.fields"),
        ("dates", json!({ "ends_on": "2026-02-10" }), 422, "change.end_day"),
        ("scope", json!({ "text": "What it is about, in a few words." }), 422, "change.nothing"),
        ("scope", json!({ "text": " " }), 422, "text.length"),
        ("budget", budget(&[(category, "90000000.01")]), 422, "change.budget_total"),
        ("budget", budget(&[(category, "45000000.00"), (category, "45000000.00")]), 422, "change.budget_lines"),
        ("termination", json!({ "recover": "0.01" }), 422, "change.recover_above_paid"),
        ("resumption", json!({}), 409, "application.wrong_state"),
        ("colour", json!({}), 400, "request.malformed"),
    ] {
        own.refused(&asks(&own, &case, kind, &wanted), status, code).await;
    }
    own.refused(&asks(&own, &draft, "suspension", &json!({})), 409, "application.wrong_state").await;
    officer.refused(&asks(&officer, &case, "amount", &json!({ "amount": "1.00" })), 422, "change.of_applicant").await;
    other.refused(&asks(&other, &case, "scope", &json!({ "text": "x" })), 404, "not_found").await;
    finance.refused(&asks(&finance, &case, "scope", &json!({ "text": "x" })), 403, "permission.denied").await;
    own.refused(&own.get(path(&case, "/1")), 404, "change.not_found").await;
    done(&own, &asks(&own, &case, "scope", &json!({ "text": "Two of them." })));
    own.refused(&asks(&own, &case, "scope", &json!({ "text": "Three of them." })), 409, "change.open").await;
    // The others of a hundred were withdrawn.
    let more = format!(
        "DO $$ BEGIN FOR n IN 2..100 LOOP
           INSERT INTO change_requests (application_id, number, kind, state, by_agency, requested_by, requested_at, reason, wanted, before,
             authorities) SELECT application_id, n, 'people', 'requested', false, requested_by, requested_at, reason, wanted, before, '{{}}'
             FROM change_requests WHERE application_id = '{0}' AND number = 1;
           UPDATE change_requests SET state = 'withdrawn', ended_by = requested_by, ended_at = requested_at, ended_because = 'x'
            WHERE application_id = '{0}' AND number = n;
         END LOOP; END $$",
        case.id
    );
    world.database.run(&more).await;
    own.refused(&asks(&own, &case, "dates", &json!({ "ends_on": "2029-01-31" })), 409, "change.too_many").await;
    desk.told_exactly(OF_ASKING);
}

#[tokio::test]
async fn it_is_decided_by_whom_its_route_names_and_by_nobody_with_another_part_or_duty() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = awarded(&world, &staff, &applicant, "20000000.00").await;
    let desk = Desk::open(&world, morning("2026-02-10"));
    let own = desk.sign_in(&applicant.actor).await;
    let (officer, assistant) = (desk.sign_in(&staff.officer).await, desk.sign_in(&staff.assistant).await);
    let both = world.person(&[Role::Officer, Role::Approver], &["commissioner"]).await;
    let both = desk.sign_in(&both).await;
    let commissioner = desk.sign_in(&staff.commissioner).await;
    let forwards = |caller: &Caller<'_>, number| does(caller, &case, number, "forwarding", &json!({}));
    // An officer opens a suspension, withdraws it and opens it again; whoever opened it neither forwards nor decides it.
    done(&both, &asks(&both, &case, "suspension", &json!({})));
    own.refused(&does(&own, &case, 1, "withdrawal", &json!({ "reason": "no" })), 403, "change.of_others").await;
    officer.refused(&does(&officer, &case, 1, "return", &json!({ "question": "why?" })), 403, "change.of_others").await;
    both.refused(&forwards(&both, 1), 403, "change.own").await;
    commissioner.refused(&decides(&commissioner, &case, 1, "granted"), 409, "change.not_forwarded").await;
    done(&officer, &forwards(&officer, 1));
    both.refused(&decides(&both, &case, 1, "granted"), 403, "change.own").await;
    assistant.refused(&decides(&assistant, &case, 1, "granted"), 403, "approval.authority_too_low").await;
    officer.refused(&decides(&officer, &case, 1, "granted"), 403, "change.not_yours").await;
    done(&both, &does(&both, &case, 1, "withdrawal", &json!({ "reason": "settled" })));
    commissioner.refused(&decides(&commissioner, &case, 1, "granted"), 409, "change.wrong_state").await;
    // What an officer decides is put forward to nobody.
    done(&own, &asks(&own, &case, "people", &json!({ "text": "Dr Chan" })));
    officer.refused(&forwards(&officer, 2), 409, "change.officer_decides").await;
    commissioner.refused(&decides(&commissioner, &case, 2, "granted"), 403, "change.not_yours").await;
    done(&officer, &decides(&officer, &case, 2, "refused"));
    let refused = own.send(&own.get(path(&case, "/2"))).json;
    assert_eq!(
        (&refused["state"], &refused["after"], &refused["ended_because"]),
        (&json!("refused"), &json!(null), &json!("as agreed"))
    );
    // Each of the other duties keeps from deciding.
    done(&own, &asks(&own, &case, "scope", &json!({ "text": "Two of them." })));
    done(&officer, &forwards(&officer, 3));
    case.pay(at(DAY, 9), "initial", "5000000.00", None).await;
    for who in [&staff.assessors[0], &staff.committee, &staff.preparer, &staff.releaser] {
        let roles = [Role::Approver, Role::Officer];
        let caller = desk.sign_in(&world.change(who.person().unwrap(), &roles, &["commissioner"]).await).await;
        caller.refused(&decides(&caller, &case, 3, "granted"), 403, "duty.separated").await;
    }
    // What has changed meanwhile is asked for anew.
    case.ask_for_change(at(DAY, 9), (ChangeKind::Dates, json!({ "ends_on": "2029-01-31" }))).await.unwrap();
    case.decide_change(at(DAY, 9), &staff.officer, (4, Verdict::Granted)).await.unwrap();
    case.ask_for_change(
        at(DAY, 9),
        (
            ChangeKind::Amount,
            json!({ "amount": "21000000.00",
        "figures": { "project": planned()["request"]["project"] } }),
        ),
    )
    .await
    .unwrap();
    case.forward_change(at(DAY, 9), 5).await.unwrap();
    case.change(at(DAY, 9), ChangeKind::Budget, budget(&[("operation", "88000000.00"), ("people", "2000000.00")]))
        .await
        .unwrap();
    commissioner.refused(&decides(&commissioner, &case, 5, "granted"), 409, "change.stale").await;
    desk.told_exactly(OF_DECIDING);
    world.prove().await;
}

/// A claim is put into a batch.
async fn prepares(world: &World, finance: &Caller<'_>, claim: ClaimId) {
    accounts(world, &[claim]).await;
    done(finance, &finance.post("/api/v1/batches", &json!({ "claims": [claim] })));
}

#[tokio::test]
async fn money_moves_with_a_change_within_every_limit_and_stops_while_an_award_is_suspended() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = awarded(&world, &staff, &applicant, "20000000.00").await;
    let desk = Desk::open(&world, morning("2026-02-10"));
    let own = desk.sign_in(&applicant.actor).await;
    let commissioner = desk.sign_in(&staff.commissioner).await;
    let finance = desk.sign_in(&staff.preparer).await;
    let officer = desk.sign_in(&staff.officer).await;
    let paid = case.pay(at(DAY, 2), "initial", "5000000.00", None).await;
    assert_eq!(paid.total, cents("5000000.00"));
    let ask = |number: i64, kind: &str, wanted: &Value| {
        done(&own, &asks(&own, &case, kind, wanted));
        done(&officer, &does(&officer, &case, number, "forwarding", &json!({})));
        decides(&commissioner, &case, number, "granted")
    };
    own.refused(&asks(&own, &case, "amount", &json!({ "amount": "0.00" })), 422, "change.to_nothing").await;
    // More than the rules allow on what is planned; and more than there is.
    commissioner.refused(&ask(1, "amount", &json!({ "amount": "30000000.01" })), 422, "change.above_allowed").await;
    done(&own, &does(&own, &case, 1, "withdrawal", &json!({ "reason": "too much" })));
    let mut others = Vec::new();
    for amount in ["30000000.00", "30000000.00", "30000000.00", "30000000.00", "30000000.00", "5000000.00"] {
        others.push(awarded(&world, &staff, &world.applicant().await, amount).await);
    }
    let raise = ask(2, "amount", &json!({ "amount": "30000000.00" }));
    let refused = commissioner.refused(&raise, 422, "ceiling.exceeded").await;
    assert!(refused.text("/detail").contains("5000000.00"), "{}", refused.json);
    for other in others.iter().rev().take(3) {
        other.change(at(DAY, 2), ChangeKind::Termination, json!({})).await.unwrap();
    }
    let ended = awarded(&world, &staff, &world.applicant().await, "20000000.00").await;
    let waiting = awarded(&world, &staff, &world.applicant().await, "20000000.00").await;
    // Nothing more is given to somebody who is debarred.
    let two = crate::debarring::Two::of(&world).await;
    let debarred = two.debar(crate::debarring::against_organisation(&applicant, DAY), at(DAY, 2)).await;
    commissioner.refused(&decides(&commissioner, &case, 2, "granted"), 422, "debarment.organisation").await;
    two.lift(debarred, at(DAY, 3)).await;
    // Nor where it is the person who asks.
    let debarred =
        two.debar(crate::debarring::against(Against::Person(applicant.actor.person().unwrap()), DAY), at(DAY, 3)).await;
    commissioner.refused(&decides(&commissioner, &case, 2, "granted"), 422, "debarment.person").await;
    two.lift(debarred, at(DAY, 4)).await;
    done(&commissioner, &decides(&commissioner, &case, 2, "granted"));
    world.prove().await;
    // A claim that waits holds its plan; while the award is suspended, it is neither certified nor paid.
    let claim = case
        .claim(at(DAY, 20), "final", "1000000.00", Some(crate::proposals::accelerator_actual("60000000.00")))
        .await
        .unwrap()
        .id;
    commissioner.refused(&ask(3, "amount", &json!({ "amount": "29000000.00" })), 409, "change.claim_waits").await;
    done(&own, &does(&own, &case, 3, "withdrawal", &json!({ "reason": "later" })));
    done(&officer, &asks(&officer, &case, "suspension", &json!({})));
    let second = desk.sign_in(&world.person(&[Role::Officer], &[]).await).await;
    done(&second, &does(&second, &case, 4, "forwarding", &json!({})));
    done(&commissioner, &decides(&commissioner, &case, 4, "granted"));
    let certifies =
        |amount: &str| officer.post(format!("/api/v1/claims/{claim}/certification"), &json!({ "amount": amount }));
    officer.refused(&certifies("1000000.00"), 409, "application.wrong_state").await;
    assert!(!waits(&officer).contains(&"claim.certify".to_owned()));
    done(&commissioner, &ask(5, "resumption", &json!({})));
    done(&officer, &certifies("1000000.00"));
    own.refused(&asks(&own, &case, "termination", &json!({})), 409, "change.settled").await;
    // Of another case, what is certified and batched is paid before it ends; the rest is given back, and what is owed back is noted.
    ended.pay(at(DAY, 2), "initial", "4000000.00", None).await;
    ended.change(at(DAY, 3), ChangeKind::Termination, json!({ "recover": "1000000.00" })).await.unwrap();
    let award = officer.send(&officer.get(format!("/api/v1/applications/{}/award", ended.id))).json;
    assert_eq!((&award["award"]["settled"], &award["award"]["overpaid"]), (&json!("4000000.00"), &json!("1000000.00")));
    let claim = waiting.claim(at(DAY, 2), "initial", "5000000.00", None).await.unwrap().id;
    waiting.certify(at(DAY, 2), claim, "5000000.00").await.unwrap();
    prepares(&world, &finance, claim).await;
    waiting.ask_for_change(at(DAY, 3), (ChangeKind::Termination, json!({}))).await.unwrap();
    waiting.forward_change(at(DAY, 3), 1).await.unwrap();
    commissioner.refused(&decides(&commissioner, &waiting, 1, "granted"), 409, "change.payment_waits").await;
    desk.told_exactly(OF_MONEY);
    world.prove().await;
}
