//! The laws of claims: costs only where something is paid, rates of categories that are there, and of something.

use super::near::write_one_of;
use super::{Check, start};
use crate::dated::Known;
use crate::scheme::{CategoryList, SchemeFile};

impl Check<'_> {
    pub(super) fn claims(&mut self, file: &SchemeFile) {
        let claims = &file.claim;
        if let (Some(costs), None) = (&claims.costs, &file.payment) {
            self.fault(start(&costs.is), "[claim.costs]: there is no [payment], so nothing is claimed");
        }
        for entry in claims.costs.iter().flat_map(|costs| &costs.is.entries).filter(|entry| entry.is == Known::Unknown)
        {
            self.fault(entry.span.start, "claim.costs: write \"per_category\", \"in_total\" or \"none\"");
        }
        for entry in claims.again.iter().flat_map(|again| &again.is.entries) {
            if !matches!(entry.is, Known::Is(_)) {
                self.fault(entry.span.start, "claim.again: write true or false");
            }
        }
        let closed = file.cost.list.is.entries.iter().all(|entry| entry.is == Known::Is(CategoryList::Closed));
        for (category, rate) in &claims.rate {
            let begins = start(&rate.is);
            if claims.costs.is_none() {
                self.fault(
                    begins,
                    format!("[claim.rate.{category}]: write [claim.costs]: claims are made of no costs"),
                );
            }
            if closed && !file.cost.category.contains_key(category) {
                let write = write_one_of(category, file.cost.category.keys());
                self.fault(begins, format!("there is no [cost.category.{category}]: {write}"));
            }
            for entry in &rate.is.entries {
                let nothing = matches!(entry.is, Known::Is(share) if share.numerator == 0);
                if nothing || entry.is == Known::Unknown {
                    let message = format!("claim.rate.{category}: write a share of something, or \"none\"");
                    self.fault(entry.span.start, message);
                }
            }
        }
        let advances = file.payment.iter().flat_map(|payment| &payment.instalment).filter(|(_, one)| one.in_advance);
        for (code, instalment) in advances.filter(|_| claims.costs.is_none()) {
            let message =
                format!("payment.instalment.{code}.in_advance: write [claim.costs]: claims are made of no costs");
            self.fault(start(&instalment.is), message);
        }
    }
}
