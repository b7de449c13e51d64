//! Every name in a request is one that the scheme knows; if not, the answer points at it and lists the known ones.

use super::reading::{FaultKind, Named, RequestFault, escaped};
use super::request::{Award, Completed, FactValue, Facts, Request, Stage};
use crate::calendar::Day;
use crate::money::Cents;
use crate::scheme::{CategoryList, Fact, FactKind, Scheme, Tables};
use crate::text::is_unseen;
use std::collections::BTreeSet;

/// All faults of a request against a scheme on a day.
pub(super) fn faults(scheme: &Scheme, request: &Request, on: Day) -> Vec<RequestFault> {
    let file = &scheme.file;
    let mut faults = Vec::new();
    facts(&mut faults, "/applicant/facts", &request.applicant.facts, &file.facts.applicant);
    facts(&mut faults, "/project/facts", &request.project.facts, &file.facts.project);
    let stages = &request.project.stages;
    let no_posts = |stage: &Stage| stage.posts.as_ref().is_none_or(Vec::is_empty);
    if stages.iter().all(|stage| stage.costs.is_none() && stage.contributions.is_none() && no_posts(stage)) {
        let message = "there is nothing to calculate: give costs, contributions or posts in at least one stage";
        faults.push(RequestFault::malformed("/project/stages", message));
    }
    let mut seen = BTreeSet::new();
    for (index, stage) in stages.iter().enumerate() {
        let pointer = format!("/project/stages/{index}");
        known(&mut faults, || format!("{pointer}/stage"), Named::Stage, &stage.stage, &file.stage);
        if !seen.insert(&stage.stage) {
            faults.push(RequestFault::malformed(
                format!("{pointer}/stage"),
                format!("the stage \"{}\" is there twice", stage.stage),
            ));
        }
        lines(&mut faults, &pointer, stage, scheme, on);
    }
    history(&mut faults, request, scheme);
    faults
}

fn lines(faults: &mut Vec<RequestFault>, pointer: &str, stage: &Stage, scheme: &Scheme, on: Day) {
    let file = &scheme.file;
    let closed = matches!(file.cost.list.is.value_on(on), Some(CategoryList::Closed));
    for (index, cost) in stage.costs.iter().flatten().enumerate() {
        if cost.category.trim().is_empty() {
            let pointer = format!("{pointer}/costs/{index}/category");
            faults.push(RequestFault::malformed(
                pointer,
                "name the category: the scheme's own, or a word for what it is",
            ));
            continue;
        }
        if cost.category.chars().any(is_unseen) {
            faults.push(RequestFault::malformed(format!("{pointer}/costs/{index}/category"), NOT_SEEN));
            continue;
        }
        if closed && !file.cost.category.contains_key(&cost.category) {
            faults.push(RequestFault {
                pointer: format!("{pointer}/costs/{index}/category"),
                message: not_known("category", &cost.category, file.cost.category.keys()),
                kind: FaultKind::NotAllowed,
            });
        }
    }
    for (index, line) in stage.contributions.iter().flatten().enumerate() {
        let pointer = || format!("{pointer}/contributions/{index}/from");
        known(faults, pointer, Named::Contributor, &line.from, &file.contributor);
    }
    for (index, post) in stage.posts.iter().flatten().enumerate() {
        let pointer = format!("{pointer}/posts/{index}");
        match &file.unit_rate {
            Some(rates) => known(faults, || format!("{pointer}/class"), Named::Class, &post.class, &rates.class),
            None => {
                let message = format!(
                    "the class \"{}\" is not known: {} has no posts at unit rates",
                    shortened(&post.class),
                    file.code.get_ref()
                );
                let (pointer, kind) = (format!("{pointer}/class"), FaultKind::Unknown(Named::Class));
                faults.push(RequestFault { pointer, message, kind });
            }
        }
        if post.months.is_some() == post.days.is_some() {
            faults.push(RequestFault::malformed(pointer, "say for how long: months or days, one of the two"));
        }
    }
}

