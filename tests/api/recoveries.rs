//! What is owed back, over HTTP: from the over-payment that a settlement finds to the last cent, by people who keep an eye on each other.

use crate::bank_answers::{recorded, states};
use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::proposals::{accelerator, accelerator_actual};
use crate::site::{Call, Reply, morning};
use crate::world::{Applicant, Staff, World, at, cents, refused};
use almoner::actions::recoveries;
use almoner::store::audit::verify;
use almoner::worker::reminders;
use rules::actor::{Actor, Role};
use rules::ids::{RecoveryId, UnmatchedItemId, WriteOffId};
use rules::money::Cents;
use rules::reminder::Ahead;
use serde_json::{Value, json};
use uuid::Uuid;

pub const OF_DEMANDS: &[&str] = &[
    "not_found",
    "permission.denied",
    "recovery.above_overpaid",
    "recovery.above_paid",
    "recovery.amount_not_worked_out",
    "recovery.due_day",
    "recovery.income_missing",
    "recovery.income_unwanted",
    "recovery.interest_terms",
    "recovery.nothing_demanded",
    "recovery.same_person",
    "recovery.wrong_state",
    "request.malformed",
];
pub const OF_ENTRIES: &[&str] = &[
    "recovery.above_item",
    "recovery.above_outstanding",
    "recovery.has_paid",
    "recovery.interest_day",
    "recovery.no_interest",
    "recovery.no_item",
    "recovery.no_limits",
    "recovery.own_write_off",
    "recovery.part_days",
    "recovery.parts",
    "recovery.parts_differ",
    "recovery.receipt_day",
    "recovery.reverse_later_first",
    "recovery.reversed",
    "recovery.write_off_above_limit",
    "recovery.write_off_over",
    "unmatched_item.closed",
    "unmatched_item.own",
];

const CODE: &str = "ACCELERATOR-PILOT";
pub const DAY: &str = "2026-02-02";
pub const LIMITS: [(&str, &str); 1] = [("payments.write_off_limits", "finance_clerk:100.00,finance_director:none")];

