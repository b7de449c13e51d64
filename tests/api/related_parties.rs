//! What is granted to a related party counts in the applicant's ceilings, by day: while the relation holds, and while the text of the
//! scheme counts such a group. And nobody learns by it what is not told yet.

use crate::case::Case;
use crate::desk::Desk;
use crate::other_schemes::{checked, drafted, in_all, in_all_example, refused_by, text};
use crate::proposals::tvp;
use crate::site::{Reply, morning};
use crate::world::{Applicant, Staff, World, at, cents, refused};
use almoner::actions::standing::{calculations, pre_check};
use almoner::store::Moment;
use rules::actor::{Actor, Role};
use serde_json::{Value, json};
use std::thread;

const DAY: &str = "2026-02-02";
pub const CODE: &str = "TOGETHER";

/// At most 15 million in all for an applicant and its related companies, until these are counted no more.
pub async fn together(code: &str) -> World {
    let group = "[aggregation.related_company]\nis = [\n  { from = \"2026-01-29\", is = true, source = \"house\" },\n  \
                 { from = \"2026-06-01\", is = false, source = \"house\" },\n]\n\
                 [aggregation.related_company.name]\nen = \"Related company\"\nzh-Hant = \"關連公司\"\nzh-Hans = \"关连公司\"\n\n";
    let on = |day: &str| {
        let example = in_all_example().replace("name = \"ceiling.in_all\"", &format!("name = \"on {day}\""));
        example.replace("on = \"2026-02-02\"", &format!("on = \"{day}\""))
    };
    let examples = on("2026-05-31") + &on("2026-06-01");
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(text(code, &in_all(), group, &examples), at(DAY, 0)).await;
    world
}

/// Two companies that have been related for long.
pub async fn companies(world: &World, staff: &Staff) -> (Applicant, Applicant) {
    let both = (world.applicant().await, world.applicant().await);
    world.relate(&staff.officer, (&both.0, &both.1), ("2020-01-01", None), at(DAY, 0)).await;
    both
}

fn limited(grant: &str, by: &str) -> (String, Vec<String>) {
    (grant.to_owned(), vec![by.to_owned()])
}

/// What a draft of so much would get on a day.
async fn would_get(world: &World, staff: &Staff, who: &Applicant, day: &str) -> String {
    checked(&drafted(world, staff, who, CODE, "15000000.00").await, day).await.0
}

#[tokio::test]
async fn of_two_related_companies_that_are_approved_at_once_together_get_what_fits() {
    let world = together(CODE).await;
    let staff = world.staff().await;
    let mut committed = 0;
    // 8 and 8 million do not fit into 15, 7 and 8 do.
    for (number, (one, other)) in
        [("8000000.00", "8000000.00"), ("7000000.00", "8000000.00")].repeat(3).into_iter().enumerate()
    {
        let (first, second) = companies(&world, &staff).await;
        let mut cases = Vec::new();
        for (who, amount) in [(&first, one), (&second, other)] {
            let case = drafted(&world, &staff, who, CODE, amount).await;
            case.to_recommended(at(DAY, 1), amount).await;
            cases.push(case);
        }
        let desk = Desk::open(&world, morning("2026-02-04"));
        let commissioner = desk.sign_in(&staff.commissioner).await;
        let approve = |(case, amount): (&Case<'_>, &str)| -> Reply {
            let path = format!("/api/v1/applications/{}/approval", case.id);
            commissioner.send(&commissioner.post(path, &json!({ "amount": amount })))
        };
        let replies = thread::scope(|scope| {
            let sent =
                cases.iter().zip([one, other]).map(|case| scope.spawn(move || approve(case))).collect::<Vec<_>>();
            sent.into_iter().map(|sent| sent.join().unwrap()).collect::<Vec<_>>()
        });
        let mut told = replies.iter().map(Reply::told).collect::<Vec<_>>();
        told.sort_unstable();
        if number % 2 == 0 {
            assert_eq!(told, [(200, ""), (422, "approval.above_allowed")]);
            committed += cents("8000000.00").get();
        } else {
            assert_eq!(told, [(200, ""), (200, "")]);
            committed += cents("15000000.00").get();
        }
        assert_eq!(world.committed(CODE).await, committed);
    }
    world.prove().await;
}

