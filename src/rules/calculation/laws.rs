//! What is true of every calculation, on schemes and requests that nobody thought of.

mod again;
mod cases;

use super::trace::canonical_twice;
use super::{
    Answer, Award, Calculation, Committed, Contribution, FactValue, Facts, Form, Request, StageResult, calculate,
};
use crate::calendar::Day;
use crate::money::{Cents, Rounding};
use crate::scheme::Scheme;
use crate::scheme::sample::Sample;
use again::{Again, value};
use cases::{Rules, STAGES, StageRules, amount, questions, rules, rules_up_to};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn day() -> Day {
    Day::parse("2024-06-01").unwrap()
}

fn worked_out<'a>(scheme: &'a Scheme, request: &'a Request) -> Calculation<'a> {
    calculate(scheme, request, day()).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn answer(scheme: &Scheme, request: &Request) -> Answer {
    worked_out(scheme, request).answer(request)
}

fn sum(amounts: impl IntoIterator<Item = Cents>) -> Cents {
    Cents::sum(amounts).unwrap()
}

/// A tenth of what is asked for, so that the tests of the crate stay quick. `PROPTEST_CASES=50000 cargo test --package rules
/// laws` looks further.
fn some_schemes() -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig { cases: asked.cases.div_ceil(10), failure_persistence: None, ..asked }
}

/// What the stages, the ceilings and the request allow together, and which of them equal it.
fn allowed_by_steps(answer: &Answer) -> (Cents, BTreeSet<String>) {
    let of = |wanted: &dyn Fn(&str) -> bool| answer.steps.iter().filter(|step| wanted(&step.rule)).collect::<Vec<_>>();
    let stages = of(&|rule| rule == "stage.allowed");
    let mut limits =
        of(&|rule| rule.starts_with("ceiling.") && rule != "ceiling.projects" && !rule.ends_with(".rolls_over"));
    limits.extend(of(&|rule| rule == "requested"));
    let together = sum(stages.iter().map(|step| value(step)));
    let allowed = limits.iter().map(|step| value(step)).fold(together, Cents::min);
    let mut limited_by =
        limits.iter().filter(|step| value(step) == allowed).map(|step| step.rule.clone()).collect::<BTreeSet<_>>();
    if allowed == together {
        for stage in stages {
            for (input, name) in
                [("matched", "matching.ratio"), ("share", "matching.ratio"), ("uncovered", "cost.uncovered")]
            {
                if stage.inputs[input] == stage.value {
                    limited_by.insert(name.to_owned());
                }
            }
        }
    }
    (allowed, limited_by)
}