/// A completed case that was paid 7.5 million, of which its settlement allows 5.
pub async fn overpaid<'w>(world: &'w World, staff: &'w Staff, of: &Applicant) -> Case<'w> {
    let case = world.draft(staff, of, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    case.to_accepted(at(DAY, 1), "30000000.00").await;
    case.pay(at(DAY, 2), "initial", "7500000.00", None).await;
    let claim = case.claim(at(DAY, 300), "final", "22500000.00", Some(accelerator_actual("10000000.00"))).await;
    case.certify(at(DAY, 300), claim.unwrap().id, "0.00").await.unwrap();
    case
}

pub fn raise(caller: &Caller<'_>, case: &Case<'_>, body: &Value) -> Call {
    caller.post(format!("/api/v1/applications/{}/recoveries", case.id), body)
}

pub fn on(caller: &Caller<'_>, id: &str, act: &str, body: &Value) -> Call {
    caller.post(format!("/api/v1/recoveries/{id}/{act}"), body)
}

/// What went well.
#[track_caller]
pub fn well(reply: Reply) -> Reply {
    assert!(reply.status.is_success(), "{}", reply.json);
    reply
}

/// Whether an act on something waits for somebody.
fn waits(caller: &Caller<'_>, act: &str, reference: &str) -> bool {
    let work = well(caller.send(&caller.get("/api/v1/work"))).json;
    work.as_array().unwrap().iter().any(|work| work["act"] == act && work["reference"] == reference)
}

/// A demand that one has raised and another has confirmed.
pub fn demanded(one: &Caller<'_>, other: &Caller<'_>, case: &Case<'_>, body: &Value) -> String {
    let id = well(one.send(&raise(one, case, body))).text("/id").to_owned();
    well(other.send(&on(other, &id, "confirmation", &json!({}))));
    id
}

/// A credit of so much that came on a day and that somebody records: the item that it is.
pub fn credit(recorder: &Caller<'_>, amount: &str, day: &str) -> String {
    let reference = Uuid::now_v7().simple();
    let rows = format!(
        "payment,side,amount,currency,booked_on,reason,bank_reference\n,credit,{amount},HKD,{day},,{reference}\n"
    );
    assert_eq!(recorded(&recorder.send(&states(recorder, &rows)))[1], json!(1));
    well(recorder.send(&recorder.get("/api/v1/unmatched-items?limit=1"))).text("/items/0/id").to_owned()
}

/// That a credit of so much, which somebody else has recorded, meets a demand.
pub fn receipt((finance, recorder): (&Caller<'_>, &Caller<'_>), id: &str, (amount, day): (&str, &str)) -> Call {
    on(finance, id, "receipts", &json!({ "item": credit(recorder, amount, day) }))
}

/// Somebody of finance who had nothing to do with the case, and somebody who gives up what is owed.
pub async fn beside(world: &World) -> [Actor; 2] {
    let finance = [Role::FinancePreparer, Role::FinanceReleaser];
    [world.person(&finance, &[]).await, world.person(&[Role::Approver], &["finance_director"]).await]
}

#[tokio::test]
async fn what_was_overpaid_is_demanded_by_two_paid_in_parts_and_the_rest_written_off_by_authority() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = overpaid(&world, &staff, &applicant).await;
    let [finance, director] = beside(&world).await;
    let desk = Desk::with(&world, morning("2026-12-02"), &LIMITS);
    let (officer, own) = (desk.sign_in(&staff.officer).await, desk.sign_in(&applicant.actor).await);
    let (finance, director) = (desk.sign_in(&finance).await, desk.sign_in(&director).await);
    let recorder = desk.sign_in(&staff.preparer).await;
    let body = json!({ "kind": "overpaid", "principal": "2500000.00", "reason": "the accounts allow 5 million" });
    let raised = well(officer.send(&raise(&officer, &case, &body)));
    assert_eq!((raised.text("/state"), raised.text("/due_on")), ("raised", "2027-01-01"));
    let id = raised.text("/id").to_owned();
    let (of_case, its) = (format!("/api/v1/applications/{}/recoveries", case.id), format!("/api/v1/recoveries/{id}"));
    assert_eq!(own.send(&own.get(of_case.as_str())).json, json!([]), "nobody has confirmed it");
    own.refused(&own.get(its.as_str()), 404, "not_found").await;
    assert!(waits(&finance, "recovery.confirm", raised.text("/reference")));
    assert!(!waits(&officer, "recovery.confirm", raised.text("/reference")), "they have raised it");
    well(finance.send(&on(&finance, &id, "confirmation", &json!({}))));
    let told = well(own.send(&own.get(its.as_str())));
    assert_eq!((told.text("/sums/outstanding"), &told.json["raised_by"]), ("2500000.00", &Value::Null));
    let letters = own.send(&own.get(format!("/api/v1/applications/{}/letters", case.id)));
    let kinds =
        letters.json["items"].as_array().unwrap().iter().map(|letter| letter["kind"].clone()).collect::<Vec<_>>();
    assert!(kinds.contains(&json!("demand")), "{kinds:?}");
    let mailed =
        world.database.lines("SELECT notice AS line FROM outbox WHERE notice LIKE '%recovery_demanded%'").await;
    assert_eq!(mailed.len(), 1);

    let even = json!({ "even": { "parts": 3, "first_due_on": "2026-12-31", "every_months": 1 }, "reason": "slow" });
    let arranged = well(officer.send(&on(&officer, &id, "arrangements", &even)));
    let amounts = ["0", "1", "2"].map(|place| arranged.text(&format!("/arrangement/instalments/{place}/amount")));
    assert_eq!(amounts, ["833333.33", "833333.33", "833333.34"]);
    assert_eq!(world.committed(CODE).await, 750_000_000);
    let first = receipt((&finance, &recorder), &id, ("833333.33", "2026-12-02"));
    let once = well(finance.send(&first));
    assert_eq!(well(finance.send(&first)).json, once.json, "the same call is the same receipt");
    // The debtor sent a dollar too much: it meets the demand in part, and what is left of the credit waits.
    let item = credit(&recorder, "1666667.00", "2026-12-02");
    let second = json!({ "item": item, "amount": "1666666.00" });
    let second = well(finance.send(&on(&finance, &id, "receipts", &second)));
    let waiting = well(finance.send(&finance.get("/api/v1/unmatched-items")));
    assert_eq!((waiting.text("/items/0/id"), waiting.text("/items/0/received")), (item.as_str(), "1666666.00"));
    let over = well(finance.send(&finance.get("/api/v1/unmatched-items?closed=true")));
    assert_eq!((over.text("/items/0/received"), over.json["items"].as_array().map(Vec::len)), ("833333.33", Some(1)));
    assert_eq!((second.text("/state"), second.text("/sums/outstanding")), ("confirmed", "0.67"));
    // What has come back can be promised again.
    assert_eq!(world.committed(CODE).await, 500_000_067);
    let asked = well(officer.send(&on(&officer, &id, "write-offs", &json!({ "amount": "0.67", "reason": "cents" }))));
    let approval = format!("write-offs/{}/approval", asked.text("/write_offs/0/id"));
    let to_be_given_up =
        [&director, &recorder, &officer].map(|who| waits(who, "recovery.write_off", raised.text("/reference")));
    assert_eq!(to_be_given_up, [true, false, false]);
    let settled = well(director.send(&on(&director, &id, &approval, &json!({}))));
    assert_eq!((settled.text("/state"), settled.text("/sums/written_off")), ("settled", "0.67"));
    assert_eq!(settled.text("/write_offs/0/approved_under"), "finance_director");
    assert_eq!(own.send(&own.get(of_case.as_str())).json[0]["write_offs"], json!([]));
    let page = finance.send(&finance.get("/api/v1/recoveries?state=settled"));
    assert_eq!(page.json["items"][0]["id"], json!(id), "{}", page.json);
    assert!(verify(&mut world.db.reader().await.unwrap()).await.unwrap().1.is_empty());
    world.prove().await;
}

