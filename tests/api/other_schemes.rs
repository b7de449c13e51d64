//! What an applicant has been granted counts where a scheme's rules look at it, as it is recorded: in the year, in all, in the schemes
//! that it excludes, and in those that it needs.

use crate::case::Case;
use crate::proposals::{accelerator, accelerator_actual, raise_plus};
use crate::world::{Applicant, Staff, World, at, cents, refused, text_of};
use almoner::actions::Error;
use almoner::actions::standing::pre_check;
use futures_util::future::join_all;
use rules::refusal::Refusal;
use serde_json::{Value, json};
use std::time::Duration;

const DAY: &str = "2026-02-02";

/// One scheme of this kind, with ceilings and relations of its own, and open at all times.
pub fn text(code: &str, ceilings: &str, relations: &str, examples: &str) -> String {
    let shipped = text_of("ACCELERATOR-PILOT").replacen("ACCELERATOR-PILOT", code, 1);
    let cut = |text: &str, from: &str, to: &str, instead: &str| {
        let (before, rest) = text.split_once(from).unwrap();
        format!("{before}{instead}{to}{}", rest.split_once(to).unwrap().1)
    };
    let text = cut(&shipped, "[round.1]", "[assessment.assessors]", relations);
    let text = cut(&text, "[ceiling.grant_per_institution]", "[envelope]", ceilings);
    format!("{}{examples}", text.split_once("[[example]]").unwrap().0)
}

fn ceiling(name: &str, period: &str, is: &str) -> String {
    format!(
        "[ceiling.{name}]\nof = \"grant\"\nper = \"applicant\"\nperiod = \"{period}\"\n\
         is = [{{ from = \"2026-01-29\", is = \"{is}\", source = \"press-2025-02\" }}]\n\n"
    )
}

/// What would be granted of 20 million beside one earlier award.
fn example(award_on: &str, amount: &str, grant: &str, limited_by: &str) -> String {
    format!(
        "[[example]]\nname = \"{limited_by}\"\non = \"2026-02-02\"\n\
         given = {{ project = {{ stages = [{{ stage = \"project\", costs = [{{ category = \"operation\", amount = \"60000000.00\" }}] }}] }}, \
         history = {{ awards = [{{ on = \"{award_on}\", amount = \"{amount}\" }}] }} }}\n\
         expect = {{ grant = \"{grant}\", limited_by = [\"{limited_by}\"] }}\n\n"
    )
}

/// At most 10 million in a year, and 15 in all.
fn by_year(code: &str, period: &str) -> String {
    let ceilings = ceiling("in_a_year", period, "10000000.00") + &in_all();
    let examples = example("2026-02-02", "6000000.00", "4000000.00", "ceiling.in_a_year") + &in_all_example();
    text(code, &ceilings, "", &examples)
}

/// At most 15 million in all, and a relation to other schemes.
fn related(code: &str, kind: &str, others: &str, how: &str) -> String {
    let relations = format!(
        "[{kind}.other]\nschemes = [\"{others}\"]\n{how}\nis = [{{ from = \"2026-01-29\", is = true, source = \"house\" }}]\n\
         [{kind}.other.name]\nen = \"another scheme\"\nzh-Hant = \"另一計劃\"\nzh-Hans = \"另一计划\"\n\n"
    );
    let examples = in_all_example();
    // What is needed before is there in the example.
    let examples = if kind == "dependency" {
        let mine = format!("{{ scheme = \"{code}\", on = \"2024-02-02\", amount = \"12000000.00\" }}");
        let needed = format!("{{ scheme = \"{others}\", on = \"2024-02-02\", amount = \"1.00\", completed = true }}");
        examples.replace("{ on = \"2024-02-02\", amount = \"12000000.00\" }", &format!("{mine}, {needed}"))
    } else {
        examples
    };
    text(code, &in_all(), &relations, &examples)
}

pub fn in_all() -> String {
    ceiling("in_all", "lifetime", "15000000.00")
}

pub fn in_all_example() -> String {
    example("2024-02-02", "12000000.00", "3000000.00", "ceiling.in_all")
}

pub async fn drafted<'w>(
    world: &'w World,
    staff: &'w Staff,
    who: &Applicant,
    code: &'static str,
    asked: &str,
) -> Case<'w> {
    world.draft(staff, who, (code, accelerator("60000000.00", asked)), at(DAY, 0)).await
}

