//! Debarments over HTTP: recorded, confirmed and ended by two; who is refused by one, on which days and under which scheme; and who
//! reads them.

use crate::case::Case;
use crate::debarring::{Two, against, against_organisation};
use crate::desk::{Caller, Desk};
use crate::members::{answered, email, invited};
use crate::paying::accounts;
use crate::proposals::accelerator;
use crate::site::{Call, morning};
use crate::world::{Applicant, Staff, World, at};
use almoner::store::audit::verify;
use rules::actor::{Actor, Role};
use rules::calendar::Day;
use rules::debarment::{Against, DebarmentKind, NewDebarment};
use serde_json::{Value, json};
use uuid::Uuid;

pub const OF_RECORDS: &[&str] = &[
    "debarment.days",
    "debarment.of_one",
    "debarment.oneself",
    "debarment.scheme",
    "not_found",
    "permission.denied",
    "person.own_organisation",
    "request.malformed",
    "text.length",
    "text.unstorable",
];
pub const OF_STEPS: &[&str] = &[
    "debarment.confirmed",
    "debarment.end_changed",
    "debarment.end_day",
    "debarment.no_end",
    "debarment.over",
    "debarment.same_officer",
    "person.own_organisation",
];
pub const OF_SUBMISSIONS: &[&str] = &["debarment.organisation", "debarment.person"];
pub const OF_MONEY: &[&str] = &["debarment.organisation", "debarment.payee", "debarment.person"];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
const PATH: &str = "/api/v1/debarments";

fn body(of: &Applicant) -> Value {
    json!({ "organisation": of.organisation, "kind": "debarred", "from": "2026-02-01", "authority": " Efficiency Office ",
        "ground": "false invoices" })
}

fn with(body: &Value, changed: &Value) -> Value {
    let mut body = body.clone();
    body.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
    body
}

fn to(case: &Case<'_>, part: &str) -> String {
    format!("/api/v1/applications/{}/{part}", case.id)
}

