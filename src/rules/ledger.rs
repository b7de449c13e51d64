//! The ledger: double entry, append-only, every posting sums to zero; and the balances that keep the ceilings.

use crate::calendar::Day;
use crate::dated::{Entry, Known};
use crate::ids::ApplicationId;
use crate::money::{Cents, MoneyError};
use crate::refusal::Refusal;
use crate::scheme::{Ceiling, CeilingOf, Limit, Per, Period, Scheme};

/// Where money of a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// The scheme's money that is not promised.
    Envelope,
    /// Recommended for the case, and kept for it until that is decided.
    Reservation,
    /// Promised to the case.
    Commitment,
    /// Paid to the recipient.
    Paid,
    /// Come back from the recipient: below zero by what was recovered, so that what was paid stays what was paid.
    Recovered,
}

impl Account {
    /// The code used in the database and in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Envelope => "envelope",
            Self::Reservation => "reservation",
            Self::Commitment => "commitment",
            Self::Paid => "paid",
            Self::Recovered => "recovered",
        }
    }
}

/// Money that moves from one account of a case to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The case.
    pub application: ApplicationId,
    /// Where it was.
    pub from: Account,
    /// Where it is now.
    pub to: Account,
    /// How much; never nothing.
    pub amount: Cents,
}

/// What is committed and reserved against a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// The limit; `None` where there is none.
    pub limit: Option<Cents>,
    /// What is committed or paid of it.
    pub committed: Cents,
    /// What is recommended of it and not decided yet, where the scheme reserves it.
    pub reserved: Cents,
}

impl Balance {
    /// What is left; `None` where there is no limit.
    #[must_use]
    pub fn left(&self) -> Option<Cents> {
        self.limit.map(|limit| limit.less(self.committed).less(self.reserved))
    }
}

/// The balances that a commitment or a reservation meets: the scheme's money, what there is of it for one round and for one year, and what
/// one applicant may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balances {
    /// The scheme's money.
    pub envelope: Balance,
    /// What there is of it for the round of the application; of no account where it belongs to none.
    pub round: Balance,
    /// What there is of it for the year of the application; of no account where the scheme has no money of a year.
    pub year: Balance,
    /// The applicant's part of it.
    pub applicant: Balance,
}

impl Balances {
    /// Commits an amount.
    ///
    /// # Errors
    /// When a limit does not leave so much; the refusal says what is left, and names the limit.
    pub fn commit(self, amount: Cents, paths: &Paths) -> Result<Self, Refusal> {
        self.must_leave(amount, paths)?;
        self.with(|balance| Ok(Balance { committed: balance.committed.plus(amount)?, ..balance }))
    }

    /// Reserves an amount, which counts like one that is committed.
    ///
    /// # Errors
    /// When a limit does not leave so much; the refusal says what is left, and names the limit.
    pub fn reserve(self, amount: Cents, paths: &Paths) -> Result<Self, Refusal> {
        self.must_leave(amount, paths)?;
        self.with(|balance| Ok(Balance { reserved: balance.reserved.plus(amount)?, ..balance }))
    }

    /// Gives an amount back that was committed.
    #[must_use]
    pub fn release(self, amount: Cents) -> Self {
        self.each(|balance| Balance { committed: balance.committed.less(amount), ..balance })
    }

    /// Gives an amount back that was reserved.
    #[must_use]
    pub fn unreserve(self, amount: Cents) -> Self {
        self.each(|balance| Balance { reserved: balance.reserved.less(amount), ..balance })
    }

    fn must_leave(&self, amount: Cents, paths: &Paths) -> Result<(), Refusal> {
        let Self { envelope, round, year, applicant } = self;
        let limits =
            [("envelope", envelope), (&*paths.round, round), (&*paths.year, year), (&*paths.applicant, applicant)];
        for (ceiling, balance) in limits {
            if let Some(left) = balance.left().filter(|left| *left < amount) {
                return Err(Refusal::CeilingExceeded { ceiling: ceiling.to_owned(), wanted: amount, left });
            }
        }
        Ok(())
    }

    fn each(self, change: impl Fn(Balance) -> Balance) -> Self {
        let Self { envelope, round, year, applicant } = self;
        Self { envelope: change(envelope), round: change(round), year: change(year), applicant: change(applicant) }
    }

    /// All of them raised alike.
    fn with(self, raised: impl Fn(Balance) -> Result<Balance, MoneyError>) -> Result<Self, Refusal> {
        match (raised(self.envelope), raised(self.round), raised(self.year), raised(self.applicant)) {
            (Ok(envelope), Ok(round), Ok(year), Ok(applicant)) => Ok(Self { envelope, round, year, applicant }),
            _ => Err(Refusal::AmountTooLarge),
        }
    }
}

/// The paths of the limits, by which a refusal names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    /// Of the round.
    pub round: String,
    /// Of the year.
    pub year: String,
    /// Of the applicant.
    pub applicant: String,
}

/// What the balance of an applicant counts: the database keeps one number, so it stands for one kind of ceiling. Other ceilings
/// of the applicant are kept by the calculation alone, which is made under the same lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplicantGuard {
    /// Everything that was ever granted.
    Lifetime,
    /// What was granted to projects that still run.
    Running,
}

