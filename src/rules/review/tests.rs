use super::*;
use crate::ids::ApplicationId;
use crate::permission::Verb;
use crate::sample::{NIAS, application, commissioner, day, instant, nobody, permit, person, scheme};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// NIAS with a review within ten days, and an appeal within five before the commissioner.
fn reviewed() -> &'static Scheme {
    static READ: OnceLock<Scheme> = OnceLock::new();
    READ.get_or_init(|| {
        let step = |code: &str, days: u32, by: &str| {
            format!(
                "[review.step.{code}]\nis = [{{ from = \"2024-09-16\", is = true, source = \"house\" }}]\n\
                 days = [{{ from = \"2024-09-16\", is = {days}, source = \"house\" }}]\nby = [{by}]\n\
                 name = {{ en = \"{code}\", zh-Hant = \"覆核\", zh-Hans = \"复核\" }}\n\n"
            )
        };
        let both = step("review", 10, "\"assistant_commissioner\", \"commissioner\"");
        let both = both + &step("appeal", 5, "\"commissioner\"");
        scheme(&NIAS.replacen("[payment.instalment", &format!("{both}[payment.instalment"), 1))
    })
}

fn refused_on(state: State) -> Application {
    Application { reason: Some("too weak".to_owned()), ..application(state) }
}

/// Told on 5 March 2025.
fn stays(state: State) -> Vec<Stay> {
    let before = Stay { state: State::Submitted, from: instant("2025-02-05"), until: Some(instant("2025-03-05")) };
    vec![before, Stay { state, from: instant("2025-03-05"), until: None }]
}

fn asked_on(scheme: &Scheme, state: State, reviews: &[Review], (grounds, on): (&str, &str)) -> Result<Review, Refusal> {
    let (case, stays, duties) = (refused_on(state), stays(state), nobody());
    let asking = Asking { scheme, reviews, stays: &stays };
    let by = (person(1), instant(on));
    request(&permit(Verb::ReviewRequest), &case, asking, (grounds, &duties), by).map(|(_, review)| review)
}

fn asked(state: State) -> Review {
    asked_on(reviewed(), state, &[], ("The marks are wrong.", "2025-03-06")).unwrap()
}

struct By {
    person: u128,
    held: Held,
    duties: Duties,
    on_the_case: BTreeSet<PersonId>,
}

impl Default for By {
    fn default() -> Self {
        Self { person: 9, held: commissioner(), duties: nobody(), on_the_case: BTreeSet::new() }
    }
}

fn decided(review: Review, by: &By, verdict: Verdict) -> Result<(Change, Review, Application), Refusal> {
    let case = refused_on(review.of);
    let acting = Acting { by: person(by.person), held: &by.held, duties: &by.duties, at: instant("2025-03-20") };
    let deciding = Deciding { scheme: reviewed(), on_the_case: &by.on_the_case };
    review.decide(&permit(Verb::ReviewDecide), case, acting, deciding, (verdict, "as shown"))
}

fn code<T>(result: Result<T, Refusal>) -> Option<&'static str> {
    result.err().map(|refusal| refusal.code())
}

#[test]
fn only_a_refusal_is_looked_at_again_within_its_days_and_with_grounds() {
    for state in State::ALL {
        let expected = match state {
            State::Ineligible | State::Rejected => None,
            _ => Some("review.not_reviewable"),
        };
        assert_eq!(code(asked_on(reviewed(), state, &[], ("wrong", "2025-03-06"))), expected, "{state:?}");
    }
    for (on, expected) in [("2025-03-05", None), ("2025-03-15", None), ("2025-03-16", Some("review.late"))] {
        assert_eq!(code(asked_on(reviewed(), State::Rejected, &[], ("wrong", on))), expected, "{on}");
    }
    assert_eq!(code(asked_on(reviewed(), State::Rejected, &[], (" ", "2025-03-06"))), Some("text.length"));
    assert_eq!(code(asked_on(&scheme(NIAS), State::Rejected, &[], ("wrong", "2025-03-06"))), Some("review.not_taken"));
    let review = asked(State::Rejected);
    assert_eq!((review.number, review.step.as_str(), review.stay, &*review.of_reason), (1, "review", 2, "too weak"));
    assert_eq!((review.told_on, review.last_day), (day("2025-03-05"), day("2025-03-15")));
    assert_eq!(review.route.authorities(), ["assistant_commissioner", "commissioner"]);
    let told = |scheme: &Scheme| first(scheme, day("2025-02-05"), day("2025-03-05")).map(|(_, last_day)| last_day);
    assert_eq!((told(reviewed()), told(&scheme(NIAS))), (Some(day("2025-03-15")), None));
}

