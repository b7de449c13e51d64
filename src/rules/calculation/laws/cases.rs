//! Schemes and requests that nobody thought of.

use crate::calculation::{
    Applicant, Award, Committed, Contribution, Cost, FactValue, Facts, Form, History, Project, Request, Stage,
};
use crate::calendar::Day;
use crate::money::{Cents, Ratio, Rounding, Share};
use crate::scheme::Scheme;
use crate::scheme::sample::Sample;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// The largest amount that is accepted.
const LARGEST: i64 = 99_999_999_999_999;
pub(super) const STAGES: [&str; 2] = ["project", "second"];
/// The last one has no rules in any scheme.
const CATEGORIES: [&str; 5] = ["capped", "part", "other_part", "refused", "free"];

const BEGINS: &str =
    "[facts.project.begins]\ntype = \"day\"\nname = { en = \"When?\", zh-Hant = \"何日？\", zh-Hans = \"何日？\" }";

pub(super) fn amount() -> impl Strategy<Value = Cents> {
    prop_oneof![Just(0), 0_i64..500, 0_i64..1_000_000, 0..=LARGEST, Just(LARGEST)].prop_map(Cents::new)
}

fn ratio(largest: u32) -> impl Strategy<Value = Ratio> {
    (1..=largest, 1..=largest).prop_map(|(government, applicant)| Ratio { government, applicant })
}

fn share() -> impl Strategy<Value = Share> {
    (1_u32..=8)
        .prop_flat_map(|whole| (0..=whole, Just(whole)))
        .prop_map(|(part, whole)| Share { numerator: part, denominator: whole })
}

