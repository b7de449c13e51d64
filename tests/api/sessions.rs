//! Sessions: signing in with a password of one's own choice, going on, signing out, and everything that ends them.

use crate::desk::Desk;
use crate::post::{mails, worker};
use crate::site::{Call, Reply, morning};
use crate::world::{World, at};
use almoner::actions::people::new_password_token;
use almoner::sink::Sink;
use almoner::store::people;
use chrono::TimeDelta;
use rules::actor::{Actor, Role};
use serde_json::json;
use std::thread;

pub const OF_SIGNING_IN: &[&str] = &["password.link_spent", "session.credentials", "session.ended", "unauthenticated"];

const DAY: &str = "2026-02-02";
pub const PASSWORD: &str = "kettle orbit mango seventeen";

/// An account with its address.
pub struct Account {
    pub actor: Actor,
    pub email: String,
}

impl Desk<'_> {
    /// Somebody who can sign in once they have chosen a password.
    pub async fn account(&self, roles: &[Role]) -> Account {
        let actor = self.world.person(roles, &[]).await;
        let found = people::find(&mut self.world.db.reader().await.unwrap(), actor.person().unwrap()).await.unwrap();
        Account { actor, email: found.unwrap().person.email }
    }

    /// The token of a link, as the letter would hold it.
    pub async fn link(&self, account: &Account) -> String {
        let (person, moment) = (account.actor.person().unwrap(), self.site.clock.moment());
        self.world
            .act(moment, async |tx| new_password_token(tx, person, None, TimeDelta::hours(1)).await)
            .await
            .unwrap()
    }

    pub async fn with_password(&self, roles: &[Role]) -> Account {
        let account = self.account(roles).await;
        let link = self.link(&account).await;
        assert_eq!(self.send(&choose(&link, PASSWORD)).told(), (204, ""));
        account
    }

    pub fn signs_in(&self, account: &Account, password: &str) -> Reply {
        self.send(&Call::post("/api/v1/sessions", &json!({ "email": account.email, "password": password })))
    }

    fn refreshes(&self, session: &Reply) -> Reply {
        let body = json!({ "refresh_token": session.text("/refresh_token") });
        self.send(&Call::post("/api/v1/sessions/refresh", &body))
    }

    fn me(&self, session: &Reply) -> Reply {
        self.send(&Call::get("/api/v1/me").with(session.text("/access_token")))
    }

    /// Neither token of the session opens anything any more.
    fn has_ended(&self, session: &Reply) {
        assert_eq!(self.me(session).refused(), (401, "unauthenticated"));
        assert_eq!(self.refreshes(session).refused(), (401, "session.ended"));
    }
}

pub fn choose(link: &str, password: &str) -> Call {
    Call::post("/api/v1/passwords", &json!({ "token": link, "password": password }))
}

