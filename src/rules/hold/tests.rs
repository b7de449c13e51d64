//! What holds, what it holds, and who lifts it.

use super::*;
use crate::application::State;
use crate::permission::Verb;
use crate::sample::{application, cents, day, instant, permit, person};
use uuid::Uuid;

fn new(on: HeldOn) -> NewHold {
    NewHold { id: HoldId(Uuid::from_u128(9)), on, reason: " odd invoices ".to_owned(), review_on: None }
}

fn placed(on: HeldOn) -> Hold {
    place(&permit(Verb::HoldPlace), new(on), (person(1), instant("2025-05-05"))).unwrap().1
}

#[test]
fn a_hold_is_on_one_thing() {
    let (case, organisation) = (ApplicationId(Uuid::from_u128(1)), OrganisationId(Uuid::from_u128(2)));
    let scheme = || Some("NIAS".to_owned());
    assert_eq!(HeldOn::of(Some(case), None, None), Ok(HeldOn::Case(case)));
    assert_eq!(HeldOn::of(None, Some(organisation), None), Ok(HeldOn::Organisation(organisation)));
    assert_eq!(HeldOn::of(None, None, scheme()), Ok(HeldOn::Scheme("NIAS".to_owned())));
    for faulty in [
        HeldOn::of(None, None, None),
        HeldOn::of(Some(case), Some(organisation), None),
        HeldOn::of(Some(case), None, scheme()),
        HeldOn::of(None, None, Some("no code".to_owned())),
    ] {
        assert_eq!(faulty.unwrap_err().code(), "hold.of_one");
    }
}

#[test]
fn what_it_covers_is_not_paid_and_nothing_else_is_held() {
    let (case, amount) = (application(State::Accepted), cents("100.00"));
    let (other, another) = (ApplicationId(Uuid::from_u128(77)), OrganisationId(Uuid::from_u128(77)));
    for (on, told) in [
        (HeldOn::Case(case.id), Some("the case")),
        (HeldOn::Organisation(case.organisation), Some("its organisation")),
        (HeldOn::Scheme(case.scheme.clone()), Some("its scheme")),
        (HeldOn::Case(other), None),
        (HeldOn::Organisation(another), None),
        (HeldOn::Scheme("OTHER".to_owned()), None),
    ] {
        let hold = placed(on);
        let refusal = not_held(std::slice::from_ref(&hold), &case, amount).err();
        assert_eq!(refusal.as_ref().map(Refusal::code), told.map(|_| "hold.payment"), "{:?}", hold.on);
        if let (Some(refusal), Some(told)) = (refusal, told) {
            let sentence = refusal.to_string();
            assert!(sentence.contains(told) && sentence.contains(&case.reference), "{sentence}");
            assert!(!sentence.contains("odd"), "{sentence}");
        }
        let by = (person(2), instant("2025-05-06"));
        let (_, lifted) = hold.lift(&permit(Verb::HoldLift), by, "explained").unwrap();
        assert_eq!(not_held(&[lifted], &case, amount), Ok(()));
    }
}

#[test]
fn it_is_placed_for_a_reason_and_lifted_once_by_somebody_else() {
    let on = || HeldOn::Scheme("NIAS".to_owned());
    let at = instant("2025-05-05");
    for (reason, review_on, code) in [(" ", None, "text.length"), ("odd", Some(day("2025-05-04")), "hold.review_day")] {
        let faulty = NewHold { reason: reason.to_owned(), review_on, ..new(on()) };
        assert_eq!(place(&permit(Verb::HoldPlace), faulty, (person(1), at)).unwrap_err().code(), code);
    }
    let today = NewHold { review_on: Some(day("2025-05-05")), ..new(on()) };
    let (_, hold) = place(&permit(Verb::HoldPlace), today, (person(1), at)).unwrap();
    assert_eq!((hold.reason.as_str(), hold.review_on), ("odd invoices", Some(day("2025-05-05"))));
    let lift = |hold: &Hold, by: u128, reason: &str| {
        hold.clone().lift(&permit(Verb::HoldLift), (person(by), instant("2025-05-06")), reason).map(|(_, hold)| hold)
    };
    assert_eq!(lift(&hold, 1, "mine").unwrap_err().code(), "hold.same_person");
    assert_eq!(lift(&hold, 2, " ").unwrap_err().code(), "text.length");
    let lifted = lift(&hold, 2, " explained ").unwrap();
    assert_eq!(lifted.lifted.as_ref().map(|lifting| lifting.reason.as_str()), Some("explained"));
    assert_eq!(lift(&lifted, 3, "again").unwrap_err().code(), "hold.lifted");
}
