//! Review and appeal over HTTP: a refusal is looked at again, within its time, by somebody who was not on the case; it stands, or the case
//! is opened again and decided anew by others.

use crate::case::Case;
use crate::debarring::{Two, against_organisation};
use crate::desk::{Caller, Desk};
use crate::proposals::accelerator;
use crate::site::{Call, Reply, morning};
use crate::world::{Applicant, Staff, World, at, text_of};
use almoner::store::audit::verify;
use rules::actor::{Actor, Role};
use rules::decision::Screening;
use rules::duty::Duty;
use serde_json::{Value, json};
use uuid::Uuid;

pub const OF_ASKING: &[&str] = &[
    "not_found",
    "permission.denied",
    "review.asked",
    "review.final",
    "review.late",
    "review.not_found",
    "review.not_reviewable",
    "review.not_taken",
    "review.open",
    "review.over",
    "review.upheld",
    "text.length",
];
pub const OF_DECIDING: &[&str] =
    &["permission.denied", "person.own_organisation", "review.not_yours", "review.on_the_case"];

pub const CODE: &str = "ACCELERATOR-PILOT";
pub const DAY: &str = "2026-02-02";

/// A case that was recommended by the committee and refused by the assistant commissioner, on 4 February.
pub async fn rejected<'w>(world: &'w World, staff: &'w Staff, applicant: &Applicant) -> Case<'w> {
    let case = world.draft(staff, applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    case.to_recommended(at(DAY, 1), "10000000.00").await;
    case.reject(at(DAY, 2), &staff.assistant, "too weak").await.unwrap();
    case
}

/// One that was found not to be eligible, on the same day.
pub async fn ineligible<'w>(world: &'w World, staff: &'w Staff, applicant: &Applicant) -> Case<'w> {
    let case = world.draft(staff, applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 2), Screening::Ineligible("of another city".to_owned())).await.unwrap();
    case
}

fn path(case: &Case<'_>, rest: &str) -> String {
    format!("/api/v1/applications/{}/reviews{rest}", case.id)
}

fn asks(caller: &Caller<'_>, case: &Case<'_>) -> Call {
    caller.post(path(case, ""), &json!({ "grounds": " The marks do not add up. " }))
}

fn decides(caller: &Caller<'_>, case: &Case<'_>, number: i64, verdict: &str) -> Call {
    let body = json!({ "verdict": verdict, "reason": "The second score is missing." });
    caller.post(path(case, &format!("/{number}/decision")), &body)
}

fn withdraws(caller: &Caller<'_>, case: &Case<'_>, number: i64) -> Call {
    caller.post(path(case, &format!("/{number}/withdrawal")), &json!({ "reason": "other plans" }))
}

fn reinstates(caller: &Caller<'_>, case: &Case<'_>) -> Call {
    caller.post(format!("/api/v1/applications/{}/reinstatement", case.id), &json!({ "reason": "a mistake" }))
}

fn done(caller: &Caller<'_>, call: &Call) -> Reply {
    let reply = caller.send(call);
    assert!(reply.status.is_success(), "{}", reply.json);
    reply
}

/// Whether a review waits for somebody.
fn waits(caller: &Caller<'_>) -> bool {
    let work = caller.send(&caller.get("/api/v1/work")).json;
    work.as_array().unwrap().iter().any(|line| line["act"] == "review.decide")
}

fn status(caller: &Caller<'_>, case: &Case<'_>) -> Value {
    caller.send(&caller.get(format!("/api/v1/applications/{}/status", case.id))).json
}

