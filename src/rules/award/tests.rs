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

fn parts(amount: &str, shares: &[&str]) -> Vec<String> {
    let names = shares.iter().map(|share| (*share).to_owned()).collect::<Vec<_>>();
    // "50% ≤ 500000.00" is a share with a cap.
    let part = |name| {
        let (share, cap) = String::as_str(name).split_once(" ≤ ").map_or((name.as_str(), None), |(s, c)| (s, Some(c)));
        let cap = cap.map(|cap| Cents::parse(cap).unwrap());
        Part { code: name, due: DueOn::Completion, share: Share::parse(share).unwrap(), cap }
    };
    let plan = split(Cents::parse(amount).unwrap(), &names.iter().map(part).collect::<Vec<_>>()).unwrap();
    plan.iter().map(|part| part.amount.to_string()).collect()
}

#[test]
fn instalments_sum_to_the_award_to_the_cent() {
    for (amount, shares, expected) in [
        ("22284.00", ["7/12", "5/12"].as_slice(), ["12999.00", "9285.00"].as_slice()),
        ("200000000.00", &["25%", "75%"], &["50000000.00", "150000000.00"]),
        ("100.00", &["1/3", "1/3", "1/3"], &["33.33", "33.33", "33.34"]),
        ("0.05", &["25%", "50%", "25%"], &["0.01", "0.02", "0.02"]),
        ("2000000.00", &["50% ≤ 500000.00", "50%"], &["500000.00", "1500000.00"]),
        ("800000.00", &["50% ≤ 500000.00", "50%"], &["400000.00", "400000.00"]),
    ] {
        assert_eq!(parts(amount, shares), expected, "{amount} {shares:?}");
    }
}

#[test]
fn an_instalment_that_comes_to_nothing_is_left_out_of_the_plan() {
    assert_eq!(parts("0.01", &["25%", "75%"]), ["0.01"]);
    assert_eq!(parts("0.02", &["1/3", "1/2", "1/6"]), ["0.01", "0.01"]);
}
