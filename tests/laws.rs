//! What is true of every calculation, under every scheme of the house and for requests that nobody thought of.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must fail")]

// The crate of the rules asks the same of schemes that it makes.
#[path = "../src/rules/calculation/laws/again.rs"]
mod again;
mod seeds;

use again::Again;
use proptest::collection::vec;
use proptest::prelude::*;
use rules::calculation::{
    Answer, Applicant, Award, Committed, Completed, Contribution, Cost, FactValue, Facts, Form, History, Outcome, Post,
    Project, Quantity, Request, Stage, calculate,
};
use rules::calendar::Day;
use rules::money::Cents;
use rules::scheme::{Fact, FactKind, Scheme, Tables};
use std::sync::LazyLock;

static SCHEMES: LazyLock<Vec<Scheme>> = LazyLock::new(|| {
    let read =
        |(name, text): (String, String)| Scheme::read(&text).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
    seeds::texts().into_iter().map(read).collect()
});

/// Numbers from which a request of any scheme is made.
struct Dice<'a>(std::iter::Cycle<std::slice::Iter<'a, u32>>);

impl<'a> Dice<'a> {
    fn of(rolls: &'a [u32]) -> Self {
        Self(rolls.iter().cycle())
    }

    /// A number below this one.
    fn below(&mut self, end: u32) -> u32 {
        self.0.next().unwrap().checked_rem(end).unwrap_or(0)
    }

    fn chance(&mut self, of_ten: u32) -> bool {
        self.below(10) < of_ten
    }

    fn one_of<T: Clone>(&mut self, list: &[T]) -> Option<T> {
        let place = self.below(u32::try_from(list.len()).unwrap());
        list.get(usize::try_from(place).unwrap()).cloned()
    }

    fn amount(&mut self) -> Cents {
        let size = self.one_of(&[0, 1, 1_000, 1_000_000, 100_000_000, 4_000_000_000]).unwrap();
        Cents::new(i64::from(self.below(100)) * size + i64::from(self.below(100)))
    }

    fn list<T>(&mut self, mut make: impl FnMut(&mut Self) -> Option<T>) -> Vec<T> {
        (0..self.below(5)).filter_map(|_| make(self)).collect()
    }
}

fn keys<T>(tables: &Tables<T>) -> Vec<String> {
    tables.keys().cloned().collect()
}

/// A day on which something changes, or a late one.
fn day(scheme: &Scheme, dice: &mut Dice<'_>) -> Day {
    let mut days = scheme.lives.iter().flat_map(|life| life.lines.iter().map(|line| line.from)).collect::<Vec<_>>();
    days.sort();
    days.dedup();
    days.extend(vec![Day::parse("2026-06-01").unwrap(); 3]);
    dice.one_of(&days).unwrap()
}

/// Answers to some of the questions.
fn facts(questions: &Tables<Fact>, dice: &mut Dice<'_>) -> Facts {
    let mut facts = Facts::new();
    for (name, question) in questions {
        let value = match question.kind.get_ref() {
            FactKind::Boolean => Some(FactValue::Boolean(dice.chance(5))),
            FactKind::Count => Some(FactValue::Count(dice.below(40))),
            FactKind::Amount => Some(FactValue::Text(dice.amount().to_string())),
            FactKind::Day => {
                dice.one_of(&["2024-05-01", "2026-03-31", "2026-04-01"]).map(|day| FactValue::Text(day.to_owned()))
            }
            FactKind::Text => dice.one_of(&keys(&question.values)).map(FactValue::Text),
        };
        facts.extend(value.filter(|_| dice.chance(8)).map(|value| (name.clone(), value)));
    }
    facts
}

fn stage(scheme: &Scheme, name: &str, dice: &mut Dice<'_>) -> Stage {
    let file = &scheme.file;
    let (categories, contributors) = (keys(&file.cost.category), keys(&file.contributor));
    let classes = file.unit_rate.as_ref().map(|rates| keys(&rates.class)).unwrap_or_default();
    let cost = |dice: &mut Dice<'_>| Some(Cost { category: dice.one_of(&categories)?, amount: dice.amount() });
    let contribution = |dice: &mut Dice<'_>| {
        let form = dice.one_of(&[Form::Cash, Form::Cash, Form::InKind, Form::Investment])?;
        Some(Contribution { from: dice.one_of(&contributors)?, form, amount: dice.amount() })
    };
    let post = |dice: &mut Dice<'_>| {
        let (by_days, salaried, time) = (dice.chance(3), dice.chance(5), dice.below(120));
        Some(Post {
            class: dice.one_of(&classes)?,
            heads: dice.below(8),
            months: (!by_days).then_some(time),
            days: by_days.then_some(time),
            monthly_salary: salaried.then(|| dice.amount()),
        })
    };
    Stage {
        stage: name.to_owned(),
        months: dice.chance(6).then(|| dice.below(60)),
        costs: dice.chance(8).then(|| dice.list(cost)),
        contributions: dice.chance(6).then(|| dice.list(contribution)),
        posts: (!classes.is_empty() && dice.chance(8)).then(|| dice.list(post)),
    }
}