async fn draft<'w>(world: &'w World, staff: &'w Staff, applicant: &Applicant) -> Case<'w> {
    world.draft(staff, applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await
}

/// What is refused names the authority and the day, and not the ground.
async fn refused(caller: &Caller<'_>, call: &Call, code: &str, until: &str) -> String {
    let reply = caller.refused(call, 422, code).await;
    let detail = reply.text("/detail").to_owned();
    assert!(detail.contains(&format!("is debarred by Efficiency Office{until}")), "{detail}");
    assert!(!reply.json.to_string().contains("invoices"), "{}", reply.json);
    detail
}

/// An act on what is on file.
fn does(caller: &Caller<'_>, id: &str, act: &str, body: &Value) -> Call {
    caller.post(format!("{PATH}/{id}/{act}"), body)
}

fn confirms(caller: &Caller<'_>, id: &str) -> Call {
    does(caller, id, "confirmation", &json!({}))
}

/// What waits for somebody.
fn waits(caller: &Caller<'_>) -> Vec<String> {
    let work = caller.send(&caller.get("/api/v1/work")).json;
    work.as_array().unwrap().iter().map(|line| line["act"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_is_not_in_order_or_of_ones_own_side_is_not_recorded() {
    let world = World::with(&[], at(DAY, 0)).await;
    let (applicant, Two { first, .. }) = (world.applicant().await, Two::of(&world).await);
    let inside = world.with_roles(&applicant, &[Role::Applicant, Role::Officer]).await.actor;
    let desk = Desk::open(&world, morning(DAY));
    let (one, insider) = (desk.sign_in(&first).await, desk.sign_in(&inside).await);
    let auditor = desk.sign_in(&world.person(&[Role::Auditor], &[]).await).await;
    let good = body(&applicant);
    for (changed, status, code) in [
        (json!({ "organisation": null }), 422, "debarment.of_one"),
        (json!({ "person": first.person() }), 422, "debarment.of_one"),
        (json!({ "organisation": null, "person": first.person() }), 403, "debarment.oneself"),
        (json!({ "organisation": Uuid::now_v7() }), 404, "not_found"),
        (json!({ "organisation": null, "person": Uuid::now_v7() }), 404, "not_found"),
        (json!({ "kind": "grave" }), 400, "request.malformed"),
        (json!({ "until": "2026-02-01" }), 422, "debarment.days"),
        (json!({ "scheme": "no code" }), 422, "debarment.scheme"),
        (json!({ "authority": "x".repeat(201) }), 422, "text.length"),
        (json!({ "ground": " " }), 422, "text.length"),
        (json!({ "ground": "a\0b" }), 422, "text.unstorable"),
    ] {
        one.refused(&one.post(PATH, &with(&good, &changed)), status, code).await;
    }
    auditor.refused(&auditor.post(PATH, &good), 403, "permission.denied").await;
    insider.refused(&insider.post(PATH, &good), 403, "person.own_organisation").await;
    one.refused(&confirms(&one, &Uuid::now_v7().to_string()), 404, "not_found").await;
    desk.told_exactly(OF_RECORDS);
}

#[tokio::test]
async fn one_officer_records_and_another_confirms_and_it_is_ended_by_two_in_the_same_way() {
    let world = World::with(&[], at(DAY, 0)).await;
    let (applicant, Two { first, second, .. }) = (world.applicant().await, Two::of(&world).await);
    let inside = world.with_roles(&applicant, &[Role::Applicant, Role::Officer]).await.actor;
    let desk = Desk::open(&world, morning(DAY));
    let (one, other, insider) = (desk.sign_in(&first).await, desk.sign_in(&second).await, desk.sign_in(&inside).await);
    let recorded = one.send(&one.post(PATH, &body(&applicant)));
    assert_eq!(recorded.told(), (201, ""), "{}", recorded.json);
    let id = recorded.text("/id");
    let mut expected = json!({ "id": id, "organisation": applicant.organisation, "person": null,
        "kind": "debarred", "state": "recorded", "from": "2026-02-01", "until": null, "scheme": null,
        "authority": "Efficiency Office", "ground": "false invoices", "recorded_by": first.person(),
        "recorded_at": recorded.json["recorded_at"], "confirmed_by": null, "confirmed_at": null, "end": null });
    assert_eq!(recorded.json, expected);
    assert_eq!([waits(&one), waits(&other), waits(&insider)], [vec![], vec!["debarment.confirm".to_owned()], vec![]]);
    one.refused(&confirms(&one, id), 403, "debarment.same_officer").await;
    insider.refused(&confirms(&insider, id), 403, "person.own_organisation").await;
    let confirmed = other.send(&confirms(&other, id));
    expected["state"] = json!("confirmed");
    expected["confirmed_by"] = json!(second.person());
    expected["confirmed_at"] = confirmed.json["confirmed_at"].clone();
    assert_eq!((confirmed.told(), &confirmed.json), ((200, ""), &expected));
    other.refused(&confirms(&other, id), 409, "debarment.confirmed").await;

    let confirms_end =
        |caller: &Caller<'_>, until: &str| does(caller, id, "end-confirmation", &json!({ "until": until }));
    let ends = |until: &str| does(&one, id, "end", &json!({ "until": until, "reason": "the appeal was heard" }));
    other.refused(&confirms_end(&other, "2026-03-01"), 409, "debarment.no_end").await;
    one.refused(&ends("2026-02-01"), 422, "debarment.end_day").await;
    let proposed = one.send(&ends("2026-03-01"));
    assert_eq!((proposed.told(), proposed.text("/state")), ((200, ""), "end_proposed"), "{}", proposed.json);
    assert_eq!([waits(&one), waits(&other)], [vec![], vec!["debarment.confirm_end".to_owned()]]);
    one.refused(&confirms_end(&one, "2026-03-01"), 403, "debarment.same_officer").await;
    other.refused(&confirms_end(&other, "2026-03-02"), 409, "debarment.end_changed").await;
    let ended = other.send(&confirms_end(&other, "2026-03-01"));
    expected["state"] = json!("ended");
    expected["end"] = json!({ "until": "2026-03-01", "reason": "the appeal was heard", "proposed_by": first.person(),
        "proposed_at": proposed.json["end"]["proposed_at"], "confirmed_by": second.person(),
        "confirmed_at": ended.json["end"]["confirmed_at"] });
    assert_eq!((ended.told(), &ended.json), ((200, ""), &expected));
    other.refused(&confirms_end(&other, "2026-03-01"), 409, "debarment.over").await;

    let sql = format!(
        "SELECT concat_ws(' ', subject, sequence, event::json->>'event') AS line FROM audit_entries WHERE subject_id = '{id}' ORDER BY sequence"
    );
    let chain = ["1 debarment.recorded", "2 debarment.confirmed", "3 debarment.end_proposed", "4 debarment.ended"];
    assert_eq!(world.database.lines(&sql).await, chain.map(|line| format!("debarment {line}")));
    assert_eq!(verify(&mut world.db.reader().await.unwrap()).await.unwrap().1, Vec::new());
    desk.told_exactly(OF_STEPS);
}

#[tokio::test]
async fn what_nobody_has_confirmed_is_set_aside_by_one_and_read_by_officers_and_auditors_alone() {
    let world = World::with(&[], at(DAY, 0)).await;
    let (applicant, two) = (world.applicant().await, Two::of(&world).await);
    let inside = world.with_roles(&applicant, &[Role::Applicant, Role::Officer]).await.actor;
    let desk = Desk::open(&world, morning(DAY));
    let (one, insider) = (desk.sign_in(&two.first).await, desk.sign_in(&inside).await);
    let other = desk.sign_in(&two.second).await;
    let id = two.debar(against_organisation(&applicant, DAY), at(DAY, 0)).await.to_string();
    let of_person = json!({ "organisation": null, "person": inside.person() });
    let mistake = one.send(&one.post(PATH, &with(&body(&applicant), &of_person))).text("/id").to_owned();
    insider.refused(&confirms(&insider, &mistake), 403, "person.own_organisation").await;
    let set_aside = one.send(&does(&one, &mistake, "end", &json!({ "reason": "of somebody else" })));
    assert_eq!((set_aside.text("/state"), set_aside.text("/end/until")), ("set_aside", "2026-02-01"));
    other.refused(&confirms(&other, &mistake), 409, "debarment.over").await;

    let listed = |caller: &Caller<'_>, query: &str| {
        let page = caller.send(&caller.get(format!("{PATH}{query}"))).json;
        let ids = page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned());
        (ids.collect::<Vec<_>>(), page["next"].as_str().map(str::to_owned))
    };
    let auditor = desk.sign_in(&world.person(&[Role::Auditor], &[]).await).await;
    let both = vec![mistake.clone(), id.clone()];
    assert_eq!((listed(&one, "").0, listed(&auditor, "").0), (both.clone(), both));
    assert_eq!(listed(&one, &format!("?organisation={}", applicant.organisation)).0, [&*id]);
    assert_eq!(listed(&one, &format!("?person={}", inside.person().unwrap())).0, [&*mistake]);
    let (page, next) = listed(&one, "?limit=1");
    let last = listed(&one, &format!("?limit=1&cursor={}", next.unwrap())).0;
    assert_eq!((page, last), (vec![mistake], vec![id.clone()]));
    // Those who decide read what is confirmed, and nobody what is on file of their own side.
    let committee = desk.sign_in(&world.person(&[Role::Committee], &[]).await).await;
    assert_eq!((listed(&committee, "").0, listed(&insider, "").0), (vec![id], Vec::new()));
}

#[tokio::test]
async fn nothing_is_submitted_for_or_by_or_together_with_somebody_who_is_debarred_from_the_scheme_on_the_day() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, two) = (world.staff().await, Two::of(&world).await);
    let [applicant, second, third] = [world.applicant().await, world.applicant().await, world.applicant().await];
    let desk = Desk::open(&world, morning(DAY));
    let submit = |caller: &Caller<'_>, case: &Case<'_>| caller.post(to(case, "submission"), &json!({})).if_match(1);

    let (case, author) = (draft(&world, &staff, &applicant).await, desk.sign_in(&applicant.actor).await);
    let scheme = |code: &str| Some(code.to_owned());
    let ahead = against_organisation(&applicant, "2026-02-03");
    two.debar(NewDebarment { scheme: scheme("NIAS"), ..against_organisation(&applicant, "2026-01-01") }, at(DAY, 0))
        .await;
    two.debar(
        NewDebarment { kind: DebarmentKind::Adverse, ..against_organisation(&applicant, "2026-01-01") },
        at(DAY, 0),
    )
    .await;
    two.record(against_organisation(&applicant, "2026-01-01"), at(DAY, 0)).await;
    let until = Some(Day::parse("2026-02-10").unwrap());
    two.debar(NewDebarment { scheme: scheme(CODE), until, ..ahead }, at(DAY, 0)).await;
    for day in ["2026-02-03", "2026-02-09"] {
        desk.site.clock.set(morning(day));
        refused(&author, &submit(&author, &case), "debarment.organisation", " until 2026-02-10").await;
    }
    desk.site.clock.set(morning("2026-02-10"));
    let sent = author.send(&submit(&author, &case));
    assert_eq!(sent.told(), (200, ""), "{}", sent.json);

    // Of the person who sends it: an end that is proposed lets nobody in, one that is confirmed does.
    let (case, author) = (draft(&world, &staff, &second).await, desk.sign_in(&second.actor).await);
    let of_person = against(Against::Person(second.actor.person().unwrap()), DAY);
    let id = two.debar(of_person, at(DAY, 8)).await;
    refused(&author, &submit(&author, &case), "debarment.person", "").await;
    two.lift(id, at(DAY, 8)).await;
    assert_eq!(author.send(&submit(&author, &case)).told(), (200, ""));

    // Of a co-applicant, as long as somebody is a member for it.
    let (case, author) = (draft(&world, &staff, &second).await, desk.sign_in(&second.actor).await);
    let partner = desk.sign_in(&third.actor).await;
    let sql = format!("SELECT ubi || ' ' || name AS line FROM organisations WHERE id = '{}'", third.organisation);
    let line = world.database.lines(&sql).await.remove(0);
    let (ubi, name) = line.split_once(' ').unwrap();
    let named = json!({ "ubi": ubi, "name": name });
    let asked = json!({ "email": email(&world, &third.actor).await, "role": "view", "co_applicant": named });
    let member = invited(&author, &case, &asked);
    answered(&partner, &member, "acceptance");
    two.debar(against_organisation(&third, DAY), at(DAY, 8)).await;
    let version = author.send(&author.get(to(&case, "").trim_end_matches('/'))).json["version"].as_i64().unwrap();
    let submission = || author.post(to(&case, "submission"), &json!({})).if_match(version);
    let detail = refused(&author, &submission(), "debarment.organisation", "").await;
    assert!(detail.starts_with(name), "{detail}");
    let ended = author.send(&author.post(format!("/api/v1/members/{member}/end"), &json!({})));
    assert_eq!(ended.told(), (200, ""), "{}", ended.json);
    assert_eq!(author.send(&submission()).told(), (200, ""));

    // What was returned is not sent again either.
    case.give_back_for(at(DAY, 8), &["/summary"], "2026-03-02").await.unwrap();
    let mut content = accelerator("60000000.00", "30000000.00");
    content["summary"] = json!("More of it.");
    case.edit(at(DAY, 8), content).await.unwrap();
    let id = two.debar(against_organisation(&second, DAY), at(DAY, 8)).await;
    let version = i64::from(case.read().await.told_version);
    let resubmission = || author.post(to(&case, "resubmission"), &json!({})).if_match(version);
    refused(&author, &resubmission(), "debarment.organisation", "").await;
    two.lift(id, at(DAY, 8)).await;
    assert_eq!(author.send(&resubmission()).told(), (200, ""));
    desk.told_exactly(OF_SUBMISSIONS);
    world.prove().await;
}

