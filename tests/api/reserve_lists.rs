//! The reserve list of a round: who moves up, who is passed over, and how a list ends.

use crate::debarring::{Two, against_organisation};
use crate::desk::Desk;
use crate::ranking::{
    CODE, DAY, ROUND, UNTIL, as_proposed, decide, decide_as_proposed, move_up, proposed, rank, ranked, scored, states,
    which, with_budget, world,
};
use crate::world::{Applicant, Staff, World, at, refused};
use crate::year_budgets::with_year;
use almoner::actions::delegations;
use almoner::actions::reserve_lists::{self, Closing};
use almoner::actions::round_decisions::Decision;
use almoner::store::{Moment, Tx};
use almoner::worker::clocks;
use rules::actor::{Actor, Role};
use rules::delegation::NewDelegation;
use rules::ids::DelegationId;
use rules::round_decision::Act;
use serde_json::json;
use uuid::Uuid;

const DOOR: &str = "/api/v1/reserve-lists";

/// Told of a list as a whole.
pub const OF_LISTS: &[&str] = &["permission.denied", "person.own_organisation", "reserve.empty", "text.length"];
/// Told of single places on it.
pub const OF_PLACES: &[&str] = &["approval.wrong_level", "duty.separated", "reserve.names", "reserve.not_waiting"];

const TEN: [&str; 6] = ["10000000.00"; 6];

/// Six cases, of which the money reaches two.
async fn decided<'w>(world: &'w World, staff: &'w Staff, amounts: &[&str]) -> Vec<crate::case::Case<'w>> {
    let cases = ranked(world, staff, amounts).await;
    decide_as_proposed(world, &staff.commissioner, at(DAY, 2)).await;
    cases
}

async fn on_file(world: &World) -> Vec<String> {
    let sql = "SELECT concat_ws(' ', position, outcome, skipped) AS line FROM reserve_entries ORDER BY position";
    world.database.lines(sql).await
}

#[tokio::test]
async fn two_workers_at_one_lapse_move_up_one() {
    let (world, staff) = world(with_budget("20000000.00", "")).await;
    let cases = decided(&world, &staff, &TEN).await;
    cases[0].offer(at(DAY, 3)).await.unwrap();
    cases[0].decline(at(DAY, 4), "other plans").await.unwrap();
    let worker = || clocks::move_up(&world.db, &world.schemes, &|| at(DAY, 5));
    let (one, other) = tokio::join!(worker(), worker());
    assert_eq!(one.unwrap() + other.unwrap(), 1);
    assert_eq!(states(&cases).await, ["declined", "approved", "approved", "on_reserve", "on_reserve", "on_reserve"]);
    assert_eq!(on_file(&world).await, ["1 awarded", "2", "3", "4"]);
    // An approved case that is withdrawn frees its money too, and a worker that comes later finds it.
    cases[1].withdraw(at(DAY, 6), "other plans").await.unwrap();
    let (one, other) = tokio::join!(worker(), worker());
    assert_eq!(one.unwrap() + other.unwrap(), 1);
    assert_eq!(on_file(&world).await, ["1 awarded", "2 awarded", "3", "4"]);
    world.prove().await;
}