#[tokio::test]
async fn a_demand_is_bounded_and_confirmed_by_another_person_or_withdrawn() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = overpaid(&world, &staff, &applicant).await;
    let [finance, _] = beside(&world).await;
    let desk = Desk::with(&world, morning("2026-12-02"), &[]);
    let (officer, own) = (desk.sign_in(&staff.officer).await, desk.sign_in(&applicant.actor).await);
    let finance = desk.sign_in(&finance).await;
    let body = |kind: &str, principal: &str| json!({ "kind": kind, "principal": principal, "reason": "a car" });
    let with = |mut body: Value, field: &str, value: Value| {
        body[field] = value;
        body
    };
    let income = |share: &str| json!({ "amount": "1000.00", "share": share, "clause": "9" });
    let interest = |rate: &str, from: &str| json!({ "rate": rate, "from": from, "clause": "12" });
    for (body, status, code) in [
        (body("overpaid", "2500000.01"), 422, "recovery.above_overpaid"),
        (body("unspent", "7500000.01"), 422, "recovery.above_paid"),
        (body("unspent", "0.00"), 422, "recovery.nothing_demanded"),
        (body("recoupment", "100.00"), 422, "recovery.income_missing"),
        (with(body("unspent", "100.00"), "income", income("10%")), 422, "recovery.income_unwanted"),
        (with(body("recoupment", "99.00"), "income", income("1/10")), 422, "recovery.amount_not_worked_out"),
        (with(body("recoupment", "99.00"), "income", income("11/10")), 400, "request.malformed"),
        (with(body("unspent", "100.00"), "due_on", json!("2026-12-01")), 422, "recovery.due_day"),
        (with(body("misspent", "1.00"), "interest", interest("0%", "2026-12-01")), 422, "recovery.interest_terms"),
        (with(body("misspent", "1.00"), "interest", interest("8%", "2026-12-03")), 422, "recovery.interest_terms"),
    ] {
        officer.refused(&raise(&officer, &case, &body), status, code).await;
    }
    own.refused(&raise(&own, &case, &body("unspent", "1.00")), 403, "permission.denied").await;
    let of_income = with(json!({ "kind": "recoupment", "reason": "sales" }), "income", income("1/3"));
    assert_eq!(well(officer.send(&raise(&officer, &case, &of_income))).text("/principal"), "333.33");
    let raised = well(officer.send(&raise(&officer, &case, &body("overpaid", "2000000.00"))));
    let id = raised.text("/id");
    officer.refused(&raise(&officer, &case, &body("overpaid", "500000.01")), 422, "recovery.above_overpaid").await;
    officer.refused(&raise(&officer, &case, &body("misspent", "5500000.01")), 422, "recovery.above_paid").await;
    officer.refused(&on(&officer, id, "confirmation", &json!({})), 403, "recovery.same_person").await;
    finance.refused(&on(&finance, id, "interest", &json!({})), 409, "recovery.wrong_state").await;
    let withdrawn = well(officer.send(&on(&officer, id, "withdrawal", &json!({ "reason": "a slip" }))));
    assert_eq!(withdrawn.text("/withdrawn_because"), "a slip");
    finance.refused(&on(&finance, id, "confirmation", &json!({})), 409, "recovery.wrong_state").await;
    own.refused(&own.get(format!("/api/v1/recoveries/{id}")), 404, "not_found").await;
    let again = demanded(&officer, &finance, &case, &body("overpaid", "2500000.00"));
    officer
        .refused(&on(&officer, &again, "withdrawal", &json!({ "reason": "a slip" })), 409, "recovery.wrong_state")
        .await;
    desk.told_exactly(OF_DEMANDS);
    world.prove().await;
}

