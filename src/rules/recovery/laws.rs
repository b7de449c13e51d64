//! Whatever is entered on a demand, in whatever order: nothing outstanding is less than nothing, the sums are those of the entries, and
//! interest that is charged in steps is never more than interest that is charged at once.

use super::tests::{charge, confirmed, new, receive, reverse};
use super::*;
use crate::sample::{cents, day};
use proptest::prelude::*;

/// What is tried with a demand.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// So many cents come.
    Receive(u32),
    /// So many days go by, and interest is charged.
    Charge(u32),
    /// The entry in this place is reversed.
    Reverse(usize),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        (1_u32..60_000).prop_map(Act::Receive),
        (0_u32..40).prop_map(Act::Charge),
        (0_usize..8).prop_map(Act::Reverse),
    ];
    prop::collection::vec(act, 0..24)
}

proptest! {
    #[test]
    fn the_sums_hold_whatever_is_entered(acts in acts()) {
        let mut recovery = confirmed(new(RecoveryKind::Misspent, "1000.00"));
        let mut today = day("2026-03-02");
        for (place, act) in acts.into_iter().enumerate() {
            let id = u128::try_from(place).unwrap().saturating_mul(2).saturating_add(1000);
            let after = match act {
                Act::Receive(amount) => {
                    let amount = Cents::new(amount.into()).to_string();
                    receive(recovery.clone(), &amount, &today.to_string(), id).map(|(_, after)| after)
                }
                Act::Charge(days) => {
                    today = today.plus_days(days);
                    charge(recovery.clone(), &today.to_string(), id)
                }
                Act::Reverse(place) => match recovery.entries.get(place) {
                    Some(entry) => reverse(recovery.clone(), entry.id.0.as_u128(), id).map(|(_, after)| after),
                    None => continue,
                },
            };
            if let Ok(after) = after {
                recovery = after;
            }
            let sums = recovery.sums().unwrap();
            let owed = recovery.principal.plus(sums.charged).unwrap();
            prop_assert_eq!(sums.outstanding().unwrap().plus(sums.credited().unwrap()).unwrap(), owed);
            prop_assert_eq!(recovery.recovered().unwrap().plus(sums.principal).unwrap(), recovery.principal);
            prop_assert_eq!(recovery.state == RecoveryState::Settled, sums.outstanding().unwrap() == Cents::ZERO);
            prop_assert!(recovery.entries.iter().zip(1..).all(|(entry, place)| entry.number == place));
        }
    }

    #[test]
    fn interest_in_two_steps_is_never_more_than_in_one(first in 0_u32..400, second in 0_u32..200) {
        let owed = confirmed(new(RecoveryKind::Misspent, "1000.00"));
        let from = day("2026-01-01");
        let (middle, end) = (from.plus_days(first), from.plus_days(first.saturating_add(second)));
        let once = charge(owed.clone(), &end.to_string(), 60).unwrap();
        let twice = charge(charge(owed, &middle.to_string(), 61).unwrap(), &end.to_string(), 62).unwrap();
        let [once, twice] = [once, twice].map(|recovery| recovery.sums().unwrap().charged);
        prop_assert!(twice <= once && once.less(twice) <= Cents::new(1));
    }

    #[test]
    fn an_even_split_loses_no_cent(amount in 1_i64..10_000_000, parts in 1_usize..=INSTALMENTS_MAX, months in 1_u32..=12) {
        let first = day("2026-01-31");
        if let Some(split) = even(Cents::new(amount), (parts, first, months)) {
            prop_assert_eq!(Cents::sum(split.iter().map(|part| part.amount)), Ok(Cents::new(amount)));
            prop_assert!(split.iter().all(|part| part.amount > Cents::ZERO) && split.len() == parts);
            prop_assert!(split.windows(2).all(|pair| matches!(pair, [one, two] if one.due_on < two.due_on)));
        } else {
            prop_assert!(cents("0.60") > Cents::new(amount));
        }
    }
}