#[tokio::test]
async fn a_refusal_is_reviewed_and_appealed_by_others_and_what_is_set_aside_is_decided_anew() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = rejected(&world, &staff, &applicant).await;
    let second = world.person(&[Role::Approver], &["commissioner"]).await;
    let desk = Desk::open(&world, morning("2026-02-10"));
    let own = desk.sign_in(&applicant.actor).await;
    let (officer, assistant) = (desk.sign_in(&staff.officer).await, desk.sign_in(&staff.assistant).await);
    let (first, last) = (desk.sign_in(&staff.commissioner).await, desk.sign_in(&second).await);
    let told = own.send(&own.get(path(&case, ""))).json;
    let next = |step: &str, told_on: &str, last_day: &str, by: Value| json!({ "step": step, "told_on": told_on, "last_day": last_day, "authorities": by });
    let by = json!(["assistant_commissioner", "commissioner"]);
    assert_eq!(told, json!({ "next": next("review", "2026-02-04", "2026-03-06", by.clone()), "items": [] }));
    let asked = done(&own, &asks(&own, &case));
    assert_eq!((asked.told(), asked.text("/state"), asked.text("/of")), ((201, ""), "requested", "unsuccessful"));
    assert_eq!((asked.text("/of_reason"), asked.text("/grounds")), ("too weak", "The marks do not add up."));
    assert_eq!([waits(&own), waits(&officer), waits(&assistant)], [false; 3]);
    assert_eq!([waits(&first), waits(&last)], [true; 2]);
    let dismissed = done(&first, &decides(&first, &case, 1, "dismissed"));
    assert_eq!((dismissed.text("/state"), dismissed.text("/authority")), ("dismissed", "commissioner"));
    assert_eq!(status(&own, &case)["status"], "unsuccessful");
    // The next instance, by somebody else again.
    let told = own.send(&own.get(path(&case, ""))).json;
    assert_eq!(told["next"], next("appeal", "2026-02-10", "2026-02-24", json!(["commissioner"])));
    done(&own, &asks(&own, &case));
    assert_eq!([waits(&first), waits(&last)], [false, true]);
    first.refused(&decides(&first, &case, 2, "set_aside"), 403, "review.on_the_case").await;
    done(&last, &decides(&last, &case, 2, "set_aside"));
    assert_eq!(status(&own, &case)["status"], "under_consideration");
    assert_eq!(own.send(&own.get(path(&case, ""))).json["next"], json!(null));
    // In their history the applicant reads what they asked and were told, and not who decided.
    let history = own.send(&own.get(format!("/api/v1/applications/{}/history", case.id))).json;
    let events = history["items"].as_array().unwrap().iter().map(|line| &line["what"]);
    let told = events.filter(|event| event["event"].as_str().is_some_and(|name| name.starts_with("review.")));
    let told = told.map(|event| (event["event"].as_str().unwrap(), &event["authority"])).collect::<Vec<_>>();
    let [asked_for, stood, opened] = ["review.requested", "review.dismissed", "review.set_aside"];
    let mut of_two =
        vec![(asked_for, &json!(null)), (stood, &json!(null)), (asked_for, &json!(null)), (opened, &json!(null))];
    if told.first().is_some_and(|(first, _)| *first == opened) {
        of_two.reverse();
    }
    assert_eq!(told, of_two);
    // What was decided stays readable: the refusal with its reason, and the route on which it was.
    let first_one = own.send(&own.get(path(&case, "/1"))).json;
    assert_eq!((&first_one["of_reason"], &first_one["state"]), (&json!("too weak"), &json!("dismissed")));
    // It is recommended and approved anew, by people who had no part in it before, and by no reviewer.
    let committee = world.person(&[Role::Committee], &[]).await;
    let third = world.person(&[Role::Approver], &["commissioner"]).await;
    case.recommend(at(DAY, 9), &committee, "20000000.00").await.unwrap();
    let approval = format!("/api/v1/applications/{}/approval", case.id);
    let amount = json!({ "amount": "20000000.00" });
    for reviewer in [&first, &last] {
        reviewer.refused(&reviewer.post(&*approval, &amount), 403, "duty.separated").await;
    }
    let third = desk.sign_in(&third).await;
    done(&third, &third.post(&*approval, &amount));
    let routes = officer.send(&officer.get(format!("/api/v1/applications/{}/approval-routes", case.id))).json;
    assert_eq!(routes["items"].as_array().unwrap().len(), 2);
    case.offer(at(DAY, 10)).await.unwrap();
    case.accept(at(DAY, 11)).await.unwrap();
    assert_eq!(world.committed(CODE).await, 2_000_000_000);
    let letters =
        "SELECT notice || ' ' || count(*) AS line FROM outbox WHERE notice LIKE '%review%' GROUP BY notice ORDER BY 1";
    let letters = world.database.lines(letters).await;
    assert_eq!(letters.len(), 2, "{letters:?}");
    assert!(letters.iter().all(|line| line.ends_with(" 2")), "{letters:?}");
    let events = case.events().await;
    let of_reviews = events.iter().filter(|event| event.starts_with("review.")).collect::<Vec<_>>();
    assert_eq!(of_reviews, ["review.requested", "review.dismissed", "review.requested", "review.set_aside"]);
    let mut reader = world.db.reader().await.unwrap();
    assert_eq!(verify(&mut reader).await.unwrap().1, Vec::new());
    world.prove().await;
}

