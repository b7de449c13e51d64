//! Money that a case takes from the limits that it shares with others, or gives back: decided with everything else, and met with the
//! balances last of all, once these are locked.

use crate::application::Application;
use crate::calendar::Day;
use crate::change::Write;
use crate::ids::OrganisationId;
use crate::ledger::{Account, ApplicantGuard, Balances, Paths, Posting};
use crate::money::Cents;
use crate::refusal::Refusal;

/// What a change does to the money of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// The scheme's code.
    pub scheme: String,
    /// The path of the round, where the application belongs to one.
    pub round: Option<String>,
    /// The first day of the year in whose money it counts, where the scheme has money of a year.
    pub year: Option<Day>,
    /// The applicant.
    pub organisation: OrganisationId,
    /// What moves, in the ledger.
    pub postings: Vec<Posting>,
    /// What must leave room for it; none where money is only given back.
    pub limits: Option<Limits>,
    /// What the applicant has back beside that: all that a project had that runs no more, where only running ones count.
    pub ended: Cents,
    /// Whether it counts in the applicant's balance: what comes back of a project of which only the running counts does not.
    pub of_applicant: bool,
}

/// The limits of a day; `None` where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The scheme's money.
    pub envelope: Option<Cents>,
    /// What there is of it for the round.
    pub round: Option<Cents>,
    /// What there is of it for the year.
    pub year: Option<Cents>,
    /// What the applicant may have of it.
    pub applicant: Option<Cents>,
    /// How each is named.
    pub paths: Paths,
    /// The day on which they hold, and the hash of the text in force that says what there is of the scheme, the round and the year.
    pub of: (Option<Day>, String),
}

impl Movement {
    /// The balances after it. What it gives back makes room for what it takes.
    ///
    /// # Errors
    /// When a limit does not leave so much, and the refusal says what is left; or when money is taken and nobody has looked what the
    /// limits are.
    pub fn on(&self, balances: Balances) -> Result<Balances, Refusal> {
        let given_back = self.postings.iter().fold(balances, |balances, posting| match (posting.from, posting.to) {
            (_, Account::Paid) | (Account::Envelope | Account::Paid, _) => balances,
            (Account::Reservation, _) => balances.unreserve(posting.amount),
            (Account::Commitment | Account::Recovered, _) => balances.release(posting.amount),
        });
        let mut after = self.postings.iter().try_fold(given_back, |balances, posting| match posting.to {
            Account::Envelope | Account::Paid => Ok(balances),
            Account::Reservation => self.limits()?.set(balances).reserve(posting.amount, &self.limits()?.paths),
            // What was recovered and did not come after all is out again, and meets the limits as what is promised does.
            Account::Commitment | Account::Recovered => {
                self.limits()?.set(balances).commit(posting.amount, &self.limits()?.paths)
            }
        })?;
        after.applicant.committed = after.applicant.committed.less(self.ended);
        if !self.of_applicant {
            after.applicant = balances.applicant;
        }
        Ok(after)
    }

    fn limits(&self) -> Result<&Limits, Refusal> {
        self.limits.as_ref().ok_or_else(|| Refusal::LimitUnknown { path: "envelope".to_owned() })
    }
}

impl Limits {
    const fn set(&self, mut balances: Balances) -> Balances {
        balances.envelope.limit = self.envelope;
        balances.round.limit = self.round;
        balances.year.limit = self.year;
        balances.applicant.limit = self.applicant;
        balances
    }
}

impl Application {
    /// Takes money, within limits.
    pub(crate) fn takes(&self, postings: Vec<Posting>, limits: Limits) -> Write {
        self.moves(postings, Some(limits), Cents::ZERO)
    }

    /// Gives money back.
    pub(crate) fn gives_back(&self, postings: Vec<Posting>, ended: Cents) -> Write {
        self.moves(postings, None, ended)
    }

    /// What was paid comes back, or has not come back after all. Where only running projects count for an applicant, it is the project that
    /// counts and not what has come back of it.
    pub(crate) fn recovers(&self, postings: Vec<Posting>, limits: Option<Limits>, counts_as: ApplicantGuard) -> Write {
        let of_applicant = counts_as == ApplicantGuard::Lifetime;
        let limits = limits.map(|limits| if of_applicant { limits } else { Limits { applicant: None, ..limits } });
        Write::Movement(Movement { of_applicant, ..self.movement(postings, limits, Cents::ZERO) })
    }

