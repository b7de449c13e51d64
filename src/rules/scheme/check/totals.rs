//! What must add up or ascend: weights, instalments and authorities.

use super::Check;
use crate::calendar::Day;
use crate::dated::{Dated, Known};
use crate::money::Share;
use crate::scheme::{Approval, DueOn, Instalment, SchemeFile};
use std::collections::{BTreeMap, BTreeSet};

impl Check<'_> {
    /// Weights, and shares of instalments, add up to the whole on every day on which one of them changes.
    pub(super) fn wholes(&mut self, file: &SchemeFile) {
        if let Some(assessment) = &file.assessment {
            let weights = assessment.criterion.values().map(|criterion| &criterion.is).collect::<Vec<_>>();
            self.whole("the weights of [assessment.criterion.…]", &weights);
        }
        if let Some(payment) = &file.payment {
            self.instalments(&payment.instalment.iter().collect::<Vec<_>>());
        }
    }

    /// The shares of instalments come to the whole on every day, in long projects and in short ones; what is paid at a time has one; and the
    /// last one, which takes the rest, is paid at once and in every project.
    fn instalments(&mut self, instalments: &[(&String, &Instalment)]) {
        const WHAT: &str = "the shares of [payment.instalment.…]";
        if instalments.is_empty() {
            self.fault(0, format!("{WHAT} are missing: write at least one"));
        }
        for (code, instalment) in instalments {
            let offset = instalment.is.entries.first().map_or(0, |entry| entry.span.start);
            let series = code.rsplit_once('_').filter(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit()));
            let is_parted = |(series, _): (&str, &str)| {
                instalments.iter().any(|(other, one)| other.as_str() == series && one.every_months.is_some())
            };
            if series.is_some_and(is_parted) {
                self.fault(
                    offset,
                    format!("payment.instalment.{code} has the name of a part of another one: write another"),
                );
            }
            let timed = [&instalment.after_months, &instalment.every_months].into_iter().flatten().count();
            if timed > 1 || timed == 1 && instalment.due != DueOn::Acceptance {
                let advice = "is due so many months after the acceptance, once or several times: write due = \"acceptance\", and after_months or every_months";
                self.fault(offset, format!("payment.instalment.{code} {advice}"));
            }
            let months = [&instalment.of_first_months, &instalment.after_months, &instalment.every_months];
            for entry in months.into_iter().flatten().flat_map(|months| &months.entries) {
                if entry.is == Known::Is(0) {
                    self.fault(entry.span.start, format!("payment.instalment.{code}: write at least 1 month"));
                }
            }
        }
        let entries = instalments.iter().flat_map(|(_, instalment)| &instalment.is.entries);
        let mut days = BTreeMap::new();
        for entry in entries {
            days.entry(entry.from).or_insert(entry.span.start);
        }
        for (day, offset) in days {
            let some = |instalment: &Instalment| instalment.is.value_on(day).is_some_and(|share| share.numerator > 0);
            let there =
                instalments.iter().map(|(_, instalment)| *instalment).filter(|one| some(one)).collect::<Vec<_>>();
            let always = there.iter().copied().filter(|one| one.above_months.is_none()).collect::<Vec<_>>();
            if !reaches_the_whole(&there, day) || !reaches_the_whole(&always, day) {
                self.fault(offset, format!("on {day}, {WHAT} do not add up to 100%"));
            }
            let by_months = |one: &Instalment| {
                one.every_months.is_some() || one.above_months.is_some() || one.of_first_months.is_some()
            };
            if there.last().is_some_and(|last| by_months(last)) {
                self.fault(
                    offset,
                    format!(
                        "on {day}, the last instalment takes the rest: it cannot depend on the months of a project"
                    ),
                );
            }
        }
    }

    fn whole(&mut self, what: &str, parts: &[&Dated<Share>]) {
        if parts.is_empty() {
            self.fault(0, format!("{what} are missing: write at least one"));
        }
        let days = parts.iter().flat_map(|part| &part.entries).map(|entry| (entry.from, entry.span.start));
        for (day, offset) in days.collect::<Vec<_>>() {
            let shares = parts.iter().filter_map(|part| part.value_on(day));
            let mut shares = shares.map(|share| (u64::from(share.numerator), u64::from(share.denominator)));
            let sum = shares.try_fold((0, 1), sum);
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

/// Whether instalments come to the whole on a day. One whose share is of the first months only adds what nobody knows yet, so that it is one
/// with a cumulative share that comes to the whole.
fn reaches_the_whole(instalments: &[&Instalment], day: Day) -> bool {
    let mut reached = Some((0_u64, 1_u64));
    for instalment in instalments.iter().filter(|instalment| instalment.of_first_months.is_none()) {
        let share = instalment.is.value_on(day).map(|share| (u64::from(share.numerator), u64::from(share.denominator)));
        reached = match (reached, share) {
            (Some(before), Some(share)) if instalment.cumulative => at_least(share, before).then_some(share),
            (Some(before), Some(share)) => sum(before, share),
            _ => None,
        };
    }
    reached.is_some_and(|(upper, lower)| upper == lower)
}

fn at_least((upper, lower): (u64, u64), (other_upper, other_lower): (u64, u64)) -> bool {
    u128::from(upper).saturating_mul(other_lower.into()) >= u128::from(other_upper).saturating_mul(lower.into())
}

fn sum((upper, lower): (u64, u64), (other_upper, other_lower): (u64, u64)) -> Option<(u64, u64)> {
    let numerator = upper.checked_mul(other_lower)?.checked_add(lower.checked_mul(other_upper)?)?;
    Some((numerator, lower.checked_mul(other_lower)?))
}