fn history(scheme: &Scheme, on: Day, dice: &mut Dice<'_>) -> History {
    if dice.chance(3) {
        return History { granted: Some(dice.amount()), projects: Some(dice.below(4)), awards: None };
    }
    let (parties, stages) = (keys(&scheme.file.aggregation), keys(&scheme.file.stage));
    let award = |dice: &mut Dice<'_>| {
        let amount = dice.amount();
        let stage = dice.one_of(&stages).filter(|_| dice.chance(5));
        let decided = dice.one_of(&[on, Day::parse("2024-05-01").unwrap(), Day::parse("2020-01-01").unwrap()])?;
        Some(Award {
            scheme: dice.one_of(&[None, Some("TVP".to_owned()), Some("NIFS".to_owned())])?,
            on: decided,
            submitted_on: dice.chance(5).then_some(decided),
            amount,
            completed: dice.one_of(&[None, Some(Completed::Answer(true)), Some(Completed::Answer(false))])?,
            party: dice.one_of(&parties).filter(|_| dice.chance(5)),
            stages: stage.map(|stage| (stage, amount)).into_iter().collect(),
            facts: facts(&scheme.file.facts.project, dice),
        })
    };
    History { granted: None, projects: None, awards: Some(dice.list(award)) }
}

/// A request of a scheme that says enough to be worked out; `None` where it happens to say nothing.
fn request(scheme: &Scheme, on: Day, dice: &mut Dice<'_>) -> Option<Request> {
    let names = keys(&scheme.file.stage);
    let mut stages = names.iter().map(|name| stage(scheme, name, dice)).collect::<Vec<_>>();
    stages.retain(|_| dice.chance(8));
    let says = |stage: &Stage| {
        stage.costs.is_some()
            || stage.contributions.is_some()
            || stage.posts.as_ref().is_some_and(|posts| !posts.is_empty())
    };
    let request = Request {
        on: None,
        applicant: Applicant { facts: facts(&scheme.file.facts.applicant, dice) },
        project: Project { facts: facts(&scheme.file.facts.project, dice), stages },
        history: dice.chance(6).then(|| history(scheme, on, dice)),
        committed: dice.chance(5).then(|| dice.list(|dice| Some(Committed { on, amount: dice.amount() }))),
        requested: dice.chance(4).then(|| dice.amount()),
    };
    request.project.stages.iter().any(says).then_some(request)
}

fn answer(scheme: &Scheme, request: &Request, on: Day) -> Answer {
    calculate(scheme, request, on).unwrap_or_else(|faults| panic!("{faults:?}")).answer(request)
}

/// A question to each scheme of the house.
fn questions(rolls: &[u32]) -> Vec<(&'static Scheme, Day, Request)> {
    let mut dice = Dice::of(rolls);
    let asked = SCHEMES.iter().filter_map(|scheme| {
        let on = day(scheme, &mut dice);
        Some((scheme, on, request(scheme, on, &mut dice)?))
    });
    asked.collect()
}

fn sum(amounts: impl IntoIterator<Item = Cents>) -> Cents {
    Cents::sum(amounts).unwrap()
}

/// An eighth of what is asked for, each with a question to every scheme: `PROPTEST_CASES=8000 cargo test --test laws` looks further.
fn some_rolls() -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig { cases: asked.cases.div_ceil(8), failure_persistence: None, ..asked }
}

