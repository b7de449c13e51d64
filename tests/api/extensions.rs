//! Extensions of a round for one applicant: granted with a reason, told, kept, and never by somebody who acts for it.

use crate::desk::{Caller, Desk};
use crate::proposals::raise_plus;
use crate::world::{Applicant, World, at, text_of};
use almoner::actions::members;
use chrono::{DateTime, Utc};
use rules::actor::Role;
use rules::ids::{MemberId, PersonId};
use rules::member::{MemberRole, NewMember};
use serde_json::{Value, json};

pub const CODES: &[&str] = &[
    "member.own_case",
    "not_found",
    "permission.denied",
    "person.own_organisation",
    "round.closed",
    "round.extension_until",
    "round.unknown",
    "text.length",
];

const CODE: &str = "RAISE-PLUS";
const DAY: &str = "2024-09-06";

fn instant(text: &str) -> DateTime<Utc> {
    format!("{text}+08:00").parse().unwrap()
}

fn extension(applicant: &Applicant, changed: &[(&str, Value)]) -> Value {
    let mut body = json!({ "scheme": CODE, "round": "round.2", "organisation": applicant.organisation,
        "until": "2024-11-04T12:00:00+08:00", "reason": "A typhoon closed the campus." });
    for (name, value) in changed {
        body[*name] = value.clone();
    }
    body
}

fn submit(author: &Caller<'_>, id: impl std::fmt::Display) -> crate::site::Call {
    author.post(format!("/api/v1/applications/{id}/submission"), &json!({})).if_match(1)
}

#[tokio::test]
async fn one_applicant_submits_after_the_close_until_the_second_of_its_extension_and_nobody_else_does() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, extended, other) = (world.staff().await, world.applicant().await, world.applicant().await);
    let mut drafts = Vec::new();
    for applicant in [&extended, &extended, &other] {
        drafts.push(world.draft(&staff, applicant, (CODE, raise_plus()), at(DAY, 0)).await.id);
    }
    // The round closed three days ago: it is a late acceptance.
    let desk = Desk::open(&world, instant("2024-11-03T10:00:00"));
    let officer = desk.sign_in(&staff.officer).await;
    let (author, stranger) = (desk.sign_in(&extended.actor).await, desk.sign_in(&other.actor).await);
    author.refused(&submit(&author, drafts[0]), 422, "round.closed").await;
    let refused = [
        (vec![("round", json!("round.9"))], 422, "round.unknown"),
        (vec![("until", json!("2024-11-01T00:00:00+08:00"))], 422, "round.extension_until"),
        (vec![("until", json!("2024-11-03T10:00:00+08:00"))], 422, "round.extension_until"),
        (vec![("until", json!("2025-09-11T00:00:01+08:00"))], 422, "round.extension_until"),
        (
            vec![("round", json!("round.3")), ("until", json!("2099-01-01T00:00:00+08:00"))],
            422,
            "round.extension_until",
        ),
        (vec![("reason", json!(" "))], 422, "text.length"),
        (vec![("organisation", json!(uuid::Uuid::now_v7()))], 404, "not_found"),
    ];
    for (changed, status, code) in refused {
        officer.refused(&officer.post("/api/v1/extensions", &extension(&extended, &changed)), status, code).await;
    }
    author.refused(&author.post("/api/v1/extensions", &extension(&extended, &[])), 403, "permission.denied").await;
    let both = world.with_roles(&world.applicant().await, &[Role::Officer, Role::Applicant]).await;
    let insider = desk.sign_in(&both.actor).await;
    insider.refused(&insider.post("/api/v1/extensions", &extension(&both, &[])), 403, "person.own_organisation").await;
    // Nor does a member of an application of theirs, who records no relation of theirs either.
    let (helper, id) = (world.person(&[Role::Officer, Role::Applicant], &[]).await, MemberId(uuid::Uuid::now_v7()));
    let sql = format!("SELECT email AS line FROM people WHERE id = '{}'", helper.person().unwrap());
    let new =
        NewMember { id, email: world.database.lines(&sql).await.remove(0), role: MemberRole::View, co_applicant: None };
    let moment = at(DAY, 1);
    world.act(moment, async |tx| members::invite(tx, &extended.actor, drafts[0], new).await).await.unwrap();
    world.act(moment, async |tx| members::accept(tx, &helper, id).await).await.unwrap();
    let member = desk.sign_in(&helper).await;
    member.refused(&member.post("/api/v1/extensions", &extension(&extended, &[])), 403, "member.own_case").await;
    let relation = json!({ "organisations": [extended.organisation, other.organisation], "group": "related_company",
        "from": "2024-01-01", "evidence": "annual return" });
    member.refused(&member.post("/api/v1/relations", &relation), 403, "member.own_case").await;
    let person = helper.person().unwrap();
    let by_member = by_hand(&extended, person, ", '2024-11-01Z'");
    assert!(world.database.as_server(&by_member).await.unwrap_err().contains("on the side of the applicant"));
    let granted = desk.send(&officer.post("/api/v1/extensions", &extension(&extended, &[])));
    assert_eq!(granted.told(), (201, ""), "{}", granted.json);
    // Its applicant sees it, and nobody else's.
    let own = desk.send(&author.get("/api/v1/extensions")).json;
    assert_eq!(own["items"], json!([granted.json]));
    assert_eq!(desk.send(&stranger.get("/api/v1/extensions")).json["items"], json!([]));
    let status = desk.send(&author.get(format!("/api/v1/applications/{}/status", drafts[0]))).json;
    assert_eq!(status["closes_at"], json!("2024-11-04T04:00:00Z"));
    desk.site.clock.set(instant("2024-11-04T11:59:59"));
    let submitted = desk.send(&submit(&author, drafts[0]));
    assert_eq!((submitted.told(), submitted.text("/application/submission/round")), ((200, ""), "round.2"));
    stranger.refused(&submit(&stranger, drafts[2]), 422, "round.closed").await;
    desk.site.clock.set(instant("2024-11-04T12:00:00"));
    author.refused(&submit(&author, drafts[1]), 422, "round.closed").await;
    for sql in ["UPDATE round_extensions SET until = '2030-01-01Z'", "DELETE FROM round_extensions"] {
        assert!(world.database.as_owner(sql).await.unwrap_err().contains("is append-only"), "{sql}");
    }
    desk.told_exactly(CODES);
}

