//! Holds on payments: what they keep from batches and releases, who places and lifts them, who comes first, and what the database refuses.

use crate::case::Case;
use crate::change_requests::awarded;
use crate::desk::{Caller, Desk};
use crate::paying::accounts;
use crate::site::{Call, morning};
use crate::world::{World, at, refused};
use almoner::actions::holds;
use futures_util::future::join_all;
use rules::actor::{Actor, Role};
use rules::hold::{HeldOn, Hold, NewHold};
use rules::ids::{BatchId, ClaimId, HoldId};
use serde_json::{Value, json};
use uuid::Uuid;

pub const CODES: &[&str] = &[
    "hold.lifted",
    "hold.of_one",
    "hold.payment",
    "hold.review_day",
    "hold.same_person",
    "not_found",
    "permission.denied",
    "person.own_organisation",
    "request.malformed",
    "scheme.not_published",
    "text.length",
];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
const PATH: &str = "/api/v1/holds";

async fn certified(case: &Case<'_>) -> ClaimId {
    let claim = case.claim(at(DAY, 2), "initial", "250000.00", None).await.unwrap().id;
    case.certify(at(DAY, 3), claim, "250000.00").await.unwrap();
    claim
}

fn lifts(caller: &Caller<'_>, hold: &Value, reason: &str) -> Call {
    caller.post(format!("{PATH}/{}/lifting", hold["id"].as_str().unwrap()), &json!({ "reason": reason }))
}

fn placed(caller: &Caller<'_>, on: &Value) -> Value {
    let reply = caller.send(&caller.post(PATH, on));
    assert_eq!(reply.told(), (201, ""), "{}", reply.json);
    reply.json
}

/// What waits of money: the act, what it is on, and whether it is held.
fn work(caller: &Caller<'_>) -> Vec<(String, String, bool)> {
    let work = caller.send(&caller.get("/api/v1/work")).json;
    let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
    let lines = work.as_array().unwrap().iter();
    lines.map(|line| (text(line, "act"), text(line, "reference"), line["held"].as_bool().unwrap_or_default())).collect()
}

