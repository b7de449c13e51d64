//! One access policy decides list, detail, file, export and search alike: every route is walked by every role, in every state, in
//! every relation to what it is about. The routes are those that the running server publishes: a new door without a row in the
//! tables of `walk_table` makes the walk fail.

use crate::site::{Call, Reply, Site};
use crate::walk_ground::{Ground, Target, Walker};
use crate::walk_table::{OPEN, row_of, rows, sees};
use crate::world::{World, at};
use ed25519_dalek::pkcs8::EncodePrivateKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use uuid::Uuid;

/// Every door of the running server: whether it asks who knocks.
fn doors(site: &Site) -> Vec<(String, bool)> {
    let document = site.send(&Call::get("/api/v1/openapi.json")).json;
    let mut doors = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let path = path.strip_prefix("/api/v1").unwrap_or(path);
            doors.push((format!("{} {path}", method.to_uppercase()), operation.get("security").is_none()));
        }
    }
    doors
}

/// Somebody at a door, for something.
type Step<'g> = (String, Target, &'g Walker);

/// The cell that an answer belongs to; anything else is a fault of the house or of the walk.
fn cell(reply: &Reply) -> char {
    match reply.told() {
        (200..=299, _) | (409 | 412 | 422, _) => 'y',
        // Whoever may read it is told that there is nothing to read yet.
        (404, "change.not_found" | "feedback.not_released" | "letter.not_found") => 'y',
        (404, "review.not_found" | "sitting.not_found") => 'y',
        (403, "permission.denied" | "person.own_organisation" | "person.own_account") => 'n',
        (403, "member.own_case" | "conflict.own_case") => 'n',
        (404, "not_found") => '-',
        _ => '?',
    }
}

impl Ground {
    /// The cell that the tables say.
    fn expected(&self, door: &str, target: &Target, column: usize) -> char {
        if target.sight.is_some_and(|sight| !sees(sight, column)) {
            return '-';
        }
        row_of(&self.rows, door, target.kind).cells[column]
    }

    /// What a door is tried on by somebody. What is read is read in every state. An act is tried in one state of each sight, another one at
    /// each door, since whether somebody may does not depend on the state: so every act is walked, and every state by every walker.
    fn tried(&self, door: &str, number: usize, walker: &Walker) -> Vec<Target> {
        let targets = self.targets(door, walker);
        if door.starts_with("GET ") || !door.contains("/applications/{id}") {
            return targets;
        }
        let mut of_sight = BTreeMap::<Option<&str>, Vec<Target>>::new();
        for target in targets {
            of_sight.entry(target.sight).or_default().push(target);
        }
        let mut tried = Vec::new();
        for targets in of_sight.into_values() {
            let one = number % targets.len();
            let kept = targets
                .into_iter()
                .enumerate()
                .filter(|(place, target)| *place == one || self.expected(door, target, walker.column) == 'Y');
            tried.extend(kept.map(|(_, target)| target));
        }
        tried
    }

    /// What somebody is answered who knocks with a token.
    pub fn knock(&self, door: &str, target: &Target, walker: &Walker) -> Reply {
        self.site.send(&self.call(door, target, walker).with(&walker.token))
    }
}

#[tokio::test]
async fn every_door_has_a_row_and_every_row_a_door() {
    let world = World::with(&[], at("2026-02-02", 0)).await;
    let site = Site::open(&world.database, &[]);
    let walked: BTreeSet<_> = rows().into_iter().map(|row| row.door).collect();
    let open: BTreeSet<_> = OPEN.iter().map(|(door, ..)| (*door).to_owned()).collect();
    let of =
        |guarded| doors(&site).into_iter().filter(|door| door.1 == guarded).map(|door| door.0).collect::<BTreeSet<_>>();
    assert_eq!((of(true), of(false)), (walked, open));
}

