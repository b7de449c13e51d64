//! A request that is sent again is done once: because the line broke, because of impatience, or eight times at once.

use crate::desk::Desk;
use crate::proposals::accelerator;
use crate::site::{Call, Site, morning};
use crate::world::{Applicant, World, at};
use rules::actor::Role;
use serde_json::{Value, json};
use std::thread;
use uuid::Uuid;

pub const OF_REPEATS: &[&str] = &["application.request_above_allowed", "failed", "idempotency_key.reused"];
pub const OF_WORK: &[&str] = &["idempotency_key.in_progress", "taken"];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
const PATH: &str = "/api/v1/applications";

fn draft(applicant: &Applicant, requested: &str) -> Value {
    json!({ "scheme": CODE, "organisation": applicant.organisation, "content": accelerator("60000000.00", requested) })
}

impl World {
    async fn drafts(&self) -> usize {
        self.database.lines("SELECT id::text AS line FROM applications").await.len()
    }
}

#[tokio::test]
async fn the_same_request_with_the_same_key_is_done_once_and_answered_alike() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let (one, two) = (world.applicant().await, world.applicant().await);
    let (by_one, by_two) = (desk.sign_in(&one.actor).await, desk.sign_in(&two.actor).await);
    let elsewhere = desk.sign_in(&one.actor).await;
    let nothing = world.database.state().await;
    let first = desk.site.send(&Call::post(PATH, &draft(&one, "1.00")).with(&by_one.token).key("a key"));
    assert_eq!(first.told(), (201, ""));
    let before = world.database.state().await;
    assert_ne!(before, nothing, "whoever looks whether something has changed must see that something has");
    for _ in 0..2 {
        // Another session of the same person: the key is the person's.
        let again = Call::post(PATH, &draft(&one, "1.00")).with(&elsewhere.token).key("a key");
        let again = desk.site.send(&again);
        assert_eq!((again.status, &again.bytes), (first.status, &first.bytes));
        for header in ["location", "etag", "content-type"] {
            assert_eq!(again.header(header), first.header(header));
        }
    }
    assert_eq!(world.database.state().await, before);
    let other = Call::post(PATH, &draft(&one, "2.00")).with(&by_one.token).key("a key");
    by_one.refused(&other, 422, "idempotency_key.reused").await;
    let same = desk.site.send(&Call::post(PATH, &draft(&two, "1.00")).with(&by_two.token).key("a key"));
    assert_eq!(same.told(), (201, ""), "the key of somebody else");
    assert_ne!(same.text("/id"), first.text("/id"));
    let new = desk.site.send(&Call::post(PATH, &draft(&one, "1.00")).with(&by_one.token).key("another key"));
    assert_eq!((new.told(), world.drafts().await), ((201, ""), 3));
    // What was kept and cannot be read any more is told as a failure, with no word of what it was.
    world.database.run("UPDATE idempotency_keys SET answer = 'no answer of ours'").await;
    let broken = Call::post(PATH, &draft(&one, "1.00")).with(&by_one.token).key("a key");
    let broken = by_one.refused(&broken, 500, "failed").await;
    assert!(!broken.text("/detail").contains("expected") && broken.parts().is_empty(), "{broken:?}");
    one_key_serves_one_case(&desk, &one).await;
    what_was_refused_may_be_tried_again(&desk, &one).await;
    desk.told_exactly(OF_REPEATS);
}

/// The path is part of what is asked.
async fn one_key_serves_one_case(desk: &Desk<'_>, applicant: &Applicant) {
    let caller = desk.sign_in(&applicant.actor).await;
    let begun = [(); 2].map(|()| desk.site.send(&caller.post(PATH, &draft(applicant, "1.00"))).text("/id").to_owned());
    let submit = |id: &str| {
        Call::post(format!("{PATH}/{id}/submission"), &json!({})).with(&caller.token).if_match(1).key("submit")
    };
    assert_eq!(desk.site.send(&submit(&begun[0])).told(), (200, ""));
    caller.refused(&submit(&begun[1]), 422, "idempotency_key.reused").await;
    // Sent again, it is answered as before, although the version has gone on.
    assert_eq!(desk.site.send(&submit(&begun[0])).told(), (200, ""));
}

