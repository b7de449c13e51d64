//! Whatever happens to the money of some cases, in whatever order: no limit is ever passed, and every balance is what the ledger says.

use super::*;
use crate::application::State;
use crate::ids::ApplicationId;
use crate::sample::application;
use proptest::prelude::*;
use uuid::Uuid;

const CASES: usize = 6;

/// What is tried with one of the cases.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// So much is recommended, and reserved where the scheme does.
    Recommend(u32),
    /// So much of what is recommended is kept, in percent.
    Reduce(u8),
    /// It is approved.
    Approve,
    /// It is sent back, refused, withdrawn, declined, or lapses.
    End,
    /// The award becomes so many percent of what it was.
    Change(u8),
    /// It is settled, or terminated, with so many percent of what was awarded.
    Settle(u8),
}

/// A case, and where its money is.
struct Held {
    case: Application,
    recommended: Option<Cents>,
    committed: Cents,
    settled: bool,
}

fn acts() -> impl Strategy<Value = Vec<(usize, Act)>> {
    let act = prop_oneof![
        (1_u32..5_000).prop_map(Act::Recommend),
        (0_u8..=100).prop_map(Act::Reduce),
        Just(Act::Approve),
        Just(Act::End),
        (0_u8..=200).prop_map(Act::Change),
        (0_u8..=100).prop_map(Act::Settle),
    ];
    prop::collection::vec((0..CASES, act), 0..60)
}

fn part(of: Cents, percent: u8) -> Cents {
    Cents::new(of.get().saturating_mul(percent.into()).div_euclid(100))
}

impl Held {
    fn new(number: usize) -> Self {
        let id = ApplicationId(Uuid::from_u128(u128::try_from(number).unwrap().saturating_add(100)));
        let case = Application { id, reserved: Cents::ZERO, ..application(State::InAssessment) };
        Self { case, recommended: None, committed: Cents::ZERO, settled: false }
    }

    /// What an act does to the money: nothing where there is nothing to do it to.
    fn movement(&self, act: Act, (reserves, running): (bool, bool), limits: &Limits) -> (Self, Option<Write>) {
        let mut after = Self { case: self.case.clone(), ..*self };
        let write = match (act, self.recommended) {
            (Act::Recommend(amount), None) if self.committed == Cents::ZERO && !self.settled => {
                let amount = Cents::new(amount.into());
                after.recommended = Some(amount);
                after.case.reserved = if reserves { amount } else { Cents::ZERO };
                let posting = after.case.posted(Account::Envelope, Account::Reservation, amount);
                reserves.then(|| after.case.takes(vec![posting], limits.clone()))
            }
            (Act::Reduce(percent), Some(amount)) if part(amount, percent) > Cents::ZERO => {
                after.recommended = Some(part(amount, percent));
                if reserves { after.case.keep_reserved(part(amount, percent)) } else { None }
            }
            (Act::Approve, Some(amount)) => {
                (after.recommended, after.committed) = (None, amount);
                Some(after.case.commit(amount, limits.clone()))
            }
            (Act::End, Some(_)) => {
                after.recommended = None;
                after.case.keep_reserved(Cents::ZERO)
            }
            (Act::End, None) if self.committed > Cents::ZERO && !self.settled => {
                after.committed = Cents::ZERO;
                let posting = after.case.posted(Account::Commitment, Account::Envelope, self.committed);
                Some(after.case.gives_back(vec![posting], Cents::ZERO))
            }
            (Act::Change(percent), None)
                if !self.settled && ![Cents::ZERO, self.committed].contains(&part(self.committed, percent)) =>
            {
                after.committed = part(self.committed, percent);
                let (more, less) = (after.committed.less(self.committed), self.committed.less(after.committed));
                Some(if more > Cents::ZERO {
                    let posting = after.case.posted(Account::Envelope, Account::Commitment, more);
                    after.case.takes(vec![posting], limits.clone())
                } else {
                    let posting = after.case.posted(Account::Commitment, Account::Envelope, less);
                    after.case.gives_back(vec![posting], Cents::ZERO)
                })
            }
            (Act::Settle(percent), None) if self.committed > Cents::ZERO && !self.settled => {
                after.settled = true;
                after.committed = part(self.committed, percent);
                let unused = self.committed.less(after.committed);
                let posting = after.case.posted(Account::Commitment, Account::Envelope, unused);
                let postings = if unused > Cents::ZERO { vec![posting] } else { Vec::new() };
                // Where only what runs counts for the applicant, what has ended is free again.
                let ended = if running { after.committed } else { Cents::ZERO };
                Some(after.case.gives_back(postings, ended))
            }
            _ => None,
        };
        (after, write)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_history_passes_a_limit_or_leaves_the_books_apart(
        acts in acts(),
        reserves: bool,
        running: bool,
        limits in [prop::option::of(0_i64..12_000), prop::option::of(0_i64..12_000), prop::option::of(0_i64..12_000), prop::option::of(0_i64..12_000)],
    ) {
        let [envelope, round, year, applicant] = limits.map(|limit| limit.map(Cents::new));
        let limits = Limits { envelope, round, year, applicant, ..Limits::default() };
        let mut cases = (0..CASES).map(Held::new).collect::<Vec<_>>();
        let (mut balances, mut ledger) = (Balances::default(), Vec::new());
        for (place, act) in acts {
            let (after, write) = cases[place].movement(act, (reserves, running), &limits);
            if let Some(Write::Movement(movement)) = write {
                let Ok(met) = movement.on(balances) else { continue };
                balances = met;
                ledger.extend(movement.postings);
            }
            cases[place] = after;

            let account = |account: Account| {
                let into = ledger.iter().filter(|posting| posting.to == account).map(|posting| posting.amount.get());
                let out = ledger.iter().filter(|posting| posting.from == account).map(|posting| posting.amount.get());
                into.sum::<i64>().saturating_sub(out.sum())
            };
            let committed = Cents::sum(cases.iter().map(|held| held.committed)).unwrap();
            let reserved = Cents::sum(cases.iter().map(|held| held.case.reserved)).unwrap();
            prop_assert_eq!(account(Account::Commitment), committed.get());
            prop_assert_eq!(account(Account::Reservation), reserved.get());
            let held = committed.plus(reserved).unwrap();
            prop_assert_eq!(account(Account::Envelope), held.get().saturating_neg());
            let counted = cases.iter().filter(|held| !(running && held.settled)).map(|held| held.committed);
            let counted = Cents::sum(counted).unwrap();
            for (balance, limit, committed) in [
                (balances.envelope, envelope, committed),
                (balances.round, round, committed),
                (balances.year, year, committed),
                (balances.applicant, applicant, counted),
            ] {
                prop_assert_eq!((balance.committed, balance.reserved), (committed, reserved));
                prop_assert!(limit.is_none_or(|limit| committed.plus(reserved).unwrap() <= limit));
            }
        }
    }
}
