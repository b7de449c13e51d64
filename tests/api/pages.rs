//! Long lists, page by page: every row once, whatever comes in meanwhile; filters narrow and stay.

use crate::proposals::accelerator;
use crate::site::{Call, Reply, Site};
use crate::world::{Applicant, World, at};
use rules::actor::Role;
use serde_json::Value;
use std::collections::BTreeSet;

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

fn ids(page: &Reply) -> Vec<String> {
    page.json["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// Where the next page is, by both ways of saying so.
fn next(page: &Reply) -> Option<String> {
    let link = page.header("link").strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\""));
    let cursor = page.json.get("next").and_then(Value::as_str);
    assert_eq!(link.is_some(), cursor.is_some(), "{page:?}");
    assert!(link.zip(cursor).is_none_or(|(link, cursor)| link.ends_with(&format!("cursor={cursor}"))));
    link.map(str::to_owned)
}

/// Walks from page to page; something happens between each two.
async fn walk(site: &Site, token: &str, first: &str, meanwhile: impl AsyncFn()) -> Vec<Vec<String>> {
    let (mut pages, mut path) = (Vec::new(), Some(first.to_owned()));
    while let Some(here) = path {
        let page = site.send(&Call::get(here).with(token));
        assert_eq!(page.told(), (200, ""));
        pages.push(ids(&page));
        path = next(&page);
        assert!(pages.len() < 50, "no end");
        meanwhile().await;
    }
    pages
}

async fn draft(world: &World, applicant: &Applicant, staff: &crate::world::Staff) -> String {
    let content = accelerator("2000000.00", "1000000.00");
    world.draft(staff, applicant, (CODE, content), at(DAY, 0)).await.id.to_string()
}

#[tokio::test]
async fn applications_are_walked_newest_first_each_once_while_others_come_in() {
    let world = World::with(&[CODE, "NIAS"], at(DAY, 0)).await;
    let site = Site::open(&world.database, &[]);
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let token = site.token(&applicant.actor).await;
    let mut begun = Vec::new();
    for _ in 0..11 {
        begun.push(draft(&world, &applicant, &staff).await);
    }
    begun.reverse();
    for (limit, sizes) in [(4, vec![4, 4, 3]), (11, vec![11]), (100, vec![11]), (1, vec![1; 11])] {
        let pages = walk(&site, &token, &format!("/api/v1/applications?limit={limit}"), async || ()).await;
        assert_eq!((pages.iter().map(Vec::len).collect::<Vec<_>>(), pages.concat()), (sizes, begun.clone()));
    }
    assert_eq!(ids(&site.send(&Call::get("/api/v1/applications").with(&token))).len(), 11);
    // What comes in while somebody reads stands before the first page and moves nothing.
    let pages = walk(&site, &token, "/api/v1/applications?limit=3", async || {
        draft(&world, &applicant, &staff).await;
    });
    assert_eq!(pages.await.concat(), begun);
    // What ends while somebody reads is on its page, or on none where the list is of what has not ended.
    let withdrawn = "UPDATE applications SET state = 'withdrawn', version = version + 1 WHERE id = (SELECT max(id::text)::uuid FROM applications WHERE state = 'draft')";
    let first = "/api/v1/applications?limit=4&state=draft&scheme=ACCELERATOR-PILOT";
    let pages = walk(&site, &token, first, async || world.database.run(withdrawn).await).await.concat();
    assert_eq!(pages.iter().collect::<BTreeSet<_>>().len(), pages.len());
    assert!(begun.iter().all(|id| pages.contains(id)), "they were drafts from beginning to end");
}

#[tokio::test]
async fn a_list_is_narrowed_by_its_filters_and_by_what_the_reader_may_see() {
    let world = World::with(&[CODE, "NIAS"], at(DAY, 0)).await;
    let site = Site::open(&world.database, &[]);
    let (staff, one, two) = (world.staff().await, world.applicant().await, world.applicant().await);
    let mut cases = Vec::new();
    for applicant in [&one, &two] {
        for code in [CODE, "NIAS"] {
            let content = if code == CODE { accelerator("2000000.00", "1000000.00") } else { crate::proposals::nias() };
            cases.push(world.draft(&staff, applicant, (code, content), at(DAY, 0)).await);
        }
    }
    cases[0].submit(at(DAY, 1)).await.unwrap();
    let id = |index: usize| cases[index].id.to_string();
    let (by_one, by_officer) = (site.token(&one.actor).await, site.token(&staff.officer).await);
    for (token, query, seen) in [
        (&by_one, "", vec![id(1), id(0)]),
        (&by_one, "?scheme=NIAS", vec![id(1)]),
        (&by_one, "?state=draft", vec![id(1)]),
        (&by_one, "?state=received", vec![id(0)]),
        (&by_one, "?state=draft&scheme=ACCELERATOR-PILOT", vec![]),
        (&by_one, "?scheme=nothing%27--", vec![]),
        (&by_one, "?scheme=%00", vec![]),
        (&by_officer, "", vec![id(0)]),
        (&by_officer, "?state=draft", vec![]),
    ] {
        let page = site.send(&Call::get(format!("/api/v1/applications{query}")).with(token));
        assert_eq!((ids(&page), next(&page)), (seen, None), "{query}");
    }
}

#[tokio::test]
async fn people_and_batches_are_walked_as_well() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let site = Site::open(&world.database, &[]);
    let staff = world.staff().await;
    let administrator = world.person(&[Role::Administrator], &[]).await;
    let mut batches = Vec::new();
    for _ in 0..3 {
        let applicant = world.applicant().await;
        let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
        case.to_accepted(at(DAY, 1), "30000000.00").await;
        batches.push(case.pay(at(DAY, 2), "initial", "7500000.00", None).await.id.to_string());
    }
    batches.reverse();
    let (by_administrator, by_preparer) = (site.token(&administrator).await, site.token(&staff.preparer).await);
    let people = world.database.lines("SELECT id::text AS line FROM people ORDER BY id").await;
    let pages = walk(&site, &by_administrator, "/api/v1/people?limit=5", async || ()).await;
    assert_eq!(pages.concat(), people);
    let pages = walk(&site, &by_preparer, "/api/v1/batches?state=released&limit=1", async || ()).await;
    assert_eq!(pages.concat(), batches);
    assert_eq!(walk(&site, &by_preparer, "/api/v1/batches?state=prepared", async || ()).await, [Vec::<String>::new()]);
}
