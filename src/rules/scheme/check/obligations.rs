//! The laws of obligations: codes that a file can name, events that have a day, and instalments that are there.

use super::Check;
use super::near::write_one_of;
use crate::dated::Known;
use crate::scheme::{CODE_OF_TABLE_CHARACTERS_MAX, DueOn, Obligation, ObligationKind, SchemeFile, is_plain_code};

impl Check<'_> {
    pub(super) fn obligations(&mut self, file: &SchemeFile) {
        for (code, obligation) in &file.obligation {
            let begins = obligation.is.entries.first().map_or(0, |entry| entry.span.start);
            if !is_plain_code(code) {
                let message = format!(
                    "[obligation.{code}]: write the code in 1 to {CODE_OF_TABLE_CHARACTERS_MAX} small letters, digits and underscores, such as final_report"
                );
                self.fault(begins, message);
            }
            if obligation.after == DueOn::Milestone {
                let message = format!(
                    "[obligation.{code}]: a milestone has no day: write acceptance, completion or final_accounts"
                );
                self.fault(begins, message);
            }
            self.repeated(file, (code, obligation), begins);
            self.needed(file, (code, obligation), begins);
        }
    }

    /// What is owed several times is counted from the acceptance, and its parts have names of their own.
    fn repeated(&mut self, file: &SchemeFile, (code, obligation): (&str, &Obligation), begins: usize) {
        let series = code.rsplit_once('_').filter(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit()));
        if series.is_some_and(|(series, _)| file.obligation.get(series).is_some_and(|one| one.every_months.is_some())) {
            self.fault(begins, format!("[obligation.{code}] has the name of a part of another one: write another"));
        }
        let Some(every) = &obligation.every_months else { return };
        if obligation.after != DueOn::Acceptance {
            self.fault(
                begins,
                format!("[obligation.{code}] is owed every so many months: write after = \"acceptance\""),
            );
        }
        for entry in every.entries.iter().filter(|entry| entry.is == Known::Is(0)) {
            self.fault(entry.span.start, format!("[obligation.{code}]: write at least 1 month"));
        }
    }

    /// What waits for it is there; and nothing waits for books, which are never handed in.
    fn needed(&mut self, file: &SchemeFile, (code, obligation): (&str, &Obligation), begins: usize) {
        let Obligation { kind, every_months, needed_for, blocks_when_late, .. } = obligation;
        let asks = every_months.is_some() || !needed_for.is_empty() || blocks_when_late.is_some();
        if *kind == ObligationKind::Books && asks {
            let message = format!(
                "[obligation.{code}]: books are kept and not handed in: leave every_months, needed_for and blocks_when_late out"
            );
            self.fault(begins, message);
        }
        let Some(payment) = &file.payment else {
            if !needed_for.is_empty() {
                self.fault(
                    begins,
                    format!("[obligation.{code}]: there is no [payment], so no instalment waits for it"),
                );
            }
            return;
        };
        for instalment in needed_for {
            let written = instalment.get_ref();
            if !payment.instalment.contains_key(written) {
                let known = write_one_of(written, payment.instalment.keys());
                self.fault(instalment.span().start, format!("there is no [payment.instalment.{written}]: {known}"));
            }
        }
    }
}
