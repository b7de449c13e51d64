//! Drafts that nobody is to propose: discarded by whoever may draft, kept as they are, and never changed again.

use crate::desk::Desk;
use crate::site::morning;
use crate::world::{World, at, text_of};
use almoner::store::audit::verify;
use rules::actor::Role;
use serde_json::json;
use uuid::Uuid;

const CODES: &[&str] =
    &["not_found", "permission.denied", "scheme_draft.wrong_state", "text.unstorable", "version.unknown"];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
const PATH: &str = "/api/v1/scheme-drafts";

#[tokio::test]
async fn a_discarded_draft_is_read_as_it_was_and_neither_written_nor_proposed_nor_rehearsed() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let officer = world.person(&[Role::Officer], &[]).await;
    let (first, second) =
        (desk.sign_in(&officer).await, desk.sign_in(&world.person(&[Role::Officer], &[]).await).await);
    let auditor = desk.sign_in(&world.person(&[Role::Auditor], &[]).await).await;
    let id = world.begin_draft(&officer, text_of(CODE), at(DAY, 0)).await;
    let path = format!("{PATH}/{id}");
    let discard = |caller: &crate::desk::Caller<'_>, path: &str, version: i64| {
        caller.post(format!("{path}/discard"), &json!({})).if_match(version)
    };
    auditor.refused(&discard(&auditor, &path, 1), 403, "permission.denied").await;
    second.refused(&discard(&second, &path, 2), 412, "version.unknown").await;
    second.refused(&discard(&second, &format!("{PATH}/{}", Uuid::now_v7()), 1), 404, "not_found").await;
    // Another officer may clear away what the first one has left, and what is sent again is done once.
    let discarding = discard(&second, &path, 1);
    assert_eq!((desk.send(&discarding).told(), desk.send(&discarding).told()), ((204, ""), (204, "")));
    let read = desk.send(&auditor.get(path.as_str())).json;
    assert_eq!(
        (&read["state"], &read["version"], &read["text"]),
        (&json!("discarded"), &json!(2), &json!(text_of(CODE)))
    );
    let listed = desk.send(&first.get(format!("{PATH}?state=discarded"))).json;
    assert_eq!(listed["items"][0]["id"], read["id"]);
    first.refused(&discard(&first, &path, 2), 409, "scheme_draft.wrong_state").await;
    let edit = first.put(format!("{path}/text"), &json!({ "text": "" }), 2);
    first.refused(&edit, 409, "scheme_draft.wrong_state").await;
    let propose = first.post(format!("{path}/proposal"), &json!({ "from": "2026-03-01" })).if_match(2);
    first.refused(&propose, 409, "scheme_draft.wrong_state").await;
    first.refused(&first.post(format!("{path}/rehearsals"), &json!({})), 409, "scheme_draft.wrong_state").await;
    // A text is looked at before the draft is locked: what cannot be kept is told even where the version is stale.
    let unstorable = first.put(format!("{path}/text"), &json!({ "text": "# \0" }), 1);
    first.refused(&unstorable, 422, "text.unstorable").await;
    // What is proposed is given back first.
    let proposed = world.begin_draft(&officer, &format!("{}\n#\n", text_of(CODE)), at(DAY, 0)).await;
    world.propose(&officer, proposed, "2026-03-01", at(DAY, 1)).await.unwrap();
    first.refused(&discard(&first, &format!("{PATH}/{proposed}"), 2), 409, "scheme_draft.wrong_state").await;
    desk.told_exactly(CODES);
    let told = world
        .database
        .lines("SELECT event AS line FROM audit_entries WHERE event LIKE '%scheme_draft.discarded%'")
        .await;
    assert_eq!(told.len(), 1);
    assert_eq!(verify(&mut world.db.reader().await.unwrap()).await.unwrap().1, Vec::new());
    for (set, refusal) in [
        (format!("state = 'draft' WHERE id = '{id}'"), "decided and stays"),
        (format!("reason = 'x' WHERE id = '{id}'"), "decided and stays"),
        (format!("state = 'discarded' WHERE id = '{proposed}'"), "takes no step"),
    ] {
        let refused = world.database.as_server(&format!("UPDATE scheme_drafts SET {set}")).await.unwrap_err();
        assert!(refused.contains(refusal), "{set}: {refused}");
    }
}
