//! A scheme's text from the first draft to the day on which it is in force: written, checked, proposed, given back, and published by
//! another officer.

use crate::desk::{Caller, Desk};
use crate::proposals::accelerator;
use crate::site::{Reply, morning};
use crate::world::{World, at, refused, text_of};
use almoner::actions::scheme_drafts;
use almoner::actions::work::waiting_for;
use almoner::store::audit::verify;
use futures_util::future::join_all;
use rules::actor::{Actor, Role};
use rules::ids::SchemeDraftId;
use rules::scheme::hash_of;
use serde_json::{Value, json};
use uuid::Uuid;

pub const CODES: &[&str] = &[
    "not_found",
    "permission.denied",
    "request.malformed",
    "scheme.day_over",
    "scheme.faulty",
    "scheme.not_published",
    "scheme.unchanged",
    "scheme_draft.own",
    "scheme_draft.wrong_state",
    "stale",
    "text.length",
    "text.unstorable",
];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
const PATH: &str = "/api/v1/scheme-drafts";

/// The text as it is shipped, with half the ceiling and examples that say so no more: faulty.
fn faulty() -> String {
    text_of(CODE).replacen(
        "is     = [{ from = \"2026-01-29\", is = \"30000000.00\"",
        "is     = [{ from = \"2026-01-29\", is = \"15000000.00\"",
        1,
    )
}

/// The text as it is shipped, with a lower envelope.
fn lower() -> String {
    text_of(CODE).replacen("is = \"180000000.00\"", "is = \"90000000.00\"", 1)
}

async fn officer(world: &World) -> Actor {
    world.person(&[Role::Officer], &[]).await
}

fn version(reply: &Reply) -> i64 {
    reply.json["version"].as_i64().unwrap()
}

fn begun(caller: &Caller<'_>, text: &str) -> (String, Reply) {
    let begun = caller.send(&caller.post(PATH, &json!({ "text": text })));
    assert_eq!((begun.told(), begun.header("etag")), ((201, ""), "\"1\""), "{}", begun.json);
    (begun.header("location").to_owned(), begun)
}

fn propose(caller: &Caller<'_>, path: &str, from: &str, version: i64) -> crate::site::Call {
    caller.post(format!("{path}/proposal"), &json!({ "from": from })).if_match(version)
}

fn publish(caller: &Caller<'_>, path: &str, version: i64) -> crate::site::Call {
    caller.post(format!("{path}/publication"), &json!({})).if_match(version)
}

