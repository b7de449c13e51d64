//! The trace of an answer: a hash over the canonical JSON (RFC 8785) of the request, the rules and the result without texts.
//!
//! The members of each struct stand in the order in which the canonical form has them, so that they are written as they come: a
//! canonicaliser that reads the JSON back and sorts it takes many times as long. The tests hold the two against each other.

use super::answer::{Answer, Outcome, StageAnswer, StepAnswer, StepSource};
use super::quantity::Quantity;
use super::request::{
    Applicant, Award, Committed, Completed, Contribution, Cost, Facts, Form, History, Post, Request, Stage,
};
use super::{Eligibility, Inputs};
use crate::calendar::Day;
use crate::money::Cents;
use crate::scheme::{Grade, Scheme, hexadecimal};
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The hash of a request and its answer without texts and trace; empty only if the answer could not be written as JSON.
pub(super) fn trace(scheme: &Scheme, request: &Request, answer: &Answer) -> String {
    canonical(&request.normalised(scheme, answer.on), answer)
        .map_or_else(|_: serde_json::Error| String::new(), |bytes| hexadecimal(&Sha256::digest(&bytes)))
}

/// What is hashed.
fn canonical(request: &Request, answer: &Answer) -> serde_json::Result<Vec<u8>> {
    // Most answers are shorter.
    let mut bytes = Vec::with_capacity(8192);
    let traced = Traced { request: request_of(request), result: result_of(answer), rules: &answer.rules };
    serde_json::to_writer(&mut bytes, &traced)?;
    Ok(bytes)
}

#[derive(Serialize)]
struct Traced<'a> {
    request: TracedRequest<'a>,
    result: TracedResult<'a>,
    rules: &'a str,
}

#[derive(Serialize)]
struct TracedRequest<'a> {
    applicant: TracedApplicant<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    committed: Option<Vec<TracedCommitted>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<TracedHistory<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<Day>,
    project: TracedProject<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested: Option<Cents>,
}

#[derive(Serialize)]
struct TracedCommitted {
    amount: Cents,
    on: Day,
}

#[derive(Serialize)]
struct TracedApplicant<'a> {
    #[serde(serialize_with = "facts")]
    facts: &'a Facts,
}

#[derive(Serialize)]
struct TracedProject<'a> {
    #[serde(serialize_with = "facts")]
    facts: &'a Facts,
    stages: Vec<TracedStage<'a>>,
}

#[derive(Serialize)]
struct TracedStage<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    contributions: Option<Vec<TracedContribution<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    costs: Option<Vec<TracedCost<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    months: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    posts: Option<Vec<TracedPost<'a>>>,
    stage: &'a str,
}

#[derive(Serialize)]
struct TracedCost<'a> {
    amount: Cents,
    category: &'a str,
}

#[derive(Serialize)]
struct TracedContribution<'a> {
    amount: Cents,
    form: Form,
    from: &'a str,
}

#[derive(Serialize)]
struct TracedPost<'a> {
    class: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<u32>,
    heads: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    monthly_salary: Option<Cents>,
    #[serde(skip_serializing_if = "Option::is_none")]
    months: Option<u32>,
}

#[derive(Serialize)]
struct TracedHistory<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    awards: Option<Vec<TracedAward<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    granted: Option<Cents>,
    #[serde(skip_serializing_if = "Option::is_none")]
    projects: Option<u32>,
}

#[derive(Serialize)]
struct TracedAward<'a> {
    amount: Cents,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed: Option<Completed>,
    #[serde(serialize_with = "facts", skip_serializing_if = "is_empty")]
    facts: &'a Facts,
    on: Day,
    #[serde(skip_serializing_if = "Option::is_none")]
    party: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    stages: &'a BTreeMap<String, Cents>,
    #[serde(skip_serializing_if = "Option::is_none")]
    submitted_on: Option<Day>,
}

#[derive(Serialize)]
struct TracedResult<'a> {
    applicant_share: Cents,
    #[serde(skip_serializing_if = "Option::is_none")]
    commitment: Option<Cents>,
    eligibility: Eligibility,
    grant: Cents,
    limited_by: &'a [String],
    missing: &'a [String],
    on: Day,
    outcome: Outcome,
    refused_by: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    rolls_over: Option<Cents>,
    rules: &'a str,
    scheme: &'a str,
    stages: Vec<TracedAmounts<'a>>,
    steps: Vec<TracedStep<'a>>,
    uncovered: Cents,
    unverified: &'a [String],
}

#[derive(Serialize)]
struct TracedAmounts<'a> {
    eligible_cost: Cents,
    grant: Cents,
    matched: Cents,
    stage: &'a str,
    uncovered: Cents,
}

#[derive(Serialize)]
struct TracedStep<'a> {
    #[serde(serialize_with = "inputs")]
    inputs: &'a Inputs,
    rule: &'a str,
    source: Option<TracedSource<'a>>,
    value: &'a Quantity,
}

#[derive(Serialize)]
struct TracedSource<'a> {
    checked_on: Day,
    code: &'a str,
    grade: Grade,
    title: &'a str,
}