/// A refusal is no answer to keep: once its reason is gone, the same request is done.
async fn what_was_refused_may_be_tried_again(desk: &Desk<'_>, applicant: &Applicant) {
    let caller = desk.sign_in(&applicant.actor).await;
    let too_much = draft(applicant, "30000000.01");
    let path = desk.send(&caller.post(PATH, &too_much)).header("location").to_owned();
    let submit = |version: i64| {
        let call = Call::post(format!("{path}/submission"), &json!({})).with(&caller.token);
        call.if_match(version).key("the one key of it")
    };
    caller.refused(&submit(1), 422, "application.request_above_allowed").await;
    let edit = caller.put(format!("{path}/content"), &accelerator("60000000.00", "1.00"), 1);
    assert_eq!(desk.send(&edit).told(), (200, ""));
    assert_eq!(desk.send(&submit(2)).told(), (200, ""));
}

#[tokio::test]
async fn eight_at_once_with_one_key_do_one_thing() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let site = Site::open(&world.database, &[]);
    let applicant = world.applicant().await;
    let token = site.token(&applicant.actor).await;
    for round in 1..=4 {
        let call = Call::post(PATH, &draft(&applicant, "1.00")).with(&token).key(&format!("round {round}"));
        let replies = thread::scope(|scope| {
            let senders = [(); 8].map(|()| scope.spawn(|| site.send(&call)));
            senders.map(|sender| sender.join().unwrap())
        });
        let (done, others): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 201);
        assert!(others.iter().all(|reply| reply.refused() == (409, "idempotency_key.in_progress")), "{others:?}");
        assert!(done.iter().all(|reply| reply.bytes == done[0].bytes));
        assert_eq!(world.drafts().await, round);
        assert_eq!(site.send(&call).bytes, done[0].bytes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_at_work_is_not_done_beside_it() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "1000000.00")), at(DAY, 0)).await;
    let author = desk.sign_in(&applicant.actor).await;
    let submit =
        Call::post(format!("{PATH}/{}/submission", case.id), &json!({})).with(&author.token).if_match(1).key("a");
    let lock = world.database.hold(&format!("SELECT 1 FROM applications WHERE id = '{}' FOR UPDATE", case.id)).await;
    let first = desk.site.send_while(&submit, async {
        world.database.until_waiting(1).await;
        author.refused(&submit, 409, "idempotency_key.in_progress").await;
        lock.let_go().await;
    });
    assert_eq!(first.told(), (200, ""));
    assert_eq!(desk.site.send(&submit).bytes, first.bytes);
    taken(&desk).await;
    desk.told_exactly(OF_WORK);
}

/// Two write the same at the same moment: the later one is told, and its key is free again.
async fn taken(desk: &Desk<'_>) {
    let (database, administrator) = (&desk.world.database, desk.world.person(&[Role::Administrator], &[]).await);
    let administrator = desk.sign_in(&administrator).await;
    let somebody = json!({ "email": "two@example.hk", "name": "Two At Once", "language": "en" });
    let invite = administrator.post("/api/v1/people", &json!({ "person": somebody, "roles": ["officer"] }));
    let written = database
        .hold(&format!(
            "INSERT INTO people VALUES ('{}', 'two@example.hk', 'Two At Once', 'en', NULL, true, 1, now())",
            Uuid::now_v7()
        ))
        .await;
    let late = desk.site.send_while(&invite, async {
        database.until_waiting(1).await;
        written.let_go().await;
    });
    assert_eq!(desk.noted(late).refused(), (409, "taken"));
    database.run("DELETE FROM people WHERE email = 'two@example.hk'").await;
    assert_eq!(desk.site.send(&invite).told(), (201, ""));
}