proptest! {
    #![proptest_config(some_schemes())]

    #[test]
    fn a_grant_is_never_above_any_limit(rules in rules(), questions in questions()) {
        let scheme = rules.scheme();
        for request in &questions {
            let calculation = worked_out(&scheme, request);
            let limits = [
                rules.per_project,
                rules.per_applicant.map(|limit| limit.less(granted_before(request, |_| true))),
                rules.per_year.map(|limit| limit.less(granted_before(request, |award| may_share_a_year(request, award)))),
                rules.per_scheme.map(|limit| limit.less(committed_in_the_year(request))),
                request.requested,
            ];
            for limit in limits.into_iter().flatten() {
                prop_assert!(calculation.grant <= limit && calculation.allowed <= limit);
            }
            for stage in &calculation.stages {
                within_its_limits(&rules, request, stage)?;
            }
        }
    }

    #[test]
    fn what_goes_over_to_the_next_year_is_what_its_money_alone_leaves_out(rules in rules(), questions in questions()) {
        let (scheme, boundless) = (rules.scheme(), rules.without_money_of_the_year().scheme());
        for request in &questions {
            let (limited, free) = (worked_out(&scheme, request), worked_out(&boundless, request));
            let others = limited.refused_by.iter().any(|refusal| refusal != "ceiling.scheme");
            let left_out = (rules.per_scheme.is_some() && !others).then(|| free.allowed.less(limited.allowed));
            prop_assert_eq!(limited.rolls_over, left_out);
        }
    }

    #[test]
    fn parts_add_up_to_the_whole(rules in rules(), questions in questions()) {
        let scheme = rules.scheme();
        for request in &questions {
            let calculation = worked_out(&scheme, request);
            let cost = sum(calculation.stages.iter().map(|stage| stage.eligible_cost));
            prop_assert_eq!(sum(calculation.stages.iter().map(|stage| stage.grant)), calculation.allowed);
            prop_assert_eq!(calculation.applicant_share.plus(calculation.grant).unwrap(), cost);
            for stage in &calculation.stages {
                prop_assert!(stage.grant <= stage.eligible_cost);
                let covered = stage.given.map(|given| given.plus(stage.grant).unwrap());
                let uncovered = covered.map_or(Cents::ZERO, |covered| stage.eligible_cost.less(covered));
                prop_assert_eq!(stage.uncovered(), uncovered);
            }
        }
    }

    #[test]
    fn refused_is_a_grant_of_nothing_and_has_a_reason(rules in rules(), questions in questions()) {
        let scheme = rules.scheme();
        for request in &questions {
            let calculation = worked_out(&scheme, request);
            prop_assert_eq!(calculation.refused_by.is_empty(), calculation.grant > Cents::ZERO);
            prop_assert!(!calculation.limited_by.is_empty());
        }
    }

    #[test]
    fn more_that_counts_never_lowers_what_matching_allows(
        rules in rules(), questions in questions(), more in amount(), form in prop_oneof![Just(Form::Cash), Just(Form::InKind)],
    ) {
        let scheme = rules.scheme();
        // What the university gives counts in every form in the first stage.
        let line = Contribution { from: "university".to_owned(), form, amount: more };
        let matched = |request: &Request| {
            let calculation = worked_out(&scheme, request);
            calculation.stages.iter().map(|stage| stage.matched).collect::<Vec<_>>()
        };
        for request in &questions {
            let mut richer = request.clone();
            for stage in richer.project.stages.iter_mut().filter(|stage| stage.stage == "project") {
                stage.contributions.iter_mut().for_each(|lines| lines.push(line.clone()));
            }
            for (before, after) in matched(request).into_iter().zip(matched(&richer)) {
                prop_assert!(after >= before, "{before:?} became {after:?}");
            }
        }
    }

    #[test]
    fn the_order_of_the_lines_changes_nothing_not_even_the_trace(
        rules in rules(), questions in questions(), keys in vec(any::<u32>(), 16),
    ) {
        let scheme = rules.scheme();
        let mut keys = keys.iter().cycle();
        for request in &questions {
            let mut turned = request.clone();
            turned.project.stages.sort_by_cached_key(|_| keys.next());
            for stage in &mut turned.project.stages {
                stage.costs.iter_mut().for_each(|lines| lines.sort_by_cached_key(|_| keys.next()));
                stage.contributions.iter_mut().for_each(|lines| lines.sort_by_cached_key(|_| keys.next()));
            }
            prop_assert_eq!(answer(&scheme, request), answer(&scheme, &turned));
        }
    }

    #[test]
    fn the_same_question_has_the_same_answer(rules in rules(), questions in questions()) {
        let (scheme, once_more) = (rules.scheme(), rules.scheme());
        for request in &questions {
            let again = Request::from_json(&serde_json::to_vec(request).unwrap()).unwrap();
            prop_assert_eq!(answer(&scheme, request), answer(&once_more, &again));
        }
    }

    #[test]
    fn a_trace_is_made_over_the_canonical_form_of_rfc_8785(rules in rules(), questions in questions(), word in ".*") {
        let scheme = rules.scheme();
        for request in &questions {
            let mut odd = request.clone();
            // What is hashed may hold any text at all.
            for line in odd.project.stages.iter_mut().flat_map(|stage| stage.costs.iter_mut().flatten()) {
                line.category.push_str(&word);
            }
            for name in ["\u{e000}", "\u{10000}", word.as_str()] {
                odd.project.facts.insert(name.to_owned(), FactValue::Text(word.clone()));
            }
            let (ours, theirs) = canonical_twice(&odd.normalised(&scheme, day()), &answer(&scheme, request));
            prop_assert_eq!(String::from_utf8(ours).unwrap(), String::from_utf8(theirs).unwrap());
        }
    }

    #[test]
    fn a_category_is_never_more_than_its_part_of_all_eligible_cost(rules in rules(), questions in questions()) {
        let scheme = rules.scheme();
        for request in &questions {
            let answer = answer(&scheme, request);
            let values = |rule: &str| answer.steps.iter().filter(|step| step.rule == rule).map(value).collect::<Vec<_>>();
            let all = sum(values("cost.eligible"));
            for (name, share) in [("part", rules.parts[0]), ("other_part", rules.parts[1])] {
                for counted in values(&format!("cost.category.{name}.share")) {
                    prop_assert!(counted <= share.unwrap().of(all, Rounding::Down).unwrap());
                }
            }
        }
    }

    #[test]
    fn the_steps_worked_out_again_give_the_amount(rules in rules(), questions in questions()) {
        let scheme = rules.scheme();
        for request in &questions {
            let answer = answer(&scheme, request);
            for (place, step) in answer.steps.iter().enumerate() {
                let again = Again { answer: &answer, place, step };
                if let Some(again) = again.value() {
                    prop_assert_eq!(&step.value, &again, "{:?}", step);
                }
            }
            let (allowed, limited_by) = allowed_by_steps(&answer);
            prop_assert_eq!(&answer.limited_by, &limited_by.into_iter().collect::<Vec<_>>());
            prop_assert_eq!(sum(answer.stages.iter().map(|stage| stage.grant)), allowed);
            prop_assert_eq!(answer.grant, if answer.refused_by.is_empty() { allowed } else { Cents::ZERO });
        }
    }

    #[test]
    fn no_amount_and_no_ratio_breaks_a_calculation(rules in rules_up_to(1_000_000), questions in questions()) {
        let scheme = rules.scheme();
        for request in &questions {
            if let Err(faults) = calculate(&scheme, request, day()) {
                prop_assert_eq!(faults[0].message.as_str(), "the amounts add up to more than can be held");
            }
        }
    }
}

