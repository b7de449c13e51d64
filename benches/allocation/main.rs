//! How long an allocation takes and how much memory, from what is on file to the plan: a round that can be allocated, and one that
//! cannot.
//!
//! `cargo bench -p rules --bench allocation`

use rules::actor::{Actor, Role, Who};
use rules::allocation::{Candidate, Proposal, Round, Unsolved, solve};
use rules::application::{Application, Content, Revision, State};
use rules::assessor::{Interest, Tie};
use rules::duty::Duties;
use rules::ids::{ApplicationId, OrganisationId, PersonId};
use rules::interest::{Applying, Assessor, Case, Named, OnFile, Party, Supplier};
use rules::money::Cents;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;
use uuid::Uuid;

const PROPOSALS: u128 = 2_000;
const ASSESSORS: u128 = 300;
const TRADES: [&str; 10] =
    ["Optics", "Textiles", "Circuits", "Robotics", "Foods", "Fibres", "Cells", "Vaccines", "Tools", "Sensors"];
const SURNAMES: [&str; 10] = ["Wong", "Chan", "Lee", "Ho", "Kwok", "Lam", "Cheung", "Ng", "Yeung", "Tsang"];

fn main() -> Result<(), serde_json::Error> {
    for (name, cap) in [("enough places", 25), ("just enough places", 20), ("too few places", 19)] {
        let round = round(cap)?;
        let begun = Instant::now();
        let problem = round.problem();
        let made = begun.elapsed();
        let solved = solve(&problem);
        let took = begun.elapsed();
        let outcome = match solved {
            Ok(plan) => format!("{} pairs, cost {:?}", plan.pairs.len(), plan.cost),
            Err(Unsolved::Impossible(obstacle)) => {
                let (needs, caps) = (obstacle.needs.len(), obstacle.caps.len());
                format!("short of {}: {needs} needs and {caps} limits in the way", obstacle.short_of)
            }
            Err(other) => format!("{other:?}"),
        };
        let conflicts = problem.conflicts.len();
        println!("{name}: {took:?} (of which the problem {made:?}, {conflicts} conflicts): {outcome}; peak {}", peak());
    }
    Ok(())
}

/// Each proposal needs three assessors and is about one or two fields out of twenty; each assessor knows three. Each case names two people
/// and two suppliers; each assessor has declared two interests, and one in three acts for an organisation.
fn round(cap: u32) -> Result<Round, serde_json::Error> {
    let mut on_file = OnFile::default();
    let proposals = (1..=PROPOSALS).map(|number| {
        let application = application(number)?;
        on_file.cases.insert(application.id, case(number));
        Ok(Proposal { application, wanted: 3, duties: Duties::default(), existing: Vec::new() })
    });
    let proposals = proposals.collect::<Result<_, serde_json::Error>>()?;
    let candidates = (1..=ASSESSORS).map(|number| {
        let id = PersonId(Uuid::from_u128(1_000_000 + number));
        on_file.assessors.insert(id, assessor(number));
        let roles = BTreeSet::from([Role::Assessor]);
        let actor = Actor { who: Who::Person(id), roles, ..Actor::visitor() };
        let expertise = [field(number), field(number * 3 + 1), field(number * number)].into();
        Candidate { actor, cap, elsewhere: 0, expertise }
    });
    let candidates = candidates.collect();
    Ok(Round { proposals, candidates, on_file })
}

fn field(number: u128) -> String {
    format!("field_{}", number % 20)
}

fn one_of(of: &[&'static str], number: u128) -> &'static str {
    let count = u128::try_from(of.len()).unwrap_or(1);
    usize::try_from(number % count).ok().and_then(|place| of.get(place).copied()).unwrap_or_default()
}

/// One of two thousand names of organisations.
fn organisation(number: u128) -> String {
    format!("House {} {} (Hong Kong) Company Limited", number % 2_000, one_of(&TRADES, number))
}

/// One of ten thousand names of people.
fn who(number: u128) -> String {
    format!("{} Siu {} Ming", one_of(&SURNAMES, number), number % 1_000)
}

fn party(number: u128) -> Party {
    let id = OrganisationId(Uuid::from_u128(2_000_000 + number));
    Party { id, name: organisation(number), ubi: format!("{number:08}") }
}

fn application(number: u128) -> Result<Application, serde_json::Error> {
    let facts = format!(r#""sector": "{}", "approach": "{}""#, field(number), field(number * 7 / 3));
    let content = format!(
        r#"{{ "title": "A", "summary": "B", "request": {{ "project": {{ "stages": [], "facts": {{ {facts} }} }} }} }}"#
    );
    let content = serde_json::from_str::<Content>(&content)?;
    let (author, at) = (PersonId(Uuid::from_u128(number)), chrono::DateTime::UNIX_EPOCH);
    let Party { id: organisation, name: organisation_name, ubi: organisation_ubi } = party(number);
    Ok(Application {
        id: ApplicationId(Uuid::from_u128(number)),
        reference: format!("NIAS-2026-{number:06}"),
        scheme: "NIAS".to_owned(),
        organisation,
        organisation_name,
        organisation_ubi,
        author,
        state: State::InAssessment,
        content,
        revision: Revision { number: 1, by: author, at, version: 1 },
        submission: None,
        sealed_until: None,
        recommended: None,
        reserved: Cents::ZERO,
        reason: None,
        embargo_until: None,
        created_at: at,
        version: 1,
        told_version: 1,
    })
}

fn case(number: u128) -> Case {
    let author = PersonId(Uuid::from_u128(number));
    let email = format!("a@house{}.example", number % 2_000);
    let named = |other: u128| Named {
        name: who(other),
        organisation: Some(organisation(other)),
        email: Some(format!("b@institute{}.example", other % 500)),
    };
    let supplier = |other: u128| Supplier { name: organisation(other), ubi: None };
    Case {
        applicant: party(number),
        co_applicants: Vec::new(),
        related: Vec::new(),
        people: BTreeMap::from([(author, Applying { name: who(number * 13), email })]),
        authors: BTreeSet::from([author]),
        members: BTreeSet::new(),
        named: vec![named(number * 31), named(number * 37 + 1)],
        suppliers: vec![supplier(number * 41), supplier(number * 43 + 2)],
    }
}

fn assessor(number: u128) -> Assessor {
    let interest = |organisation, person| Interest { tie: Tie::Professional, organisation, ubi: None, person };
    Assessor {
        name: who(number * 17 + 5),
        email: format!("c@dept.institute{}.example", number % 500),
        acts_for: number.is_multiple_of(3).then(|| party(number)).into_iter().collect(),
        declared: Some(vec![interest(Some(organisation(number * 19)), None), interest(None, Some(who(number * 23)))]),
        ..Assessor::default()
    }
}

/// The most memory that the process has had, as Linux tells it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map(|peak| peak.trim().to_owned()).unwrap_or_default()
}
