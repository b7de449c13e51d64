//! Lost edits and things done twice: which doors ask for a version and for a key, and what a version is good for.

use crate::desk::Desk;
use crate::members::invited;
use crate::proposals::{accelerator, proposal};
use crate::site::{Call, Site, morning};
use crate::world::{World, at, text_of};
use rules::actor::Role;
use serde_json::{Value, json};
use uuid::Uuid;

pub const CODES: &[&str] = &["if_match.missing", "request.malformed", "stale", "version.unknown"];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

#[tokio::test]
async fn every_door_that_takes_a_version_wants_it_and_refuses_one_that_was_changed_since_or_never_was() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("2000000.00", "1000000.00")), at(DAY, 0)).await;
    let administrator = world.person(&[Role::Administrator], &[]).await;
    let (administrator, author) = (desk.sign_in(&administrator).await, desk.sign_in(&applicant.actor).await);
    let organisation = applicant.organisation.to_string();
    let (person, id) = (staff.officer.person().unwrap().to_string(), case.id.to_string());
    let sent = world.draft(&staff, &applicant, (CODE, accelerator("2000000.00", "1000000.00")), at(DAY, 0)).await;
    sent.submit(at(DAY, 0)).await.unwrap();
    let sent = sent.id.to_string();
    let asked = json!({ "fields": ["/summary"], "reason": "more", "answer_by": "2099-01-01" });
    let draft = world.begin_draft(&staff.officer, text_of(CODE), at(DAY, 0)).await.to_string();
    let officer = desk.sign_in(&world.person(&[Role::Officer], &[]).await).await;
    let (assessor, assessing) =
        (desk.sign_in(&staff.assessors[0]).await, staff.assessors[0].person().unwrap().to_string());
    let member = invited(&author, &case, &json!({ "email": "ho@peak.example", "role": "view" }));
    // A new door must say here what is good enough to come as far as its version.
    let good = [
        ("/api/v1/scheme-drafts/{id}/text", &officer, &draft, json!({ "text": "" })),
        ("/api/v1/scheme-drafts/{id}/proposal", &officer, &draft, json!({ "from": "2099-01-01" })),
        ("/api/v1/scheme-drafts/{id}/discard", &officer, &draft, json!({})),
        ("/api/v1/scheme-drafts/{id}/return", &officer, &draft, json!({ "reason": "too early" })),
        ("/api/v1/scheme-drafts/{id}/publication", &officer, &draft, json!({})),
        ("/api/v1/people/{id}/roles", &administrator, &person, json!({ "roles": ["officer"], "active": false })),
        ("/api/v1/organisations/{id}/particulars", &author, &organisation, json!({ "telephone": "2345 6789" })),
        ("/api/v1/members/{id}/role", &author, &member, json!({ "role": "edit" })),
        ("/api/v1/assessors/{id}/profile", &assessor, &assessing, json!({ "expertise": [] })),
        ("/api/v1/people/{id}/authorities", &administrator, &person, json!({ "authorities": ["director"] })),
        ("/api/v1/applications/{id}/content", &author, &id, proposal("Other", json!({ "project": { "stages": [] } }))),
        ("/api/v1/applications/{id}/submission", &author, &id, json!({})),
        ("/api/v1/applications/{id}/withdrawal", &author, &id, json!({ "reason": "changed plans" })),
        ("/api/v1/applications/{id}/resubmission", &author, &id, json!({})),
        ("/api/v1/applications/{id}/return", &officer, &sent, asked),
        ("/api/v1/applications/{id}/return-end", &officer, &sent, json!({ "reason": "no answer" })),
    ];
    let doors = desk.site.doors().into_iter().filter(|door| door.takes("If-Match")).collect::<Vec<_>>();
    assert_eq!(doors.len(), good.len());
    for door in doors {
        let (_, caller, id, body) = good.iter().find(|(path, ..)| *path == door.path).unwrap();
        let call = || {
            let call = door.bare(id).with(&caller.token).json(body);
            if door.takes("Idempotency-Key") { call.key("one of these") } else { call }
        };
        let before = world.database.state().await;
        assert_eq!(desk.send(&call()).refused(), (428, "if_match.missing"));
        asked_in_vain(&desk, call);
        if **id == sent {
            assert_eq!(desk.send(&call().header("if-match", "\"1\"")).refused(), (412, "stale"), "{}", door.path);
        }
        assert_eq!(world.database.state().await, before, "{}", door.path);
        // Whoever may not see it is not told that it has changed.
        let stranger = desk.sign_in(&world.applicant().await.actor).await;
        let call = door.bare(id).json(body).with(&stranger.token).key("a").if_match(2);
        let told = desk.site.send(&call);
        assert!(matches!(told.refused(), (403 | 404, "permission.denied" | "not_found")), "{told:?}");
    }
    desk.told_exactly(CODES);
}

/// What names no version, or one that never was.
fn asked_in_vain(desk: &Desk<'_>, call: impl Fn() -> Call) {
    for (malformed, told) in [
        ("*", "* stands for any version"),
        ("W/\"1\"", "a weak tag is never matched"),
        ("1", "write one entity tag"),
        ("\"1", "write one entity tag"),
        ("\"1\", \"2\"", "write one entity tag"),
        ("", "write one entity tag"),
    ] {
        let reply = desk.send(&call().header("if-match", malformed));
        assert_eq!((reply.refused(), reply.parts()), ((400, "request.malformed"), vec!["If-Match"]));
        assert!(reply.text("/errors/0/message").starts_with(told), "{malformed}: {}", reply.json);
    }
    for never in ["\"7\"", "\"0\"", "\"-1\"", "\"one\"", "\"99999999999\""] {
        let reply = desk.send(&call().header("if-match", never));
        assert_eq!(reply.refused(), (412, "version.unknown"), "{never}");
        // Nothing is said to differ from what never was; what is there now is.
        let told = reply.text("/detail");
        assert!(told.contains("the current one is \"") && !told.contains("listed"), "{told}");
        assert!(reply.parts().is_empty(), "{}", reply.json);
    }
}