#[tokio::test]
async fn a_draft_says_what_is_wrong_with_it_where_and_what_to_write_as_the_command_line_does() {
    let world = World::with(&[], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let first = desk.sign_in(&officer(&world).await).await;
    let auditor = desk.sign_in(&world.person(&[Role::Auditor], &[]).await).await;
    for (text, code, line, column, said) in [
        ("code = \"NEW\"\n", json!("NEW"), 1, 1, "missing field"),
        ("code = \"NEW\"\ncode = 2\n", json!(null), 2, 1, "duplicate key"),
        (faulty().as_str(), json!(CODE), 293, 1, "expects grant 30000000.00, but it is 15000000.00"),
    ] {
        let (path, reply) = begun(&first, text);
        assert_eq!((&reply.json["code"], reply.text("/text"), reply.text("/state")), (&code, text, "draft"));
        let fault = &reply.json["faults"][0];
        assert!(fault["message"].as_str().unwrap().contains(said), "{fault}");
        assert_eq!((fault["line"].as_u64(), fault["column"].as_u64()), (Some(line), Some(column)), "{fault}");
        assert_eq!(auditor.send(&auditor.get(path)).json, reply.json);
    }
    // A limit that no example touches is a fault as well.
    let untouched = text_of(CODE).replace("limited_by = [\"ceiling.grant_per_institution\"", "limited_by = [\"x\"");
    let (path, reply) = begun(&first, &untouched);
    assert!(!reply.json["faults"].as_array().unwrap().is_empty());
    let edited = first.send(&first.put(format!("{path}/text"), &json!({ "text": text_of(CODE) }), 1));
    assert_eq!((edited.told(), &edited.json["faults"], version(&edited)), ((200, ""), &json!([]), 2));
    assert_eq!(edited.text("/hash"), hash_of(text_of(CODE)));
    let listed = auditor.send(&auditor.get(format!("{PATH}?limit=1")));
    assert_eq!((listed.text("/items/0/id"), listed.text("/items/0/code")), (edited.text("/id"), CODE));
    assert_eq!(auditor.send(&auditor.get(format!("{PATH}?state=proposed"))).json["items"], json!([]));
}

#[tokio::test]
async fn one_officer_proposes_and_another_publishes_and_it_is_in_force_from_its_day() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning("2026-02-03"));
    let (one, two) = (officer(&world).await, officer(&world).await);
    let (first, second) = (desk.sign_in(&one).await, desk.sign_in(&two).await);
    let (path, _) = begun(&first, &lower());
    let proposed = desk.send(&propose(&first, &path, "2026-03-01", 1));
    assert_eq!((proposed.told(), proposed.text("/from")), ((200, ""), "2026-03-01"));
    // Whoever is to publish it reads what it would change.
    let diff = desk.send(&second.get(format!("{path}/diff"))).json;
    let differences = diff["differences"].as_array().unwrap();
    let paths = differences.iter().map(|difference| difference["path"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!((paths, &diff["before"]), (vec!["envelope"], &json!(hash_of(text_of(CODE)))), "{diff}");
    assert!(diff["differences"][0]["before"]["text"]["en"].as_str().unwrap().contains("180,000,000"), "{diff}");
    // It waits for whoever may publish it, and for nobody else.
    let waits = |caller: &Caller<'_>| desk.send(&caller.get("/api/v1/work")).json;
    assert_eq!(waits(&first), json!([]));
    assert_eq!(waits(&second), json!([{ "act": "scheme.publish", "reference": CODE, "url": path }]));
    let published = desk.send(&publish(&second, &path, version(&proposed)));
    assert_eq!(published.told(), (201, ""), "{}", published.json);
    let place = published.header("location").to_owned();
    assert_eq!(place, format!("/api/v1/schemes/{CODE}/texts/{}", hash_of(&lower())));
    // Anybody reads it as it is, and staff who published it.
    let text = desk.send(&crate::site::Call::get(place));
    assert_eq!((text.text("/text"), text.text("/code")), (lower().as_str(), CODE));
    let between = format!("from={}&to={}", hash_of(text_of(CODE)), hash_of(&lower()));
    let published = desk.send(&crate::site::Call::get(format!("/api/v1/schemes/{CODE}/diff?{between}")));
    assert_eq!(published.json, diff);
    let history = desk.send(&first.get(format!("/api/v1/schemes/{CODE}/texts"))).json;
    let items = history["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!((&items[0]["from"], &items[1]["from"]), (&json!("2026-03-01"), &json!(DAY)));
    assert_eq!(items[0]["proposed_by"]["id"], json!(one.person()));
    assert_eq!(items[0]["published_by"]["id"], json!(two.person()));
    assert_eq!((&items[1]["published_by"], &items[1]["hash"]), (&json!(null), &json!(hash_of(text_of(CODE)))));
    // Before its day the older text is in force, from its day on this one; wherever one looks.
    let staff = world.staff().await;
    let finance = desk.sign_in(&staff.preparer).await;
    let question = json!({ "on": "2026-02-03", "project": { "stages": [
        { "stage": "project", "costs": [{ "category": "operation", "amount": "300.00" }] }] } });
    for (day, in_force, envelope) in
        [("2026-02-28", hash_of(text_of(CODE)), "180000000.00"), ("2026-03-01", hash_of(&lower()), "90000000.00")]
    {
        desk.site.clock.set(morning(day));
        assert_eq!(desk.send(&first.get(format!("/api/v1/schemes/{CODE}"))).text("/rules"), in_force, "{day}");
        assert_eq!(desk.send(&first.get("/api/v1/schemes")).text("/items/0/rules"), in_force, "{day}");
        let calculated = desk.send(&first.post(format!("/api/v1/schemes/{CODE}/calculations"), &question));
        assert_eq!(calculated.text("/rules"), in_force, "{day}");
        for narrowed in ["", &format!("?scheme={CODE}")] {
            let report = desk.send(&finance.get(format!("/api/v1/reports/envelopes{narrowed}")));
            assert!(report.json.to_string().contains(&format!("\"{envelope}\"")), "{day}: {}", report.json);
        }
        // A draft that is begun before the day and submitted after it is submitted under the text of that day.
        let applicant = world.applicant().await;
        let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 1)).await;
        let (_, answer) = case.submit(at(day, 0)).await.unwrap();
        assert_eq!(answer.rules, in_force, "{day}");
        case.screen(at(day, 0), rules::decision::Screening::Eligible).await.unwrap();
    }
    let found = verify(&mut world.db.reader().await.unwrap()).await.unwrap();
    assert_eq!(found.1, Vec::new());
}

