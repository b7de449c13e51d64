//! Ranks that are crossed: in panels of their own, at once, and while a panel is being opened.

use crate::case::Case;
use crate::proposals::{nias, raise_plus};
use crate::world::{Staff, World, at, cents, refused};
use almoner::actions::panels::{Opening, open};
use almoner::actions::{Error, decisions};
use almoner::store::Moment;
use rules::actor::{Actor, Role};
use rules::application::Application;
use rules::decision::Screening;
use rules::panel::Panel;
use serde_json::Value;
use std::time::Duration;

/// NIAS is open all the year; RAISE-PLUS has rounds.
const ALL_YEAR: &str = "NIAS";
const IN_ROUNDS: &str = "RAISE-PLUS";
const DAY: &str = "2024-10-08";

/// So many seconds into the day.
fn second(number: u64) -> Moment {
    let began = at(DAY, 0);
    Moment { now: began.now + Duration::from_secs(number), ..began }
}

fn content(code: &str) -> Value {
    if code == ALL_YEAR { nias() } else { raise_plus() }
}

/// A proposal that both assessors have given this mark.
async fn scored<'w>(world: &'w World, staff: &'w Staff, code: &'static str, now: Moment, mark: u32) -> Case<'w> {
    let case = world.draft(staff, &world.applicant().await, (code, content(code)), now).await;
    case.submit(now).await.unwrap();
    case.screen(now, Screening::Eligible).await.unwrap();
    for assessor in staff.assessors.iter().take(2) {
        let assessment = case.assign(now, assessor).await.unwrap();
        case.score(now, assessor, &assessment, mark).await.unwrap();
    }
    case
}

