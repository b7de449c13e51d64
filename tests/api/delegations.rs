//! Delegations over HTTP: who acts for whom, until when, and what both may do no more.

use crate::case::Case;
use crate::desk::Desk;
use crate::proposals::accelerator;
use crate::world::{Staff, World, at, cents};
use rules::actor::{Actor, Role};
use rules::ids::PersonId;
use serde_json::{Value, json};

pub const OF_ABSENCES: &[&str] = &[
    "approval.authority_too_low",
    "delegation.days",
    "delegation.no_approver",
    "delegation.nothing",
    "delegation.scheme",
    "delegation.to_oneself",
    "permission.denied",
    "text.length",
];
pub const OF_ENDS: &[&str] = &["approval.authority_too_low", "delegation.over", "delegation.too_many", "not_found"];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
/// Two days later.
const TODAY: &str = "2026-02-04";
const AMOUNT: &str = "20000000.00";

async fn recommended<'w>(world: &'w World, staff: &'w Staff) -> Case<'w> {
    let applicant = world.applicant().await;
    let case = world.draft(staff, &applicant, (CODE, accelerator("60000000.00", AMOUNT)), at(DAY, 0)).await;
    case.to_recommended(at(DAY, 1), AMOUNT).await;
    case
}

fn to(case: &Case<'_>, part: &str) -> String {
    format!("/api/v1/applications/{}/{part}", case.id)
}

fn id(who: &Actor) -> PersonId {
    who.person().unwrap()
}

/// A week's absence.
fn absence(to: &Actor) -> Value {
    json!({ "to": id(to), "from": TODAY, "until": "2026-02-11", "reason": "annual leave" })
}

fn with(mut body: Value, changed: &Value) -> Value {
    body.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
    body
}

#[tokio::test]
async fn somebody_acts_for_an_absence_on_its_days_and_both_have_the_duty() {
    let (world, path) = (World::with(&[CODE], at(DAY, 0)).await, "/api/v1/delegations");
    let staff = world.staff().await;
    let deputy = world.person(&[Role::Approver], &["assistant_commissioner"]).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let (commissioner, acting) = (desk.sign_in(&staff.commissioner).await, desk.sign_in(&deputy).await);
    let officer = desk.sign_in(&staff.officer).await;
    let administrator = desk.sign_in(&world.administrator).await;
    for (changed, status, code) in [
        (json!({ "to": id(&staff.commissioner) }), 422, "delegation.to_oneself"),
        (json!({ "to": id(&staff.officer) }), 422, "delegation.no_approver"),
        (json!({ "from": "2026-02-03" }), 422, "delegation.days"),
        (json!({ "scheme": "no code" }), 422, "delegation.scheme"),
        (json!({ "reason": " " }), 422, "text.length"),
        (json!({ "of": id(&deputy), "to": id(&staff.assistant) }), 403, "permission.denied"),
    ] {
        let body = with(absence(&deputy), &changed);
        commissioner.refused(&commissioner.post(path, &body), status, code).await;
    }
    officer.refused(&officer.post(path, &absence(&deputy)), 403, "permission.denied").await;
    let nothing = with(absence(&deputy), &json!({ "of": id(&staff.officer) }));
    administrator.refused(&administrator.post(path, &nothing), 422, "delegation.nothing").await;
    let case = recommended(&world, &staff).await;
    let (approval, body) = (to(&case, "approval"), json!({ "amount": AMOUNT }));
    // The assistant alone does not reach the amount, and for another scheme the commissioner's word is not lent.
    acting.refused(&acting.post(&*approval, &body), 403, "approval.authority_too_low").await;
    let elsewhere = with(absence(&deputy), &json!({ "scheme": "NIAS" }));
    assert_eq!(commissioner.send(&commissioner.post(path, &elsewhere)).told(), (201, ""));
    acting.refused(&acting.post(&*approval, &body), 403, "approval.authority_too_low").await;
    let reply = commissioner.send(&commissioner.post(path, &with(absence(&deputy), &json!({ "scheme": CODE }))));
    assert_eq!((reply.told(), reply.text("/of")), ((201, ""), &*id(&staff.commissioner).to_string()));
    let work = acting.send(&acting.get("/api/v1/work")).json;
    assert!(work.as_array().unwrap().iter().any(|line| line["act"] == "application.approve"), "{work}");
    let reply = acting.send(&acting.post(&*approval, &body));
    assert_eq!((reply.told(), reply.text("/award/authority")), ((200, ""), "commissioner"));
    let routes = acting.send(&acting.get(to(&case, "approval-routes")));
    let given = &routes.json["items"][0]["approvals"][0];
    assert_eq!((&given["by"], &given["on_behalf_of"]), (&json!(id(&deputy)), &json!(id(&staff.commissioner))));
    let duties = "SELECT count(*)::text AS line FROM case_duties WHERE duty = 'approver'";
    assert_eq!(world.database.lines(duties).await, ["2"]);
    assert_eq!(world.committed(CODE).await, cents(AMOUNT).get());
    desk.told_exactly(OF_ABSENCES);
    world.prove().await;
}