#[tokio::test]
async fn of_two_texts_for_one_day_the_one_that_was_published_later_is_in_force() {
    let world = World::with(&[], at(DAY, 0)).await;
    let (one, two) = (officer(&world).await, officer(&world).await);
    let text = |number: u8| format!("{}\n# {number}\n", text_of(CODE));
    // Published in this order, each from its day.
    for (number, from) in [(1, "2026-03-10"), (2, "2026-03-10"), (3, "2026-03-05")] {
        let draft = world.begin_draft(&one, &text(number), at(DAY, 0)).await;
        world.propose(&one, draft, from, at(DAY, 0)).await.unwrap();
        world.publish_draft(&two, draft, at(DAY, number.into())).await.unwrap();
    }
    let mut reader = world.db.reader().await.unwrap();
    for (on, in_force) in
        [("2026-03-04", None), ("2026-03-05", Some(3)), ("2026-03-09", Some(3)), ("2026-03-10", Some(2))]
    {
        let on = rules::calendar::Day::parse(on).unwrap();
        let found = world.schemes.in_force(&mut reader, CODE, on).await;
        assert_eq!(
            found.ok().map(|found| found.scheme.hash.clone()),
            in_force.map(|number| hash_of(&text(number))),
            "{on}"
        );
    }
}

#[tokio::test]
async fn whatever_is_not_in_order_is_refused_and_changes_nothing() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning("2026-02-03"));
    let (first, second) = (desk.sign_in(&officer(&world).await).await, desk.sign_in(&officer(&world).await).await);
    let committee = desk.sign_in(&world.person(&[Role::Committee], &[]).await).await;
    let text = |text: &str| json!({ "text": text });
    first.refused(&first.post(PATH, &text("# \0")), 422, "text.unstorable").await;
    committee.refused(&committee.post(PATH, &text("")), 403, "permission.denied").await;
    committee.refused(&committee.get(PATH), 403, "permission.denied").await;
    first.refused(&first.get(format!("{PATH}?state=x")), 400, "request.malformed").await;
    for (text, status, code) in [("code = 1", 422, "scheme.faulty"), (text_of("NIAS"), 404, "scheme.not_published")] {
        let (path, _) = begun(&first, text);
        first.refused(&first.get(format!("{path}/diff")), status, code).await;
    }
    let unknown = format!("/api/v1/schemes/{CODE}/diff?from={0}&to={0}", "0".repeat(64));
    first.refused(&first.get(unknown), 404, "not_found").await;
    let nowhere = format!("{PATH}/{}", Uuid::now_v7());
    first.refused(&first.get(nowhere.as_str()), 404, "not_found").await;
    first.refused(&publish(&first, &nowhere, 1), 404, "not_found").await;
    for (status, code, words, from) in [
        (422, "scheme.faulty", String::new(), "2026-03-01"),
        (422, "scheme.faulty", "code = \"NEW\"\n".to_owned(), "2026-03-01"),
        (422, "scheme.faulty", faulty(), "2026-03-01"),
        (422, "scheme.day_over", lower(), "2026-02-02"),
        (409, "scheme.unchanged", text_of(CODE).to_owned(), "2026-03-01"),
    ] {
        let (path, _) = begun(&first, &words);
        first.refused(&propose(&first, &path, from, 1), status, code).await;
    }
    let (path, _) = begun(&first, &lower());
    first.refused(&propose(&first, &path, "2026-02-30", 1), 400, "request.malformed").await;
    second.refused(&publish(&second, &path, 1), 409, "scheme_draft.wrong_state").await;
    let give_back = |caller: &Caller<'_>, reason: &str, version: i64| {
        caller.post(format!("{path}/return"), &json!({ "reason": reason })).if_match(version)
    };
    second.refused(&give_back(&second, "too early", 1), 409, "scheme_draft.wrong_state").await;
    assert_eq!(desk.send(&propose(&first, &path, "2026-02-05", 1)).told(), (200, ""));
    let edit = |caller: &Caller<'_>, version: i64| caller.put(format!("{path}/text"), &text(""), version);
    first.refused(&edit(&first, 2), 409, "scheme_draft.wrong_state").await;
    first.refused(&propose(&first, &path, "2026-03-01", 2), 409, "scheme_draft.wrong_state").await;
    first.refused(&publish(&first, &path, 2), 403, "scheme_draft.own").await;
    second.refused(&publish(&second, &path, 1), 412, "stale").await;
    committee.refused(&publish(&committee, &path, 2), 403, "permission.denied").await;
    second.refused(&give_back(&second, " ", 2), 422, "text.length").await;
    // Given back and proposed again by the other: then neither of the two may publish it.
    let returned = desk.send(&give_back(&second, "The envelope is too low.", 2));
    assert_eq!((returned.told(), returned.text("/reason")), ((200, ""), "The envelope is too low."));
    assert_eq!(desk.send(&propose(&second, &path, "2026-02-05", 3)).told(), (200, ""));
    first.refused(&publish(&first, &path, 4), 403, "scheme_draft.own").await;
    second.refused(&publish(&second, &path, 4), 403, "scheme_draft.own").await;
    let third = desk.sign_in(&officer(&world).await).await;
    desk.site.clock.set(morning("2026-02-06"));
    third.refused(&publish(&third, &path, 4), 422, "scheme.day_over").await;
    desk.site.clock.set(morning("2026-02-05"));
    assert_eq!(desk.send(&publish(&third, &path, 4)).told(), (201, ""));
    third.refused(&publish(&third, &path, 5), 409, "scheme_draft.wrong_state").await;
    first.refused(&edit(&first, 5), 409, "scheme_draft.wrong_state").await;
    desk.told_exactly(CODES);
}