/// Ranks these in one panel.
async fn ranked(cases: &[&Case<'_>], now: Moment) -> Result<Panel, Error> {
    let Case { world, staff, code, .. } = cases[0];
    let applications = Some(cases.iter().map(|case| case.id).collect());
    let opening = Opening { scheme: (*code).to_owned(), round: None, name: "A panel".to_owned(), applications };
    world.act(now, async |tx| open(tx, &staff.officer, &world.schemes, opening).await).await
}

async fn recommend(case: &Case<'_>, by: &Actor, why: Option<&str>, now: Moment) -> Result<Application, Error> {
    let given = (cents("1.00"), why.map(str::to_owned));
    let act =
        async |tx: &mut almoner::store::Tx<'_>| decisions::recommend(tx, by, &case.world.schemes, case.id, given).await;
    case.world.act(now, act).await
}

#[tokio::test]
async fn to_give_each_proposal_of_a_round_a_panel_of_its_own_frees_no_decision_from_its_reason() {
    let world = World::with(&[IN_ROUNDS], second(0)).await;
    let staff = world.staff().await;
    let mut cases = Vec::new();
    for (now, mark) in [(0, 9), (10, 8), (20, 7)] {
        let case = scored(&world, &staff, IN_ROUNDS, second(now), mark).await;
        // The one after it comes when this one is ranked already.
        ranked(&[&case], second(now + 5)).await.unwrap();
        cases.push(case);
    }
    let [best, next, weak] = cases.try_into().unwrap_or_else(|_| panic!("three cases"));
    let now = second(30);
    best.reject(now, &staff.committee, "Too dear.").await.unwrap();
    let told = recommend(&next, &staff.committee, None, now).await.unwrap_err().to_string();
    assert!(told.contains(&best.read().await.reference), "{told}");
    // Whoever is on the side of the other one is not told what has become of it.
    let insider =
        crate::world::Applicant { actor: best.applicant.clone(), organisation: best.read().await.organisation };
    let insider = world.with_roles(&insider, &[Role::Committee, Role::Applicant]).await.actor;
    let told = recommend(&next, &insider, None, now).await.unwrap_err().to_string();
    assert_eq!(told, "this departs from the rank: say why.");
    let by_hand =
        format!("UPDATE applications SET state = 'recommended', recommended_cents = 1 WHERE id = '{}'", next.id);
    assert!(world.database.as_server(&by_hand).await.unwrap_err().contains("departs from the rank"));

    recommend(&next, &staff.committee, Some("The sector needs it."), now).await.unwrap();
    weak.reject(now, &staff.committee, "Others were better.").await.unwrap();
    best.reinstate(now, "On appeal.").await.unwrap();
    assert_eq!(refused(best.reject(now, &staff.committee, "Too dear.").await), "panel.against_rank");
    world.prove().await;
}

#[tokio::test]
async fn where_there_is_no_round_a_proposal_competes_with_those_that_waited_with_it() {
    let world = World::with(&[ALL_YEAR], second(0)).await;
    let staff = world.staff().await;
    let best = scored(&world, &staff, ALL_YEAR, second(0), 9).await;
    let next = scored(&world, &staff, ALL_YEAR, second(1), 8).await;
    ranked(&[&best], second(2)).await.unwrap();
    ranked(&[&next], second(3)).await.unwrap();
    best.reject(second(4), &staff.committee, "Too dear.").await.unwrap();
    assert_eq!(refused(recommend(&next, &staff.committee, None, second(4)).await), "panel.against_rank");
    let later = scored(&world, &staff, ALL_YEAR, second(5), 8).await;
    ranked(&[&later], second(6)).await.unwrap();
    recommend(&later, &staff.committee, None, second(7)).await.unwrap();
}

#[tokio::test]
async fn of_two_decisions_at_once_that_cross_the_rank_the_second_says_why_or_is_refused() {
    let world = World::with(&[ALL_YEAR], second(0)).await;
    let staff = world.staff().await;
    for number in 0..4 {
        let now = second(2 * number);
        let best = scored(&world, &staff, ALL_YEAR, now, 9).await;
        let next = scored(&world, &staff, ALL_YEAR, now, 8).await;
        // In one panel, and each in its own.
        if number % 2 == 0 {
            ranked(&[&best, &next], second(2 * number + 1)).await.unwrap();
        } else {
            ranked(&[&best], second(2 * number + 1)).await.unwrap();
            ranked(&[&next], second(2 * number + 1)).await.unwrap();
        }
        let (rejected, recommended) = tokio::join!(
            best.reject(now, &staff.committee, "Too dear."),
            recommend(&next, &staff.committee, None, now)
        );
        assert_ne!(rejected.is_ok(), recommended.is_ok());
        assert_eq!(refused(if rejected.is_ok() { recommended } else { rejected }), "panel.against_rank");
    }
}

/// Decisions that cross the rank of their panel without a word.
const CROSSED: &str = "SELECT a.reference || ' above ' || b.reference AS line
   FROM panel_cases upper JOIN applications a ON a.id = upper.application_id
   JOIN panel_cases lower ON lower.panel_id = upper.panel_id AND lower.mean < upper.mean
   JOIN applications b ON b.id = lower.application_id
  WHERE a.state = 'rejected' AND b.state = 'recommended' AND NOT EXISTS
    (SELECT 1 FROM panel_departures d WHERE d.application_id IN (a.id, b.id))";

#[tokio::test]
async fn of_a_panel_that_is_opened_and_decisions_at_once_none_crosses_the_rank_without_a_reason() {
    let world = World::with(&[ALL_YEAR], second(0)).await;
    let staff = world.staff().await;
    for number in 0..30 {
        let now = second(2 * number);
        let best = scored(&world, &staff, ALL_YEAR, now, 9).await;
        let next = scored(&world, &staff, ALL_YEAR, now, 8).await;
        let later = second(2 * number + 1);
        let (both, committee) = ([&best, &next], &staff.committee);
        let (opened, rejected, recommended) = tokio::join!(
            ranked(&both, later),
            best.reject(later, committee, "Too dear."),
            recommend(&next, committee, None, later)
        );
        // Whatever comes too late is told so, and nothing waits in a circle.
        if opened.is_err() {
            assert_eq!(refused(opened), "panel.not_rankable");
        }
        for decided in [rejected, recommended] {
            if decided.is_err() {
                assert_eq!(refused(decided), "panel.against_rank");
            }
        }
        assert_eq!(world.database.lines(CROSSED).await, Vec::<String>::new());
    }
    world.prove().await;
}

/// Nothing of it could be taken back: a panel, its minutes and reasons are never changed.
#[tokio::test]
async fn the_database_holds_panels_to_what_they_may_rank_and_what_they_say_to_what_they_rank() {
    let world = World::with(&[IN_ROUNDS, ALL_YEAR], second(0)).await;
    let staff = world.staff().await;
    let decided = scored(&world, &staff, IN_ROUNDS, second(0), 9).await;
    let other = scored(&world, &staff, IN_ROUNDS, second(0), 8).await;
    let of_another = scored(&world, &staff, ALL_YEAR, second(0), 8).await;
    let inside = scored(&world, &staff, IN_ROUNDS, second(0), 7).await;
    let panel = ranked(&[&inside], second(1)).await.unwrap().id;
    decided.reject(second(1), &staff.committee, "Too dear.").await.unwrap();
    let case = |case: &Case<'_>| {
        format!("INSERT INTO panel_cases VALUES ('{panel}', 2, '{}', 1, 9000, 0, 2, '{{}}'::uuid[], true)", case.id)
    };
    let person = staff.officer.person().unwrap();
    let minute = |case: &Case<'_>| {
        let of = (panel, case.id);
        format!("INSERT INTO panel_minutes VALUES (gen_random_uuid(), '{}', '{}', 'x', '{person}', now())", of.0, of.1)
    };
    let departure = |case: &Case<'_>| {
        let (id, version) = (case.id, 99);
        format!("INSERT INTO panel_departures VALUES ('{id}', {version}, '{panel}', 'x')")
    };
    for (what, sql, told) in [
        ("ranking what is decided", case(&decided), "is ranked and is not in assessment"),
        ("ranking what is of another scheme", case(&of_another), "is not of the scheme of panel"),
        ("a minute of what is not ranked", minute(&other), "panel_minutes_of_panel"),
        ("a reason of what is not ranked", departure(&other), "panel_departures_of_panel"),
    ] {
        let refused = world.database.as_server(&sql).await.unwrap_err();
        assert!(refused.contains(told), "{what}: {refused}");
    }
    // And it lets through what is right.
    for sql in [case(&other), minute(&inside), departure(&inside)] {
        world.database.as_server(&format!("BEGIN; {sql}; ROLLBACK")).await.unwrap();
    }
}