/// What a draft would get on a day, and what limits it.
pub async fn checked(case: &Case<'_>, day: &str) -> (String, Vec<String>) {
    let mut reader = case.world.db.reader().await.unwrap();
    let (_, answer) = pre_check(&mut reader, &case.applicant, &case.world.schemes, case.id, at(day, 0)).await.unwrap();
    (answer.grant.to_string(), answer.limited_by.into_iter().collect())
}

/// The rules that refuse.
pub fn refused_by<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<String> {
    match result {
        Err(Error::Refused(Refusal::CalculationRefused { refused_by, .. })) => refused_by,
        other => panic!("not refused by the rules: {other:?}"),
    }
}

#[tokio::test]
async fn a_ceiling_of_a_year_within_one_in_all_counts_the_recorded_awards_of_each() {
    for (code, period, last, first) in [
        ("BY-FINANCIAL", "financial_year", "2026-03-31", "2026-04-01"),
        ("BY-ACADEMIC", "academic_year", "2026-08-31", "2026-09-01"),
        ("BY-CALENDAR", "calendar_year", "2026-12-31", "2027-01-01"),
    ] {
        let world = World::with(&[], at(DAY, 0)).await;
        world.publish(by_year(code, period), at(DAY, 0)).await;
        let (staff, applicant) = (world.staff().await, world.applicant().await);
        drafted(&world, &staff, &applicant, code, "6000000.00").await.to_accepted(at(DAY, 1), "6000000.00").await;
        let next = drafted(&world, &staff, &applicant, code, "9000000.00").await;
        // In the same year 4 of 10 million are left; in the next one 10, of which 15 in all leave 9.
        let in_year = ("4000000.00".to_owned(), vec!["ceiling.in_a_year".to_owned()]);
        assert_eq!(checked(&next, last).await, in_year, "{period}");
        assert_eq!(refused(next.submit(at(last, 0)).await), "application.request_above_allowed");
        let in_all = ("9000000.00".to_owned(), vec!["ceiling.in_all".to_owned(), "requested".to_owned()]);
        assert_eq!(checked(&next, first).await, in_all, "{period}");
        next.to_accepted(at(first, 0), "9000000.00").await;
        let third = drafted(&world, &staff, &applicant, code, "1.00").await;
        assert_eq!(refused_by(third.submit(at(first, 1)).await), ["ceiling.in_all"], "{period}");
        world.prove().await;
    }
}

#[tokio::test]
async fn an_award_of_an_excluded_scheme_refuses_while_its_project_runs_and_at_the_approval_even_if_nobody_was_told() {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(related("HUB-A", "exclusive", "HUB-B", "running = true"), at(DAY, 0)).await;
    world.publish(text("HUB-B", &in_all(), "", &in_all_example()), at(DAY, 0)).await;
    let (staff, applicant, other) = (world.staff().await, world.applicant().await, world.applicant().await);
    let running = drafted(&world, &staff, &applicant, "HUB-B", "6000000.00").await;
    running.to_recommended(at(DAY, 1), "6000000.00").await;
    let excluded = drafted(&world, &staff, &applicant, "HUB-A", "6000000.00").await;
    excluded.to_recommended(at(DAY, 1), "6000000.00").await;
    running.approve(at(DAY, 2), &staff.commissioner).await.unwrap();
    // The applicant has not been told of the other award, and is told nothing by a draft either; the approver counts it.
    let unaware = drafted(&world, &staff, &applicant, "HUB-A", "9000000.00").await;
    assert_eq!(checked(&unaware, DAY).await.0, "9000000.00");
    assert_eq!(refused_by(excluded.approve(at(DAY, 2), &staff.commissioner).await), ["exclusive.other"]);
    running.offer(at(DAY, 3)).await.unwrap();
    running.accept(at(DAY, 4)).await.unwrap();
    assert_eq!(refused_by(unaware.submit(at(DAY, 5)).await), ["exclusive.other"]);
    // Of somebody else it says nothing.
    drafted(&world, &staff, &other, "HUB-A", "1.00").await.submit(at(DAY, 5)).await.unwrap();
    running.pay(at(DAY, 6), "initial", "1500000.00", None).await;
    running.pay(at(DAY, 20), "final", "4500000.00", Some(accelerator_actual("60000000.00"))).await;
    excluded.approve(at(DAY, 21), &staff.commissioner).await.unwrap();
    unaware.submit(at(DAY, 21)).await.unwrap();
    world.prove().await;
}