/// 100000.00 spent on a car, at 10% from 2 November, demanded on 2 December.
fn misspent(one: &Caller<'_>, other: &Caller<'_>, case: &Case<'_>) -> String {
    let interest = json!({ "rate": "10%", "from": "2026-11-02", "clause": "12" });
    let body = json!({ "kind": "misspent", "principal": "100000.00", "reason": "a car", "interest": interest });
    demanded(one, other, case, &body)
}

#[tokio::test]
async fn interest_is_charged_once_for_a_day_and_what_rests_on_an_entry_is_reversed_before_it() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = overpaid(&world, &staff, &applicant).await;
    let [finance, director] = beside(&world).await;
    let desk = Desk::with(&world, morning("2026-12-02"), &[]);
    let (officer, paid) = (desk.sign_in(&staff.officer).await, desk.sign_in(&staff.releaser).await);
    let (finance, director) = (desk.sign_in(&finance).await, desk.sign_in(&director).await);
    let id = misspent(&officer, &finance, &case);
    let charge = |until: &str| on(&finance, &id, "interest", &json!({ "until": until }));
    let charged = well(finance.send(&charge("2026-12-02")));
    assert_eq!((charged.text("/sums/interest"), charged.text("/entries/0/from")), ("821.91", "2026-11-02"));
    assert_eq!(well(finance.send(&charge("2026-12-02"))).json, charged.json);
    finance.refused(&charge("2026-12-03"), 422, "recovery.interest_day").await;
    let receipt = |amount: &str, day: &str| receipt((&finance, &paid), &id, (amount, day));
    finance.refused(&receipt("1.00", "2026-12-01"), 409, "recovery.receipt_day").await;
    finance.refused(&receipt("100821.92", "2026-12-02"), 422, "recovery.above_outstanding").await;
    let of = |item: &str, amount: &str| on(&finance, &id, "receipts", &json!({ "item": item, "amount": amount }));
    finance.refused(&of(&Uuid::nil().to_string(), "1.00"), 422, "recovery.no_item").await;
    finance.refused(&of(&credit(&finance, "1.00", "2026-12-02"), "1.00"), 403, "unmatched_item.own").await;
    finance.refused(&of(&credit(&paid, "1.00", "2026-12-02"), "1.01"), 422, "recovery.above_item").await;
    let gift = credit(&paid, "1.00", "2026-12-02");
    let aside = json!({ "reason": "a gift" });
    well(finance.send(&finance.post(format!("/api/v1/unmatched-items/{gift}/closing"), &aside)));
    finance.refused(&of(&gift, "1.00"), 409, "unmatched_item.closed").await;
    desk.site.clock.set(morning("2026-12-12"));
    let received = well(finance.send(&receipt("100500.00", "2026-12-12")));
    assert_eq!((received.text("/sums/outstanding_principal"), received.text("/sums/outstanding")), ("0.00", "595.88"));
    let entry = |place: usize| received.text(&format!("/entries/{place}/id"));
    let reversal =
        |entry: &str| on(&finance, &id, &format!("entries/{entry}/reversal"), &json!({ "reason": "it bounced" }));
    finance.refused(&reversal(entry(1)), 409, "recovery.reverse_later_first").await;
    well(finance.send(&reversal(entry(2))));
    finance.refused(&reversal(entry(2)), 409, "recovery.reversed").await;
    assert_eq!(world.committed(CODE).await, 750_000_000, "it is out again");
    // Of a credit that met the wrong demand before its rest was set aside, what the reversal frees meets another one.
    let item = credit(&paid, "50.00", "2026-12-12");
    let wrong = well(finance.send(&of(&item, "20.00")));
    well(finance.send(&finance.post(format!("/api/v1/unmatched-items/{item}/closing"), &aside)));
    finance.refused(&of(&item, "1.00"), 409, "unmatched_item.closed").await;
    let last = wrong.json["entries"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap();
    well(finance.send(&reversal(last)));
    finance.refused(&of(&item, "20.01"), 422, "recovery.above_item").await;
    well(finance.send(&of(&item, "20.00")));
    let without =
        demanded(&officer, &finance, &case, &json!({ "kind": "unspent", "principal": "9.00", "reason": "left" }));
    finance.refused(&on(&finance, &without, "interest", &json!({})), 409, "recovery.no_interest").await;
    let parts =
        |parts: Value| on(&officer, &without, "arrangements", &json!({ "instalments": parts, "reason": "slow" }));
    let part = |due_on: &str, amount: &str| json!({ "due_on": due_on, "amount": amount });
    officer.refused(&parts(json!([])), 422, "recovery.parts").await;
    officer.refused(&parts(json!([part("2026-12-11", "9.00")])), 422, "recovery.part_days").await;
    officer.refused(&parts(json!([part("2026-12-12", "8.99")])), 422, "recovery.parts_differ").await;
    let ask = |by: &Caller<'_>| on(by, &without, "write-offs", &json!({ "amount": "9.00", "reason": "gone" }));
    paid.refused(&ask(&paid), 403, "recovery.has_paid").await;
    let asked = well(officer.send(&ask(&officer)));
    let approval = format!("write-offs/{}/approval", asked.text("/write_offs/0/id"));
    director.refused(&on(&director, &without, &approval, &json!({})), 409, "recovery.no_limits").await;
    // The limits are the agency's to settle.
    let codes = write_offs_are_refused(&world, (&staff, &case), without.parse().unwrap()).await;
    for code in codes {
        desk.noted(code);
    }
    desk.told_exactly(OF_ENTRIES);
    world.prove().await;
}