fn ids(caller: &Caller<'_>, query: &str) -> Vec<String> {
    let page = caller.send(&caller.get(format!("{PATH}{query}"))).json;
    page["items"].as_array().unwrap().iter().map(|hold| hold["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_is_held_is_neither_prepared_nor_released_until_somebody_else_lifts_it() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = awarded(&world, &staff, &applicant, "1000000.00").await;
    let (claim, reference) = (certified(&case).await, case.read().await.reference);
    accounts(&world, &[claim]).await;
    let desk = Desk::open(&world, morning("2026-02-06"));
    let (officer, preparer) = (desk.sign_in(&staff.officer).await, desk.sign_in(&staff.preparer).await);
    let (releaser, author) = (desk.sign_in(&staff.releaser).await, desk.sign_in(&applicant.actor).await);
    let prepares = || preparer.post("/api/v1/batches", &json!({ "claims": [claim] }));
    let of_all = [
        json!({ "application": case.id, "reason": "odd invoices" }),
        json!({ "organisation": applicant.organisation, "reason": "in liquidation" }),
        json!({ "scheme": CODE, "reason": "an audit", "review_on": "2026-02-06" }),
    ];
    for on in &of_all {
        let hold = placed(&officer, on);
        let told = preparer.refused(&prepares(), 409, "hold.payment").await;
        let detail = told.text("/detail");
        for part in [reference.as_str(), "250000.00", hold["id"].as_str().unwrap(), "2026-02-06"] {
            assert!(detail.contains(part), "{detail}");
        }
        assert!(!detail.contains(on["reason"].as_str().unwrap()), "{detail}");
        assert!(work(&preparer).contains(&("batch.prepare".to_owned(), reference.clone(), true)));
        officer.refused(&lifts(&officer, &hold, "mine"), 403, "hold.same_person").await;
        let lifted = releaser.send(&lifts(&releaser, &hold, " explained "));
        assert_eq!(lifted.told(), (200, ""), "{}", lifted.json);
        assert_eq!((lifted.text("/state"), lifted.text("/lifted_because")), ("lifted", "explained"));
        officer.refused(&lifts(&officer, &hold, "again"), 409, "hold.lifted").await;
    }
    assert_eq!(work(&preparer), [("batch.prepare".to_owned(), reference.clone(), false)]);
    let batch = preparer.send(&prepares()).json;
    let releases = || releaser.post(format!("/api/v1/batches/{}/release", batch["id"].as_str().unwrap()), &json!({}));
    let hold = placed(&preparer, &of_all[2]);
    releaser.refused(&releases(), 409, "hold.payment").await;
    let of_batch = ("batch.release".to_owned(), batch["reference"].as_str().unwrap().to_owned(), true);
    // On its day, a hold waits to be looked at by whoever has not placed it.
    let review = ("hold.lift".to_owned(), CODE.to_owned(), false);
    assert_eq!(work(&releaser), [of_batch, review.clone()]);
    assert!(work(&officer).contains(&review) && !work(&preparer).contains(&review));

    releaser.refused(&lifts(&releaser, &hold, " "), 422, "text.length").await;
    author.refused(&author.get(PATH), 403, "permission.denied").await;
    let told = author.send(&author.get(format!("/api/v1/applications/{}/award", case.id)));
    assert!(!told.json.to_string().contains("odd"), "{}", told.json);
    assert_eq!(releaser.send(&lifts(&releaser, &hold, "over")).told(), (200, ""));
    assert_eq!(releaser.send(&releases()).told(), (200, ""));
    faults(&desk, &officer, &case).await;
    desk.told_exactly(CODES);
    world.prove().await;
}

/// What no hold can be, and what is listed of those that were.
async fn faults(desk: &Desk<'_>, officer: &Caller<'_>, case: &Case<'_>) {
    let applicant = case.read().await.organisation;
    for (on, status, code) in [
        (json!({ "reason": "of nothing" }), 422, "hold.of_one"),
        (json!({ "application": case.id, "scheme": CODE, "reason": "of two" }), 422, "hold.of_one"),
        (json!({ "scheme": CODE, "reason": "late", "review_on": "2026-02-05" }), 422, "hold.review_day"),
        (json!({ "scheme": "NOBODY", "reason": "of none" }), 404, "scheme.not_published"),
        (json!({ "application": Uuid::nil(), "reason": "of none" }), 404, "not_found"),
        (json!({ "organisation": Uuid::nil(), "reason": "of none" }), 404, "not_found"),
        (json!({ "scheme": CODE, "reason": " " }), 422, "text.length"),
    ] {
        officer.refused(&officer.post(PATH, &on), status, code).await;
    }
    officer.refused(&officer.get(format!("{PATH}?state=over")), 400, "request.malformed").await;
    let standing = placed(officer, &json!({ "organisation": applicant, "reason": "once more" }));
    let id = standing["id"].as_str().unwrap().to_owned();
    assert_eq!(ids(officer, &format!("?organisation={applicant}&state=stands")), std::slice::from_ref(&id));
    let counted = |query: &str| ids(officer, query).len();
    let of_case = format!("?application={}", case.id);
    let found = ["", "?state=lifted", "?state=stands", &format!("?scheme={CODE}"), &of_case].map(counted);
    assert_eq!(found, [5, 4, 1, 2, 5]);
    let page = officer.send(&officer.get(format!("{PATH}?limit=4"))).json;
    let next = page["next"].as_str().unwrap();
    assert_eq!(ids(officer, &format!("?limit=4&cursor={next}")).len(), 1);

    // Nobody has to do with what is held of their own organisation, or sees it with the eyes of the staff.
    let own = crate::world::Applicant { actor: case.applicant.clone(), organisation: applicant };
    let insider = case.world.with_roles(&own, &[Role::Applicant, Role::Officer, Role::FinancePreparer]).await;
    let insider = desk.sign_in(&insider.actor).await;
    assert_eq!(ids(&insider, "").len(), 2, "of the scheme alone");
    for on in
        [json!({ "application": case.id, "reason": "own" }), json!({ "organisation": applicant, "reason": "own" })]
    {
        insider.refused(&insider.post(PATH, &on), 403, "person.own_organisation").await;
    }
    insider.refused(&lifts(&insider, &standing, "own"), 403, "person.own_organisation").await;
}

async fn place(world: &World, by: &Actor, on: HeldOn, days: u64) -> Result<Hold, almoner::actions::Error> {
    let new = NewHold { id: HoldId(Uuid::now_v7()), on, reason: "an audit".to_owned(), review_on: None };
    world.act(at(DAY, days), async |tx| holds::place(tx, by, new.clone()).await).await
}

#[tokio::test]
async fn of_holds_and_releases_at_once_the_second_sees_the_first() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let mut batches = Vec::<BatchId>::new();
    for _ in 0..6 {
        let case = awarded(&world, &staff, &world.applicant().await, "1000000.00").await;
        let claim = certified(&case).await;
        batches.push(world.prepare(at(DAY, 4), &staff.preparer, &[claim]).await.unwrap().id);
    }
    let release = |batch: &BatchId| world.release(at(DAY, 5), &staff.releaser, *batch);
    let scheme = || HeldOn::Scheme(CODE.to_owned());
    // A release that has read that nothing is held ends first: whoever holds waits for it.
    let reading = world.database.hold("SELECT pg_advisory_xact_lock_shared(hold_key())").await;
    let (hold, ()) = tokio::join!(place(&world, &staff.officer, scheme(), 5), async {
        world.database.until_waiting(1).await;
        reading.let_go().await;
    });
    let id = hold.unwrap().id;
    assert_eq!(refused(release(&batches[0]).await), "hold.payment");
    world.act(at(DAY, 5), async |tx| holds::lift(tx, &staff.preparer, id, "over").await).await.unwrap();

    // Three are released at once while one is held, and the last two after it.
    let (first, last) = batches.split_at(4);
    let (released, held) =
        tokio::join!(join_all(first.iter().map(release)), place(&world, &staff.officer, scheme(), 5));
    held.unwrap();
    let done = released.iter().filter(|released| released.is_ok()).count();
    for late in released.into_iter().filter(Result::is_err) {
        assert_eq!(refused(late), "hold.payment");
    }
    for late in join_all(last.iter().map(release)).await {
        assert_eq!(refused(late), "hold.payment");
    }
    let paid = world.database.lines("SELECT reference AS line FROM batches WHERE state = 'released'").await;
    assert_eq!(paid.len(), done);
    world.prove().await;
}

#[tokio::test]
async fn the_database_by_itself_pays_nothing_that_is_held_and_keeps_a_hold_to_its_two_people() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let another = world.applicant().await;
    let one = awarded(&world, &staff, &applicant, "1000000.00").await;
    let other = awarded(&world, &staff, &another, "1000000.00").await;
    let (claim, second) = (certified(&one).await, certified(&other).await);
    accounts(&world, &[second]).await;
    let batch = world.prepare(at(DAY, 4), &staff.preparer, &[claim]).await.unwrap().id;
    let person = |of: &Actor| of.person().unwrap().to_string();
    let (officer, releaser) = (person(&staff.officer), person(&staff.releaser));
    let (inside, preparer) = (person(&applicant.actor), person(&staff.preparer));
    let id = "00000000-0000-7000-8000-000000000049";
    let place = |column: &str, on: &str, by: &str| {
        format!(
            "INSERT INTO holds (id, {column}, reason, placed_by, placed_at) VALUES ('{id}', '{on}', 'odd', '{by}', '2026-02-06Z');"
        )
    };
    let lift = |by: &str| format!("UPDATE holds SET lifted_by = '{by}', lifted_at = now(), lifted_because = 'over';");
    let of_case = |case: &Case<'_>| place("application_id", &case.id.to_string(), &officer);
    let organisation = applicant.organisation.to_string();
    let release = format!(
        "UPDATE batches SET state = 'released', released_by = '{releaser}', released_at = now(), pay_on = '9999-01-01' WHERE id = '{batch}';"
    );
    let prepare = format!(
        "INSERT INTO batches (id, reference, state, prepared_by, prepared_at, total_cents)
           VALUES ('{id}', 'PAY-X', 'prepared', '{preparer}', now(), 25000000);
         INSERT INTO payments VALUES ('{second}', '{id}', '{}', 25000000, 1, (SELECT id FROM payee_accounts WHERE organisation_id = '{}'));",
        other.id, another.organisation
    );
    let holds =
        [of_case(&one), place("organisation_id", &organisation, &officer), place("scheme_code", CODE, &officer)];
    let mut tries = Vec::new();
    for hold in &holds {
        tries.push((format!("{hold} {release}"), Some("is held")));
        tries.push((format!("{hold} {} {release}", lift(&releaser)), None));
    }
    let [_, on_organisation, on_scheme] = &holds;
    let on_another = place("organisation_id", &another.organisation.to_string(), &officer);
    tries.extend([
        (format!("{on_another} {prepare}"), Some("is held")),
        (format!("{on_organisation} {prepare}"), None),
        (format!("{on_scheme} {prepare}"), Some("is held")),
        (format!("{} {release}", of_case(&other)), None),
        (format!("{} {release}", place("scheme_code", "NIAS", &officer)), None),
        (place("organisation_id", &organisation, &inside), Some("is of the organisation of")),
        (place("application_id", &one.id.to_string(), &inside), Some("is of the organisation of")),
        (format!("{on_organisation} {}", lift(&inside)), Some("is of the organisation of")),
        (format!("{on_scheme} {}", lift(&officer)), Some("check constraint")),
        (format!("{on_scheme} {} {}", lift(&releaser), lift(&preparer)), Some("stays as it is")),
        (format!("{on_scheme} UPDATE holds SET reason = 'none'"), Some("permission denied")),
        (format!("{on_scheme} DELETE FROM holds"), Some("permission denied")),
    ]);
    for (sql, expected) in tries {
        let refusal = world.database.as_server(&format!("BEGIN; {sql}; ROLLBACK")).await.err();
        let as_told = refusal.as_deref().map(|refusal| expected.is_some_and(|told| refusal.contains(told)));
        assert_eq!(as_told, expected.map(|_| true), "{refusal:?}\n{sql}");
    }
    assert!(world.database.as_owner("DELETE FROM holds").await.unwrap_err().contains("append-only"));

    // The release waits for whoever is placing a hold, and finds it.
    let holding = world.database.hold(on_scheme).await;
    let (late, ()) = tokio::join!(world.database.as_server(&release), async {
        world.database.until_waiting(1).await;
        holding.let_go().await;
    });
    assert!(late.unwrap_err().contains("is held"));
}