#[tokio::test]
async fn a_scheme_that_needs_a_completed_project_of_another_is_open_once_that_is_completed() {
    let world = World::with(&["ACCELERATOR-PILOT"], at(DAY, 0)).await;
    world.publish(related("FOLLOW-UP", "dependency", "ACCELERATOR-PILOT", "completed = true"), at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let needed = drafted(&world, &staff, &applicant, "ACCELERATOR-PILOT", "6000000.00").await;
    let follow_up = drafted(&world, &staff, &applicant, "FOLLOW-UP", "1000000.00").await;
    assert_eq!(refused_by(follow_up.submit(at(DAY, 1)).await), ["dependency.other"]);
    needed.to_accepted(at(DAY, 1), "6000000.00").await;
    assert_eq!(refused_by(follow_up.submit(at(DAY, 2)).await), ["dependency.other"]);
    needed.pay(at(DAY, 6), "initial", "1500000.00", None).await;
    assert_eq!(refused_by(follow_up.submit(at(DAY, 7)).await), ["dependency.other"]);
    needed.pay(at(DAY, 20), "final", "4500000.00", Some(accelerator_actual("60000000.00"))).await;
    follow_up.to_accepted(at(DAY, 21), "1000000.00").await;
    // An award of another scheme is needed, and counts towards no ceiling of this one.
    let next = drafted(&world, &staff, &applicant, "FOLLOW-UP", "20000000.00").await;
    assert_eq!(checked(&next, "2026-03-30").await.0, "14000000.00");
    world.prove().await;
}

#[tokio::test]
async fn two_approvals_at_once_in_schemes_that_exclude_each_other_do_not_both_pass() {
    let world = World::with(&[], at(DAY, 0)).await;
    for (code, other) in [("HUB-A", "HUB-B"), ("HUB-B", "HUB-A")] {
        world.publish(related(code, "exclusive", other, ""), at(DAY, 0)).await;
    }
    let staff = world.staff().await;
    for _ in 0..6 {
        let applicant = world.applicant().await;
        let mut cases = Vec::new();
        for code in ["HUB-A", "HUB-B"] {
            let case = drafted(&world, &staff, &applicant, code, "1000000.00").await;
            case.to_recommended(at(DAY, 1), "1000000.00").await;
            cases.push(case);
        }
        let approvals = join_all(cases.iter().map(|case| case.approve(at(DAY, 2), &staff.commissioner)));
        let results = tokio::time::timeout(Duration::from_secs(60), approvals).await.unwrap();
        let told = results.into_iter().filter(Result::is_err).map(refused).collect::<Vec<_>>();
        assert_eq!(told, ["calculation.refused"]);
    }
    assert_eq!(world.committed("HUB-A").await + world.committed("HUB-B").await, 6 * cents("1000000.00").get());
    world.prove().await;
}

/// At most 30 million for the second stages of one applicant.
fn with_a_ceiling_of_one_stage() -> String {
    let ceiling = "[ceiling.of_second_stages]\nof = \"grant\"\nper = \"applicant\"\nstage = \"stage_2\"\n\
                   is = [{ from = \"2023-10-18\", is = \"30000000.00\", source = \"itf-page-2024\" }]\n\n[floor.grant_per_project]";
    let example = "[[example]]\nname = \"the second stage is cut\"\non = \"2024-09-06\"\n\
         given = { project = { stages = [{ stage = \"stage_2\", contributions = [{ from = \"industry\", form = \"investment\", \
         amount = \"40000000.00\" }] }] } }\nexpect = { grant = \"30000000.00\", limited_by = [\"ceiling.of_second_stages\"] }\n";
    text_of("RAISE-PLUS").replacen("[floor.grant_per_project]", ceiling, 1) + "\n" + example
}

#[tokio::test]
async fn a_ceiling_of_one_stage_counts_the_recorded_part_of_an_award_that_was_for_it() {
    let day = "2024-09-09";
    let world = World::with(&[], at(day, 0)).await;
    world.publish(with_a_ceiling_of_one_stage(), at(day, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let draft = async || world.draft(&staff, &applicant, ("RAISE-PLUS", raise_plus()), at(day, 0)).await;
    let (first, second) = (draft().await, draft().await);
    first.to_accepted(at(day, 1), "40000000.00").await;
    // The first had 20 million of each stage: of the 30 for second stages, 10 are left.
    let limits = ["ceiling.of_second_stages", "cost.uncovered", "matching.ratio"].map(str::to_owned);
    let left = ("30000000.00".to_owned(), limits.to_vec());
    assert_eq!(checked(&second, day).await, left);
    assert_eq!(refused(second.submit(at(day, 2)).await), "application.request_above_allowed");
    world.prove().await;
}

/// A case of 6 million that begins on a day.
fn beginning(asked: &str, day: Option<&str>) -> Value {
    let mut content = accelerator("60000000.00", asked);
    if let Some(day) = day {
        content["request"]["project"]["facts"]["begins"] = json!(day);
    }
    content
}

#[tokio::test]
async fn what_was_applied_for_in_one_year_and_decided_in_the_next_counts_in_the_year_of_the_application() {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(by_year("BY-FINANCIAL", "financial_year"), at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let (march, april) = ("2026-03-20", "2026-04-20");
    let first = drafted(&world, &staff, &applicant, "BY-FINANCIAL", "6000000.00").await;
    first.to_recommended(at(march, 0), "6000000.00").await;
    let second = drafted(&world, &staff, &applicant, "BY-FINANCIAL", "6000000.00").await;
    second.to_recommended(at(march, 0), "6000000.00").await;
    first.approve(at(april, 0), &staff.commissioner).await.unwrap();
    assert_eq!(refused(second.approve(at(april, 1), &staff.commissioner).await), "approval.above_allowed");
    first.offer(at(april, 2)).await.unwrap();
    // The year in which it was decided has all its money.
    let third = drafted(&world, &staff, &applicant, "BY-FINANCIAL", "9000000.00").await;
    assert_eq!(checked(&third, april).await.0, "9000000.00");
    assert_eq!(checked(&third, march).await.0, "4000000.00");
    world.prove().await;
}

#[tokio::test]
async fn where_an_answer_says_the_year_a_recorded_award_counts_in_that_of_its_own_answer() {
    let ceiling = ceiling("in_a_year", "financial_year", "10000000.00");
    let ceiling = ceiling.replace("is = [", "year_of = \"project.begins\"\nis = [") + &in_all();
    let question = "[facts.project.begins]\ntype = \"day\"\nname = { en = \"When?\", zh-Hant = \"何日？\", zh-Hans = \"何日？\" }\n\n";
    let examples = example("2026-02-02", "6000000.00", "4000000.00", "ceiling.in_a_year") + &in_all_example();
    let examples = examples
        .replace("project = { ", "project = { facts = { begins = \"2026-05-01\" }, ")
        .replace("\"6000000.00\" }", "\"6000000.00\", facts = { begins = \"2027-03-31\" } }")
        .replace("\"12000000.00\" }", "\"12000000.00\", facts = { begins = \"2024-05-01\" } }");
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(text("BY-ANSWER", &ceiling, question, &examples), at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = async |content| world.draft(&staff, &applicant, ("BY-ANSWER", content), at(DAY, 0)).await;
    let first = case(beginning("6000000.00", Some("2026-04-01"))).await;
    first.to_accepted(at(DAY, 1), "6000000.00").await;
    for (begins, grant, limit) in [
        (Some("2027-03-31"), "4000000.00", "ceiling.in_a_year"),
        (Some("2027-04-01"), "9000000.00", "ceiling.in_all"),
        (Some("2026-03-31"), "9000000.00", "ceiling.in_all"),
        (None, "4000000.00", "ceiling.in_a_year"),
    ] {
        let next = case(beginning("9000000.00", begins)).await;
        let (granted, limited_by) = checked(&next, DAY).await;
        assert_eq!((granted.as_str(), limited_by[0].as_str()), (grant, limit), "{begins:?}");
    }
    world.prove().await;
}