/// What is refused where the agency has settled limits.
async fn write_offs_are_refused(world: &World, (staff, _): (&Staff, &Case<'_>), id: Uuid) -> Vec<Reply> {
    let desk = Desk::with(world, morning("2026-12-12"), &LIMITS);
    let clerk = world.person(&[Role::Approver, Role::Officer], &["finance_clerk"]).await;
    let low = world.person(&[Role::Approver], &["nobody"]).await;
    let [officer, clerk, low] =
        [desk.sign_in(&staff.officer).await, desk.sign_in(&clerk).await, desk.sign_in(&low).await];
    let id = id.to_string();
    let ask = |by: &Caller<'_>| on(by, &id, "write-offs", &json!({ "amount": "9.00", "reason": "gone" }));
    let first = well(officer.send(&on(&officer, &id, "write-offs", &json!({ "amount": "8.00", "reason": "gone" }))));
    let second = well(clerk.send(&ask(&clerk)));
    let approve = |by: &Caller<'_>, reply: &Reply, place: usize| {
        on(by, &id, &format!("write-offs/{}/approval", reply.text(&format!("/write_offs/{place}/id"))), &json!({}))
    };
    vec![
        low.refused(&approve(&low, &second, 2), 403, "recovery.write_off_above_limit").await,
        clerk.refused(&approve(&clerk, &second, 2), 403, "recovery.own_write_off").await,
        clerk.refused(&approve(&clerk, &first, 1), 409, "recovery.write_off_over").await,
    ]
}