#[tokio::test]
async fn what_officers_do_to_a_draft_at_once_happens_as_if_one_came_first() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (one, two, three) = (officer(&world).await, officer(&world).await, officer(&world).await);
    for turn in 0..6_u8 {
        let text = format!("{}\n# {turn}\n", lower());
        let id = world.begin_draft(&one, &text, at(DAY, 0)).await;
        world.propose(&one, id, "2026-03-01", at(DAY, 1)).await.unwrap();
        let publish = |actor: Actor| {
            let world = &world;
            async move {
                world.act(at(DAY, 2), async |tx| scheme_drafts::publish(tx, &actor, id, 2).await).await.map(|_| ())
            }
        };
        let back = async {
            let given =
                world.act(at(DAY, 2), async |tx| scheme_drafts::give_back(tx, &one, id, 2, "a slip").await).await;
            given.map(|_| ())
        };
        let (published, returned) = tokio::join!(join_all([publish(two.clone()), publish(three.clone())]), back);
        let told = published.into_iter().chain([returned]).map(|done| match done {
            Ok(()) => "done",
            error => refused(error),
        });
        let mut told = told.collect::<Vec<_>>();
        told.sort_unstable();
        assert_eq!(told, ["done", "stale", "stale"]);
        let texts = format!("SELECT hash AS line FROM scheme_texts WHERE draft_id = '{id}'");
        let expected = if world.scheme_draft(id).await.proposal.is_some() { vec![hash_of(&text)] } else { Vec::new() };
        assert_eq!(world.database.lines(&texts).await, expected);
    }
}

#[tokio::test]
async fn two_drafts_with_the_same_words_become_one_text_of_a_day() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (one, two) = (officer(&world).await, officer(&world).await);
    let mut drafts = Vec::new();
    for _ in 0..2 {
        let draft = world.begin_draft(&one, &lower(), at(DAY, 0)).await;
        world.propose(&one, draft, "2026-03-01", at(DAY, 1)).await.unwrap();
        drafts.push(draft);
    }
    let publish = |id: SchemeDraftId| world.publish_draft(&two, id, at(DAY, 2));
    let results = join_all(drafts.into_iter().map(publish)).await;
    let told = results.into_iter().filter(Result::is_err).map(refused).collect::<Vec<_>>();
    assert_eq!(told, ["scheme.unchanged"]);
}

#[tokio::test]
async fn the_console_publishes_the_first_text_from_any_day_and_others_from_today_on() {
    let world = World::with(&[], at(DAY, 0)).await;
    let publish = async |text: String, from: &str| {
        let from = rules::calendar::Day::parse(from).unwrap();
        world
            .act(at(DAY, 0), async |tx| almoner::actions::schemes::publish(tx, &Actor::console(), text, from).await)
            .await
    };
    publish(text_of(CODE).to_owned(), "2025-01-01").await.unwrap();
    assert_eq!(refused(publish(lower(), "2026-02-01").await), "scheme.day_over");
    publish(lower(), "2026-03-01").await.unwrap();
    let days = world.database.lines("SELECT in_force_from::text AS line FROM scheme_texts ORDER BY 1").await;
    assert_eq!(days, ["2025-01-01", "2026-03-01"]);
    let officer = officer(&world).await;
    let waiting =
        waiting_for(&mut world.db.reader().await.unwrap().at(at(DAY, 1)), &officer, &world.schemes, world.began.now)
            .await
            .unwrap();
    assert!(waiting.is_empty());
}