/// What a scheme says of one stage.
#[derive(Clone, Debug)]
pub(super) struct StageRules {
    pub(super) ratio: Ratio,
    pub(super) own_share: Option<Share>,
    in_kind: Option<(Share, &'static str)>,
    /// How cash, goods and investment of industry count; those of the university do.
    forms: [&'static str; 3],
}

fn stage_rules(largest_part: u32) -> impl Strategy<Value = StageRules> {
    let excess = prop_oneof![4 => Just("disregard"), 1 => Just("refuse")];
    let counts = || prop_oneof![6 => Just("counts"), 3 => Just("does_not_count"), 1 => Just("unknown")];
    (ratio(largest_part), option::of(share()), option::of((share(), excess)), [counts(), counts(), counts()])
        .prop_map(|(ratio, own_share, in_kind, forms)| StageRules { ratio, own_share, in_kind, forms })
}

/// What a scheme says.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) stages: [StageRules; 2],
    rounding: &'static str,
    cap: Option<Cents>,
    pub(super) parts: [Option<Share>; 2],
    pub(super) per_project: Option<Cents>,
    pub(super) per_applicant: Option<Cents>,
    /// Of an applicant in the calendar year in which a project begins.
    pub(super) per_year: Option<Cents>,
    /// Of the scheme in a financial year; what it leaves out goes over to the next.
    pub(super) per_scheme: Option<Cents>,
    projects: Option<u32>,
    floors: [Option<Cents>; 3],
}

pub(super) fn rules_up_to(largest_part: u32) -> impl Strategy<Value = Rules> {
    let limits = (option::of(amount()), option::of(amount()), option::of(0_u32..4));
    let years = [option::weighted(0.3, amount()), option::weighted(0.3, amount())];
    let floors = [option::weighted(0.2, amount()), option::weighted(0.2, amount()), option::weighted(0.2, amount())];
    let rounding = prop_oneof![Just("down"), Just("half_up")];
    let costs = (option::of(amount()), [option::of(share()), option::of(share())]);
    let stages = [stage_rules(largest_part), stage_rules(largest_part)];
    let limits = (limits, years);
    (stages, rounding, costs, limits, floors).prop_map(|(stages, rounding, (cap, parts), (limits, years), floors)| {
        Rules {
            stages,
            rounding,
            cap,
            parts,
            per_project: limits.0,
            per_applicant: limits.1,
            per_year: years[0],
            per_scheme: years[1],
            projects: limits.2,
            floors,
        }
    })
}

pub(super) fn rules() -> impl Strategy<Value = Rules> {
    rules_up_to(5)
}

impl Rules {
    pub(super) fn scheme(&self) -> Scheme {
        let entry = |value: String| format!("[{{ from = \"2024-01-01\", is = {value}, source = \"guide\" }}]");
        let forms = |[cash, in_kind, investment]: [&str; 3]| {
            format!("{{ cash = \"{cash}\", in_kind = \"{in_kind}\", investment = \"{investment}\" }}")
        };
        let dated = |table: &str, value: &str| format!("[{table}]\nis = [{{ from = \"2024-01-01\", is = {value}");
        let [first, second] = &self.stages;
        let mut sample =
            Sample::calculating().add(BEGINS).change("is = \"down\"", &format!("is = \"{}\"", self.rounding));
        for (table, from, to) in [
            ("matching.ratio.project", "\"1:2\"", format!("\"{}\"", first.ratio)),
            ("contribution.project.industry", &forms(["counts", "counts", "unknown"]), forms(first.forms)),
            (
                "contribution.project.university",
                &forms(["counts", "does_not_count", "does_not_count"]),
                forms(["counts"; 3]),
            ),
        ] {
            sample = sample.change(&dated(table, from), &dated(table, &to));
        }
        sample = sample
            .add("[stage.second]\nname = { en = \"A name\", zh-Hant = \"名稱\", zh-Hans = \"名称\" }")
            .with("matching.ratio.second", &format!("\"{}\"", second.ratio))
            .with("contribution.second.industry", &forms(second.forms));
        for (name, stage) in STAGES.iter().zip(&self.stages) {
            if let Some(share) = stage.own_share {
                sample = sample.with(&format!("matching.share.{name}"), &format!("\"{share}\""));
            }
            if let Some((share, excess)) = stage.in_kind {
                sample = sample.with(&format!("matching.in_kind_share.{name}"), &format!("\"{share}\""));
                sample = sample.with(&format!("matching.in_kind_excess.{name}"), &format!("\"{excess}\""));
            }
        }
        let cap = self.cap.map(|cap| format!("cap = {}", entry(format!("\"{cap}\""))));
        // The whole limits nothing, and no file says so.
        let part = |share: Option<Share>| {
            let limits = share.filter(|share| share.numerator < share.denominator);
            limits.map(|share| format!("share = {}", entry(format!("\"{share}\""))))
        };
        let refused = Some(format!("eligible = {}", entry("false".to_owned())));
        for (name, rule) in CATEGORIES.iter().zip([cap, part(self.parts[0]), part(self.parts[1]), refused]) {
            sample = sample.category(name, &rule.unwrap_or_default());
        }
        for (name, scope, limit) in [
            ("project", "per = \"project\"", self.per_project),
            ("applicant", "per = \"applicant\"", self.per_applicant),
            ("year", "per = \"applicant\"\nperiod = \"calendar_year\"\nyear_of = \"project.begins\"", self.per_year),
            ("scheme", "per = \"scheme\"\nperiod = \"financial_year\"\nrolls_over = true", self.per_scheme),
        ] {
            if let Some(limit) = limit {
                sample = sample.ceiling(name, &format!("of = \"grant\"\n{scope}"), &format!("\"{limit}\""));
            }
        }
        if let Some(limit) = self.projects {
            sample = sample.ceiling("projects", "of = \"projects\"\nper = \"applicant\"", &limit.to_string());
        }
        for (of, limit) in ["cost", "contribution", "grant"].into_iter().zip(self.floors) {
            if let Some(limit) = limit {
                sample = sample.floor(of, &format!("\"{limit}\""));
            }
        }
        sample.read()
    }

    /// The same rules, of a scheme that has any money.
    pub(super) fn without_money_of_the_year(&self) -> Self {
        Self { per_scheme: None, ..self.clone() }
    }