    fn moves(&self, postings: Vec<Posting>, limits: Option<Limits>, ended: Cents) -> Write {
        Write::Movement(self.movement(postings, limits, ended))
    }

    fn movement(&self, postings: Vec<Posting>, limits: Option<Limits>, ended: Cents) -> Movement {
        Movement {
            scheme: self.scheme.clone(),
            round: self.round().map(str::to_owned),
            year: self.year(),
            organisation: self.organisation,
            postings,
            limits,
            ended,
            of_applicant: true,
        }
    }

    /// One line of the ledger and its counterpart.
    pub(crate) const fn posted(&self, from: Account, to: Account, amount: Cents) -> Posting {
        Posting { application: self.id, from, to, amount }
    }
}

#[cfg(test)]
mod laws;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::State;
    use crate::ledger::Balance;
    use crate::sample::{application, cents};

    fn held(committed: &str, reserved: &str) -> Balances {
        let balance = Balance { limit: None, committed: cents(committed), reserved: cents(reserved) };
        Balances { envelope: balance, round: balance, year: balance, applicant: balance }
    }

    fn movement(from: Account, to: Account, limits: Option<Limits>) -> Movement {
        let case = application(State::Recommended);
        let Write::Movement(movement) = case.moves(vec![case.posted(from, to, cents("30.00"))], limits, Cents::ZERO)
        else {
            panic!("a movement")
        };
        movement
    }

    #[test]
    fn each_account_is_counted_as_what_it_is() {
        use Account::{Commitment, Envelope, Paid, Recovered, Reservation};
        for (from, to, after) in [
            (Envelope, Reservation, held("50.00", "80.00")),
            (Envelope, Commitment, held("80.00", "50.00")),
            (Reservation, Commitment, held("80.00", "20.00")),
            (Reservation, Envelope, held("50.00", "20.00")),
            (Commitment, Envelope, held("20.00", "50.00")),
            (Commitment, Paid, held("50.00", "50.00")),
            (Recovered, Envelope, held("20.00", "50.00")),
            (Envelope, Recovered, held("80.00", "50.00")),
        ] {
            assert_eq!(
                movement(from, to, Some(Limits::default())).on(held("50.00", "50.00")),
                Ok(after),
                "{from:?} {to:?}"
            );
        }
    }

    #[test]
    fn what_is_taken_without_a_look_at_the_limits_is_refused_and_what_is_given_back_keeps_them() {
        let unread = Refusal::LimitUnknown { path: "envelope".to_owned() };
        assert_eq!(movement(Account::Envelope, Account::Commitment, None).on(held("0.00", "0.00")), Err(unread));
        let mut before = held("50.00", "0.00");
        before.envelope.limit = Some(cents("60.00"));
        let after = movement(Account::Commitment, Account::Envelope, None).on(before).unwrap();
        assert_eq!((after.envelope.limit, after.envelope.committed), (Some(cents("60.00")), cents("20.00")));
    }

    #[test]
    fn what_comes_back_is_the_applicants_again_where_all_that_was_granted_counts() {
        let case = application(State::Completed);
        for (counts_as, limits, applicant) in [
            (ApplicantGuard::Lifetime, None, "20.00"),
            (ApplicantGuard::Running, None, "50.00"),
            (ApplicantGuard::Lifetime, Some(Limits::default()), "80.00"),
            (ApplicantGuard::Running, Some(Limits { applicant: Some(Cents::ZERO), ..Limits::default() }), "50.00"),
        ] {
            let (from, to) = match limits {
                None => (Account::Recovered, Account::Envelope),
                Some(_) => (Account::Envelope, Account::Recovered),
            };
            let out = limits.is_some();
            let posted = vec![case.posted(from, to, cents("30.00"))];
            let Write::Movement(movement) = case.recovers(posted, limits, counts_as) else { panic!("a movement") };
            let after = movement.on(held("50.00", "0.00")).unwrap();
            let envelope = if out { "80.00" } else { "20.00" };
            assert_eq!((after.envelope.committed, after.applicant.committed), (cents(envelope), cents(applicant)));
            assert_eq!(after.applicant.limit, None);
        }
    }

    #[test]
    fn a_project_that_runs_no_more_leaves_the_applicants_limit_alone() {
        let ended = Movement { ended: cents("20.00"), ..movement(Account::Commitment, Account::Envelope, None) };
        let after = ended.on(held("50.00", "0.00")).unwrap();
        assert_eq!((after.envelope.committed, after.applicant.committed), (cents("20.00"), cents("0.00")));
    }
}