proptest! {
    #![proptest_config(some_rolls())]

    #[test]
    fn a_grant_is_never_above_a_ceiling_that_is_told_nor_above_what_is_requested(rolls in vec(any::<u32>(), 1009)) {
        for (scheme, on, request) in questions(&rolls) {
            let answer = answer(scheme, &request, on);
            let ceilings = answer.steps.iter().filter(|step| step.inputs.contains_key("used"));
            for step in ceilings {
                let Quantity::Amount(left) = step.value else { continue };
                let ceiling = scheme.file.ceiling.get(step.rule.trim_start_matches("ceiling.")).unwrap();
                let of = ceiling.stage.as_ref().map(|stage| stage.get_ref());
                let limited = answer.stages.iter().filter(|stage| of.is_none_or(|of| *of == stage.stage));
                prop_assert!(sum(limited.map(|stage| stage.grant)) <= left, "{}: {:?}", scheme.file.code.get_ref(), step);
            }
            prop_assert!(request.requested.is_none_or(|requested| answer.grant <= requested));
        }
    }

    #[test]
    fn parts_add_up_to_the_whole(rolls in vec(any::<u32>(), 1009)) {
        for (scheme, on, request) in questions(&rolls) {
            let answer = answer(scheme, &request, on);
            let granted = sum(answer.stages.iter().map(|stage| stage.grant));
            let expected = if answer.outcome == Outcome::Granted { granted } else { Cents::ZERO };
            prop_assert_eq!(answer.grant, expected, "{}", scheme.file.code.get_ref());
            let cost = sum(answer.stages.iter().map(|stage| stage.eligible_cost));
            prop_assert_eq!(answer.applicant_share, cost.less(answer.grant));
            prop_assert_eq!(answer.uncovered, sum(answer.stages.iter().map(|stage| stage.uncovered)));
            prop_assert_eq!(answer.refused_by.is_empty(), answer.grant > Cents::ZERO);
        }
    }

    #[test]
    fn more_that_is_given_never_lowers_what_matching_allows(rolls in vec(any::<u32>(), 1009)) {
        let mut dice = Dice::of(&rolls);
        for (scheme, on, request) in questions(&rolls) {
            let mut richer = request.clone();
            for stage in &mut richer.project.stages {
                let Some(from) = dice.one_of(&keys(&scheme.file.contributor)) else { continue };
                let line = Contribution { from, form: Form::Cash, amount: dice.amount() };
                stage.contributions.iter_mut().for_each(|lines| lines.push(line.clone()));
            }
            let matched = |request: &Request| {
                let calculation = calculate(scheme, request, on).unwrap();
                calculation.stages.iter().map(|stage| stage.matched).collect::<Vec<_>>()
            };
            for (before, after) in matched(&request).into_iter().zip(matched(&richer)) {
                prop_assert!(after >= before, "{}: {before:?} became {after:?}", scheme.file.code.get_ref());
            }
        }
    }

    #[test]
    fn neither_the_order_of_lines_nor_asking_again_changes_anything(rolls in vec(any::<u32>(), 1009)) {
        for (scheme, on, request) in questions(&rolls) {
            let mut turned = Request::from_json(&serde_json::to_vec(&request).unwrap()).unwrap();
            prop_assert_eq!(&turned, &request);
            turned.project.stages.reverse();
            for stage in &mut turned.project.stages {
                stage.costs.iter_mut().for_each(|lines| lines.reverse());
                stage.contributions.iter_mut().for_each(|lines| lines.reverse());
                stage.posts.iter_mut().for_each(|lines| lines.reverse());
            }
            if let Some(awards) = turned.history.as_mut().and_then(|history| history.awards.as_mut()) {
                awards.reverse();
            }
            turned.committed.iter_mut().for_each(|lines| lines.reverse());
            prop_assert_eq!(answer(scheme, &request, on), answer(scheme, &turned, on));
        }
    }

    #[test]
    fn every_step_is_a_sentence_in_both_languages(rolls in vec(any::<u32>(), 1009)) {
        for (scheme, on, request) in questions(&rolls) {
            for step in answer(scheme, &request, on).steps {
                let text = step.text.unwrap();
                prop_assert!(!text.en.trim().is_empty() && !text.en.contains(['{', '}']), "{}", text.en);
                let chinese = |character: char| ('\u{4e00}'..='\u{9fff}').contains(&character);
                prop_assert!(text.zh_hant.chars().any(chinese) && !text.zh_hant.contains(['{', '}']), "{}", text.zh_hant);
            }
        }
    }

    #[test]
    fn the_steps_worked_out_again_give_what_they_say(rolls in vec(any::<u32>(), 1009)) {
        for (scheme, on, request) in questions(&rolls) {
            let answer = answer(scheme, &request, on);
            for (place, step) in answer.steps.iter().enumerate() {
                if let Some(again) = (Again { answer: &answer, place, step }).value() {
                    prop_assert_eq!(&step.value, &again, "{}: {:?}", scheme.file.code.get_ref(), step);
                }
            }
        }
    }
}