#[tokio::test]
async fn whoever_is_refused_for_a_reason_of_their_own_is_passed_over_and_an_officer_is_told() {
    let (world, staff) = world(with_budget("20000000.00", "")).await;
    let cases = decided(&world, &staff, &TEN).await;
    let third = cases[2].read().await;
    let applicant = Applicant { actor: cases[2].applicant.clone(), organisation: third.organisation };
    let two = Two::of(&world).await;
    let debarment = two.debar(against_organisation(&applicant, DAY), at(DAY, 3)).await;
    cases[0].offer(at(DAY, 3)).await.unwrap();
    cases[0].decline(at(DAY, 4), "other plans").await.unwrap();
    assert_eq!(clocks::move_up(&world.db, &world.schemes, &|| at(DAY, 5)).await.unwrap(), 1);
    assert_eq!(states(&cases).await, ["declined", "approved", "on_reserve", "approved", "on_reserve", "on_reserve"]);
    assert_eq!(on_file(&world).await, ["1 debarment.organisation", "2 awarded", "3", "4"]);
    // The reason is said once, and waits for an officer.
    for day in [6, 7] {
        assert_eq!(clocks::move_up(&world.db, &world.schemes, &|| at(DAY, day)).await.unwrap(), 0);
    }
    let said = cases[2].events().await.into_iter().filter(|event| event == "reserve.passed_over").count();
    assert_eq!(said, 1);
    let desk = Desk::open(&world, at(DAY, 8).now);
    let officer = desk.sign_in(&staff.officer).await;
    let work = officer.send(&officer.get("/api/v1/work")).json;
    let waits = work
        .as_array()
        .unwrap()
        .iter()
        .any(|one| one["act"] == json!("reserve.move_up") && one["reference"] == json!(third.reference));
    assert!(waits, "{work}");
    // Where the reason has passed and the money is spent, it waits for that like any other, and nobody moves up past it.
    two.lift(debarment, at(DAY, 8)).await;
    desk.site.clock.set(at(DAY, 9).now);
    let body = json!({ "scheme": CODE, "round": ROUND });
    let moved = officer.send(&officer.post(format!("{DOOR}/move-up"), &body)).json;
    assert_eq!(moved["stopped"]["application"], json!(cases[2].id), "{moved}");
    assert_eq!(on_file(&world).await, ["1", "2 awarded", "3", "4"]);
    assert_eq!(cases[2].events().await.last().unwrap(), "reserve.waits_again");
    let work = officer.send(&officer.get("/api/v1/work")).json;
    assert!(!work.to_string().contains("reserve.move_up"), "{work}");
    cases[1].withdraw(at(DAY, 9), "other plans").await.unwrap();
    let moved = officer.send(&officer.post(format!("{DOOR}/move-up"), &body)).json;
    assert_eq!(moved["moved"]["application"], json!(cases[2].id), "{moved}");
    assert_eq!(on_file(&world).await[0], "1 awarded");
    // And then the money is spent.
    let moved = officer.send(&officer.post(format!("{DOOR}/move-up"), &body)).json;
    assert_eq!((&moved["moved"], &moved["stopped"]["code"]), (&json!(null), &json!("ceiling.exceeded")));
    world.prove().await;
}

#[tokio::test]
async fn the_first_for_whom_the_money_does_not_last_ends_it_and_nobody_below_is_preferred() {
    let (world, staff) = world(with_budget("20000000.00", "")).await;
    let amounts = ["10000000.00", "10000000.00", "15000000.00", "1000000.00"];
    let cases = decided(&world, &staff, &amounts).await;
    cases[0].offer(at(DAY, 3)).await.unwrap();
    cases[0].decline(at(DAY, 4), "other plans").await.unwrap();
    assert_eq!(clocks::move_up(&world.db, &world.schemes, &|| at(DAY, 5)).await.unwrap(), 0);
    let met = move_up(&world, &staff.officer, at(DAY, 5)).await.unwrap();
    assert_eq!(met.stopped.unwrap().0, cases[2].id);
    assert_eq!(states(&cases).await, ["declined", "approved", "on_reserve", "on_reserve"]);
    // Not even by hand.
    let by_hand = format!(
        "UPDATE reserve_entries SET outcome = 'awarded', left_at = '2026-02-07' WHERE application_id = '{}'",
        cases[3].id
    );
    assert!(world.database.as_server(&by_hand).await.unwrap_err().contains("is not the first on the reserve list"));
    // Whoever withdraws makes place.
    cases[2].withdraw(at(DAY, 6), "other plans").await.unwrap();
    assert_eq!(clocks::move_up(&world.db, &world.schemes, &|| at(DAY, 6)).await.unwrap(), 1);
    assert_eq!(states(&cases).await, ["declined", "approved", "withdrawn", "approved"]);
    assert_eq!(on_file(&world).await, ["1 withdrawn", "2 awarded"]);
    world.prove().await;
}

/// Somebody who was asked on the cases before, as an approver.
async fn also_approver(world: &World, actor: &Actor, role: Role) -> Actor {
    world.change(actor.person().unwrap(), &[role, Role::Approver], &["commissioner"]).await
}