#[tokio::test]
async fn every_door_that_takes_a_key_wants_one_string_in_quotes() {
    let world = World::with(&[], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let caller = desk.sign_in(&world.person(&Role::ALL, &[]).await).await;
    let doors = desk.site.doors().into_iter().filter(|door| door.takes("Idempotency-Key")).collect::<Vec<_>>();
    assert!(doors.len() > 20);
    for door in doors {
        let call = || door.bare(&Uuid::now_v7().to_string()).with(&caller.token).if_match(1).json(&json!({}));
        let reply = desk.site.send(&call());
        assert_eq!(
            (reply.refused(), reply.parts()),
            ((400, "request.malformed"), vec!["Idempotency-Key"]),
            "{}",
            door.path
        );
        for key in ["", "bare", "\"\"", "\"two\", \"keys\"", "\"a\";b=1"] {
            let reply = desk.site.send(&call().header("idempotency-key", key));
            assert_eq!(
                (reply.refused(), reply.parts()),
                ((400, "request.malformed"), vec!["Idempotency-Key"]),
                "{key}"
            );
        }
    }
    // Every act on a case that is no edit takes one, and so does whatever adds something; what is only worked out adds nothing, and the file
    // of a bank is the same one each time and must not be kept as an answer.
    let mut without =
        desk.site.doors().into_iter().filter(|door| door.guarded && door.takes_body && !door.takes("Idempotency-Key"));
    let again = ["/allocation-plans", "/bank-file"];
    assert!(without.all(|door| door.takes("If-Match") || again.iter().any(|end| door.path.ends_with(end))));
}

#[tokio::test]
async fn of_two_editors_the_second_is_told_and_neither_loses_a_word() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let site = Site::open(&world.database, &[]);
    let applicant = world.applicant().await;
    let (one, two) = (site.token(&applicant.actor).await, site.token(&applicant.actor).await);
    let begun = json!({ "scheme": CODE, "organisation": applicant.organisation, "content": titled("As begun") });
    let begun = site.send(&Call::post("/api/v1/applications", &begun).with(&one).key("a"));
    let path = begun.header("location").to_owned();
    assert_eq!((begun.told(), begun.header("etag")), ((201, ""), "\"1\""));
    let read = |token: &str| site.send(&Call::get(path.as_str()).with(token));
    let edit = |token: &str, etag: &str, title: &str| {
        let call = Call::put(format!("{path}/content"), &titled(title)).with(token);
        site.send(&call.header("if-match", etag))
    };
    let (seen_by_one, seen_by_two) = (read(&one), read(&two));
    let edited = edit(&one, seen_by_one.header("etag"), "As one says");
    assert_eq!((edited.told(), edited.header("etag")), ((200, ""), "\"2\""));
    let late = edit(&two, seen_by_two.header("etag"), "As two says");
    assert_eq!((late.refused(), late.parts()), ((412, "stale"), vec!["/title"]), "it is said what has changed since");
    assert_eq!(read(&two).text("/content/title"), "As one says");
    let edited = edit(&two, read(&two).header("etag"), "As both say");
    assert_eq!((edited.told(), edited.text("/content/title")), ((200, ""), "As both say"));
    // The same at one moment: one of them goes through.
    let etag = read(&one).header("etag").to_owned();
    let told = std::thread::scope(|scope| {
        let editors = [&one, &two, &one, &two].map(|token| scope.spawn(|| edit(token, &etag, "At once").told().0));
        editors.map(|editor| editor.join().unwrap())
    });
    assert_eq!(told.iter().filter(|status| **status == 200).count(), 1, "{told:?}");
    assert_eq!(told.iter().filter(|status| **status == 412).count(), 3, "{told:?}");
    assert_eq!(read(&one).json["version"], 4);
}

fn titled(title: &str) -> Value {
    proposal(title, json!({ "project": { "stages": [] } }))
}

#[tokio::test]
async fn what_is_known_already_is_not_sent_again() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let site = Site::open(&world.database, &[]);
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("2000000.00", "1000000.00")), at(DAY, 0)).await;
    let token = site.token(&applicant.actor).await;
    let schema = format!("/api/v1/schemes/{CODE}/calculations/schema");
    for path in [format!("/api/v1/applications/{}", case.id), format!("/api/v1/schemes/{CODE}"), schema] {
        let get = || Call::get(path.as_str()).with(&token);
        let first = site.send(&get());
        let etag = first.header("etag");
        assert!(etag.starts_with('"') && etag.ends_with('"'), "{etag}");
        for known in [etag.to_owned(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
            let again = site.send(&get().header("if-none-match", &known));
            assert_eq!((again.status.as_u16(), again.bytes.len(), again.header("etag")), (304, 0, etag), "{known}");
            assert_eq!(again.header("content-type"), "");
        }
        assert_eq!(site.send(&get().header("if-none-match", "\"other\"")).bytes, first.bytes);
    }
    // A page that is nobody's to see is not confirmed either.
    let nobody = Call::get(format!("/api/v1/applications/{}", case.id)).header("if-none-match", "*");
    assert_eq!(site.send(&nobody).refused(), (401, "unauthenticated"));
}