fn facts(faults: &mut Vec<RequestFault>, pointer: &str, facts: &Facts, known_facts: &Tables<Fact>) {
    for (name, value) in facts {
        let pointer = || format!("{pointer}/{}", escaped(name));
        let Some(fact) = known_facts.get(name) else {
            faults.push(RequestFault::malformed(pointer(), not_known("fact", name, known_facts.keys())));
            continue;
        };
        let kind = *fact.kind.get_ref();
        if is_answer(kind, value) {
            if let (FactKind::Text, FactValue::Text(code)) = (kind, value) {
                known(faults, pointer, Named::Answer, code, &fact.values);
            }
            continue;
        }
        faults.push(RequestFault::malformed(pointer(), format!("the fact \"{name}\" must be {}", kind.in_words())));
    }
}

/// Whether a value answers a question of this kind.
pub(crate) fn is_answer(kind: FactKind, value: &FactValue) -> bool {
    match (kind, value) {
        (FactKind::Boolean, FactValue::Boolean(_))
        | (FactKind::Text, FactValue::Text(_))
        | (FactKind::Count, FactValue::Count(_)) => true,
        (FactKind::Amount, value) => value.amount().is_some(),
        (FactKind::Day, value) => value.day().is_some(),
        _ => false,
    }
}

fn history(faults: &mut Vec<RequestFault>, request: &Request, scheme: &Scheme) {
    let Some(history) = &request.history else { return };
    if history.awards.is_some() && (history.granted.is_some() || history.projects.is_some()) {
        let message =
            "give either granted and projects, or awards: the short form and the long form together may disagree";
        faults.push(RequestFault::malformed("/history", message));
    }
    for (index, award) in history.awards.iter().flatten().enumerate() {
        let pointer = |member: &str| format!("/history/awards/{index}/{member}");
        let began = award.submitted_on.unwrap_or(award.on);
        if let Some(Completed::On(day)) = award.completed
            && day < began
        {
            let message = format!(
                "it was completed before it was applied for or, where that is not said, decided, on {began}: mend one of the days"
            );
            faults.push(RequestFault::malformed(pointer("completed"), message));
        }
        if award.scheme.as_ref().is_some_and(|code| code.chars().any(is_unseen)) {
            faults.push(RequestFault::malformed(pointer("scheme"), NOT_SEEN));
        }
        if award.submitted_on.is_some_and(|submitted| submitted > award.on) {
            let message = "it was applied for after it was decided: mend one of the two days";
            faults.push(RequestFault::malformed(pointer("submitted_on"), message));
        }
        if let Some(party) = &award.party {
            let pointer = || format!("/history/awards/{index}/party");
            known(faults, pointer, Named::Party, party, &scheme.file.aggregation);
        }
        stages_of_award(faults, index, award, scheme);
        facts(faults, &format!("/history/awards/{index}/facts"), &award.facts, &scheme.file.facts.project);
    }
}

fn stages_of_award(faults: &mut Vec<RequestFault>, index: usize, award: &Award, scheme: &Scheme) {
    let pointer = || format!("/history/awards/{index}/stages");
    if award.is_of(scheme) {
        for stage in award.stages.keys() {
            known(faults, || format!("{}/{stage}", pointer()), Named::Stage, stage, &scheme.file.stage);
        }
    }
    let sum = Cents::sum(award.stages.values().copied()).ok();
    if !award.stages.is_empty() && sum != Some(award.amount) {
        faults.push(RequestFault::malformed(pointer(), "the parts of the stages must sum to the amount of the award"));
    }
}

/// `pointer` is written only where it is told.
fn known<T>(faults: &mut Vec<RequestFault>, pointer: impl Fn() -> String, what: Named, name: &str, tables: &Tables<T>) {
    if !tables.contains_key(name) {
        let (pointer, message) = (pointer(), not_known(what.word(), name, tables.keys()));
        faults.push(RequestFault { pointer, message, kind: FaultKind::Unknown(what) });
    }
}

/// Says that a name is not known, and which ones are.
pub(crate) fn not_known<'n>(what: &str, name: &str, known: impl Iterator<Item = &'n String>) -> String {
    let names = known.map(String::as_str).collect::<Vec<_>>().join(", ");
    let known = if names.is_empty() { "there are none".to_owned() } else { format!("known are {names}") };
    format!("the {what} \"{}\" is not known: {known}", shortened(name))
}

/// What is wrong with a name of which a part is not shown, or turns what is shown.
const NOT_SEEN: &str = "a character of this name is not seen: write it in letters, digits and signs that are";

/// As much of a name as an answer repeats.
fn shortened(name: &str) -> String {
    name.chars().take(60).collect()
}