#[tokio::test]
async fn a_list_that_is_closed_refuses_whoever_waits_and_tells_them() {
    let (world, staff) = world(with_budget("20000000.00", "")).await;
    let cases = decided(&world, &staff, &TEN).await;
    let desk = Desk::open(&world, at(DAY, 8).now);
    let (officer, commissioner) = (desk.sign_in(&staff.officer).await, desk.sign_in(&staff.commissioner).await);
    let body = |reason: &str| json!({ "scheme": CODE, "round": ROUND, "reason": reason });
    let door = format!("{DOOR}/close");
    commissioner.refused(&commissioner.post(door.clone(), &body(" ")), 422, "text.length").await;
    officer.refused(&officer.post(door.clone(), &body("It is spent.")), 403, "permission.denied").await;
    let own = Applicant { actor: cases[5].applicant.clone(), organisation: cases[5].read().await.organisation };
    let insider = world.with_roles(&own, &[Role::Approver, Role::Applicant]).await.actor;
    let insider = desk.sign_in(&insider).await;
    for call in
        [insider.post(door.clone(), &body("It is spent.")), insider.get(format!("{DOOR}?scheme={CODE}&round={ROUND}"))]
    {
        insider.refused(&call, 403, "person.own_organisation").await;
    }
    // When its last day is over, nobody moves up any more, and it waits to be closed.
    let late = at(DAY, 334);
    assert!(late.today().to_string().as_str() > UNTIL);
    desk.site.clock.set(late.now);
    let recommender = also_approver(&world, &staff.committee, Role::Committee).await;
    let (commissioner, recommender) = (desk.sign_in(&staff.commissioner).await, desk.sign_in(&recommender).await);
    cases[0].withdraw(late, "other plans").await.unwrap();
    assert_eq!(clocks::move_up(&world.db, &world.schemes, &|| late).await.unwrap(), 0);
    let work = commissioner.send(&commissioner.get("/api/v1/work")).json;
    let closes = work.as_array().unwrap().iter().filter(|one| one["act"] == json!("reserve.close")).count();
    assert_eq!(closes, 4, "{work}");
    let work = recommender.send(&recommender.get("/api/v1/work")).json;
    assert!(!work.to_string().contains("reserve.close"), "{work}");
    let closed = commissioner.send(&commissioner.post(door.clone(), &body("The money of the round is spent."))).json;
    assert_eq!((closed["items"].as_array().unwrap().len(), &closed["left"]), (4, &json!(0)));
    assert_eq!(closed["items"][0]["application"], json!(cases[5].id), "from the last place on");
    assert_eq!(states(&cases[2..]).await, ["rejected"; 4]);
    assert_eq!(cases[2].read().await.reason.as_deref(), Some("The money of the round is spent."));
    assert_eq!(cases[2].events().await.last().unwrap(), "application.rejected");
    assert_eq!(on_file(&world).await, ["1 closed", "2 closed", "3 closed", "4 closed"]);
    let letters = "SELECT count(*)::text AS line FROM outbox WHERE notice LIKE '%application_rejected%'";
    assert_eq!(world.database.lines(letters).await, ["4"]);
    commissioner.refused(&commissioner.post(door, &body("Again.")), 409, "reserve.empty").await;
    desk.told_exactly(OF_LISTS);
    world.prove().await;
}