#[test]
fn an_instance_is_asked_once_and_the_next_one_against_what_it_has_decided() {
    let again = |reviews: &[Review], on| asked_on(reviewed(), State::Rejected, reviews, ("wrong", on));
    let open = asked(State::Rejected);
    assert_eq!(code(again(std::slice::from_ref(&open), "2025-03-06")), Some("review.open"));
    let (_, withdrawn) =
        open.clone().withdraw(&permit(Verb::ReviewRequest), (person(1), instant("2025-03-07")), "later").unwrap();
    assert_eq!(code(again(std::slice::from_ref(&withdrawn), "2025-03-08")), Some("review.asked"));
    assert_eq!(
        code(withdrawn.withdraw(&permit(Verb::ReviewRequest), (person(1), instant("2025-03-07")), "x")),
        Some("review.over")
    );
    let (change, dismissed, case) = decided(open, &By::default(), Verdict::Dismissed).unwrap();
    assert_eq!(case.state, State::Rejected);
    let Event::ReviewDismissed { next_by, .. } = change.event() else { panic!("{:?}", change.event()) };
    assert_eq!(*next_by, Some(day("2025-03-25")));
    // Its days count from the decision before, and it has its own deciders.
    assert_eq!(code(again(std::slice::from_ref(&dismissed), "2025-03-26")), Some("review.late"));
    let appeal = again(std::slice::from_ref(&dismissed), "2025-03-25").unwrap();
    assert_eq!((appeal.number, appeal.step.as_str(), appeal.told_on), (2, "appeal", day("2025-03-20")));
    let (change, last, _) = decided(appeal, &By::default(), Verdict::Dismissed).unwrap();
    assert!(matches!(change.event(), Event::ReviewDismissed { next_by: None, .. }));
    let both = [dismissed, last];
    assert_eq!(code(again(&both, "2025-03-21")), Some("review.final"));
    // What is refused anew is another decision.
    let earlier = both.map(|review| Review { stay: 1, ..review });
    assert_eq!(again(&earlier, "2025-03-06").unwrap().step, "review");
}

#[test]
fn what_is_set_aside_is_opened_again_where_it_was_refused() {
    for (of, to) in [(State::Ineligible, State::Submitted), (State::Rejected, State::InAssessment)] {
        let (change, review, case) = decided(asked(of), &By::default(), Verdict::SetAside).unwrap();
        assert_eq!((review.state, case.state, case.recommended, case.reason), (ReviewState::SetAside, to, None, None));
        assert_eq!(review.of_reason, "too weak");
        let moves = |write: &Write| matches!(write, Write::Movement(_) | Write::Posting(_));
        assert!(!change.writes().iter().any(moves), "a refusal holds no money");
        assert!(change.writes().iter().any(|write| matches!(write, Write::Duty { duty: Duty::Reviewer, .. })));
        assert_eq!(code(decided(review, &By::default(), Verdict::Dismissed)), Some("review.over"));
    }
}

#[test]
fn nobody_decides_who_was_on_the_case_or_acts_in_the_absence_of_somebody_who_was() {
    let decide = |by: &By| code(decided(asked(State::Rejected), by, Verdict::SetAside));
    assert_eq!(decide(&By::default()), None);
    assert_eq!(decide(&By { held: Held::default(), ..By::default() }), Some("review.not_yours"));
    let involved = BTreeSet::from([person(9)]);
    let lent = |absent| {
        let delegated = BTreeMap::from([(person(absent), BTreeSet::from(["commissioner".to_owned()]))]);
        By { person: 10, held: Held { delegated, ..Held::default() }, ..By::default() }
    };
    assert_eq!(decide(&lent(9)), None);
    for by in [By::default(), lent(9)] {
        assert_eq!(decide(&By { on_the_case: involved.clone(), ..by }), Some("review.on_the_case"));
    }
    // And a duty alone keeps somebody from it, should nothing else be known of them.
    for duty in Duty::ALL.into_iter().filter(|duty| *duty != Duty::Reviewer) {
        let duties = Duties { held: BTreeMap::from([(person(9), duty)]), ..Duties::default() };
        assert_eq!(decide(&By { duties: duties.clone(), ..By::default() }), Some("duty.separated"), "{duty:?}");
        assert_eq!(decide(&By { duties, ..lent(9) }), Some("duty.separated"), "{duty:?} absent");
    }
    // In the absence of two, it is decided for the one who was not on it.
    let mut both = lent(9);
    both.held.delegated.insert(person(8), BTreeSet::from(["commissioner".to_owned()]));
    let on_the_case = BTreeSet::from([person(8)]);
    let (_, review, _) = decided(asked(State::Rejected), &By { on_the_case, ..both }, Verdict::SetAside).unwrap();
    assert_eq!(review.ended.and_then(|ended| ended.on_behalf_of), Some(person(9)));
    let waits = |by: &By| asked(State::Rejected).waits_for(person(by.person), &by.held, &by.on_the_case);
    assert!(waits(&By::default()) && waits(&lent(9)));
    assert!(!waits(&By { on_the_case: involved.clone(), ..By::default() }));
    assert!(!waits(&By { on_the_case: involved, ..lent(9) }));
}

#[test]
fn what_is_looked_at_again_is_neither_reinstated_nor_withdrawn_and_what_stands_is_not_reinstated() {
    let told = stays(State::Rejected);
    let open = asked(State::Rejected);
    assert_eq!(code(none_open(std::slice::from_ref(&open))), Some("review.open"));
    assert_eq!(code(none_upheld(std::slice::from_ref(&open), &told)), Some("review.open"));
    let (_, dismissed, _) = decided(open, &By::default(), Verdict::Dismissed).unwrap();
    assert_eq!(code(none_open(std::slice::from_ref(&dismissed))), None);
    assert_eq!(code(none_upheld(std::slice::from_ref(&dismissed), &told)), Some("review.upheld"));
    let earlier = Review { stay: 1, application: ApplicationId(uuid::Uuid::nil()), ..dismissed };
    assert_eq!(code(none_upheld(&[earlier], &told)), None);
}