#[tokio::test]
async fn somebody_chooses_a_password_through_the_mailed_link_signs_in_and_out() {
    let world = World::with(&[], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let account = desk.account(&[Role::Officer]).await;
    assert_eq!(desk.signs_in(&account, PASSWORD).refused(), (401, "session.credentials"), "before there is a password");
    let sink = Sink::start(0).await.unwrap();
    let worker = worker(&world.database, sink.address.port(), &[]).unwrap();
    while worker.deliver_next(&|| desk.site.clock.moment()).await.unwrap() {}
    let mail = mails(&sink).into_iter().find(|mail| mail.to == [account.email.clone()]).unwrap();
    assert_eq!(desk.send(&choose(&mail.token(), PASSWORD)).told(), (204, ""));
    assert_eq!(desk.send(&choose(&mail.token(), PASSWORD)).refused(), (409, "password.link_spent"));
    let signed_in = desk.signs_in(&account, PASSWORD);
    assert_eq!((signed_in.told(), signed_in.text("/token_type")), ((201, ""), "Bearer"));
    assert_eq!((signed_in.json["expires_in"].as_u64(), signed_in.header("cache-control")), (Some(600), "no-store"));
    assert_eq!(desk.me(&signed_in).text("/person/email"), account.email);
    let stored = world
        .database
        .lines("SELECT concat_ws(' ', password_hash) AS line FROM people WHERE password_hash IS NOT NULL")
        .await;
    assert!(stored.iter().all(|hash| hash.starts_with("$argon2id$") && !hash.contains("kettle")) && stored.len() == 1);
    let other = desk.signs_in(&account, PASSWORD);
    let sign_out =
        Call::new(ureq::http::Method::DELETE, "/api/v1/sessions/current").with(signed_in.text("/access_token"));
    assert_eq!((desk.send(&sign_out).told(), desk.send(&sign_out).refused()), ((204, ""), (401, "unauthenticated")));
    desk.has_ended(&signed_in);
    assert_eq!(desk.me(&other).told(), (200, ""), "another session of the same person goes on");
    desk.told_exactly(OF_SIGNING_IN);
}

#[tokio::test]
async fn a_refresh_token_is_for_one_use_and_a_second_use_ends_the_whole_family() {
    let world = World::with(&[], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let account = desk.with_password(&[Role::Officer]).await;
    let bystander = desk.signs_in(&account, PASSWORD);
    let first = desk.signs_in(&account, PASSWORD);
    let second = desk.refreshes(&first);
    let third = desk.refreshes(&second);
    assert_eq!((second.told(), third.told()), ((201, ""), (201, "")));
    assert_ne!(first.text("/refresh_token"), second.text("/refresh_token"));
    assert_eq!(
        first.text("/session_expires_at"),
        third.text("/session_expires_at"),
        "a refresh makes no session longer"
    );
    for session in [&first, &second, &third] {
        assert_eq!(desk.me(session).told(), (200, ""), "an access token holds until it ends");
    }
    assert_eq!(desk.refreshes(&first).refused(), (401, "session.ended"), "somebody else has it as well");
    for session in [&first, &second, &third] {
        desk.has_ended(session);
    }
    assert_eq!(desk.me(&bystander).told(), (200, ""));
    let because = "SELECT coalesce(ended_because, 'open') AS line FROM sessions ORDER BY id";
    assert_eq!(world.database.lines(because).await, ["open", "token_reused"]);
    let unknown = json!({ "refresh_token": "never given out" });
    assert_eq!(desk.send(&Call::post("/api/v1/sessions/refresh", &unknown)).refused(), (401, "session.ended"));
}

#[tokio::test]
async fn of_two_refreshes_of_one_token_at_once_one_goes_on_and_the_other_ends_the_family() {
    let world = World::with(&[], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let account = desk.with_password(&[Role::Officer]).await;
    for _ in 0..4 {
        let session = desk.signs_in(&account, PASSWORD);
        let mut replies = thread::scope(|scope| {
            let both = [(); 2].map(|()| scope.spawn(|| desk.refreshes(&session)));
            both.map(|one| one.join().unwrap())
        });
        replies.sort_by_key(|reply| reply.status);
        let [went_on, told] = &replies;
        assert_eq!((went_on.told(), told.refused()), ((201, ""), (401, "session.ended")));
        desk.has_ended(went_on);
    }
}

#[tokio::test]
async fn a_new_password_ends_every_session_and_the_old_password() {
    let world = World::with(&[], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let (account, bystander) = (desk.with_password(&[Role::Officer]).await, desk.with_password(&[Role::Officer]).await);
    let sessions = [(); 2].map(|()| desk.signs_in(&account, PASSWORD));
    let other = desk.signs_in(&bystander, PASSWORD);
    let (link, unused) = (desk.link(&account).await, desk.link(&account).await);
    let renewed = "saddle copper lantern ninety";
    assert_eq!(desk.send(&choose(&link, renewed)).told(), (204, ""));
    sessions.iter().for_each(|session| desk.has_ended(session));
    assert_eq!(desk.me(&other).told(), (200, ""));
    assert_eq!(
        desk.send(&choose(&unused, PASSWORD)).refused(),
        (409, "password.link_spent"),
        "every other link as well"
    );
    assert_eq!(desk.signs_in(&account, PASSWORD).refused(), (401, "session.credentials"));
    assert_eq!(desk.signs_in(&account, renewed).told(), (201, ""));
}

#[tokio::test]
async fn a_closed_account_is_out_at_once_and_told_no_more_than_a_stranger() {
    let world = World::with(&[], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let account = desk.with_password(&[Role::Officer]).await;
    let session = desk.signs_in(&account, PASSWORD);
    let administrator = desk.sign_in(&world.person(&[Role::Administrator], &[]).await).await;
    let path = format!("/api/v1/people/{}", account.actor.person().unwrap());
    let change = |active: bool| {
        let version = desk.send(&administrator.get(path.as_str())).json["version"].as_i64().unwrap();
        administrator.put(format!("{path}/roles"), &json!({ "roles": ["officer"], "active": active }), version)
    };
    let link = desk.link(&account).await;
    assert_eq!(desk.send(&change(false)).told(), (200, ""));
    desk.has_ended(&session);
    assert_eq!(desk.send(&choose(&link, PASSWORD)).refused(), (409, "password.link_spent"));
    let (right, wrong) = (desk.signs_in(&account, PASSWORD), desk.signs_in(&account, "not the one at all"));
    assert_eq!((right.refused(), right.text("/detail")), ((401, "session.credentials"), wrong.text("/detail")));
    assert_eq!(desk.send(&change(true)).told(), (200, ""));
    desk.has_ended(&session);
    assert_eq!(desk.signs_in(&account, PASSWORD).told(), (201, ""));
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_too_long_and_at_its_last_moment() {
    let world = World::with(&[], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let account = desk.with_password(&[Role::Officer]).await;
    let session = desk.signs_in(&account, PASSWORD);
    world.database.run("UPDATE sessions SET refreshed_at = refreshed_at - interval '2 hours'").await;
    assert_eq!(desk.refreshes(&session).refused(), (401, "session.ended"));
    let session = desk.signs_in(&account, PASSWORD);
    world.database.run("UPDATE sessions SET expires_at = refreshed_at").await;
    desk.has_ended(&session);
    // What has come to an end is not brought back by what it meets afterwards.
    world.database.run("UPDATE people SET active = false").await;
    desk.has_ended(&session);
}
