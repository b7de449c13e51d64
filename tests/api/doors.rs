//! What every door does alike, whoever knocks.

use crate::site::{Call, Site};
use crate::world::{World, at};

const DAY: &str = "2026-02-02";

#[tokio::test]
async fn a_session_opens_the_doors_and_names_its_person() {
    let world = World::with(&[], at(DAY, 0)).await;
    let site = Site::open(&world.database, &[]);
    let applicant = world.applicant().await;
    let token = site.token(&applicant.actor).await;
    let me = site.send(&Call::get("/api/v1/me").with(&token));
    assert_eq!(me.told(), (200, ""));
    assert_eq!(me.text("/organisations/0"), applicant.organisation.to_string());
}
