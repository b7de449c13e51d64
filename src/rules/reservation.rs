//! Reservations: where its scheme says so, what is recommended is kept of every limit until it is decided.

use crate::application::Application;
use crate::change::Write;
use crate::ledger::{Account, Balances, Posting};
use crate::money::Cents;
use crate::refusal::Refusal;
use crate::scheme::Scheme;
use chrono::{DateTime, Utc};

/// The money that a recommendation meets.
#[derive(Clone, Copy, Debug)]
pub struct Reserving<'a> {
    /// The text in force: the scheme's money is what it is today, whatever rules the application has pinned.
    pub in_force: &'a Scheme,
    /// The balances, locked; their limits are set here.
    pub balances: Balances,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Whether what is recommended for an application is reserved: under the text that it has pinned, on the day whose rules hold for it.
/// Both are fixed with its submission, so that it need not be locked to be asked.
#[must_use]
pub fn is_reserved(scheme: &Scheme, application: &Application) -> bool {
    let rule = scheme.file.approval.as_ref().and_then(|approval| approval.reserve.as_ref());
    let on = application.submission.as_ref().map(|submission| submission.on);
    rule.zip(on).and_then(|(rule, on)| rule.is.value_on(on)) == Some(&true)
}

impl Application {
    /// Reserves what is recommended, where the scheme wants it.
    pub(crate) fn reserve(
        &mut self,
        scheme: &Scheme,
        amount: Cents,
        money: Option<Reserving<'_>>,
    ) -> Result<Vec<Write>, Refusal> {
        if !is_reserved(scheme, self) {
            return Ok(Vec::new());
        }
        // Where nobody has looked what there is, nothing is guessed.
        let money = money.ok_or_else(|| Refusal::LimitUnknown { path: "envelope".to_owned() })?;
        let Reserving { in_force, balances, at } = money;
        let balances = self.with_reserved((scheme, in_force), balances, amount, at)?;
        self.reserved = amount;
        Ok(vec![self.balanced(balances), self.posted(Account::Envelope, Account::Reservation, amount)])
    }

    /// Gives back what is reserved above an amount: all of it where nothing is recommended any more.
    pub(crate) fn keep_reserved(&mut self, kept: Cents, balances: Balances) -> Vec<Write> {
        let back = self.reserved.less(kept);
        if back == Cents::ZERO {
            return Vec::new();
        }
        self.reserved = self.reserved.less(back);
        vec![self.balanced(balances.unreserve(back)), self.posted(Account::Reservation, Account::Envelope, back)]
    }

    /// The postings of a commitment: of what is reserved, where anything is, and the rest of that goes back.
    pub(crate) fn commitment(&mut self, amount: Cents) -> Vec<Write> {
        let reserved = std::mem::take(&mut self.reserved);
        let from = if reserved == Cents::ZERO { Account::Envelope } else { Account::Reservation };
        let mut postings = vec![self.posted(from, Account::Commitment, amount)];
        let rest = reserved.less(amount);
        if rest > Cents::ZERO {
            postings.push(self.posted(Account::Reservation, Account::Envelope, rest));
        }
        postings
    }

    /// All balances that the case counts in, after a change.
    pub(crate) fn balanced(&self, balances: Balances) -> Write {
        Write::Committed {
            scheme: self.scheme.clone(),
            round: self.round().map(str::to_owned),
            organisation: self.organisation,
            balances,
        }
    }

    const fn posted(&self, from: Account, to: Account, amount: Cents) -> Write {
        Write::Posting(Posting { application: self.id, from, to, amount })
    }
}

#[cfg(test)]
mod tests;