#[tokio::test]
async fn the_awards_of_a_related_company_count_in_this_scheme_while_the_relation_and_the_rule_hold() {
    let world = together(CODE).await;
    world.publish(text("ELSEWHERE", &in_all(), "", &in_all_example()), at(DAY, 0)).await;
    let (staff, officer) = (world.staff().await, world.person(&[Role::Officer], &[]).await);
    let (granted, related) = companies(&world, &staff).await;
    drafted(&world, &staff, &granted, CODE, "6000000.00").await.to_accepted(at(DAY, 1), "6000000.00").await;
    // In another scheme it is nobody's business.
    drafted(&world, &staff, &granted, "ELSEWHERE", "6000000.00").await.to_accepted(at(DAY, 1), "6000000.00").await;

    let case = drafted(&world, &staff, &related, CODE, "15000000.00").await;
    assert_eq!(checked(&case, "2026-05-31").await, limited("9000000.00", "ceiling.in_all"));
    assert_eq!(refused(case.submit(at("2026-05-31", 0)).await), "application.request_above_allowed");
    // From the day on which the text counts related companies no more.
    assert_eq!(checked(&case, "2026-06-01").await.0, "15000000.00");

    // Whoever has no relation to it, had one, will have one, or is related to a related one alone.
    let [nobody, before, later, far, taken_back] = [
        world.applicant().await,
        world.applicant().await,
        world.applicant().await,
        world.applicant().await,
        world.applicant().await,
    ];
    world.relate(&officer, (&before, &granted), ("2020-01-01", Some("2026-03-01")), at(DAY, 0)).await;
    world.relate(&officer, (&granted, &later), ("2026-03-01", None), at(DAY, 0)).await;
    world.relate(&officer, (&related, &far), ("2020-01-01", None), at(DAY, 0)).await;
    let mistaken = world.relate(&officer, (&taken_back, &granted), ("2020-01-01", None), at(DAY, 0)).await;
    assert_eq!(would_get(&world, &staff, &taken_back, "2026-02-28").await, "9000000.00");
    world.end_relation(&officer, mistaken.id, "2020-01-01", at(DAY, 2)).await;
    for (who, on_the_day_before, on_the_day) in [
        (&nobody, "15000000.00", "15000000.00"),
        (&before, "9000000.00", "15000000.00"),
        (&later, "15000000.00", "9000000.00"),
        (&far, "15000000.00", "15000000.00"),
        (&taken_back, "15000000.00", "15000000.00"),
    ] {
        assert_eq!(would_get(&world, &staff, who, "2026-02-28").await, on_the_day_before);
        assert_eq!(would_get(&world, &staff, who, "2026-03-01").await, on_the_day);
    }

    // What was recommended while they were related is approved by what they are on the day of the approval.
    let case = drafted(&world, &staff, &before, CODE, "9000000.00").await;
    case.to_recommended(at("2026-02-20", 0), "9000000.00").await;
    let more = drafted(&world, &staff, &granted, CODE, "1.00").await;
    more.to_recommended(at("2026-02-20", 0), "1.00").await;
    more.approve(at("2026-02-20", 0), &staff.commissioner).await.unwrap();
    assert_eq!(refused(case.approve(at("2026-02-28", 0), &staff.commissioner).await), "approval.above_allowed");
    case.approve(at("2026-03-01", 0), &staff.commissioner).await.unwrap();
    world.prove().await;
}