#[test]
fn every_member_of_a_request_is_in_the_canonical_form() {
    let request = Request::from_json(
        br#"{ "on": "2024-06-01", "applicant": { "facts": { "b": true, "a": 1 } }, "requested": "1.00",
            "committed": [{ "on": "2024-01-01", "amount": "1.00" }],
            "project": { "facts": { "c": "d" }, "stages": [
              { "stage": "project", "months": 1, "costs": [{ "category": "free", "amount": "1.00" }],
                "contributions": [{ "from": "industry", "form": "in_kind", "amount": "1.00" }],
                "posts": [{ "class": "doctor", "heads": 1, "months": 1, "monthly_salary": "1.00" },
                          { "class": "doctor", "heads": 1, "days": 1 }] }, { "stage": "second" }] },
            "history": { "granted": "1.00", "projects": 1, "awards": [
              { "on": "2024-01-01", "amount": "1.00" },
              { "on": "2024-01-01", "amount": "1.00", "completed": false },
              { "scheme": "X", "on": "2024-01-01", "amount": "1.00", "submitted_on": "2023-12-01", "completed": "2024-02-01", "party": "p", "stages": { "s": "1.00" },
                "facts": { "b": "2024-04-01", "a": true } }] } }"#,
    );
    let (scheme, empty) =
        (Sample::new().read(), r#"{ "project": { "stages": [{ "stage": "project", "costs": [] }] } }"#);
    let answer = answer(&scheme, &Request::from_json(empty.as_bytes()).unwrap());
    let (ours, theirs) = canonical_twice(&request.unwrap(), &answer);
    assert_eq!(String::from_utf8(ours).unwrap(), String::from_utf8(theirs).unwrap());
}

/// What the applicant was granted before, in short or by those awards that count.
fn granted_before(request: &Request, counts: impl Fn(&Award) -> bool) -> Cents {
    let Some(history) = &request.history else { return Cents::ZERO };
    let awards = history.awards.iter().flatten().filter(|award| counts(award));
    history.granted.unwrap_or(sum(awards.map(|award| award.amount)))
}

/// Whether an award began, or may have begun, in the calendar year in which this project begins.
fn may_share_a_year(request: &Request, award: &Award) -> bool {
    let year = |facts: &Facts| facts.get("begins").map(|day| day.to_string().chars().take(4).collect::<String>());
    let (this, other) = (year(&request.project.facts), year(&award.facts));
    this.is_none() || other.is_none() || this == other
}

/// What is committed from 1 April 2024 to 31 March 2025, the year of the day that is asked about.
fn committed_in_the_year(request: &Request) -> Cents {
    let of_year = |line: &&Committed| ("2024-04-01"..="2025-03-31").contains(&line.on.to_string().as_str());
    sum(request.committed.iter().flatten().filter(of_year).map(|line| line.amount))
}

/// What a stage gets is not above what is matched, its share and what is uncovered, each worked out from the request.
fn within_its_limits(rules: &Rules, request: &Request, stage: &StageResult<'_>) -> Result<(), TestCaseError> {
    let index = STAGES.iter().position(|name| *name == stage.stage).unwrap();
    let StageRules { ratio, own_share, .. } = rules.stages[index];
    let asked = request.project.stages.iter().find(|asked| asked.stage == stage.stage).unwrap();
    let given = asked.contributions.as_ref().map(|lines| sum(lines.iter().map(|line| line.amount)));
    prop_assert_eq!(stage.given, given);
    if asked.costs.is_some() {
        let share = own_share.unwrap_or(ratio.share());
        prop_assert!(stage.grant <= share.of(stage.eligible_cost, rules.rounding()).unwrap());
        prop_assert!(stage.grant <= stage.eligible_cost.less(given.unwrap_or_default()));
    }
    if let Some(given) = given {
        let counted = stage.counted.unwrap();
        prop_assert!(counted <= given);
        let matched = ratio.matches(counted, rules.rounding()).unwrap();
        prop_assert_eq!(stage.matched, Some(matched));
        prop_assert!(stage.grant <= matched);
    }
    Ok(())
}
