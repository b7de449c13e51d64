//! The sentences of the calculation, each with numbers worked out by hand.

mod ceilings;
mod commitment;
mod contributions;
mod costs;
mod days;
mod eligibility;
mod explanation;
mod floors;
mod history;
mod lengths;
mod limits;
mod malformed;
mod matching;
mod names;
mod posts;
mod relations;
mod roll_over;
mod stages;
mod unknown;
mod words;
mod years;

use super::{Answer, Request, RequestFault, calculate};
use crate::calendar::Day;
use crate::scheme::Scheme;
use crate::scheme::sample::{SECOND_STAGE, Sample};
use serde_json::{Value, json};

/// A day on which every value of a sample holds.
const DAY: &str = "2024-06-01";

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A stage with what it costs and what is given; `None` leaves it out.
fn stage(name: &str, costs: Option<&[(&str, &str)]>, given: Option<&[(&str, &str, &str)]>) -> Value {
    let mut stage = json!({ "stage": name });
    if let Some(costs) = costs {
        let line = |(category, amount): &(&str, &str)| json!({ "category": category, "amount": amount });
        stage["costs"] = costs.iter().map(line).collect();
    }
    if let Some(given) = given {
        let line = |(from, form, amount): &(&str, &str, &str)| json!({ "from": from, "form": form, "amount": amount });
        stage["contributions"] = given.iter().map(line).collect();
    }
    stage
}

/// A project of one stage that costs so much and leaves contributions out.
fn costing(amount: &str) -> Value {
    project(&[stage("project", Some(&[("equipment", amount)]), None)])
}

/// A project of one stage that leaves costs out.
fn given(contributions: &[(&str, &str, &str)]) -> Value {
    project(&[stage("project", None, Some(contributions))])
}

fn project(stages: &[Value]) -> Value {
    json!({ "project": { "stages": stages } })
}

/// A request with one member more, such as `requested`.
fn also(mut request: Value, member: &str, value: Value) -> Value {
    request[member] = value;
    request
}

fn read(request: &Value) -> Request {
    Request::from_json(request.to_string().as_bytes()).unwrap_or_else(|fault| panic!("{fault}"))
}

fn ask_on(scheme: &Scheme, on: &str, request: &Value) -> Answer {
    let request = read(request);
    calculate(scheme, &request, day(on)).unwrap_or_else(|faults| panic!("{faults:?}")).answer(&request)
}

fn ask(sample: &Sample, request: &Value) -> Answer {
    ask_on(&sample.read(), DAY, request)
}

fn faults(sample: &Sample, request: &Value) -> Vec<RequestFault> {
    let scheme = sample.read();
    let request = read(request);
    match calculate(&scheme, &request, day(DAY)) {
        Ok(calculation) => panic!("it was understood: {calculation:?}"),
        Err(faults) => faults,
    }
}

#[track_caller]
fn assert_granted(answer: &Answer, grant: &str, limited_by: &[&str]) {
    assert_eq!((answer.grant.to_string().as_str(), &answer.limited_by[..]), (grant, &owned(limited_by)[..]));
    assert_eq!(answer.refused_by, owned(&[]));
}

#[track_caller]
fn assert_refused(answer: &Answer, refused_by: &[&str]) {
    assert_eq!(answer.refused_by, owned(refused_by));
    assert_eq!(answer.grant.to_string(), "0.00");
}

/// What each stage gets, or would get.
fn stages(answer: &Answer) -> Vec<(String, String)> {
    answer.stages.iter().map(|stage| (stage.stage.clone(), stage.grant.to_string())).collect()
}

/// The steps of a rule: their inputs and values as JSON.
fn steps(answer: &Answer, rule: &str) -> Vec<Value> {
    let of_rule = answer.steps.iter().filter(|step| step.rule == rule);
    of_rule.map(|step| json!({ "inputs": step.inputs, "value": step.value })).collect()
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