#[tokio::test]
async fn one_case_is_taken_off_by_an_approver_with_no_other_duty_on_it_and_the_others_keep_their_places() {
    let (world, staff) = world(with_budget("20000000.00", "")).await;
    let cases = decided(&world, &staff, &TEN).await;
    let desk = Desk::open(&world, at(DAY, 8).now);
    let door = format!("{DOOR}/close");
    let body =
        |of: &[Uuid]| json!({ "scheme": CODE, "round": ROUND, "reason": "Its site is lost.", "applications": of });
    let id = |case: usize| cases[case].id.0;
    // Whoever has recommended or assessed it does not refuse it by this, nor whoever has no step on its route.
    let recommender = also_approver(&world, &staff.committee, Role::Committee).await;
    let assessor = also_approver(&world, &staff.assessors[0], Role::Assessor).await;
    let nobody = world.person(&[Role::Approver], &[]).await;
    for (who, code, status) in
        [(recommender, "duty.separated", 403), (assessor, "duty.separated", 403), (nobody, "approval.wrong_level", 403)]
    {
        let who = desk.sign_in(&who).await;
        who.refused(&who.post(door.clone(), &body(&[id(3)])), status, code).await;
    }
    let commissioner = desk.sign_in(&staff.commissioner).await;
    for (status, code, of) in [
        (422, "reserve.names", vec![]),
        (422, "reserve.names", vec![id(3), id(3)]),
        (409, "reserve.not_waiting", vec![id(3), Uuid::nil()]),
        (409, "reserve.not_waiting", vec![id(3), id(0)]),
    ] {
        commissioner.refused(&commissioner.post(door.clone(), &body(&of)), status, code).await;
    }
    assert_eq!(on_file(&world).await, ["1", "2", "3", "4"], "nothing is changed");
    let closed = commissioner.send(&commissioner.post(door.clone(), &body(&[id(3), id(4)]))).json;
    let told = closed["items"].as_array().unwrap().iter().map(|item| item["application"].clone());
    assert_eq!((told.collect::<Vec<_>>(), &closed["left"]), (vec![json!(id(4)), json!(id(3))], &json!(2)));
    assert_eq!(on_file(&world).await, ["1", "2 closed", "3 closed", "4"]);
    // What was taken off is not awarded when money frees up.
    cases[0].withdraw(at(DAY, 9), "other plans").await.unwrap();
    cases[1].withdraw(at(DAY, 9), "other plans").await.unwrap();
    assert_eq!(clocks::move_up(&world.db, &world.schemes, &|| at(DAY, 9)).await.unwrap(), 2);
    assert_eq!(states(&cases[2..]).await, ["approved", "rejected", "rejected", "approved"]);
    desk.told_exactly(OF_PLACES);
    world.prove().await;
}

#[tokio::test]
async fn somebody_in_whose_absence_a_case_is_taken_off_has_had_the_duty_too() {
    let (world, staff) = world(with_budget("20000000.00", "")).await;
    let cases = decided(&world, &staff, &TEN[..3]).await;
    let absent = world.person(&[Role::Approver], &["commissioner"]).await;
    let stand_in = world.person(&[Role::Approver], &[]).await;
    let delegation = NewDelegation {
        id: DelegationId(Uuid::now_v7()),
        of: absent.person().unwrap(),
        to: stand_in.person().unwrap(),
        scheme: None,
        from: at(DAY, 3).today(),
        until: at(DAY, 30).today(),
        reason: "Leave.".to_owned(),
    };
    let record = async |tx: &mut Tx<'_>| delegations::record(tx, &world.administrator, delegation.clone()).await;
    world.act(at(DAY, 3), record).await.unwrap();
    let (applications, reason) = (Some(vec![cases[2].id]), "It is spent.".to_owned());
    let closing = Closing { which: which(), applications, reason, embargo_until: None };
    let close = async |tx: &mut Tx<'_>| reserve_lists::close(tx, &stand_in, &world.schemes, &closing).await;
    assert_eq!(world.act(at(DAY, 4), close).await.unwrap().1, 0);
    let duties = format!(
        "SELECT person_id::text AS line FROM case_duties WHERE duty = 'approver' AND application_id = '{}' AND person_id IN ('{}', '{}')",
        cases[2].id, delegation.of, delegation.to
    );
    assert_eq!(world.database.lines(&duties).await.len(), 2);
    world.prove().await;
}

