//! What is due and what is late, by whom: single assessors and applicants, the earliest day first.

use crate::desk::{Caller, Desk};
use crate::proposals::accelerator;
use crate::world::{World, at};
use rules::actor::Role;
use rules::decision::Screening;
use serde_json::{Value, json};

pub const CODES: &[&str] = &["permission.denied", "request.malformed", "scheme.not_published"];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
const PATH: &str = "/api/v1/reports/dues";

fn listed(caller: &Caller<'_>, query: &str) -> (Vec<Value>, Option<String>) {
    let page = caller.send(&caller.get(format!("{PATH}?scheme={CODE}{query}")));
    assert_eq!(page.told(), (200, ""), "{}", page.json);
    (page.json["items"].as_array().unwrap().clone(), page.json["next"].as_str().map(str::to_owned))
}

#[tokio::test]
async fn each_who_owes_something_is_named_with_the_day_and_how_late_it_is() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant, other) = (world.staff().await, world.applicant().await, world.applicant().await);
    let proposal = || (CODE, accelerator("2000000.00", "1000000.00"));
    let assessed = world.draft(&staff, &applicant, proposal(), at(DAY, 0)).await;
    assessed.submit(at(DAY, 1)).await.unwrap();
    assessed.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    let [first, second, third] = &staff.assessors;
    // Until 24 February.
    assessed.assign(at(DAY, 1), first).await.unwrap();
    assessed.invite(at(DAY, 1), second).await.unwrap();
    let declined = assessed.invite(at(DAY, 1), third).await;
    assert!(declined.is_err(), "two are enough");
    // Until 1 March.
    let offered = world.draft(&staff, &other, proposal(), at(DAY, 0)).await;
    offered.to_recommended(at(DAY, 1), "1000000.00").await;
    offered.approve(at(DAY, 1), &staff.commissioner).await.unwrap();
    offered.offer(at(DAY, 1)).await.unwrap();
    // Until 20 February.
    let returned = world.draft(&staff, &other, proposal(), at(DAY, 0)).await;
    returned.submit(at(DAY, 1)).await.unwrap();
    returned.give_back_for(at(DAY, 1), &["/summary"], "2026-02-20").await.unwrap();

    let desk = Desk::open(&world, at(DAY, 26).now);
    let officer = desk.sign_in(&staff.officer).await;
    let (items, next) = listed(&officer, "");
    assert_eq!(next, None);
    let told = |item: &Value| {
        let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
        (text("act"), text("assessor"), text("organisation"), text("due_on"), item["late_days"].as_u64().unwrap())
    };
    let id = |actor: &rules::actor::Actor| actor.person().unwrap().to_string();
    let mut expected = vec![
        ("assessment.accept".to_owned(), id(second), String::new(), "2026-02-24".to_owned(), 4),
        ("assessment.score".to_owned(), id(first), String::new(), "2026-02-24".to_owned(), 4),
        ("application.resubmit".to_owned(), String::new(), other.organisation.to_string(), "2026-02-20".to_owned(), 8),
        ("award.accept".to_owned(), String::new(), other.organisation.to_string(), "2026-03-05".to_owned(), 0),
    ];
    let mut found = items.iter().map(told).collect::<Vec<_>>();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(items[3]["application"], json!(offered.id), "what is due last comes last");
    assert!(items.iter().all(|item| !item["name"].as_str().unwrap().is_empty() && item["reference"].is_string()));

    // Page by page it is the same list.
    let (mut paged, mut next) = (Vec::new(), String::new());
    loop {
        let (page, cursor) = listed(&officer, &format!("&limit=1{next}"));
        paged.extend(page);
        match cursor {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(paged, items);

    // What is done is due no more.
    offered.accept(at(DAY, 26)).await.unwrap();
    returned.withdraw(at(DAY, 26), "other plans").await.unwrap();
    assessed.reject(at(DAY, 26), &staff.committee, "weak").await.unwrap();
    assert_eq!(listed(&officer, ""), (Vec::new(), None));
}

#[tokio::test]
async fn the_list_is_for_those_who_weigh_cases_and_names_nothing_of_their_own() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("2000000.00", "1000000.00")), at(DAY, 0)).await;
    case.to_recommended(at(DAY, 1), "1000000.00").await;
    case.approve(at(DAY, 1), &staff.commissioner).await.unwrap();
    case.offer(at(DAY, 1)).await.unwrap();
    let desk = Desk::open(&world, at(DAY, 2).now);
    for who in [&staff.officer, &staff.committee, &staff.commissioner, &world.person(&[Role::Auditor], &[]).await] {
        assert_eq!(listed(&desk.sign_in(who).await, "").0.len(), 1);
    }
    for who in [&applicant.actor, &staff.assessors[0], &staff.preparer, &staff.releaser] {
        let caller = desk.sign_in(who).await;
        caller.refused(&caller.get(format!("{PATH}?scheme={CODE}")), 403, "permission.denied").await;
    }
    let insider = world.with_roles(&applicant, &[Role::Applicant, Role::Officer]).await;
    assert_eq!(listed(&desk.sign_in(&insider.actor).await, "").0, Vec::<Value>::new());
    let officer = desk.sign_in(&staff.officer).await;
    officer.refused(&officer.get(format!("{PATH}?scheme=NOBODY")), 404, "scheme.not_published").await;
    for malformed in
        [PATH.to_owned(), format!("{PATH}?scheme={CODE}&cursor=here"), format!("{PATH}?scheme={CODE}&limit=0")]
    {
        officer.refused(&officer.get(malformed), 400, "request.malformed").await;
    }
    desk.told_exactly(CODES);
}
