//! An award moves in its states and no other, and its instalments and stages sum to it.

use super::*;
use crate::permission::Verb;
use crate::sample::{NIAS, application, award, cents, day, instant, permit, scheme, writing};

#[test]
fn what_a_settlement_takes_is_taken_from_the_last_stage_first() {
    let mut award = award(&application(State::Accepted));
    award.stages = vec![("first".to_owned(), cents("70.00")), ("later".to_owned(), cents("30.00"))];
    for (settled, first, later) in
        [("100.00", "70.00", "30.00"), ("80.00", "70.00", "10.00"), ("60.00", "60.00", "0.00")]
    {
        let expected = BTreeMap::from([("first".to_owned(), cents(first)), ("later".to_owned(), cents(later))]);
        award.settled = Some(Settlement { amount: cents(settled), overpaid: Cents::ZERO, on: day("2025-05-05") });
        assert_eq!(award.counted_stages(), expected);
    }
    award.settled = None;
    assert_eq!(award.counted_stages()["later"], cents("30.00"));
}

/// In which states an act can be done at all; others are told in the words of the staff or of the applicant.
fn only_in(allowed: State, word: fn(State) -> &'static str, act: impl Fn(Award, Application) -> Option<Refusal>) {
    for state in State::ALL {
        let case = application(state);
        let award = award(&case);
        let expected = (state != allowed).then(|| Refusal::ApplicationWrongState { state: word(state) });
        assert_eq!(act(award, case), expected, "{state:?}");
    }
}

#[test]
fn an_offer_is_sent_answered_or_ended_in_its_state_and_no_other() {
    let scheme = scheme(NIAS);
    let on = |day: &str| instant(day);
    only_in(State::Approved, State::code, |award, case| {
        let writing = writing(&case, &scheme);
        award.offer(&permit(Verb::AwardOffer), case, (&scheme, &writing), on("2025-03-06")).err()
    });
    only_in(State::Offered, State::public_code, |award, case| {
        award.accept(&permit(Verb::AwardAccept), case, (&scheme, &[]), (None, None), on("2025-04-05")).err()
    });
    let end =
        |verb: Verb, ending: Ending<'static>| move |award: Award, case| award.end(&permit(verb), case, ending).err();
    only_in(State::Offered, State::public_code, end(Verb::AwardDecline, Ending::Declined("no")));
    only_in(State::Approved, State::public_code, end(Verb::ApplicationWithdraw, Ending::Withdrawn("no")));
    only_in(State::Offered, State::code, end(Verb::AwardLapse, Ending::Lapsed(day("2025-04-06"))));
}
