//! What the story says against the rules and against itself.

use super::*;
use rules::calculation::{Award, Completed, Facts, History, calculate};
use rules::scheme::Scheme;

fn book() -> Book {
    Book::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/demo")).unwrap()
}

fn scheme(code: &str) -> Scheme {
    let path = |folder: &str| format!("{}/seeds/{folder}/{}.toml", env!("CARGO_MANIFEST_DIR"), code.to_lowercase());
    let text = std::fs::read_to_string(path("demo/schemes")).or_else(|_| std::fs::read_to_string(path("schemes")));
    Scheme::read(&text.unwrap()).unwrap()
}

/// What the applicant was granted in the scheme by earlier cases; all of them are completed by then.
fn history(book: &Book, case: &CaseData, on: Day) -> History {
    let earlier = book.case.iter().filter(|other| (&other.scheme, &other.applicant) == (&case.scheme, &case.applicant));
    let approvals = earlier.flat_map(|other| other.steps.iter().map(move |step| (other, step)));
    let approvals = approvals.filter(|(_, step)| step.does == Act::Approve && step.refused.is_none() && step.on < on);
    let awards = approvals.map(|(other, step)| Award {
        scheme: None,
        on: step.on,
        submitted_on: None,
        amount: other.grant,
        completed: Some(Completed::Answer(true)),
        party: None,
        stages: BTreeMap::new(),
        facts: Facts::new(),
    });
    History { awards: Some(awards.collect()), ..History::default() }
}

#[test]
fn the_rules_say_of_every_submission_what_the_story_says() {
    let book = book();
    let mut refused = 0;
    for (day, scene) in book.scenes() {
        let Scene::Step(case, _, step @ Step { does: Act::Submit, .. }) = scene else { continue };
        let scheme = scheme(&case.scheme);
        let mut request = case.request.clone();
        request.history = Some(history(&book, case, day));
        let calculation = calculate(&scheme, &request, day).unwrap();
        match step.refused.as_deref() {
            Some("calculation.refused") => assert!(!calculation.refused_by.is_empty(), "{}", case.key),
            Some(_) => {}
            None => assert_eq!(Some(calculation.grant), request.requested, "{} {:?}", case.key, calculation.steps),
        }
        refused += usize::from(step.refused.is_some());
    }
    assert_eq!(
        refused, 6,
        "below a floor, over a cumulative ceiling, outside two windows, over a quota, a contribution that does not count"
    );
}

#[test]
fn everybody_and_everything_that_is_named_is_there() {
    let book = book();
    let people = book.staff.iter().map(|person| &person.key).chain(book.applicant.iter().map(|person| &person.key));
    let people = people.collect::<BTreeSet<_>>();
    let cases = book.case.iter().map(|case| &case.key).collect::<BTreeSet<_>>();
    assert_eq!((people.len(), cases.len()), (book.staff.len() + book.applicant.len(), book.case.len()));
    for case in &book.case {
        assert!(people.contains(&case.applicant), "{}", case.key);
        assert!(case.steps.is_sorted_by_key(|step| step.on), "{}", case.key);
        assert!(case.steps.iter().flat_map(|step| &step.by).all(|key| people.contains(key)), "{}", case.key);
    }
    let named = book.payment.iter().flat_map(|payment| payment.claims.iter().map(|claim| &claim.case));
    assert!(
        named
            .chain(book.race.iter().flat_map(|race| race.entries.iter().map(|entry| &entry.case)))
            .all(|key| cases.contains(key))
    );
    assert!(
        book.staff.iter().all(|person| person.name.starts_with("Fictitious") && person.email.ends_with(".example"))
    );
    let organisations = book.applicant.iter().filter_map(|person| person.organisation.as_ref());
    assert!(organisations.into_iter().all(|name| name.starts_with("Fictitious")));
    for chapter in &book.chapter {
        assert!(cases.contains(&chapter.case), "{}", chapter.key);
        assert!(chapter.line.is_sorted_by_key(|line| line.on), "{}", chapter.key);
        assert!(chapter.line.iter().all(|line| people.contains(&line.who)), "{}", chapter.key);
    }
}
