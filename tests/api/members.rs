//! Members of an application: invited by address, each with a role; what they see and may, and what the inviter is not told.

use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::post::{mails, worker};
use crate::proposals::accelerator;
use crate::site::morning;
use crate::world::{Applicant, Staff, World, at};
use almoner::sink::Sink;
use rules::actor::{Actor, Role};
use rules::decision::Screening;
use serde_json::{Value, json};

pub const CODES: &[&str] = &[
    "member.case_ended",
    "member.has_duty",
    "member.invited_already",
    "member.invited_many",
    "member.invited_today",
    "member.of_applicant",
    "member.oneself",
    "member.other_organisation",
    "member.own_case",
    "member.too_many",
    "member.wrong_state",
    "not_found",
    "organisation.ubi_not_eight_digits",
    "permission.denied",
    "person.email_not_an_address",
    "person.name_not_usable",
    "version.unknown",
];

pub const CODE: &str = "ACCELERATOR-PILOT";
pub const DAY: &str = "2026-02-02";

pub async fn draft<'w>(world: &'w World, staff: &'w Staff, applicant: &Applicant) -> Case<'w> {
    world.draft(staff, applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await
}

pub async fn email(world: &World, actor: &Actor) -> String {
    let sql = format!("SELECT email AS line FROM people WHERE id = '{}'", actor.person().unwrap());
    world.database.lines(&sql).await.remove(0)
}

/// Somebody invites an address to a case: the id of the invitation.
pub fn invited(by: &Caller<'_>, case: &Case<'_>, body: &Value) -> String {
    let reply = by.send(&by.post(format!("/api/v1/applications/{}/members", case.id), body));
    assert_eq!(reply.told(), (201, ""), "{}", reply.json);
    reply.text("/id").to_owned()
}

pub fn answered(by: &Caller<'_>, id: &str, answer: &str) -> Value {
    let reply = by.send(&by.post(format!("/api/v1/members/{id}/{answer}"), &json!({})));
    assert_eq!(reply.told(), (200, ""), "{}", reply.json);
    reply.json
}

#[tokio::test]
async fn an_invited_colleague_sees_nothing_of_a_case_before_they_accept_and_then_may_what_their_role_says() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = draft(&world, &staff, &applicant).await;
    let colleague = world.person(&[Role::Applicant], &[]).await;
    let (owner, member) = (desk.sign_in(&applicant.actor).await, desk.sign_in(&colleague).await);
    let path = format!("/api/v1/applications/{}", case.id);
    let address = email(&world, &colleague).await.to_uppercase();
    let id = invited(&owner, &case, &json!({ "email": address, "role": "view" }));

    let waiting = member.send(&member.get("/api/v1/invitations")).json["items"].clone();
    let told = waiting[0].as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(told, ["co_applicant", "id", "invited_at", "inviter", "role", "scheme", "title"]);
    assert_eq!(member.send(&member.get("/api/v1/work")).json[0]["act"], "member.accept");
    member.refused(&member.get(&path), 404, "not_found").await;
    assert_eq!(member.send(&member.get("/api/v1/applications")).json["items"], json!([]));
    assert_eq!(answered(&member, &id, "acceptance")["state"], "accepted");
    assert_eq!(member.send(&member.get("/api/v1/invitations")).json["items"], json!([]));

    // Who reads does not write, who writes does not sign, and who signs invites.
    let listed = member.send(&member.get("/api/v1/applications")).json["items"].clone();
    assert_eq!((listed[0]["id"].as_str(), listed[0]["state"].as_str()), (Some(&*case.id.to_string()), Some("draft")));
    let content = member.send(&member.get(&path)).json["content"].clone();
    assert!(content["request"].is_object(), "{content}");
    let edit = |version: i64| member.put(format!("{path}/content"), &content, version);
    let submit = |version: i64| member.post(format!("{path}/submission"), &json!({})).if_match(version);
    let role =
        |role: &str, version: i64| owner.put(format!("/api/v1/members/{id}/role"), &json!({ "role": role }), version);
    member.refused(&edit(1), 403, "permission.denied").await;
    assert_eq!(owner.send(&role("edit", 2)).json["role"], "edit");
    owner.refused(&role("sign", 2), 412, "stale").await;
    assert_eq!(member.send(&member.get("/api/v1/work")).json[0]["act"], "application.edit");
    assert_eq!(member.send(&edit(1)).told(), (200, ""));
    member.refused(&submit(2), 403, "permission.denied").await;
    let asks = json!({ "email": "third@mail.example", "role": "view" });
    member.refused(&member.post(format!("{path}/members"), &asks), 403, "permission.denied").await;
    assert_eq!(owner.send(&role("sign", 3)).json["role"], "sign");
    assert_eq!(member.send(&member.get("/api/v1/work")).json[0]["act"], "application.submit");
    let third = invited(&member, &case, &asks);
    assert_eq!(answered(&member, &third, "end")["state"], "withdrawn");
    assert_eq!(member.send(&submit(2)).told(), (200, ""));
    let authors = "SELECT count(*)::text AS line FROM case_duties WHERE duty = 'author'";
    assert_eq!(world.database.lines(authors).await, ["2"]);

    // Whoever leaves sees nothing any more.
    assert_eq!(answered(&member, &id, "end")["state"], "ended");
    member.refused(&member.get(&path), 404, "not_found").await;
    assert_eq!(member.send(&member.get("/api/v1/applications")).json["items"], json!([]));
    let states = owner.send(&owner.get(format!("{path}/members"))).json["items"].clone();
    let states = states.as_array().unwrap().iter().map(|item| item["state"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(states, ["ended", "withdrawn"]);
    let events = case.events().await.into_iter().filter(|event| event.starts_with("member.")).collect::<Vec<_>>();
    let expected = ["invited", "accepted", "role_changed", "role_changed", "invited", "withdrawn", "left"];
    assert_eq!(events, expected.map(|event| format!("member.{event}")));
    world.prove().await;
}

#[tokio::test]
async fn each_reason_not_to_take_a_member_is_told() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let (staff, applicant, partner) = (world.staff().await, world.applicant().await, world.applicant().await);
    let case = draft(&world, &staff, &applicant).await;
    let colleague = world.person(&[Role::Applicant], &[]).await;
    let (owner, member) = (desk.sign_in(&applicant.actor).await, desk.sign_in(&colleague).await);
    let members = format!("/api/v1/applications/{}/members", case.id);
    let own = email(&world, &applicant.actor).await;
    let sql = format!("SELECT ubi AS line FROM organisations WHERE id = '{}'", applicant.organisation);
    let own_ubi = world.database.lines(&sql).await.remove(0);
    let ask = |email: &str| owner.post(&*members, &json!({ "email": email, "role": "view" }));
    let on_behalf = |ubi: &str, name: &str| {
        let named = json!({ "ubi": ubi, "name": name });
        owner.post(&*members, &json!({ "email": "x@peak.example", "role": "view", "co_applicant": named }))
    };
    owner.refused(&ask("nobody"), 422, "person.email_not_an_address").await;
    owner.refused(&ask(&own), 422, "member.oneself").await;
    owner.refused(&on_behalf("1", "Peak"), 422, "organisation.ubi_not_eight_digits").await;
    owner.refused(&on_behalf("12345678", " "), 422, "person.name_not_usable").await;
    owner.refused(&on_behalf(&own_ubi, "Own"), 422, "member.of_applicant").await;
    let address = email(&world, &colleague).await;
    let id = invited(&owner, &case, &json!({ "email": address, "role": "sign" }));
    owner.refused(&ask(&address), 409, "member.invited_already").await;

    // It is answered once, by whoever has the address, and on behalf of the organisation that it names.
    let accept = |by: &Caller<'_>, id: &str| by.post(format!("/api/v1/members/{id}/acceptance"), &json!({}));
    let other = desk.sign_in(&partner.actor).await;
    other.refused(&accept(&other, &id), 404, "not_found").await;
    answered(&member, &id, "acceptance");
    member.refused(&accept(&member, &id), 409, "member.wrong_state").await;
    let named = json!({ "ubi": "12345678", "name": "Peak" });
    let invitation = json!({ "email": email(&world, &partner.actor).await, "role": "view", "co_applicant": named });
    let id = invited(&owner, &case, &invitation);
    other.refused(&accept(&other, &id), 403, "member.other_organisation").await;
    answered(&other, &id, "declination");
    owner.refused(&ask(&email(&world, &partner.actor).await), 422, "member.invited_today").await;
    // An address of somebody who works for the agency alone is taken, and they cannot say yes.
    let id = invited(&owner, &case, &json!({ "email": email(&world, &staff.officer).await, "role": "view" }));
    let officer = desk.sign_in(&staff.officer).await;
    officer.refused(&accept(&officer, &id), 403, "permission.denied").await;

    // Whoever works on it for the agency is told so, and not the one who invites; whoever is a member does not.
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    let assessor = world.person(&[Role::Applicant, Role::Assessor], &[]).await;
    case.assign(at(DAY, 1), &assessor).await.unwrap();
    let id = invited(&owner, &case, &json!({ "email": email(&world, &assessor).await, "role": "view" }));
    let assesses = desk.sign_in(&assessor).await;
    assesses.refused(&accept(&assesses, &id), 403, "member.has_duty").await;
    let everything = world.person(&Role::ALL, &[]).await;
    let id = invited(&owner, &case, &json!({ "email": email(&world, &everything).await, "role": "view" }));
    let both = desk.sign_in(&everything).await;
    answered(&both, &id, "acceptance");
    let screens = both.post(format!("/api/v1/applications/{}/screening", case.id), &json!({ "outcome": "eligible" }));
    both.refused(&screens, 403, "member.own_case").await;

    let full = format!(
        "INSERT INTO application_members (id, application_id, email, role, state, invited_by, invited_at, version)
         SELECT gen_random_uuid(), '{}', 'n' || n || '@mail.example', 'view', 'declined', '{}', now(), 2 FROM generate_series(1, 95) n",
        case.id,
        applicant.actor.person().unwrap()
    );
    world.database.run(&full).await;
    owner.refused(&ask("one.more@mail.example"), 422, "member.too_many").await;
    // Each letter is counted, whatever has become of the invitation, and to which application it was.
    let second = draft(&world, &staff, &applicant).await;
    let body = json!({ "email": "one.more@mail.example", "role": "view" });
    let many = owner.post(format!("/api/v1/applications/{}/members", second.id), &body);
    owner.refused(&many, 422, "member.invited_many").await;
    case.withdraw(at(DAY, 2), "other plans").await.unwrap();
    owner.refused(&ask("one.more@mail.example"), 409, "member.case_ended").await;
    let never = owner.put(format!("/api/v1/members/{id}/role"), &json!({ "role": "edit" }), 9);
    owner.refused(&never, 412, "version.unknown").await;
    desk.told_exactly(CODES);
    world.prove().await;
}

#[tokio::test]
async fn the_answer_to_an_inviter_does_not_tell_whether_the_house_knows_the_address_and_the_letter_goes_to_it() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = draft(&world, &staff, &applicant).await;
    let owner = desk.sign_in(&applicant.actor).await;
    let known = world.person(&[Role::Applicant], &[]).await;
    let addresses =
        [email(&world, &known).await, "nobody@elsewhere.example".to_owned(), email(&world, &staff.assessors[0]).await];
    let mut answers = Vec::new();
    for address in &addresses {
        let body = json!({ "email": address, "role": "edit", "co_applicant": { "ubi": "12345678", "name": "Peak" } });
        let reply = owner.send(&owner.post(format!("/api/v1/applications/{}/members", case.id), &body));
        let mut told = reply.json.clone();
        for own in ["id", "email", "invited_at"] {
            told[own].take();
        }
        let names = reply.headers.keys().map(|name| name.as_str().to_owned()).collect::<Vec<_>>();
        answers.push((reply.status, names, told));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");

    let sink = Sink::start(0).await.unwrap();
    let worker = worker(&world.database, sink.address.port(), &[]).unwrap();
    while worker.deliver_next(&|| desk.site.clock.moment()).await.unwrap() {}
    let letter = |to: &str| mails(&sink).into_iter().rfind(|mail| mail.to == [to]).unwrap();
    let title = case.read().await.content.title;
    let told = letter(&addresses[0]);
    assert!(told.subject().contains(&title), "{}", told.subject());
    for said in [&title, "Peak", "read and edit"] {
        assert!(told.text().contains(said), "{said}: {}", told.text());
    }
    let unknown = letter(&addresses[1]);
    assert!(unknown.text().contains("register with this e-mail address"), "{}", unknown.text());
    for written_by_a_stranger in [&title, "Peak"] {
        assert!(!format!("{} {}", unknown.subject(), unknown.text()).contains(written_by_a_stranger));
    }
    // An address that is registered later finds the invitation waiting.
    let later =
        format!("UPDATE people SET email = '{}' WHERE id = '{}'", addresses[1], staff.committee.person().unwrap());
    world.database.run(&later).await;
    let late = desk.sign_in(&staff.committee).await;
    assert_eq!(late.send(&late.get("/api/v1/invitations")).json["items"][0]["title"], json!(title));
}