    pub(super) fn rounding(&self) -> Rounding {
        if self.rounding == "down" { Rounding::Down } else { Rounding::HalfUp }
    }
}

fn contribution() -> impl Strategy<Value = Contribution> {
    let from = prop_oneof![3 => Just("industry"), 1 => Just("university")];
    let form = prop_oneof![4 => Just(Form::Cash), 2 => Just(Form::InKind), 1 => Just(Form::Investment)];
    (from, form, amount()).prop_map(|(from, form, amount)| Contribution { from: from.to_owned(), form, amount })
}

fn asked_stage(name: &'static str) -> impl Strategy<Value = Stage> {
    let line = (proptest::sample::select(CATEGORIES.to_vec()), amount());
    let cost = line.prop_map(|(category, amount)| Cost { category: category.to_owned(), amount });
    let lines = (option::weighted(0.8, vec(cost, 0..5)), option::weighted(0.7, vec(contribution(), 0..5)));
    lines.prop_map(move |(costs, contributions)| Stage {
        stage: name.to_owned(),
        months: None,
        costs,
        contributions,
        posts: None,
    })
}

/// An answer to when a project begins, or none.
fn begins() -> impl Strategy<Value = Facts> {
    let day = prop_oneof![Just("2023-12-31"), Just("2024-01-01"), Just("2024-12-31"), Just("2025-01-01")];
    option::of(day)
        .prop_map(|day| day.map(|day| ("begins".to_owned(), FactValue::Text(day.to_owned()))).into_iter().collect())
}

/// Awards before, in short or one by one.
fn history() -> impl Strategy<Value = History> {
    let short = (amount(), 0_u32..4).prop_map(|(granted, projects)| History {
        granted: Some(granted),
        projects: Some(projects),
        awards: None,
    });
    let days = (day_of_a_year(), proptest::option::of(day_of_a_year()));
    let award = (days, amount(), begins()).prop_map(|((on, submitted_on), amount, facts)| Award {
        scheme: None,
        on: submitted_on.map_or(on, |submitted| submitted.max(on)),
        submitted_on,
        amount,
        completed: None,
        party: None,
        stages: BTreeMap::new(),
        facts,
    });
    let long = vec(award, 0..4).prop_map(|awards| History { granted: None, projects: None, awards: Some(awards) });
    prop_oneof![short, long]
}

/// A day at the edge of a financial year, that of the day on which the rules are asked among them.
fn day_of_a_year() -> impl Strategy<Value = Day> {
    let days = prop_oneof![Just("2024-03-31"), Just("2024-04-01"), Just("2025-03-31"), Just("2025-04-01")];
    days.prop_map(|day| Day::parse(day).unwrap())
}

/// A request of one or two stages that says something of at least one.
fn request() -> impl Strategy<Value = Request> {
    let stages = prop_oneof![
        asked_stage("project").prop_map(|stage| vec![stage]),
        asked_stage("second").prop_map(|stage| vec![stage]),
        (asked_stage("project"), asked_stage("second")).prop_map(|(first, second)| vec![second, first]),
    ];
    let line = (day_of_a_year(), amount()).prop_map(|(on, amount)| Committed { on, amount });
    let before = (option::of(history()), option::of(vec(line, 0..4)));
    (stages, begins(), before, option::of(amount()))
        .prop_map(|(stages, facts, (history, committed), requested)| Request {
            on: None,
            applicant: Applicant::default(),
            project: Project { facts, stages },
            history,
            committed,
            requested,
        })
        .prop_filter("nothing is said", |request| {
            request.project.stages.iter().any(|stage| stage.costs.is_some() || stage.contributions.is_some())
        })
}

/// Reading a scheme takes longer than working a grant out, so each scheme is asked several questions.
pub(super) fn questions() -> impl Strategy<Value = Vec<Request>> {
    vec(request(), 1..=4)
}