fn facts<S: Serializer>(facts: &&Facts, serializer: S) -> Result<S::Ok, S::Error> {
    sorted(facts.iter().map(|(name, value)| (name.as_str(), value)).collect(), serializer)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference to the member, which is one itself")]
fn is_empty(facts: &&Facts) -> bool {
    facts.is_empty()
}

fn inputs<S: Serializer>(inputs: &&Inputs, serializer: S) -> Result<S::Ok, S::Error> {
    sorted(inputs.iter().map(|(name, value)| (name.as_ref(), value)).collect(), serializer)
}

/// Members by their names, in the order of the UTF-16 units of these, as RFC 8785 has it.
fn sorted<V: Serialize, S: Serializer>(mut members: Vec<(&str, V)>, serializer: S) -> Result<S::Ok, S::Error> {
    members.sort_by(|(left, _), (right, _)| left.encode_utf16().cmp(right.encode_utf16()));
    serializer.collect_map(members)
}

fn request_of(request: &Request) -> TracedRequest<'_> {
    let Request { on, applicant: Applicant { facts }, project, history, committed, requested } = request;
    let committed_of = |Committed { on, amount }: &Committed| TracedCommitted { amount: *amount, on: *on };
    TracedRequest {
        applicant: TracedApplicant { facts },
        committed: committed.as_ref().map(|lines| lines.iter().map(committed_of).collect()),
        history: history.as_ref().map(history_of),
        on: *on,
        project: TracedProject { facts: &project.facts, stages: project.stages.iter().map(stage_of).collect() },
        requested: *requested,
    }
}

fn stage_of(stage: &Stage) -> TracedStage<'_> {
    let Stage { stage, months, costs, contributions, posts } = stage;
    TracedStage {
        contributions: contributions.as_ref().map(|lines| lines.iter().map(contribution_of).collect()),
        costs: costs.as_ref().map(|lines| lines.iter().map(cost_of).collect()),
        months: *months,
        posts: posts.as_ref().map(|posts| posts.iter().map(post_of).collect()),
        stage,
    }
}

fn cost_of(Cost { category, amount }: &Cost) -> TracedCost<'_> {
    TracedCost { amount: *amount, category }
}

fn contribution_of(Contribution { from, form, amount }: &Contribution) -> TracedContribution<'_> {
    TracedContribution { amount: *amount, form: *form, from }
}

fn post_of(Post { class, heads, months, days, monthly_salary }: &Post) -> TracedPost<'_> {
    TracedPost { class, days: *days, heads: *heads, monthly_salary: *monthly_salary, months: *months }
}

fn history_of(History { granted, projects, awards }: &History) -> TracedHistory<'_> {
    let awards = awards.as_ref().map(|awards| awards.iter().map(award_of).collect());
    TracedHistory { awards, granted: *granted, projects: *projects }
}

fn award_of(Award { scheme, on, submitted_on, amount, completed, party, stages, facts }: &Award) -> TracedAward<'_> {
    TracedAward {
        amount: *amount,
        completed: *completed,
        facts,
        on: *on,
        party: party.as_deref(),
        scheme: scheme.as_deref(),
        stages,
        submitted_on: *submitted_on,
    }
}

fn result_of(answer: &Answer) -> TracedResult<'_> {
    let Answer {
        scheme,
        on,
        rules,
        eligibility,
        missing,
        outcome,
        grant,
        rolls_over,
        commitment,
        applicant_share,
        uncovered,
        stages,
        limited_by,
        refused_by,
        unverified,
        steps,
        trace: _,
    } = answer;
    TracedResult {
        applicant_share: *applicant_share,
        commitment: *commitment,
        eligibility: *eligibility,
        grant: *grant,
        limited_by,
        missing,
        on: *on,
        outcome: *outcome,
        refused_by,
        rolls_over: *rolls_over,
        rules,
        scheme,
        stages: stages.iter().map(amounts_of).collect(),
        steps: steps.iter().map(step_of).collect(),
        uncovered: *uncovered,
        unverified,
    }
}

fn amounts_of(StageAnswer { stage, eligible_cost, matched, grant, uncovered }: &StageAnswer) -> TracedAmounts<'_> {
    TracedAmounts { eligible_cost: *eligible_cost, grant: *grant, matched: *matched, stage, uncovered: *uncovered }
}

fn step_of(StepAnswer { rule, text: _, inputs, value, source }: &StepAnswer) -> TracedStep<'_> {
    TracedStep { inputs, rule, source: source.as_ref().map(source_of), value }
}

fn source_of(StepSource { code, title, grade, checked_on }: &StepSource) -> TracedSource<'_> {
    TracedSource { checked_on: *checked_on, code, grade: *grade, title }
}

/// The same by the library that sorts, which anybody else would use.
#[cfg(test)]
pub(super) fn canonical_twice(request: &Request, answer: &Answer) -> (Vec<u8>, Vec<u8>) {
    let mut result = serde_json::to_value(answer).unwrap();
    let members = result.as_object_mut().unwrap();
    members.remove("trace");
    for step in members.get_mut("steps").unwrap().as_array_mut().unwrap() {
        step.as_object_mut().unwrap().remove("text");
    }
    let traced = serde_json::json!({ "request": request, "rules": answer.rules, "result": result });
    (canonical(request, answer).unwrap(), serde_json_canonicalizer::to_vec(&traced).unwrap())
}
