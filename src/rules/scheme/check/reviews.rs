//! The laws of a review: authorities that are there and decide alone, and days that are known from the beginning.

use super::Check;
use super::near::write_one_of;
use crate::dated::Known;
use crate::scheme::{Approval, CODE_OF_TABLE_CHARACTERS_MAX, ReviewStep, Reviews, is_plain_code};

/// The longest time within which a review may be asked for, in days.
const DAYS_MAX: u32 = 366;

impl Check<'_> {
    pub(super) fn reviews(&mut self, reviews: &Reviews, approval: Option<&Approval>) {
        for (code, step) in &reviews.step {
            let begins = step.is.entries.first().map_or(0, |entry| entry.span.start);
            if !is_plain_code(code) {
                let message = format!(
                    "[review.step.{code}]: write the code in 1 to {CODE_OF_TABLE_CHARACTERS_MAX} small letters, digits and underscores, such as appeal"
                );
                self.fault(begins, message);
            }
            match approval {
                Some(approval) => self.reviewers(code, step, approval),
                None => self.fault(
                    begins,
                    format!("[review.step.{code}]: there is no [approval], so there is nobody to decide it"),
                ),
            }
            for entry in step.is.entries.iter().filter(|entry| !matches!(entry.is, Known::Is(_))) {
                self.fault(entry.span.start, format!("review.step.{code}: write true or false"));
            }
            for entry in &step.days.entries {
                if !matches!(entry.is, Known::Is(days) if (1..=DAYS_MAX).contains(&days)) {
                    let message = format!("review.step.{code}.days: write a number from 1 to {DAYS_MAX}");
                    self.fault(entry.span.start, message);
                }
            }
            if let (Some(first), Some(days)) = (step.is.entries.first(), step.days.entries.first())
                && days.from > first.from
            {
                let message = format!(
                    "review.step.{code}.days: begin with {}, the first day of [review.step.{code}]",
                    first.from
                );
                self.fault(days.span.start, message);
            }
        }
    }

    fn reviewers(&mut self, code: &str, step: &ReviewStep, approval: &Approval) {
        for name in step.by.iter().filter(|name| !approval.authority.contains_key(name.get_ref())) {
            let write = write_one_of(name.get_ref(), approval.authority.keys());
            let message = format!("there is no [approval.authority.{}]: {write}", name.get_ref());
            self.fault(name.span().start, message);
        }
        if step.by.iter().all(|name| approval.committee.contains_key(name.get_ref())) {
            let begins = step.is.entries.first().map_or(0, |entry| entry.span.start);
            let message = format!(
                "[review.step.{code}]: write in by an authority that is no committee: one person decides a review"
            );
            self.fault(begins, message);
        }
    }
}