#[tokio::test]
async fn a_list_for_which_the_year_has_no_money_is_left_alone_and_an_embargo_goes_with_the_place() {
    let (world, staff) = world(with_year(&with_budget("170000000.00", ""))).await;
    let cases = ranked(&world, &staff, &TEN).await;
    let mut decision = as_proposed(proposed(&world, &staff.commissioner, at(DAY, 2)).await);
    let day = |day: u64| Some(at(DAY, day).today());
    let until = |decision: &mut Decision, day| {
        let asked = decision.items.iter_mut().filter_map(|item| match &mut item.act {
            Act::Reserve { asked, .. } => Some(asked),
            _ => None,
        });
        asked.for_each(|asked| asked.embargo_until = day);
    };
    // It is a day to come, as with an award.
    until(&mut decision, day(2));
    let late = decide(&world, &staff.commissioner, &decision, at(DAY, 2)).await;
    assert!(format!("{late:?}").contains("EmbargoDay"), "{late:?}");
    until(&mut decision, day(60));
    decide(&world, &staff.commissioner, &decision, at(DAY, 2)).await.unwrap();
    assert_eq!(states(&cases).await, [["approved"; 4].as_slice(), &["on_reserve"; 2]].concat());
    let may = async |moment: Moment| {
        let mut reader = world.db.reader().await.unwrap().at(moment);
        reserve_lists::may_move_up(&mut reader, &world.schemes, &which(), moment.today()).await.unwrap()
    };
    assert!(!may(at(DAY, 3)).await, "round and scheme have money, and the year has none");
    cases[0].withdraw(at(DAY, 4), "other plans").await.unwrap();
    assert!(may(at(DAY, 4)).await);
    assert_eq!(clocks::move_up(&world.db, &world.schemes, &|| at(DAY, 4)).await.unwrap(), 1);
    let embargo = format!("SELECT embargo_until::text AS line FROM awards WHERE application_id = '{}'", cases[4].id);
    assert_eq!(world.database.lines(&embargo).await, [at(DAY, 60).today().to_string()]);
    assert_eq!(refused(cases[4].offer(at(DAY, 5)).await), "award.embargoed");
    world.prove().await;
}

#[tokio::test]
async fn the_database_lets_nobody_onto_the_list_or_up_from_it_past_the_rules() {
    let (world, staff) = world(with_budget("20000000.00", "")).await;
    let cases = decided(&world, &staff, &TEN).await;
    let entry = |case: &crate::case::Case<'_>, position: u32, amount: &str| {
        format!(
            "INSERT INTO reserve_entries (application_id, route, scheme_code, round, position, amount_cents, until_on, placed_by, placed_at)
             SELECT '{}', 1, '{CODE}', '{ROUND}', {position}, {amount}, '2026-12-31', placed_by, placed_at FROM reserve_entries LIMIT 1",
            case.id
        )
    };
    let of = |case: &crate::case::Case<'_>, set: &str| {
        format!("UPDATE reserve_entries SET {set} WHERE application_id = '{}'", case.id)
    };
    let state = |case: &crate::case::Case<'_>, state: &str| {
        format!("UPDATE applications SET state = '{state}' WHERE id = '{}'", case.id)
    };
    let fresh = [scored(&world, &staff, "1000000.00", [6, 6]).await];
    rank(&world, &staff).await;
    fresh[0].recommend(at(DAY, 3), &staff.committee, "1000000.00").await.unwrap();
    for (sql, said) in [
        (entry(&fresh[0], 1, "100000000"), "reserve_entries_in_their_places"),
        (entry(&fresh[0], 9, "100000000"), "is not approved by all"),
        (state(&fresh[0], "on_reserve"), "does not wait on the reserve list as its state says"),
        (
            of(&cases[2], "outcome = 'closed', left_at = '2026-02-07'"),
            "does not wait on the reserve list as its state says",
        ),
        (state(&cases[2], "withdrawn"), "does not wait on the reserve list as its state says"),
        (of(&cases[2], "outcome = 'awarded', left_at = '2027-02-07'"), "reserve_entries_check"),
        (of(&cases[3], "outcome = 'awarded', left_at = '2026-02-07'"), "is not the first on the reserve list"),
        (of(&cases[2], "position = 7"), "permission denied"),
        (of(&cases[2], "amount_cents = 7"), "permission denied"),
        ("DELETE FROM reserve_entries".to_owned(), "permission denied"),
    ] {
        let met = world.database.as_server(&sql).await;
        assert!(met.as_ref().is_err_and(|met| met.contains(said)), "{sql}: {met:?}");
    }
    cases[2].withdraw(at(DAY, 6), "other plans").await.unwrap();
    let back = of(&cases[2], "outcome = 'awarded'");
    assert!(world.database.as_server(&back).await.unwrap_err().contains("has left the reserve list"));
    assert_eq!(refused(cases[3].approve(at(DAY, 6), &staff.commissioner).await), "approval.decided");
    assert_eq!(refused(cases[3].reject(at(DAY, 6), &staff.commissioner, "no").await), "application.wrong_state");
}
