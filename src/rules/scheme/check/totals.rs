//! What must add up or ascend: weights, instalments and authorities.

use super::Check;
use crate::dated::{Dated, Known};
use crate::money::Share;
use crate::scheme::{Approval, SchemeFile};
use std::collections::BTreeSet;

impl Check<'_> {
    /// Weights, and shares of instalments, add up to the whole on every day on which one of them changes.
    pub(super) fn wholes(&mut self, file: &SchemeFile) {
        if let Some(assessment) = &file.assessment {
            let weights = assessment.criterion.values().map(|criterion| &criterion.is).collect::<Vec<_>>();
            self.whole("the weights of [assessment.criterion.…]", &weights);
        }
        if let Some(payment) = &file.payment {
            let shares = payment.instalment.values().map(|instalment| &instalment.is).collect::<Vec<_>>();
            self.whole("the shares of [payment.instalment.…]", &shares);
        }
    }

    fn whole(&mut self, what: &str, parts: &[&Dated<Share>]) {
        if parts.is_empty() {
            self.fault(0, format!("{what} are missing: write at least one"));
        }
        let days = parts.iter().flat_map(|part| &part.entries).map(|entry| (entry.from, entry.span.start));
        for (day, offset) in days.collect::<Vec<_>>() {
            let sum =
                parts.iter().filter_map(|part| part.value_on(day)).try_fold((0_u64, 1_u64), |(upper, lower), share| {
                    let numerator = upper
                        .checked_mul(share.denominator.into())?
                        .checked_add(lower.checked_mul(share.numerator.into())?)?;
                    Some((numerator, lower.checked_mul(share.denominator.into())?))
                });
            if sum.is_none_or(|(upper, lower)| upper != lower) {
                self.fault(offset, format!("on {day}, {what} do not add up to 100%"));
            }
        }
    }

    /// The last authority may approve any amount; each approves more than the one before.
    pub(super) fn authority(&mut self, approval: &Approval) {
        let last = approval.authority.len().saturating_sub(1);
        let days = approval
            .authority
            .values()
            .flat_map(|authority| &authority.is.entries)
            .map(|entry| entry.from)
            .collect::<BTreeSet<_>>();
        for day in days {
            let mut below = None;
            for (index, (name, authority)) in approval.authority.iter().enumerate() {
                let Some(entry) = authority.is.on(day) else {
                    if index == last {
                        let message = format!("approval.authority.{name}: on {day}, nobody approves any amount yet");
                        self.fault(authority.is.entries.first().map_or(0, |entry| entry.span.start), message);
                    }
                    continue;
                };
                let limit = authority.is.value_on(day).copied();
                if (entry.is == Known::None) != (index == last) || entry.is == Known::Unknown {
                    self.fault(
                        entry.span.start,
                        format!("approval.authority.{name}: only the last authority approves any amount, \"none\""),
                    );
                }
                if limit.is_some() && limit <= below {
                    self.fault(
                        entry.span.start,
                        format!("approval.authority.{name} must approve more than the one before it"),
                    );
                }
                below = limit.or(below);
            }
        }
        if approval.authority.is_empty() {
            self.fault(0, "there is no [approval.authority.…]: write who may approve");
        }
    }
}
