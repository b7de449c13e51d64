//! Reservations: where its scheme says so, what is recommended is kept of every limit until it is decided.

use crate::application::Application;
use crate::change::Write;
use crate::ledger::Account;
use crate::money::Cents;
use crate::movement::Limits;
use crate::refusal::Refusal;
use crate::scheme::Scheme;
use chrono::{DateTime, Utc};

/// Whether what is recommended for an application is reserved: under the text that it has pinned, on the day whose rules hold for it.
/// Both are fixed with its submission, so that it need not be locked to be asked.
#[must_use]
pub fn is_reserved(scheme: &Scheme, application: &Application) -> bool {
    let rule = scheme.file.approval.as_ref().and_then(|approval| approval.reserve.as_ref());
    let on = application.submission.as_ref().map(|submission| submission.on);
    rule.zip(on).and_then(|(rule, on)| rule.is.value_on(on)) == Some(&true)
}

impl Application {
    /// Reserves what is recommended, where the scheme wants it: within the limits of today under the text in force, whatever rules the
    /// application has pinned.
    pub(crate) fn reserve(
        &mut self,
        scheme: &Scheme,
        amount: Cents,
        today: Option<(&Scheme, DateTime<Utc>)>,
    ) -> Result<Option<Write>, Refusal> {
        if !is_reserved(scheme, self) {
            return Ok(None);
        }
        // Where nobody has looked what there is, nothing is guessed.
        let (in_force, at) = today.ok_or_else(|| Refusal::LimitUnknown { path: "envelope".to_owned() })?;
        let limits = self.limits((scheme, in_force), at)?;
        self.reserved = amount;
        Ok(Some(self.takes(vec![self.posted(Account::Envelope, Account::Reservation, amount)], limits)))
    }

    /// Gives back what is reserved above an amount: all of it where nothing is recommended any more.
    pub(crate) fn keep_reserved(&mut self, kept: Cents) -> Option<Write> {
        let back = self.reserved.less(kept);
        if back == Cents::ZERO {
            return None;
        }
        self.reserved = self.reserved.less(back);
        Some(self.gives_back(vec![self.posted(Account::Reservation, Account::Envelope, back)], Cents::ZERO))
    }

    /// The commitment of an amount: of what is reserved, where anything is, and the rest of that goes back.
    pub(crate) fn commit(&mut self, amount: Cents, limits: Limits) -> Write {
        let reserved = std::mem::take(&mut self.reserved);
        let from = if reserved == Cents::ZERO { Account::Envelope } else { Account::Reservation };
        let mut postings = vec![self.posted(from, Account::Commitment, amount)];
        let rest = reserved.less(amount);
        if rest > Cents::ZERO {
            postings.push(self.posted(Account::Reservation, Account::Envelope, rest));
        }
        self.takes(postings, limits)
    }
}

#[cfg(test)]
mod tests;