#[tokio::test]
async fn nothing_is_awarded_accepted_or_paid_while_an_applicant_is_debarred() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, two, applicant) = (world.staff().await, Two::of(&world).await, world.applicant().await);
    let case = draft(&world, &staff, &applicant).await;
    case.to_recommended(at(DAY, 1), "30000000.00").await;
    let (desk, now) = (Desk::open(&world, at(DAY, 2).now), at(DAY, 2));
    let (author, commissioner) = (desk.sign_in(&applicant.actor).await, desk.sign_in(&staff.commissioner).await);
    let (preparer, releaser) = (desk.sign_in(&staff.preparer).await, desk.sign_in(&staff.releaser).await);
    let debarred = async || two.debar(against_organisation(&applicant, DAY), now).await;

    let approval = || commissioner.post(to(&case, "approval"), &json!({ "amount": "30000000.00" }));
    let of_submitter = two.debar(against(Against::Person(applicant.actor.person().unwrap()), DAY), now).await;
    refused(&commissioner, &approval(), "debarment.person", "").await;
    two.lift(of_submitter, now).await;
    let id = debarred().await;
    refused(&commissioner, &approval(), "debarment.organisation", "").await;
    two.lift(id, now).await;
    assert_eq!(commissioner.send(&approval()).told(), (200, ""));

    case.offer(now).await.unwrap();
    let id = debarred().await;
    let acceptance = || author.post(to(&case, "acceptance"), &json!({}));
    refused(&author, &acceptance(), "debarment.organisation", "").await;
    two.lift(id, now).await;
    assert_eq!(author.send(&acceptance()).told(), (200, ""));

    let claim = case.claim(now, "initial", "7500000.00", None).await.unwrap().id;
    case.certify(now, claim, "7500000.00").await.unwrap();
    let reference = case.read().await.reference;
    let id = debarred().await;
    accounts(&world, &[claim]).await;
    let batch = || preparer.post("/api/v1/batches", &json!({ "claims": [claim] }));
    let detail = refused(&preparer, &batch(), "debarment.payee", "").await;
    assert!(detail.starts_with(&reference), "{detail}");
    two.lift(id, now).await;
    let prepared = preparer.send(&batch());
    assert_eq!(prepared.told(), (201, ""), "{}", prepared.json);

    let id = debarred().await;
    let release = || releaser.post(format!("/api/v1/batches/{}/release", prepared.text("/id")), &json!({}));
    let detail = refused(&releaser, &release(), "debarment.payee", "").await;
    assert!(detail.starts_with(&reference), "{detail}");
    two.lift(id, now).await;
    assert_eq!(releaser.send(&release()).told(), (200, ""));
    desk.told_exactly(OF_MONEY);
    world.prove().await;
}