#[tokio::test]
async fn every_door_lets_in_whom_the_table_says_and_nobody_else() {
    let ground = Ground::laid().await;
    let before = ground.everything().await;
    let mut steps = Vec::new();
    for (number, (door, _)) in doors(&ground.site).into_iter().filter(|(_, guarded)| *guarded).enumerate() {
        for walker in &ground.walkers {
            let targets = ground.tried(&door, number, walker).into_iter();
            steps.extend(targets.map(|target| (door.clone(), target, walker)));
        }
    }
    let expected = |(door, target, walker): &Step<'_>| ground.expected(door, target, walker.column);
    let (to_be_done, tried): (Vec<_>, Vec<_>) = steps.into_iter().partition(|step| expected(step) == 'Y');
    assert!(tried.len() > 4000, "{}", tried.len());
    let answered = |step: &Step<'_>| {
        let (door, target, walker) = step;
        let reply = ground.knock(door, target, walker);
        let told = format!("{door} @{} {}: {:?}, not {}", target.kind, walker.who, reply.told(), expected(step));
        (cell(&reply) != expected(step)).then_some(told)
    };
    // In two lanes: while one waits for its answer, the other asks.
    let wrong = thread::scope(|scope| {
        let lanes = tried.chunks(tried.len().div_ceil(2));
        let lanes = lanes.map(|lane| scope.spawn(|| lane.iter().filter_map(answered).collect::<Vec<_>>()));
        let lanes = lanes.collect::<Vec<_>>();
        lanes.into_iter().flat_map(|lane| lane.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(wrong, Vec::<String>::new());
    nobody_gets_past_a_guarded_door_without_a_token_and_everybody_past_an_open_one(&ground);
    a_case_that_is_not_there_is_answered_like_one_that_is_out_of_sight(&ground);
    assert_eq!(ground.everything().await, before, "what was refused has changed something");
    done_at_last(&ground, &to_be_done);
}

/// What is let in and done, in the end, since it moves the ground: by the first who may; the others come too late.
fn done_at_last(ground: &Ground, to_be_done: &[Step<'_>]) {
    let (leaving, acts): (Vec<_>, Vec<_>) =
        to_be_done.iter().partition(|(door, ..)| door == "DELETE /sessions/current");
    let mut done = BTreeSet::new();
    for (door, target, walker) in acts.into_iter().chain(leaving) {
        let reply = ground.knock(door, target, walker);
        let first = done.insert(door) || door == "DELETE /sessions/current";
        let status = reply.status.as_u16();
        // What has been taken away is there no more.
        let late = if door.starts_with("DELETE") { 404 } else { 409 };
        let good = if first { (200..300).contains(&status) } else { status == late };
        assert!(good, "{door} @{} {}: {:?}", target.kind, walker.who, reply.told());
    }
    assert_eq!(done.len(), 7);
    for walker in &ground.walkers {
        let reply = ground.site.send(&Call::get("/api/v1/me").with(&walker.token));
        assert_eq!(reply.told(), (401, "unauthenticated"), "{} has signed out", walker.who);
    }
}

fn nobody_gets_past_a_guarded_door_without_a_token_and_everybody_past_an_open_one(ground: &Ground) {
    let somebody = &ground.walkers[0];
    for (door, guarded) in doors(&ground.site) {
        for target in ground.targets(&door, somebody) {
            let call = ground.call(&door, &target, somebody);
            let expected = OPEN.iter().find(|(open, ..)| *open == door).map(|(_, status, code)| (*status, *code));
            let expected = expected.unwrap_or((401, "unauthenticated"));
            assert_eq!(guarded, expected == (401, "unauthenticated"), "{door}");
            for call in [call.clone(), call.clone().with("forged")] {
                assert_eq!(ground.site.send(&call).told(), expected, "{door} @{}", target.kind);
            }
        }
    }
}

fn a_case_that_is_not_there_is_answered_like_one_that_is_out_of_sight(ground: &Ground) {
    let told = |door: &str, walker: &Walker, id: Uuid| {
        let target = Target { kind: "draft", id, sight: None };
        let reply = ground.knock(door, &target, walker);
        (reply.status.as_u16(), reply.json["code"].clone(), reply.json["detail"].clone())
    };
    let draft = ground.cases[0].id.0;
    for (door, _) in doors(&ground.site).iter().filter(|(door, _)| door.contains("/applications/{id}")) {
        for walker in ground.walkers.iter().filter(|walker| ["other", "free", "officer"].contains(&walker.who)) {
            assert_eq!(told(door, walker, draft), told(door, walker, Uuid::now_v7()), "{door} {}", walker.who);
        }
    }
}

#[tokio::test]
async fn production_has_no_door_to_the_clock() {
    let world = World::with(&[], at("2026-02-02", 0)).await;
    let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).to_pkcs8_pem(LineEnding::LF).unwrap();
    let place = format!("folder:{}", world.database.files().display());
    let production = [
        ("environment", "production"),
        ("tokens.signing_key", key.as_str()),
        ("particulars.account_key", "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f"),
        ("payments.seal_keys", "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f"),
        ("payments.payer_name", "Grants Office"),
        ("payments.payer_bank", "004"),
        ("payments.payer_account", "123456789838"),
        ("http.host", "127.0.0.1"),
        ("http.public_url", "https://grants.example"),
        ("passwords.link_page", "https://grants.example/password"),
        ("mail.host", "mail.grants.example"),
        ("mail.from", "Grants <grants@grants.example>"),
        ("files.place", place.as_str()),
        ("agency.name_en", "Grants Office"),
        ("agency.name_zh_hant", "資助辦事處"),
        ("agency.name_zh_hans", "资助办事处"),
    ];
    let site = Site::open(&world.database, &production);
    assert!(!doors(&site).iter().any(|(door, _)| door.ends_with("/clock")));
    let moved = serde_json::json!({ "now": "2030-01-01T00:00:00Z" });
    for call in [Call::post("/api/v1/clock", &moved), Call::put("/api/v1/clock", &moved)] {
        let reply = site.send(&call);
        assert_eq!(reply.told(), (404, "not_found"));
        assert!(reply.header("strict-transport-security").starts_with("max-age="), "it is production");
    }
}