/// What a broken server might write, and what the database says to it.
#[tokio::test]
async fn the_database_lets_nobody_publish_what_they_wrote_or_what_was_not_proposed() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (one, two) = (officer(&world).await, officer(&world).await);
    let (writer, other) = (one.person().unwrap(), two.person().unwrap());
    let draft = world.begin_draft(&one, text_of(CODE), at(DAY, 0)).await;
    let proposed = world.begin_draft(&one, &lower(), at(DAY, 0)).await;
    world.propose(&one, proposed, "2026-03-01", at(DAY, 1)).await.unwrap();
    let second = world.begin_draft(&one, &format!("{}\n#\n", lower()), at(DAY, 0)).await;
    world.propose(&one, second, "2026-03-02", at(DAY, 1)).await.unwrap();
    world.publish_draft(&two, second, at(DAY, 1)).await.unwrap();
    let publish = |set: &str, by: &dyn std::fmt::Display| {
        format!(
            "INSERT INTO scheme_texts (id, code, hash, text, published_at, in_force_from, draft_id, proposed_by, published_by)
             SELECT gen_random_uuid(), code, hash, {set}, id, '{writer}', '{by}' FROM scheme_drafts WHERE id = '{proposed}'"
        )
    };
    let update = |id: SchemeDraftId, set: &str| format!("UPDATE scheme_drafts SET {set} WHERE id = '{id}'");
    let as_it_is = "text, '2026-02-03', in_force_from";
    let published = "state = 'published'";
    let tries = [
        ("publishing one's own", publish(as_it_is, &writer), "published by somebody who has written it"),
        ("other words", publish("text || ' ', '2026-02-03', in_force_from", &other), "not what was proposed"),
        ("another day", publish("text, '2026-02-03', '2026-02-05'", &other), "not what was proposed"),
        ("too late", publish("text, '2026-03-02', in_force_from", &other), "scheme_texts_not_before"),
        ("a text whose draft is not published", publish(as_it_is, &other), "not agree with the published texts"),
        ("publishing without a text", update(proposed, published), "not agree with the published texts"),
        (
            "publishing a draft at once",
            update(draft, "state = 'published', proposed_by = edited_by, in_force_from = '2026-03-01'"),
            "takes no step",
        ),
        ("editing what is proposed", update(proposed, "text = ''"), "decided and stays"),
        (
            "editing while it is given back",
            update(proposed, "state = 'draft', proposed_by = NULL, in_force_from = NULL, text = ''"),
            "decided and stays",
        ),
        ("another day of a proposal", update(proposed, "in_force_from = '2026-04-01'"), "decided and stays"),
        ("editing what was published", update(second, "reason = 'x'"), "decided and stays"),
        (
            "writing without being an author",
            update(draft, &format!("edited_by = '{other}'")),
            "leaves out one of its authors",
        ),
        ("forgetting an author", "DELETE FROM scheme_draft_authors".to_owned(), "permission denied"),
        ("deleting a draft", "DELETE FROM scheme_drafts".to_owned(), "permission denied"),
    ];
    let mut accepted = Vec::new();
    for (what, sql, told) in tries {
        let refusal = world.database.as_server(&sql).await;
        if !refusal.as_ref().is_err_and(|refusal| refusal.contains(told)) {
            accepted.push(format!("{what}: {refusal:?}"));
        }
    }
    assert_eq!(accepted, Vec::<String>::new());
    world.publish_draft(&two, proposed, at(DAY, 2)).await.unwrap();
    let owner = world.database.as_owner("DELETE FROM scheme_draft_authors").await.unwrap_err();
    assert!(owner.contains("is append-only"), "{owner}");
}

#[tokio::test]
async fn a_publication_that_is_sent_again_is_done_once() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let (first, second) = (desk.sign_in(&officer(&world).await).await, desk.sign_in(&officer(&world).await).await);
    let (path, _) = begun(&first, &lower());
    let proposal = propose(&first, &path, "2026-03-01", 1);
    let (proposed, again) = (desk.send(&proposal), desk.send(&proposal));
    assert_eq!((proposed.told(), &proposed.json), ((200, ""), &again.json));
    let publication = publish(&second, &path, 2);
    let (published, again): (Value, Value) = (desk.send(&publication).json, desk.send(&publication).json);
    assert_eq!(published, again);
    assert_eq!(world.database.lines("SELECT id::text AS line FROM scheme_texts").await.len(), 2);
}