#[tokio::test]
async fn who_weighs_a_case_reads_at_it_what_bears_on_it_and_its_applicant_does_not() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, two) = (world.staff().await, Two::of(&world).await);
    let [applicant, partner, stranger] = [world.applicant().await, world.applicant().await, world.applicant().await];
    let case = draft(&world, &staff, &applicant).await;
    let desk = Desk::open(&world, morning(DAY));
    let (author, member) = (desk.sign_in(&applicant.actor).await, desk.sign_in(&partner.actor).await);
    let asked = json!({ "email": email(&world, &partner.actor).await, "role": "view" });
    let joined = invited(&author, &case, &asked);
    answered(&member, &joined, "acceptance");
    case.submit(at(DAY, 0)).await.unwrap();
    let person = |of: &Actor| Against::Person(of.person().unwrap());
    let adverse = NewDebarment { kind: DebarmentKind::Adverse, ..against_organisation(&applicant, "2025-01-01") };
    let (of_applicant, of_member) = (
        two.debar(adverse.clone(), at(DAY, 0)).await,
        two.debar(against(person(&partner.actor), "2027-01-01"), at(DAY, 0)).await,
    );
    // Neither what nobody has confirmed, what is over or of another scheme, nor what is on file of others.
    two.record(against_organisation(&applicant, DAY), at(DAY, 0)).await;
    let (over, elsewhere) = (Some(Day::parse("2025-06-01").unwrap()), Some("NIAS".to_owned()));
    for new in [
        NewDebarment { until: over, ..against_organisation(&applicant, "2025-01-01") },
        NewDebarment { scheme: elsewhere, ..against_organisation(&applicant, "2025-01-01") },
        against_organisation(&stranger, "2025-01-01"),
        against(person(&stranger.actor), "2025-01-01"),
    ] {
        two.debar(new, at(DAY, 0)).await;
    }
    let path = to(&case, "debarments");
    for who in [&staff.officer, &staff.committee, &staff.commissioner, &world.person(&[Role::Auditor], &[]).await] {
        let caller = desk.sign_in(who).await;
        let found = caller.send(&caller.get(&*path));
        let ids = found.json.as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>();
        assert_eq!(ids, [json!(of_applicant), json!(of_member)], "{}", found.json);
        assert_eq!((found.text("/0/kind"), found.text("/0/ground")), ("adverse", "false invoices"));
    }
    for caller in [&author, &member] {
        assert_eq!(caller.send(&caller.get(&*path)).told(), (403, "permission.denied"));
        assert_eq!(caller.send(&caller.get(PATH)).told(), (403, "permission.denied"));
    }
}