#[tokio::test]
async fn of_two_receipts_at_once_no_more_is_taken_than_is_outstanding() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = overpaid(&world, &staff, &applicant).await;
    let [finance, _] = beside(&world).await;
    let desk = Desk::open(&world, morning("2026-12-02"));
    let (one, other) = (desk.sign_in(&staff.officer).await, desk.sign_in(&finance).await);
    let body = json!({ "kind": "overpaid", "principal": "2500000.00", "reason": "too much" });
    let id = RecoveryId(demanded(&one, &other, &case, &body).parse().unwrap());
    let recorder = desk.sign_in(&staff.preparer).await;
    let [one, two] = ["1500000.00"; 2].map(|amount| UnmatchedItemId(credit(&recorder, amount, DAY).parse().unwrap()));
    let receive = async |of: (UnmatchedItemId, Option<Cents>)| {
        world.act(at(DAY, 310), async |tx| recoveries::receive(tx, &finance, id, of).await).await
    };
    let (first, second) = tokio::join!(receive((one, None)), receive((two, None)));
    let [done, late] = if first.is_ok() { [first, second] } else { [second, first] };
    assert_eq!(done.unwrap().outstanding(), Ok(cents("1000000.00")));
    assert_eq!(refused(late), "recovery.above_outstanding");
    // Of one credit no more is taken than it is of, whatever is outstanding.
    let third = (UnmatchedItemId(credit(&recorder, "400000.00", DAY).parse().unwrap()), Some(cents("300000.00")));
    let (first, second) = tokio::join!(receive(third), receive(third));
    let [done, late] = if first.is_ok() { [first, second] } else { [second, first] };
    assert_eq!(done.unwrap().outstanding(), Ok(cents("700000.00")));
    assert_eq!(refused(late), "recovery.above_item");
    let absent = world
        .act(at(DAY, 310), async |tx| recoveries::write_off(tx, &finance, (id, WriteOffId(Uuid::nil())), &[]).await);
    assert_eq!(refused(absent.await), "not_found");
    world.prove().await;
}

#[tokio::test]
async fn a_debtor_is_reminded_of_what_is_overdue_once_after_each_of_some_days() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = overpaid(&world, &staff, &applicant).await;
    let [finance, _] = beside(&world).await;
    let desk = Desk::open(&world, morning("2026-12-02"));
    let (one, other) = (desk.sign_in(&staff.officer).await, desk.sign_in(&finance).await);
    let body = json!({ "kind": "overpaid", "principal": "2500000.00", "reason": "too much", "due_on": "2026-12-05" });
    demanded(&one, &other, &case, &body);
    let ahead = Ahead { assessment_days: 3, return_days: 3, award_days: 7, round_days: 7 };
    // 5 December is day 306.
    for (day, written) in [(306, 0), (307, 1), (307, 0), (320, 0), (336, 1), (337, 0), (400, 1), (500, 0)] {
        let ticked = reminders::tick(&world.db, &world.schemes, ahead, at(DAY, day)).await.unwrap();
        assert_eq!(ticked, written, "{day}");
    }
    let told =
        world.database.lines("SELECT about AS line FROM reminders WHERE kind = 'recovery_overdue' ORDER BY 1").await;
    assert_eq!(told.len(), 3, "{told:?}");
}
