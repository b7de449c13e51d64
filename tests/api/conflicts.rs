//! Conflicts of interest: what is on file blocks giving and reading alike, until two officers override it; and who comes first where
//! two things happen at once.

use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::proposals::accelerator;
use crate::site::morning;
use crate::world::{Applicant, Staff, World, at, refused};
use almoner::actions::{Error, assessors};
use almoner::store::interests;
use futures_util::future::join_all;
use rules::actor::{Actor, Role};
use rules::assessor::{Interest, Tie};
use rules::decision::Screening;
use rules::interest::{Assessing, Override};
use serde_json::{Value, json};

pub const CODES: &[&str] = &[
    "conflict.found",
    "conflict.never_overridden",
    "conflict.nothing_to_override",
    "conflict.override_confirmed",
    "conflict.override_of_oneself",
    "conflict.override_own",
    "conflict.override_proposed",
    "not_found",
    "text.length",
];

pub const OF_STAFF: [&str; 2] = ["conflict.own_case", "not_found"];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

async fn in_assessment<'w>(world: &'w World, staff: &'w Staff, applicant: &Applicant) -> Case<'w> {
    let case = world.draft(staff, applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    case
}

/// An assessor declares that they work for an applicant.
pub async fn works_for(world: &World, assessor: &Actor, case: &Case<'_>) {
    let organisation = Some(case.read().await.organisation_name);
    let interest = Interest { tie: Tie::Employment, organisation, ubi: None, person: None };
    let id = assessor.person().unwrap();
    let declared =
        world.act(at(DAY, 1), async |tx| assessors::declare(tx, assessor, id, (vec![interest], false)).await);
    declared.await.unwrap();
}

/// What speaks against an assessor, as an officer finds it.
fn conflicts(officer: &Caller<'_>, case: &Case<'_>, assessor: &Actor) -> Vec<(String, bool)> {
    let page = officer.send(&officer.get(format!("/api/v1/applications/{}/candidates", case.id)));
    let id = json!(assessor.person());
    let candidate = page.json["items"].as_array().unwrap().iter().find(|item| item["assessor"]["id"] == id).unwrap();
    let conflict = |one: &Value| (one["code"].as_str().unwrap().to_owned(), one["overridden"].as_bool().unwrap());
    candidate["conflicts"].as_array().unwrap().iter().map(conflict).collect()
}

#[tokio::test]
async fn what_is_on_file_blocks_giving_and_reading_until_two_officers_override_it() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning("2026-02-04"));
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = in_assessment(&world, &staff, &applicant).await;
    let [assessor, friend, _] = &staff.assessors;
    let both = world.person(&[Role::Officer, Role::Assessor], &[]).await;
    let second = desk.sign_in(&world.person(&[Role::Officer], &[]).await).await;
    let (officer, reads) = (desk.sign_in(&staff.officer).await, desk.sign_in(assessor).await);
    let path = format!("/api/v1/applications/{}", case.id);
    let propose = |by: &Caller<'_>, who: &Actor, reason: &str| {
        by.post(format!("{path}/conflict-overrides"), &json!({ "assessor": who.person(), "reason": reason }))
    };
    officer.refused(&propose(&officer, assessor, "expert"), 422, "conflict.nothing_to_override").await;
    case.assign(at(DAY, 1), assessor).await.unwrap();
    assert_eq!(reads.send(&reads.get(&path)).told(), (200, ""));

    // What comes to be known after it was given blocks from now on: in the list, the case and all that belongs to it.
    works_for(&world, assessor, &case).await;
    for part in ["", "/status", "/pre-check", "/calculations", "/award", "/assessments"] {
        reads.refused(&reads.get(format!("{path}{part}")), 404, "not_found").await;
    }
    assert_eq!(reads.send(&reads.get("/api/v1/applications")).json["items"], json!([]));
    assert_eq!(reads.send(&reads.get("/api/v1/work")).json, json!([]));
    assert_eq!(conflicts(&officer, &case, assessor), [("employment".to_owned(), false)]);

    officer.refused(&propose(&officer, assessor, " "), 422, "text.length").await;
    let proposed = officer.send(&propose(&officer, assessor, "the only expert"));
    assert_eq!((proposed.told(), &proposed.json["grounds"]), ((201, ""), &json!(["employment"])), "{}", proposed.json);
    second.refused(&propose(&second, assessor, "expert"), 409, "conflict.override_proposed").await;
    reads.refused(&reads.get(&path), 404, "not_found").await;
    let id = proposed.text("/id").to_owned();
    let confirm = |by: &Caller<'_>| by.post(format!("/api/v1/conflict-overrides/{id}/confirmation"), &json!({}));
    officer.refused(&confirm(&officer), 403, "conflict.override_own").await;
    assert_eq!(second.send(&confirm(&second)).told(), (200, ""));
    second.refused(&confirm(&second), 409, "conflict.override_confirmed").await;
    assert_eq!(conflicts(&officer, &case, assessor), [("employment".to_owned(), true)]);
    assert_eq!(reads.send(&reads.get(&path)).told(), (200, ""));
    let events = case.events().await;
    assert!(events.ends_with(&["conflict.override_proposed".to_owned(), "conflict.override_confirmed".to_owned()]));

    // Nothing is given against what is on file, and nobody overrides it for themselves or for the applicant.
    works_for(&world, friend, &case).await;
    let ask = officer.post(format!("{path}/assessments"), &json!({ "assessor": friend.person() }));
    let told = officer.refused(&ask, 422, "conflict.found").await;
    assert!(told.text("/detail").contains("(employment)"), "{told:?}");
    works_for(&world, &both, &case).await;
    let own = desk.sign_in(&both).await;
    own.refused(&propose(&own, &both, "I am fair"), 403, "conflict.override_of_oneself").await;
    let member = world.with_roles(&applicant, &[Role::Applicant, Role::Assessor]).await.actor;
    officer.refused(&propose(&officer, &member, "fair"), 422, "conflict.never_overridden").await;
    desk.told_exactly(CODES);
    world.prove().await;
}