/// An extension until 2030, by somebody, of a round that closes then.
fn by_hand(applicant: &Applicant, by: PersonId, closes_at: &str) -> String {
    format!(
        "INSERT INTO round_extensions
         VALUES (gen_random_uuid(), '{CODE}', 'round.2', '{}', '2030-01-01Z', 'x', '{by}', '2024-11-03Z'{closes_at})",
        applicant.organisation
    )
}

#[tokio::test]
async fn the_database_takes_no_extension_that_reaches_too_far_after_the_close() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let officer = staff.officer.person().unwrap();
    for closes_at in ["", ", '2024-11-01Z'", ", '2029-10-02T23:59:59Z'", ", '2030-01-01Z'"] {
        let refused = world.database.as_server(&by_hand(&applicant, officer, closes_at)).await.unwrap_err();
        assert!(refused.contains("round_extensions_bounded"), "{closes_at}: {refused}");
    }
    world.database.as_server(&by_hand(&applicant, officer, ", '2029-10-03Z'")).await.unwrap();
}

#[tokio::test]
async fn an_extension_before_the_close_prolongs_a_seal_for_all_that_has_come() {
    let world = World::with(&[], at(DAY, 0)).await;
    let closes = "closes_on = \"2024-10-31\"\n";
    world.publish(text_of(CODE).replacen(closes, &format!("{closes}sealed = true\n"), 1), at(DAY, 0)).await;
    let (staff, extended, other) = (world.staff().await, world.applicant().await, world.applicant().await);
    let case = world.draft(&staff, &other, (CODE, raise_plus()), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    let desk = Desk::open(&world, at(DAY, 2).now);
    let officer = desk.sign_in(&staff.officer).await;
    let granted = desk.send(&officer.post("/api/v1/extensions", &extension(&extended, &[])));
    assert_eq!(granted.told(), (201, ""), "{}", granted.json);
    let path = format!("/api/v1/applications/{}", case.id);
    desk.site.clock.set(instant("2024-11-04T11:59:59"));
    officer.refused(&officer.get(path.as_str()), 404, "not_found").await;
    desk.site.clock.set(instant("2024-11-04T12:00:00"));
    assert_eq!(desk.send(&officer.get(path.as_str())).told(), (200, ""));
}
