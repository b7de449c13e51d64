//! The schema of what can be asked of each scheme.

use super::changes::changed;
use super::{faults, seeds, validator};
use rules::calculation::{Request, calculate};
use rules::calendar::Day;
use rules::schema;
use rules::scheme::{Example, Scheme};
use serde_json::Value;
use std::collections::BTreeSet;

/// What no schema can say: what is wrong lies in how the parts of a request stand to each other, or to sums.
const LAWS: [&str; 2] = ["is there twice", "must sum to the amount"];

fn schemes() -> Vec<(Scheme, Value)> {
    let seeds = seeds::texts().into_iter();
    seeds
        .map(|(_, text)| {
            let json = serde_json::to_value(toml::from_str::<toml::Table>(&text).unwrap()).unwrap();
            (Scheme::read(&text).unwrap(), json.get("example").unwrap().clone())
        })
        .collect()
}

/// The examples of a scheme: each day, and what is asked on it as the file has it.
fn asked<'s>(scheme: &'s Scheme, examples: &'s Value) -> Vec<(Day, &'s Value)> {
    let days = scheme.file.example.iter().map(|example| -> &Example { example.get_ref() }).map(|example| example.on);
    days.zip(examples.as_array().unwrap().iter().map(|example| &example["given"])).collect()
}

/// Whether a request is worked out, or why not.
fn read(scheme: &Scheme, request: &Value, on: Day) -> Result<(), String> {
    let request = Request::from_json(request.to_string().as_bytes()).map_err(|fault| fault.to_string())?;
    let worked_out = calculate(scheme, &request, on).map(|_| ());
    worked_out.map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
}

#[test]
fn every_example_fits_the_schema_of_its_scheme() {
    for (scheme, examples) in schemes() {
        let of_any_day = validator(&schema::request(&scheme, None));
        for (on, request) in asked(&scheme, &examples) {
            let of_the_day = validator(&schema::request(&scheme, Some(on)));
            for validator in [&of_any_day, &of_the_day] {
                assert_eq!(faults(validator, request), Vec::<String>::new(), "{} {on}", *scheme.file.code.get_ref());
            }
        }
    }
}

#[test]
fn a_schema_refuses_the_requests_that_are_refused_and_no_others() {
    let (mut compared, mut differ) = (0, Vec::new());
    for (scheme, examples) in schemes() {
        let mut seen = BTreeSet::new();
        for (on, request) in asked(&scheme, &examples) {
            let changes = changed(request, &mut seen, &str::to_owned);
            if changes.is_empty() {
                continue;
            }
            let schemas = [schema::request(&scheme, Some(on)), schema::request(&scheme, None)];
            let validators = schemas.map(|schema| validator(&schema));
            for change in changes {
                compared += 1;
                let read = read(&scheme, &change.value, on);
                let by_law = read.as_ref().is_err_and(|why| LAWS.iter().any(|law| why.contains(law)));
                let [of_the_day, of_any_day] = validators.each_ref().map(|validator| validator.is_valid(&change.value));
                if read.is_ok() && !of_any_day || read.is_ok() != of_the_day && !by_law {
                    let code = scheme.file.code.get_ref();
                    differ.push(format!("{code}: {}: {read:?}, {of_the_day}, {of_any_day}", change.what));
                }
            }
        }
    }
    assert!(differ.is_empty(), "{} of {compared}:\n{}", differ.len(), differ.join("\n"));
    assert!(compared > 5_000, "{compared}");
}