#[tokio::test]
async fn nobody_acts_after_the_end_or_in_the_place_of_somebody_who_is_on_the_case_already() {
    let (world, path) = (World::with(&[CODE], at(DAY, 0)).await, "/api/v1/delegations");
    let staff = world.staff().await;
    let deputy = world.person(&[Role::Approver], &["assistant_commissioner"]).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let (commissioner, acting) = (desk.sign_in(&staff.commissioner).await, desk.sign_in(&deputy).await);
    let stranger = desk.sign_in(&staff.assistant).await;
    let case = recommended(&world, &staff).await;
    let (approval, body) = (to(&case, "approval"), json!({ "amount": AMOUNT }));
    let recorded = commissioner.send(&commissioner.post(path, &absence(&deputy)));
    let end = format!("{path}/{}/end", recorded.text("/id"));
    let why = json!({ "reason": "back early" });
    stranger.refused(&stranger.post(&*end, &why), 404, "not_found").await;
    let listed =
        |caller: &crate::desk::Caller<'_>| caller.send(&caller.get(path)).json["items"].as_array().unwrap().len();
    assert_eq!((listed(&commissioner), listed(&acting), listed(&stranger)), (1, 1, 0));
    let reply = commissioner.send(&commissioner.post(&*end, &why));
    assert_eq!((reply.told(), reply.text("/end_reason")), ((200, ""), "back early"));
    commissioner.refused(&commissioner.post(&*end, &why), 409, "delegation.over").await;
    acting.refused(&acting.post(&*approval, &body), 403, "approval.authority_too_low").await;
    // An assessor of the case who is made a commissioner since, and is absent.
    let assessor = world.change(id(&staff.assessors[0]), &[Role::Assessor, Role::Approver], &["commissioner"]).await;
    let lent = desk.sign_in(&assessor).await;
    assert_eq!(lent.send(&lent.post(path, &absence(&deputy))).told(), (201, ""));
    assert_eq!(acting.send(&acting.get("/api/v1/work")).json, json!([]));
    acting.refused(&acting.post(&*approval, &body), 403, "approval.authority_too_low").await;
    // What came after the last day is nobody's either.
    for _ in 0..20 {
        let day = with(absence(&deputy), &json!({ "until": "2026-02-05" }));
        assert_eq!(commissioner.send(&commissioner.post(path, &day)).told(), (201, ""));
    }
    commissioner.refused(&commissioner.post(path, &absence(&deputy)), 409, "delegation.too_many").await;
    desk.site.clock.set(at("2026-02-05", 0).now);
    assert_eq!(
        commissioner.send(&commissioner.post(path, &with(absence(&deputy), &json!({ "from": "2026-02-06" })))).told(),
        (201, "")
    );
    assert_eq!(world.committed(CODE).await, 0);
    desk.told_exactly(OF_ENDS);
    world.prove().await;
}

#[tokio::test]
async fn the_database_by_itself_takes_no_approval_in_the_place_of_somebody_who_has_delegated_nothing() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let deputy = world.person(&[Role::Approver], &["assistant_commissioner"]).await;
    let case = recommended(&world, &staff).await;
    let (case, of, to) = (case.id, id(&staff.commissioner), id(&deputy));
    let delegation = |scheme: &str, from: &str, ended: &str| {
        format!(
            "INSERT INTO delegations VALUES (gen_random_uuid(), '{of}', '{to}', '{from}', '2026-02-11', {scheme}, 'leave', '{of}', now(), {ended})"
        )
    };
    let approval = format!(
        "INSERT INTO case_duties VALUES ('{case}', '{of}', 'approver', 'approval'), ('{case}', '{to}', 'approver', 'approval');
         INSERT INTO approvals (application_id, route, number, part, person_id, on_behalf_of, authority, amount_cents, conditions, approved_at)
           VALUES ('{case}', 1, 1, 'approval', '{to}', '{of}', 'commissioner', 2000000000, '{{}}', '2026-02-04T10:00:00+08:00')"
    );
    let (none, ended) = ("NULL, NULL, NULL", format!("'{of}', now(), 'back'"));
    for (what, lent, told) in [
        ("for all schemes", delegation("NULL", TODAY, none), None),
        ("for this scheme", delegation("'ACCELERATOR-PILOT'", TODAY, none), None),
        ("for another scheme", delegation("'NIAS'", TODAY, none), Some("has delegated nothing")),
        ("from tomorrow", delegation("NULL", "2026-02-05", none), Some("has delegated nothing")),
        ("ended", delegation("NULL", TODAY, &ended), Some("has delegated nothing")),
        ("nothing", "SELECT 1".to_owned(), Some("has delegated nothing")),
        (
            "again",
            format!("{}; UPDATE delegations SET reason = 'x'", delegation("NULL", TODAY, none)),
            Some("permission denied"),
        ),
    ] {
        let refusal = world.database.as_server(&format!("BEGIN; {lent}; {approval}; ROLLBACK")).await.err();
        let as_told = refusal.as_deref().map(|refusal| told.is_some_and(|told| refusal.contains(told)));
        assert_eq!(as_told, told.map(|_| true), "{what}: {refusal:?}");
    }
    world.prove().await;
}