#[tokio::test]
async fn related_companies_shared_the_voucher_programme_until_14_august_2020() {
    let began = at("2020-04-01", 0);
    let world = World::with(&["TVP"], began).await;
    let (staff, officer) = (world.staff().await, world.person(&[Role::Officer], &[]).await);
    let (first, second) = (world.applicant().await, world.applicant().await);
    world.relate(&officer, (&first, &second), ("2018-01-01", None), began).await;
    let asked = || ("TVP", tvp("800000.00", "600000.00"));
    world.draft(&staff, &first, asked(), began).await.to_accepted(began, "600000.00").await;
    let case = world.draft(&staff, &second, asked(), began).await;
    // The money is for both together; of the number of projects no source says that.
    let used_up = ["ceiling.grant_per_applicant"];
    assert_eq!(refused_by(case.submit(at("2020-08-13", 0)).await), used_up);
    case.to_accepted(at("2020-08-14", 0), "600000.00").await;
    world.prove().await;
}

/// What a draft would get today in the eyes of somebody.
async fn seen(case: &Case<'_>, who: &Actor, moment: Moment) -> String {
    let mut reader = case.world.db.reader().await.unwrap();
    pre_check(&mut reader, who, &case.world.schemes, case.id, moment).await.unwrap().1.grant.to_string()
}

/// What the awards of related parties come to, each calculation for itself, in the eyes of somebody.
async fn counted(case: &Case<'_>, who: &Actor) -> Vec<Value> {
    let mut reader = case.world.db.reader().await.unwrap();
    let kept = calculations(&mut reader, who, &case.world.schemes, (case.id, case.world.began.now)).await.unwrap();
    kept.into_iter().map(|(request, _)| request["history"]["awards"].clone()).collect()
}

#[tokio::test]
async fn nobody_learns_by_a_related_company_what_it_has_not_been_told() {
    let world = together(CODE).await;
    let staff = world.staff().await;
    let (first, second) = (world.applicant().await, world.applicant().await);
    let relation = world.relate(&staff.officer, (&first, &second), ("2020-01-01", None), at(DAY, 0)).await;
    // Somebody who is an officer as well, and acts for the first one.
    let first = world.with_roles(&first, &[Role::Applicant, Role::Officer, Role::Auditor]).await;
    let insider = first.actor.clone();
    let untold = drafted(&world, &staff, &first, CODE, "6000000.00").await;
    untold.to_recommended(at(DAY, 1), "6000000.00").await;
    let case = drafted(&world, &staff, &second, CODE, "9000000.00").await;
    case.to_recommended(at(DAY, 1), "9000000.00").await;
    untold.approve(at(DAY, 2), &staff.commissioner).await.unwrap();

    // Approved, and not told: who decides on the other case sees it, its applicant and whoever acts for the first one do not.
    case.approve(at(DAY, 2), &staff.commissioner).await.unwrap();
    case.offer(at(DAY, 3)).await.unwrap();
    let stages = json!({ "project": "6000000.00" });
    let award = json!({ "scheme": CODE, "on": "2026-02-04", "submitted_on": "2026-02-03", "amount": "6000000.00", "party": "related_company", "stages": stages });
    let (nothing, counting) = (vec![json!([]), json!([])], vec![json!([]), json!([award])]);
    assert_eq!(counted(&case, &staff.officer).await, counting);
    assert_eq!(counted(&case, &case.applicant).await, nothing);
    assert_eq!(counted(&case, &insider).await, nothing);
    let more = drafted(&world, &staff, &second, CODE, "2000000.00").await;
    more.submit(at(DAY, 3)).await.unwrap();
    for (who, grant) in [(&staff.committee, "0.00"), (&more.applicant, "2000000.00"), (&insider, "2000000.00")] {
        assert_eq!(seen(&more, who, at(DAY, 3)).await, grant);
    }

    // What was counted stays hidden when the relation is ended as if it had never held, and one is told all once the first is told.
    world.end_relation(&staff.officer, relation.id, "2020-01-01", at(DAY, 4)).await;
    assert_eq!(counted(&case, &case.applicant).await, nothing);
    assert_eq!(seen(&more, &staff.committee, at(DAY, 4)).await, "2000000.00");
    untold.offer(at(DAY, 5)).await.unwrap();
    for who in [&staff.officer, &case.applicant, &insider] {
        assert_eq!(counted(&case, who).await, counting);
    }
    world.prove().await;
}
