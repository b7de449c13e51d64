//! The laws of a route of approval: names that are there, and somebody whose word is the last one on every amount.

use super::Check;
use super::near::write_one_of;
use crate::calendar::Day;
use crate::dated::Known;
use crate::money::{Cents, Share};
use crate::scheme::{Approval, ApprovalStep, CODE_OF_TABLE_CHARACTERS_MAX, Committee, is_plain_code};
use crate::sitting::MEMBERS_MAX;
use std::collections::BTreeSet;

impl Check<'_> {
    pub(super) fn route(&mut self, approval: &Approval) {
        for code in approval.check.keys().chain(approval.step.keys()) {
            if !is_plain_code(code) {
                let message = format!(
                    "[approval….{code}]: write the code in 1 to {CODE_OF_TABLE_CHARACTERS_MAX} small letters, digits and underscores, such as finance"
                );
                self.fault(0, message);
            }
        }
        for (code, check) in &approval.check {
            let begins = check.is.entries.first().map_or(0, |entry| entry.span.start);
            if approval.step.contains_key(code) || approval.authority.contains_key(code) {
                let message =
                    format!("[approval.check.{code}]: a step or an authority has this name: choose another one");
                self.fault(begins, message);
            }
        }
        for step in approval.step.values() {
            for name in step.by.iter().filter(|name| !approval.authority.contains_key(name.get_ref())) {
                let write = write_one_of(name.get_ref(), approval.authority.keys());
                let message = format!("there is no [approval.authority.{}]: {write}", name.get_ref());
                self.fault(name.span().start, message);
            }
        }
        self.committees(approval);
        self.last_words(approval);
    }

    /// A committee has an authority, as many take part as can be asked, and no minority decides.
    fn committees(&mut self, approval: &Approval) {
        for (code, Committee { quorum, majority, .. }) in &approval.committee {
            if !approval.authority.contains_key(code) {
                let write = write_one_of(code, approval.authority.keys());
                let message = format!("[approval.committee.{code}]: there is no [approval.authority.{code}]: {write}");
                self.fault(quorum.is.entries.first().map_or(0, |entry| entry.span.start), message);
            }
            let begins = approval.authority.get(code).and_then(|authority| authority.is.entries.first());
            for (rule, first) in [
                ("quorum", quorum.is.entries.first().map(|entry| (entry.from, entry.span.start))),
                ("majority", majority.is.entries.first().map(|entry| (entry.from, entry.span.start))),
            ] {
                if let (Some(begins), Some((from, span))) = (begins, first)
                    && from > begins.from
                {
                    let message = format!(
                        "approval.committee.{code}.{rule}: begin with {}, the first day of [approval.authority.{code}]",
                        begins.from
                    );
                    self.fault(span, message);
                }
            }
            for entry in &quorum.is.entries {
                if !matches!(entry.is, Known::Is(quorum) if (1..=MEMBERS_MAX).contains(&quorum)) {
                    let message = format!("approval.committee.{code}.quorum: write a number from 1 to {MEMBERS_MAX}");
                    self.fault(entry.span.start, message);
                }
            }
            for entry in &majority.is.entries {
                let half = |share: &Share| u64::from(share.numerator).saturating_mul(2) >= u64::from(share.denominator);
                if !matches!(&entry.is, Known::Is(share) if half(share)) {
                    let message = format!("approval.committee.{code}.majority: write \"1/2\" or more");
                    self.fault(entry.span.start, message);
                }
            }
        }
    }

    /// On every day on which something changes, whoever takes the last step that an amount reaches is enough for it.
    fn last_words(&mut self, approval: &Approval) {
        let steps = approval.step.values();
        let taken = steps.clone().flat_map(|step| step.is.entries.iter().map(|entry| entry.from));
        let above =
            steps.flat_map(|step| step.above.iter().flat_map(|above| above.entries.iter().map(|entry| entry.from)));
        let limits =
            approval.authority.values().flat_map(|authority| authority.is.entries.iter().map(|entry| entry.from));
        for day in taken.chain(above).chain(limits).collect::<BTreeSet<_>>() {
            // From the last step backwards: an amount at which a later one sets in is the highest for which the one before it is the last.
            let mut highest = None;
            for (code, step) in approval.step.iter().rev().filter(|(_, step)| step.is.value_on(day) == Some(&true)) {
                if let Some(name) = too_low(approval, step, day, highest) {
                    let begins = step.is.entries.first().map_or(0, |entry| entry.span.start);
                    let of = highest.map_or_else(|| "any amount".to_owned(), |amount: Cents| amount.to_string());
                    let message = format!(
                        "approval.step.{code}: on {day}, {name} is not enough for {of}, for which this step is the last"
                    );
                    self.fault(begins, message);
                }
                match step.above.as_ref().and_then(|above| above.value_on(day)) {
                    Some(above) => highest = Some(highest.map_or(*above, |highest: Cents| highest.min(*above))),
                    None => break,
                }
            }
        }
    }
}

/// The highest authority of a step, where it is too low to be the last word on an amount, or on any where none is given.
fn too_low(approval: &Approval, step: &ApprovalStep, day: Day, amount: Option<Cents>) -> Option<String> {
    let named = |name: &String| step.by.is_empty() || step.by.iter().any(|by| by.get_ref() == name);
    let (name, highest) = approval.authority.iter().rfind(|(name, _)| named(name))?;
    let enough = match (&highest.is.on(day)?.is, amount) {
        (Known::None, _) => true,
        (Known::Is(limit), Some(amount)) => amount <= *limit,
        _ => false,
    };
    (!enough).then(|| name.clone())
}
