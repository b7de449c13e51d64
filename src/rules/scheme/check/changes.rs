//! The laws of changes of an award: authorities that are there, the highest among them, or the highest that acts alone, and a share where it means
//! something.

use super::Check;
use super::near::write_one_of;
use crate::dated::Known;
use crate::scheme::{Approval, Changes};

impl Check<'_> {
    pub(super) fn changes(&mut self, changes: &Changes, approval: Option<&Approval>) {
        for (code, rule) in changes.rules() {
            let begins = rule.is.entries.first().map_or(0, |entry| entry.span.start);
            let Some(approval) = approval else {
                self.fault(
                    begins,
                    format!("[change.{code}]: there is no [approval], so nothing is awarded that could change"),
                );
                continue;
            };
            for name in rule.by.iter().filter(|name| !approval.authority.contains_key(name.get_ref())) {
                let write = write_one_of(name.get_ref(), approval.authority.keys());
                let message = format!("there is no [approval.authority.{}]: {write}", name.get_ref());
                self.fault(name.span().start, message);
            }
            // The highest of all, or of those who act alone.
            let named = |name: &String| rule.by.iter().any(|by| by.get_ref() == name);
            let alone = approval.authority.keys().rfind(|name| !approval.committee.contains_key(*name));
            let highest = approval.authority.keys().next_back();
            let reaches = highest.into_iter().chain(alone).any(named);
            if let Some(highest) = highest.filter(|_| !rule.by.is_empty() && !reaches) {
                self.fault(
                    begins,
                    format!("[change.{code}]: add {highest} to by, for what is above the limits of the others"),
                );
            }
            if code == "amount" && rule.by.is_empty() {
                self.fault(
                    begins,
                    "[change.amount]: write in by which authorities decide: an officer alone commits no money",
                );
            }
            match &rule.alone {
                Some(alone) if code != "budget" => {
                    let begins = alone.entries.first().map_or(begins, |entry| entry.span.start);
                    self.fault(
                        begins,
                        format!("[change.{code}]: only [change.budget] has a share that is moved alone"),
                    );
                }
                Some(alone) if rule.by.is_empty() => {
                    let begins = alone.entries.first().map_or(begins, |entry| entry.span.start);
                    self.fault(begins, "[change.budget]: write in by who decides what is above the share");
                }
                _ => {}
            }
            for entry in rule.is.entries.iter().filter(|entry| !matches!(entry.is, Known::Is(_))) {
                self.fault(entry.span.start, format!("change.{code}: write true or false"));
            }
        }
    }
}