#[tokio::test]
async fn it_is_asked_for_once_and_in_time_of_a_refusal_by_whoever_signs_for_the_applicant() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = rejected(&world, &staff, &applicant).await;
    let screened = ineligible(&world, &staff, &applicant).await;
    let withdrawn = ineligible(&world, &staff, &applicant).await;
    withdrawn.withdraw(at(DAY, 3), "other plans").await.unwrap();
    let draft = world.draft(&staff, &applicant, (CODE, accelerator("2.00", "1.00")), at(DAY, 0)).await;
    let late = rejected(&world, &staff, &applicant).await;
    let desk = Desk::open(&world, morning("2026-02-10"));
    let (own, officer) = (desk.sign_in(&applicant.actor).await, desk.sign_in(&staff.officer).await);
    let commissioner = desk.sign_in(&staff.commissioner).await;
    let stranger = desk.sign_in(&world.applicant().await.actor).await;
    for case in [&withdrawn, &draft] {
        own.refused(&asks(&own, case), 409, "review.not_reviewable").await;
    }
    officer.refused(&asks(&officer, &case), 403, "permission.denied").await;
    stranger.refused(&asks(&stranger, &case), 404, "not_found").await;
    own.refused(&own.get(path(&case, "/1")), 404, "review.not_found").await;
    own.refused(&own.post(path(&case, ""), &json!({ "grounds": " " })), 422, "text.length").await;
    // While it is open, nothing else is done to the refusal.
    done(&own, &asks(&own, &screened));
    own.refused(&asks(&own, &screened), 409, "review.open").await;
    officer.refused(&reinstates(&officer, &screened), 409, "review.open").await;
    let gone =
        own.post(format!("/api/v1/applications/{}/withdrawal", screened.id), &json!({ "reason": "other plans" }));
    let gone = gone.if_match(screened.read().await.told_version.into());
    own.refused(&gone, 409, "review.open").await;
    // Withdrawn, it is not asked for again; but an officer may reinstate the case.
    stranger.refused(&withdraws(&stranger, &screened, 1), 404, "not_found").await;
    done(&own, &withdraws(&own, &screened, 1));
    own.refused(&withdraws(&own, &screened, 1), 409, "review.over").await;
    commissioner.refused(&decides(&commissioner, &screened, 1, "dismissed"), 409, "review.over").await;
    own.refused(&asks(&own, &screened), 409, "review.asked").await;
    done(&officer, &reinstates(&officer, &screened));
    // A finding that is set aside is screened again.
    screened.screen(at(DAY, 8), Screening::Ineligible("of another city".to_owned())).await.unwrap();
    done(&own, &asks(&own, &screened));
    done(&commissioner, &decides(&commissioner, &screened, 2, "set_aside"));
    screened.screen(at(DAY, 8), Screening::Eligible).await.unwrap();
    // Whoever is debarred is heard all the same. Where all instances have decided that it stands, nobody undoes it.
    let two = Two::of(&world).await;
    two.debar(against_organisation(&applicant, DAY), at(DAY, 7)).await;
    let second = desk.sign_in(&world.person(&[Role::Approver], &["commissioner"]).await).await;
    for (number, by) in [(1, &commissioner), (2, &second)] {
        done(&own, &asks(&own, &case));
        done(by, &decides(by, &case, number, "dismissed"));
        officer.refused(&reinstates(&officer, &case), 409, "review.upheld").await;
    }
    own.refused(&asks(&own, &case), 409, "review.final").await;
    desk.site.clock.set(morning("2026-03-07"));
    let told = own.refused(&asks(&own, &late), 422, "review.late").await;
    assert!(told.text("/detail").contains("2026-03-06"), "{}", told.json);
    // Without a word of it in the text of the scheme, it is not taken.
    let (before, after) = text_of(CODE).split_once("[review.step.review]").unwrap();
    let rest = after.split_once("[payment.").unwrap().1;
    world.publish(format!("{before}[payment.{rest}"), at(DAY, 40)).await;
    let applicant = world.applicant().await;
    let without = world.draft(&staff, &applicant, (CODE, accelerator("6.00", "3.00")), at(DAY, 41)).await;
    without.submit(at(DAY, 41)).await.unwrap();
    without.screen(at(DAY, 41), Screening::Ineligible("of another city".to_owned())).await.unwrap();
    desk.site.clock.set(at(DAY, 42).now);
    let own = desk.sign_in(&applicant.actor).await;
    own.refused(&asks(&own, &without), 422, "review.not_taken").await;
    desk.told_exactly(OF_ASKING);
    world.prove().await;
}