/// Somebody who works for the agency as well is kept from the case by the same conflicts, and from no other.
#[tokio::test]
async fn a_conflict_keeps_an_assessor_from_the_case_whatever_else_they_are() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning("2026-02-04"));
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let (case, other) =
        (in_assessment(&world, &staff, &applicant).await, in_assessment(&world, &staff, &applicant).await);
    let everything = [Role::Assessor, Role::Officer, Role::Committee, Role::Approver, Role::Auditor];
    let (said, found) = (world.person(&everything, &[]).await, world.person(&everything, &[]).await);
    let invited = case.invite(at(DAY, 1), &said).await.unwrap();
    case.invite(at(DAY, 1), &found).await.unwrap();
    let path = |case: &Case<'_>, part: &str| format!("/api/v1/applications/{}{part}", case.id);
    let (of_said, of_found) = (desk.sign_in(&said).await, desk.sign_in(&found).await);
    for reads in [&of_said, &of_found] {
        assert_eq!(reads.send(&reads.get(path(&case, "/signals"))).told(), (200, ""));
    }
    case.declare_conflict(at(DAY, 1), &said, &invited).await.unwrap();
    works_for(&world, &found, &case).await;
    let recommend = json!({ "amount": "1.00" });
    for reads in [&of_said, &of_found] {
        for part in [
            "",
            "/status",
            "/calculations",
            "/attachments",
            "/signals",
            "/assessments",
            "/audit",
            "/history",
            "/members",
        ] {
            reads.refused(&reads.get(path(&case, part)), 404, "not_found").await;
        }
        reads.refused(&reads.post(path(&case, "/recommendation"), &recommend), 404, "not_found").await;
        for list in ["/applications", "/work", &format!("/reports/dues?scheme={CODE}")] {
            let told = reads.send(&reads.get(format!("/api/v1{list}")));
            assert_eq!(told.told(), (200, ""), "{list}");
            assert!(!told.json.to_string().contains(&case.id.to_string()), "{list}: {told:?}");
        }
        let panel = json!({ "scheme": CODE, "name": "The first", "applications": [case.id] });
        reads.refused(&reads.post("/api/v1/panels".to_owned(), &panel), 403, "conflict.own_case").await;
        assert_eq!(reads.send(&reads.get(path(&other, "/signals"))).told(), (200, ""), "another case of the same");
    }
    // What two others override is out of the way; nobody overrides what somebody has said on the case itself.
    let second = world.person(&[Role::Officer], &[]).await;
    let wanted = (found.person().unwrap(), "the only expert");
    let overridden = world.act(at(DAY, 2), async |tx| {
        let proposed = assessors::propose_override(tx, &staff.officer, case.id, wanted).await?;
        assessors::confirm_override(tx, &second, proposed.id).await
    });
    overridden.await.unwrap();
    assert_eq!(of_found.send(&of_found.get(path(&case, ""))).told(), (200, ""));
    let duty = format!("INSERT INTO case_duties VALUES ('{}', '{}', 'recommender')", case.id, said.person().unwrap());
    let refused = world.database.as_server(&duty).await.unwrap_err();
    assert!(refused.contains("has declared a conflict of interest on this case"), "{refused}");
    desk.told_exactly(&OF_STAFF);
    world.prove().await;
}

