//! Registration tells nobody who has an account, neither at once nor in a second step; and an organisation is somebody's when they
//! have proved that their address is theirs.

use crate::post::Post;
use crate::site::{Call, Reply, Site};
use crate::until::until;
use serde_json::json;

/// Told by the test of two who register one organisation.
pub const CODES: &[&str] = &["person.already_registered"];

const PASSWORD: &str = "a lantern for the eighth pier";

struct Scene {
    post: Post,
    site: Site,
}

async fn scene() -> Scene {
    let post = Post::open().await;
    let site = Site::open(&post.database, &[]);
    Scene { post, site }
}

impl Scene {
    /// What is answered at once; what is done comes after it.
    async fn register(&self, email: &str, ubi: &str) -> Reply {
        let before = self.registered().await;
        let body = json!({ "person": { "email": email, "name": "Somebody Made Up", "language": "en" },
            "organisation": { "name": "Made Up Limited", "ubi": ubi } });
        let reply = self.site.send(&Call::post("/api/v1/registrations", &body));
        until("a registration", async || self.registered().await != before).await;
        reply
    }

    async fn registered(&self) -> Vec<String> {
        self.post.database.lines("SELECT count(*)::text AS line FROM registrations").await
    }

    /// Uses the link of the only letter that is waiting.
    async fn use_link(&self) -> Reply {
        let (worker, read) = (self.post.worker(&[]), self.post.mails().len());
        let clock = || self.site.clock.moment();
        while worker.deliver_next(&clock).await.unwrap() {}
        let mails = self.post.mails();
        assert_eq!(mails.len(), read + 1);
        let token = mails.last().unwrap().token();
        self.site.send(&Call::post("/api/v1/passwords", &json!({ "token": token, "password": PASSWORD })))
    }

    /// Each address with the identifier of the organisation that its owner acts for.
    async fn members(&self) -> Vec<String> {
        let sql = "SELECT concat_ws(' ', email, ubi) AS line FROM people p JOIN memberships m ON m.person_id = p.id
                     JOIN organisations o ON o.id = m.organisation_id ORDER BY 1";
        self.post.database.lines(sql).await
    }

    /// How many rows there are of what every registration writes.
    async fn written(&self) -> Vec<String> {
        let sql = "SELECT concat_ws(' ', (SELECT count(*) FROM registrations), (SELECT count(*) FROM audit_entries),
                     (SELECT count(*) FROM outbox), (SELECT count(*) FROM organisations)) AS line";
        self.post.database.lines(sql).await
    }
}

#[tokio::test]
async fn known_or_unknown_address_and_identifier_are_answered_alike_and_make_the_same_work() {
    let scene = scene().await;
    scene.register("known@example.hk", "00000001").await;
    assert_eq!(scene.use_link().await.told(), (204, ""));
    assert_eq!(scene.members().await, ["known@example.hk 00000001"]);
    let mut answers = Vec::new();
    for (number, (email, ubi)) in [
        ("known@example.hk", "00000001"),
        ("known@example.hk", "00000002"),
        ("unknown1@example.hk", "00000001"),
        ("unknown2@example.hk", "00000003"),
    ]
    .into_iter()
    .enumerate()
    {
        let reply = scene.register(email, ubi).await;
        assert_eq!(reply.told(), (202, ""), "{email} {ubi}");
        let names = reply.headers.keys().map(|name| name.as_str().to_owned()).collect::<Vec<_>>();
        answers.push((names, reply.bytes));
        // One registration, one entry of the audit, one notice, and no organisation. The link that was used left one entry more.
        let (registered, audited) = (number + 2, number + 4);
        assert_eq!(scene.written().await, [format!("{registered} {audited} {registered} 1")], "{email} {ubi}");
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn a_second_registration_of_the_same_identifier_does_not_tell_whether_the_first_address_was_known() {
    for known in [false, true] {
        let scene = scene().await;
        if known {
            scene.register("victim@example.hk", "00000001").await;
            scene.use_link().await;
        }
        scene.register("victim@example.hk", "00000002").await;
        let (worker, clock) = (scene.post.worker(&[]), || scene.site.clock.moment());
        assert!(worker.deliver_next(&clock).await.unwrap(), "the victim's letter");
        let again = scene.register("curious@example.hk", "00000002").await;
        assert_eq!(again.told(), (202, ""));
        assert_eq!(scene.use_link().await.told(), (204, ""), "{known}");
        let mine = scene.members().await;
        assert!(mine.contains(&"curious@example.hk 00000002".to_owned()), "{mine:?}");
    }
}

#[tokio::test]
async fn of_two_who_register_one_organisation_the_first_to_use_the_link_has_it() {
    let scene = scene().await;
    scene.register("slow@example.hk", "00000001").await;
    let (worker, clock) = (scene.post.worker(&[]), || scene.site.clock.moment());
    assert!(worker.deliver_next(&clock).await.unwrap());
    let slow = scene.post.mails()[0].token();
    scene.register("quick@example.hk", "00000001").await;
    assert_eq!(scene.use_link().await.told(), (204, ""));
    let choose = Call::post("/api/v1/passwords", &json!({ "token": slow, "password": PASSWORD }));
    for _ in 0..2 {
        // Nothing has changed, so that it can be tried again with the same answer.
        assert_eq!(scene.site.send(&choose).told(), (409, CODES[0]));
    }
    assert_eq!(scene.members().await, ["quick@example.hk 00000001"]);
    // Another identifier, and a link of its own.
    scene.register("slow@example.hk", "00000002").await;
    assert_eq!(scene.use_link().await.told(), (204, ""));
    assert_eq!(scene.members().await, ["quick@example.hk 00000001", "slow@example.hk 00000002"]);
}

/// Whoever was invited to an application as a colleague acts for no organisation of their own.
#[tokio::test]
async fn an_account_without_an_organisation_is_somebodys_when_they_have_used_the_link() {
    let scene = scene().await;
    let register = |email: &str| {
        let person = json!({ "email": email, "name": "Somebody Made Up", "language": "en" });
        scene.site.send(&Call::post("/api/v1/registrations", &json!({ "person": person })))
    };
    let letters = async || scene.post.database.lines("SELECT count(*)::text AS line FROM outbox").await;
    let mut answers = Vec::new();
    for email in ["colleague@example.hk", "colleague@example.hk"] {
        let before = letters().await;
        let reply = register(email);
        until("a letter", async || letters().await != before).await;
        answers.push((reply.status, reply.bytes));
        assert_eq!(scene.use_link().await.told(), (204, ""));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(scene.members().await, Vec::<String>::new());
    let body = json!({ "email": "colleague@example.hk", "password": PASSWORD });
    let signed_in = scene.site.send(&Call::post("/api/v1/sessions", &body));
    assert!(signed_in.status.is_success(), "{:?}", signed_in.told());
    assert_eq!(scene.post.database.lines("SELECT role AS line FROM person_roles").await, ["applicant"]);
}

#[tokio::test]
async fn somebody_with_an_account_registers_a_second_organisation() {
    let scene = scene().await;
    for ubi in ["00000001", "00000002"] {
        scene.register("both@example.hk", ubi).await;
        assert_eq!(scene.use_link().await.told(), (204, ""));
    }
    assert_eq!(scene.members().await, ["both@example.hk 00000001", "both@example.hk 00000002"]);
    assert_eq!(scene.post.database.lines("SELECT email AS line FROM people").await, ["both@example.hk"]);
}