/// Somebody with every role of the staff that decides.
async fn decider(world: &World) -> Actor {
    world.person(&[Role::Approver, Role::Officer, Role::Committee, Role::Assessor], &["commissioner"]).await
}

#[tokio::test]
async fn nobody_decides_who_was_on_the_case_whatever_they_are_by_now_or_in_whose_absence_they_act() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = rejected(&world, &staff, &applicant).await;
    let elsewhere = rejected(&world, &staff, &applicant).await;
    let absent = world.person(&[Role::Approver], &["commissioner"]).await;
    let desk = Desk::open(&world, morning("2026-02-10"));
    let own = desk.sign_in(&applicant.actor).await;
    done(&own, &asks(&own, &case));
    let officer = desk.sign_in(&staff.officer).await;
    officer.refused(&decides(&officer, &case, 1, "set_aside"), 403, "permission.denied").await;
    // Nor does an officer with a duty on it set it aside without any review.
    let committee = world.change(staff.committee.person().unwrap(), &[Role::Officer, Role::Committee], &[]).await;
    let committee = desk.sign_in(&committee).await;
    committee.refused(&reinstates(&committee, &elsewhere), 403, "review.on_the_case").await;
    let other = desk.sign_in(&world.person(&[Role::Approver], &["secretary"]).await).await;
    other.refused(&decides(&other, &case, 1, "set_aside"), 403, "review.not_yours").await;
    // Those who did something on it, in the roles that they have by now: the officer has screened it and has no duty.
    for who in [&staff.assessors[0], &staff.committee, &staff.assistant, &staff.officer] {
        let changed = world.change(who.person().unwrap(), &[Role::Approver], &["commissioner"]).await;
        let caller = desk.sign_in(&changed).await;
        assert!(!waits(&caller));
        caller.refused(&decides(&caller, &case, 1, "set_aside"), 403, "review.on_the_case").await;
    }
    // Each duty, that of a payment too, and in the absence of somebody who has it.
    for duty in Duty::ALL.into_iter().filter(|duty| *duty != Duty::Reviewer) {
        let who = decider(&world).await;
        take(&world, &case, &who, duty).await;
        let caller = desk.sign_in(&who).await;
        caller.refused(&decides(&caller, &case, 1, "set_aside"), 403, "review.on_the_case").await;
        assert!(!waits(&caller));
    }
    let deputy = world.person(&[Role::Approver], &[]).await;
    let lent = desk.sign_in(&absent).await;
    let until =
        json!({ "to": deputy.person().unwrap(), "from": "2026-02-10", "until": "2026-02-20", "reason": "leave" });
    done(&lent, &lent.post("/api/v1/delegations", &until));
    let acting = desk.sign_in(&deputy).await;
    assert!(waits(&acting));
    // Of another case, in the absence of somebody who has nothing to do with it: then both have reviewed.
    done(&own, &asks(&own, &elsewhere));
    let decided = done(&acting, &decides(&acting, &elsewhere, 1, "dismissed")).json;
    assert_eq!(decided["on_behalf_of"], json!(absent.person().unwrap()));
    let reviewers = format!(
        "SELECT count(*)::text AS line FROM case_duties WHERE duty = 'reviewer' AND application_id = '{}'",
        elsewhere.id
    );
    assert_eq!(world.database.lines(&reviewers).await, ["2"]);
    take(&world, &case, &absent, Duty::Approver).await;
    assert!(!waits(&acting));
    acting.refused(&decides(&acting, &case, 1, "set_aside"), 403, "review.on_the_case").await;
    // On the side of the applicant nobody decides, with whatever else they are.
    let both = world.with_roles(&applicant, &[Role::Applicant, Role::Approver]).await.actor;
    let mine = desk.sign_in(&both).await;
    mine.refused(&decides(&mine, &case, 1, "set_aside"), 403, "person.own_organisation").await;
    // Whoever has reviewed does nothing else on it.
    let reviewer = decider(&world).await;
    let caller = desk.sign_in(&reviewer).await;
    done(&caller, &decides(&caller, &case, 1, "set_aside"));
    assert_eq!(crate::world::refused(case.recommend(at(DAY, 9), &reviewer, "1.00").await), "duty.separated");
    assert_eq!(crate::world::refused(case.assign(at(DAY, 9), &reviewer).await), "duty.separated");
    let committee = world.person(&[Role::Committee], &[]).await;
    case.recommend(at(DAY, 9), &committee, "20000000.00").await.unwrap();
    assert_eq!(crate::world::refused(case.approve(at(DAY, 9), &reviewer).await), "duty.separated");
    case.approve(at(DAY, 9), &staff.commissioner).await.unwrap();
    let others = world.staff().await;
    let case = Case { staff: &others, applicant: both, ..case.clone() };
    case.offer(at(DAY, 9)).await.unwrap();
    case.accept(at(DAY, 9)).await.unwrap();
    let claim = case.claim(at(DAY, 10), "initial", "5000000.00", None).await.unwrap().id;
    case.certify(at(DAY, 10), claim, "5000000.00").await.unwrap();
    let pays = world.change(reviewer.person().unwrap(), &[Role::FinancePreparer, Role::FinanceReleaser], &[]).await;
    assert_eq!(crate::world::refused(world.prepare(at(DAY, 11), &pays, &[claim]).await), "duty.separated");
    let batch = world.prepare(at(DAY, 11), &staff.preparer, &[claim]).await.unwrap();
    assert_eq!(crate::world::refused(world.release(at(DAY, 11), &pays, batch.id).await), "duty.separated");
    desk.told_exactly(OF_DECIDING);
    world.prove().await;
}

/// Somebody has a duty on a case, whatever they did for it.
async fn take(world: &World, case: &Case<'_>, who: &Actor, duty: Duty) {
    let (id, person): (Uuid, Uuid) = (case.id.0, who.person().unwrap().0);
    let sql = format!("INSERT INTO case_duties VALUES ('{id}', '{person}', '{}')", duty.code());
    world.database.run(&sql).await;
}
