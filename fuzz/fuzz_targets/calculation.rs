//! Any request under a scheme of the house: it is worked out or refused, and what is worked out keeps the laws.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use rules::calculation::{Outcome, Request, calculate};
use rules::calendar::Day;
use rules::money::Cents;
use rules::scheme::Scheme;
use std::sync::LazyLock;

const TEXTS: [&str; 8] = [
    include_str!("../../seeds/schemes/raise-plus.toml"),
    include_str!("../../seeds/schemes/nias.toml"),
    include_str!("../../seeds/schemes/rth-nias.toml"),
    include_str!("../../seeds/schemes/tvp.toml"),
    include_str!("../../seeds/schemes/ess.toml"),
    include_str!("../../seeds/schemes/nittp.toml"),
    include_str!("../../seeds/schemes/itsp-platform.toml"),
    include_str!("../../seeds/schemes/rd-deduction.toml"),
];

static SCHEMES: LazyLock<Vec<Scheme>> =
    LazyLock::new(|| TEXTS.iter().map(|text| Scheme::read(text).expect("a scheme of the house is in order")).collect());

// The first byte chooses the scheme, the second the day, where the request names none; the rest is the request.
fuzz_target!(|bytes: &[u8]| -> Corpus {
    let [which, when, json @ ..] = bytes else { return Corpus::Reject };
    let scheme = &SCHEMES[usize::from(*which) % SCHEMES.len()];
    let request = match Request::from_json(json) {
        Ok(request) => request,
        Err(fault) => {
            assert!(!fault.message.is_empty());
            return Corpus::Keep;
        }
    };
    let on = request.on.unwrap_or_else(|| Day::parse(&format!("20{:02}-06-01", when % 100)).expect("a day"));
    let calculation = match calculate(scheme, &request, on) {
        Ok(calculation) => calculation,
        Err(faults) => {
            assert!(!faults.is_empty());
            return Corpus::Keep;
        }
    };
    let answer = calculation.answer(&request);
    assert!(answer.grant >= Cents::ZERO && answer.grant <= calculation.allowed);
    assert!(request.requested.is_none_or(|requested| answer.grant <= requested));
    assert_eq!(answer.outcome == Outcome::Granted, answer.grant > Cents::ZERO);
    assert_eq!(answer.outcome == Outcome::Granted, answer.refused_by.is_empty());
    let parts = Cents::sum(answer.stages.iter().map(|stage| stage.grant)).expect("what was added once can be added again");
    assert_eq!(parts, calculation.allowed);
    assert!(answer.steps.iter().all(|step| step.text.as_ref().is_some_and(|text| !text.en.is_empty() && !text.zh_hant.is_empty())));
    assert_eq!(answer.trace.len(), 64);
    // The same question, written and read again and in another order, has the same answer.
    let mut again = Request::from_json(&serde_json::to_vec(&request).expect("a request is JSON")).expect("its own JSON");
    for stage in &mut again.project.stages {
        stage.costs.iter_mut().for_each(|costs| costs.reverse());
        stage.contributions.iter_mut().for_each(|contributions| contributions.reverse());
    }
    let same = calculate(scheme, &again, on).expect("the same request is understood").answer(&again);
    assert_eq!(same, answer);
    Corpus::Keep
});
