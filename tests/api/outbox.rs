//! Letters that could not be sent, over HTTP: who sees them, and who has them sent after all.

use crate::post::Post;
use crate::site::{Call, Site};
use almoner::actions::people::{Introduction, invite};
use almoner::sink::Manner;
use almoner::store::Tx;
use rules::actor::{Actor, Role};
use rules::ids::PersonId;
use rules::person::Language;
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Told by the test of putting back.
pub const CODES: &[&str] = &["notice.not_dead"];

const DEAD: &str = "/api/v1/outbox/dead";

/// Invites somebody at the time of the server, and says who they are.
async fn invited(post: &Post, site: &Site, email: &str, role: Role) -> PersonId {
    let (email, name) = (email.to_owned(), "Chan Tai Man".to_owned());
    let somebody = Introduction { email, name, language: Language::English };
    let act = async |tx: &mut Tx<'_>| invite(tx, &Actor::console(), somebody, BTreeSet::from([role])).await;
    post.db.write(site.clock.moment(), act).await.unwrap().person.id
}

/// Sends what is due at the time of the server, to a mail server that behaves like this.
async fn deliver(post: &Post, site: &Site, manners: &[Manner]) {
    post.sink.mailbox.behave(manners.iter().copied());
    let worker = post.worker(&[]);
    while worker.deliver_next(&|| site.clock.moment()).await.unwrap() {}
}

fn retry(id: &str, token: &str, key: &str) -> Call {
    Call::post(format!("/api/v1/outbox/{id}/retry"), &json!({})).with(token).key(key)
}

#[tokio::test]
async fn a_letter_that_was_refused_for_good_is_sent_when_the_administrator_says_so() {
    let post = Post::open().await;
    let site = Site::open(&post.database, &[]);
    let administrator = invited(&post, &site, "administrator@house.example", Role::Administrator).await;
    deliver(&post, &site, &[]).await;
    let older = invited(&post, &site, "bounce@house.example", Role::Officer).await;
    invited(&post, &site, "refuse@house.example", Role::Officer).await;
    deliver(&post, &site, &[Manner::Reader(550), Manner::Mail(554)]).await;

    let token = site.token_of(administrator).await;
    let page = site.send(&Call::get(format!("{DEAD}?limit=1")).with(&token));
    assert_eq!((page.told(), page.text("/items/0/last_error")), ((200, ""), "permanent error (554): mail"));
    let next = format!("{DEAD}?limit=1&cursor={}", page.text("/next"));
    let page = site.send(&Call::get(next).with(&token));
    let id = page.text("/items/0/id").to_owned();
    let shown = &page.json["items"][0];
    assert_eq!((&shown["letter"], &shown["to"]), (&json!("password_link"), &json!({ "person": older })));
    assert_eq!((&shown["attempts"], page.text("/items/0/last_error")), (&json!(1), "permanent error (550): reader"));
    assert_eq!((page.json.get("next"), shown["given_up_at"].is_string()), (None, true));
    let work = site.send(&Call::get("/api/v1/work").with(&token));
    let waits = json!({ "act": "outbox.put_back", "reference": id, "url": DEAD });
    assert_eq!((work.json.as_array().unwrap().len(), &work.json[0]), (2, &waits), "the oldest first");

    let sent_before = post.mails().len();
    // The same key a second time is the same wish.
    for _ in 0..2 {
        assert_eq!(site.send(&retry(&id, &token, "again")).told(), (204, ""));
    }
    deliver(&post, &site, &[]).await;
    let sent = post.mails().into_iter().skip(sent_before).map(|mail| mail.to).collect::<Vec<_>>();
    assert_eq!(sent, [["bounce@house.example"]]);
    assert_eq!(site.send(&Call::get(DEAD).with(&token)).json["items"].as_array().unwrap().len(), 1);
    assert_eq!(site.send(&retry(&id, &token, "once more")).told(), (409, CODES[0]));
    assert_eq!(site.send(&retry(&Uuid::now_v7().to_string(), &token, "another")).told(), (404, "not_found"));
    let sql = "SELECT concat_ws(' ', event::json->>'event', subject_id, who::json->>'person') AS line FROM audit_entries WHERE subject = 'notice'";
    assert_eq!(post.database.lines(sql).await, [format!("notice.put_back {id} {administrator}")]);
}

#[tokio::test]
async fn nobody_but_an_administrator_sees_or_sends_what_could_not_be_sent() {
    let post = Post::open().await;
    let site = Site::open(&post.database, &[]);
    invited(&post, &site, "bounce@house.example", Role::Officer).await;
    deliver(&post, &site, &[Manner::Reader(550)]).await;
    let [id] = post.database.lines("SELECT id::text AS line FROM outbox").await.try_into().unwrap();
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Administrator) {
        let person = invited(&post, &site, &format!("{}@house.example", role.code()), role).await;
        let token = site.token_of(person).await;
        assert_eq!(site.send(&Call::get(DEAD).with(&token)).told(), (403, "permission.denied"), "{role:?}");
        assert_eq!(site.send(&retry(&id, &token, "let me")).told(), (403, "permission.denied"), "{role:?}");
        assert_eq!(site.send(&Call::get("/api/v1/work").with(&token)).json, json!([]), "{role:?}");
    }
    assert_eq!(site.send(&Call::get(DEAD)).told(), (401, "unauthenticated"));
    assert_eq!(site.send(&retry(&id, "forged", "let me")).told(), (401, "unauthenticated"));
    let state = format!("SELECT concat_ws(' ', state, attempts) AS line FROM outbox WHERE id = '{id}'");
    assert_eq!(post.database.lines(&state).await, ["dead 1"]);
}