#[tokio::test]
async fn the_file_ties_people_by_membership_relation_authorship_and_address() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning("2026-02-04"));
    let (staff, applicant, other) = (world.staff().await, world.applicant().await, world.applicant().await);
    let case = in_assessment(&world, &staff, &applicant).await;
    world.relate(&staff.officer, (&applicant, &other), ("2026-01-01", None), at(DAY, 1)).await;
    let officer = desk.sign_in(&staff.officer).await;
    let of = |actor: &Actor| conflicts(&officer, &case, actor).into_iter().map(|(code, _)| code).collect::<Vec<_>>();
    let roles = [Role::Applicant, Role::Assessor];
    let (own, related) = (world.with_roles(&applicant, &roles).await, world.with_roles(&other, &roles).await);
    assert_eq!(of(&own.actor), ["acts_for_applicant", "co_application"]);
    assert_eq!(of(&related.actor), ["related_organisation"]);
    let [namesake, colleague, nobody] = &staff.assessors;
    let (first, third) = (applicant.actor.person().unwrap(), namesake.person().unwrap());
    let second = colleague.person().unwrap();
    world
        .database
        .run(&format!("UPDATE people SET name = (SELECT name FROM people WHERE id = '{first}') WHERE id = '{third}'"))
        .await;
    world
        .database
        .run(&format!(
            "UPDATE people SET email = 'x.' || (SELECT email FROM people WHERE id = '{first}') WHERE id = '{second}'"
        ))
        .await;
    assert_eq!((of(namesake), of(colleague)), (vec!["named_person".to_owned()], vec!["email_domain".to_owned()]));
    assert_eq!(of(nobody), Vec::<String>::new());
    // Those whom the application names are on its side, as it was sent, whether or not they have accounts.
    let address = format!("SELECT email AS line FROM people WHERE id = '{}'", nobody.person().unwrap());
    let mut content = accelerator("60000000.00", "30000000.00");
    content["people"] =
        json!([{ "name": "Kwok", "part": "adviser", "email": world.database.lines(&address).await[0] }]);
    let names = world.draft(&staff, &related, (CODE, content), at(DAY, 0)).await;
    names.submit(at(DAY, 1)).await.unwrap();
    names.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    assert_eq!(conflicts(&officer, &names, nobody).len(), 2, "by address and by domain");
    assert_eq!(refused(names.invite(at(DAY, 2), nobody).await), "conflict.found");
    let asked = names.give_back_for(at(DAY, 2), &["/people"], "2026-02-20").await;
    asked.unwrap();
    names.edit(at(DAY, 2), accelerator("60000000.00", "30000000.00")).await.unwrap();
    assert_eq!(conflicts(&officer, &names, nobody).len(), 2, "what is not sent takes nobody away");
    names.resubmit(at(DAY, 2)).await.unwrap();
    assert_eq!(conflicts(&officer, &names, nobody), []);
    // Suppliers are on file as they were sent, and what an assessor acts for is found among them by name.
    let peak = world.with_roles(&world.applicant().await, &roles).await;
    let sql = format!("SELECT name AS line FROM organisations WHERE id = '{}'", peak.organisation);
    let mut content = accelerator("60000000.00", "30000000.00");
    let supplier = world.database.lines(&sql).await.remove(0);
    content["quotations"] = json!([{ "category": "operation", "supplier": supplier, "amount": "2.00" }]);
    let quotes = world.draft(&staff, &own, (CODE, content), at(DAY, 0)).await;
    quotes.submit(at(DAY, 1)).await.unwrap();
    quotes.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    assert_eq!(conflicts(&officer, &quotes, &peak.actor), [("named_organisation".to_owned(), false)]);
    assert_eq!(refused(quotes.invite(at(DAY, 2), &peak.actor).await), "conflict.found");
    // All of it comes in as many queries for many as for one.
    let everybody = staff.assessors.iter().chain([&own.actor, &related.actor]).map(|actor| actor.person().unwrap());
    let everybody = everybody.collect::<Vec<_>>();
    let mut reader = world.db.reader().await.unwrap().at(at(DAY, 2));
    let file = interests::on_file(&mut reader, &everybody, &[case.id]).await.unwrap();
    let free = everybody.iter().filter(|id| file.conflicts(case.id, **id).is_empty()).collect::<Vec<_>>();
    assert_eq!(free, [&nobody.person().unwrap()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_confirm_at_once_one_does() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = in_assessment(&world, &staff, &applicant).await;
    let assessor = &staff.assessors[0];
    works_for(&world, assessor, &case).await;
    let wanted = (assessor.person().unwrap(), "the only expert");
    let proposed =
        world.act(at(DAY, 1), async |tx| assessors::propose_override(tx, &staff.officer, case.id, wanted).await);
    let id = proposed.await.unwrap().id;
    let mut officers = Vec::new();
    for _ in 0..6 {
        officers.push(world.person(&[Role::Officer], &[]).await);
    }
    let confirm = async |by: &Actor| -> Result<Override, Error> {
        world.act(at(DAY, 2), async |tx| assessors::confirm_override(tx, by, id).await).await
    };
    let (done, late): (Vec<_>, Vec<_>) =
        join_all(officers.iter().map(confirm)).await.into_iter().partition(Result::is_ok);
    assert_eq!(done.len(), 1);
    assert!(late.into_iter().all(|late| refused(late) == "conflict.override_confirmed"));
    let confirmed = "SELECT count(*)::text AS line FROM conflict_overrides WHERE confirmed_at IS NOT NULL";
    assert_eq!(world.database.lines(confirmed).await, ["1"]);
    world.prove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_an_interest_is_declared_before_or_after_a_case_is_given_it_is_never_read() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    for _ in 0..4 {
        let case = in_assessment(&world, &staff, &applicant).await;
        let assessor = world.person(&[Role::Assessor], &[]).await;
        let (given, ()) = tokio::join!(case.invite(at(DAY, 1), &assessor), works_for(&world, &assessor, &case));
        match given {
            Ok(given) => {
                let late = case.accept_invitation(at(DAY, 2), &assessor, &given).await;
                assert_eq!(refused(late), "not_found");
            }
            Err(error) => assert_eq!(refused::<()>(Err(error)), "conflict.found"),
        }
        let person = assessor.person().unwrap();
        let mut reader = world.db.reader().await.unwrap().at(at(DAY, 2));
        let file = interests::on_file(&mut reader, &[person], &[case.id]).await.unwrap();
        let stands = file.assessing(case.id, person, rules::assessment::AssessmentState::Accepted);
        assert_eq!(stands, Assessing::No);
    }
    world.prove().await;
}
