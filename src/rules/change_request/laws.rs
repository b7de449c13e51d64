//! Whatever changes, and whatever is paid in between: the plan sums to the award, and the ledger holds what the award says.

use super::tests::{By, asked, claim, decided, forwarded, postings, standing, to_amount};
use super::{ChangeKind, Standing, Wanted};
use crate::change::{Change, Write};
use crate::claim::ClaimState;
use crate::ledger::{Account, Balance, Balances};
use crate::money::Cents;
use crate::sample::{commissioner, nobody};
use proptest::prelude::{ProptestConfig, Strategy, prop_assert, prop_assert_eq, proptest};

/// What a case has in the ledger.
#[derive(Clone, Copy, Debug)]
struct Books {
    commitment: i64,
    paid: i64,
    balances: Balances,
}

impl Books {
    fn post(&mut self, change: &Change) {
        for (from, to, amount) in postings(change) {
            for (account, sign) in [(from, -1), (to, 1)] {
                let moved = amount.get().saturating_mul(sign);
                match account {
                    Account::Commitment => self.commitment = self.commitment.saturating_add(moved),
                    Account::Paid => self.paid = self.paid.saturating_add(moved),
                    Account::Envelope | Account::Reservation | Account::Recovered => {}
                }
            }
        }
        for write in change.writes() {
            if let Write::Movement(movement) = write {
                self.balances = movement.on(self.balances).unwrap();
            }
        }
    }

    fn pay(&mut self, amount: Cents) {
        self.commitment = self.commitment.saturating_sub(amount.get());
        self.paid = self.paid.saturating_add(amount.get());
    }

    fn held(&self) -> Cents {
        Cents::new(self.commitment.saturating_add(self.paid))
    }
}

fn begun() -> (Standing, Books) {
    let standing = standing(Vec::new());
    let held = Balance { committed: standing.award.amount, ..Balance::default() };
    let balances = Balances { envelope: held, applicant: held, ..Balances::default() };
    let books = Books { commitment: standing.award.amount.get(), paid: 0, balances };
    (standing, books)
}

/// Changes the amount as the rules do it; false where they refuse it.
fn change(standing: &mut Standing, books: &mut Books, kind: ChangeKind, wanted: Wanted) -> bool {
    let duties = nobody();
    let by = By { held: commissioner(), duties: &duties, is_officer: false, by: 9 };
    let Ok(request) = asked(standing, kind, wanted) else { return false };
    let Ok((change, done)) = decided(forwarded(request), standing, &by, books.balances) else { return false };
    books.post(&change);
    standing.state = done.application.state;
    for write in change.writes() {
        match write {
            Write::AwardChanged { change, plan, .. } => {
                standing.figures.changes = change.number;
                if change.amount.0 != change.amount.1 {
                    (standing.award.amount, standing.award.revision) = (change.amount.1, change.number);
                    standing.award.carried_over = change.after.carried_over.unwrap_or_default();
                    standing.award.stages.clone_from(&change.stages);
                    standing.plan.clone_from(plan);
                }
            }
            Write::Award(award) => standing.award = award.clone(),
            _ => {}
        }
    }
    true
}

/// Certifies and pays a part of the next instalment but the last, which would settle the case.
fn pay(standing: &mut Standing, books: &mut Books, hundredths: i64) {
    let claimed = |code: &str| standing.claims.iter().any(|claim| claim.instalment == code);
    let open = standing.plan.iter().filter(|part| !claimed(&part.code)).cloned().collect::<Vec<_>>();
    let [next, _, ..] = open.as_slice() else { return };
    let amount = Cents::new(next.amount.get().saturating_mul(hundredths).div_euclid(100));
    let state = if amount == Cents::ZERO { ClaimState::Nil } else { ClaimState::Paid };
    standing.claims.push(claim(&next.code, state, amount));
    books.pay(amount);
}

fn steps() -> impl Strategy<Value = Vec<(bool, i64)>> {
    // Up to the 200 million that the rules allow, and beyond; small ones too, where cents are lost if any are.
    let amount = proptest::prop_oneof![1_i64..21_000_000_000, 1_i64..1_000];
    proptest::collection::vec((proptest::bool::weighted(0.7), amount), 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_plan_sums_to_the_award_and_the_ledger_holds_it_after_any_changes(steps in steps(), ends in proptest::bool::ANY) {
        let (mut standing, mut books) = begun();
        for (changes, number) in steps {
            if changes {
                change(&mut standing, &mut books, ChangeKind::Amount, to_amount(Cents::new(number)));
            } else {
                pay(&mut standing, &mut books, number.rem_euclid(101));
            }
            let (award, held) = (standing.award.amount, standing.award.held());
            let planned = Cents::sum(standing.plan.iter().map(|part| part.amount)).unwrap();
            let staged = Cents::sum(standing.award.stages.iter().map(|(_, amount)| *amount)).unwrap();
            let certified = Cents::sum(standing.claims.iter().filter_map(|claim| claim.certified)).unwrap();
            prop_assert_eq!((staged, standing.award.carried_over), (award, certified.less(award)));
            prop_assert_eq!([planned, books.held()], [held; 2]);
            prop_assert_eq!([books.balances.envelope.committed, books.balances.applicant.committed], [held; 2]);
            prop_assert!(books.commitment >= 0);
        }
        if ends {
            prop_assert!(change(&mut standing, &mut books, ChangeKind::Termination, Wanted::default()));
            let settled = standing.award.settled.unwrap().amount;
            prop_assert_eq!((books.commitment, books.held()), (0, settled));
            prop_assert_eq!([books.balances.envelope.committed, books.balances.applicant.committed], [settled; 2]);
        }
    }
}