impl ApplicantGuard {
    /// The code used in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Lifetime => "lifetime",
            Self::Running => "running",
        }
    }

    /// The guard with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Lifetime, Self::Running].into_iter().find(|guard| guard.code() == code)
    }

    /// What it counts in a scheme: running projects only where the scheme limits those and nothing over a lifetime. The tables of the
    /// file decide, not the entries in force, so that all awards of a scheme are counted alike.
    #[must_use]
    pub fn of(scheme: &Scheme) -> Self {
        let limits = |period| ceilings(scheme).any(|(_, ceiling)| ceiling.period == period);
        if limits(Period::Concurrent) && !limits(Period::Lifetime) { Self::Running } else { Self::Lifetime }
    }

    /// The lowest limit of this kind on a day, and its path.
    #[must_use]
    pub fn limit(self, scheme: &Scheme, on: Day) -> (String, Option<Cents>) {
        let period = match self {
            Self::Lifetime => Period::Lifetime,
            Self::Running => Period::Concurrent,
        };
        let of_kind = ceilings(scheme).filter(|(_, ceiling)| ceiling.period == period);
        // A limit that depends on who asks or on what is asked is kept by the calculation alone.
        let limits = of_kind.filter_map(|(name, ceiling)| match ceiling.is.on(on) {
            Some(Entry { is: Known::Is(Limit::Amount(amount)), cases, .. }) if cases.is_empty() => {
                Some((*amount, name))
            }
            _ => None,
        });
        match limits.min() {
            Some((amount, name)) => (format!("ceiling.{name}"), Some(amount)),
            None => (String::new(), None),
        }
    }
}

/// The ceilings on money of one applicant.
fn ceilings(scheme: &Scheme) -> impl Iterator<Item = (&String, &Ceiling)> {
    let of_applicant =
        |ceiling: &Ceiling| ceiling.of == CeilingOf::Grant && ceiling.per == Per::Applicant && ceiling.stage.is_none();
    scheme.file.ceiling.iter().filter(move |(_, ceiling)| of_applicant(ceiling))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_an_envelope_is_given_once_and_the_refusal_says_what_is_left() {
        let cents = Cents::new;
        let envelope = Balance { limit: Some(cents(100)), committed: cents(60), ..Balance::default() };
        let before = Balances { envelope, ..Balances::default() };
        let after = before.commit(cents(40), &Paths::default()).unwrap();
        assert_eq!(after.envelope.left(), Some(Cents::ZERO));
        let refused = after.commit(cents(1), &Paths::default()).unwrap_err();
        let ceiling = "envelope".to_owned();
        assert_eq!(refused, Refusal::CeilingExceeded { ceiling, wanted: cents(1), left: Cents::ZERO });
        assert_eq!(after.release(cents(40)), before);
    }

    #[test]
    fn what_is_reserved_counts_like_what_is_committed_and_is_given_back_by_itself() {
        let cents = Cents::new;
        let balance = |committed, reserved| Balance {
            limit: Some(cents(100)),
            committed: cents(committed),
            reserved: cents(reserved),
        };
        let balances = |committed, reserved| {
            let balance = balance(committed, reserved);
            Balances { envelope: balance, round: balance, year: balance, applicant: balance }
        };
        for (committed, reserved, amount, fits) in [
            (0, 0, 100, true),
            (0, 0, 101, false),
            (60, 30, 10, true),
            (60, 30, 11, false),
            (0, 90, 11, false),
            (60, 50, 1, false),
        ] {
            let before = balances(committed, reserved);
            let left = cents(100).less(cents(committed)).less(cents(reserved));
            let refused = Refusal::CeilingExceeded { ceiling: "envelope".to_owned(), wanted: cents(amount), left };
            let paths = Paths::default();
            let (commits, reserves) = (before.commit(cents(amount), &paths), before.reserve(cents(amount), &paths));
            if fits {
                assert_eq!(commits, Ok(balances(committed + amount, reserved)));
                assert_eq!(reserves, Ok(balances(committed, reserved + amount)));
                assert_eq!(reserves.map(|after| after.unreserve(cents(amount))), Ok(before));
            } else {
                assert_eq!([commits, reserves], [Err(refused.clone()), Err(refused)]);
            }
        }
        let endless = Balance { reserved: cents(i64::MAX), ..Balance::default() };
        let endless = Balances { envelope: endless, ..Balances::default() };
        assert_eq!(endless.reserve(cents(1), &Paths::default()), Err(Refusal::AmountTooLarge));
    }

    #[test]
    fn a_round_and_a_year_have_less_than_the_scheme_and_an_applicant_perhaps_less_than_either() {
        let cents = Cents::new;
        let limited = |limit| Balance { limit: Some(cents(limit)), ..Balance::default() };
        let balances = |round, year, applicant| Balances {
            envelope: limited(100),
            round: limited(round),
            year: limited(year),
            applicant: limited(applicant),
        };
        let [round, year, applicant] = ["round.1.budget", "ceiling.annual", "ceiling.a"].map(str::to_owned);
        let paths = Paths { round, year, applicant };
        for (round, year, applicant, bound) in [
            (60, 70, 70, Some("round.1.budget")),
            (70, 60, 70, Some("ceiling.annual")),
            (70, 70, 60, Some("ceiling.a")),
            (61, 61, 61, None),
        ] {
            let committed = balances(round, year, applicant).commit(cents(61), &paths);
            let by = match committed {
                Err(Refusal::CeilingExceeded { ceiling, .. }) => Some(ceiling),
                _ => None,
            };
            assert_eq!(by.as_deref(), bound);
        }
    }
}
