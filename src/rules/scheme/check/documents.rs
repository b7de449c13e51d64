//! The laws of documents: a code that can be named in a request, and a size that the house can take.

use super::Check;
use crate::scheme::{CODE_OF_TABLE_CHARACTERS_MAX, SchemeFile, is_plain_code};

/// The largest file that any house takes, in MiB.
const MEBIBYTES_MAX: u32 = 1024;

impl Check<'_> {
    pub(super) fn documents(&mut self, file: &SchemeFile) {
        for (code, document) in &file.document {
            if !is_plain_code(code) {
                let message = format!(
                    "[document.{code}]: write the code in 1 to {CODE_OF_TABLE_CHARACTERS_MAX} small letters, digits and underscores, such as business_plan"
                );
                self.fault(0, message);
            }
            if let Some(most) = &document.mebibytes_max
                && !(1..=MEBIBYTES_MAX).contains(most.get_ref())
            {
                let message = format!("write a whole number of MiB from 1 to {MEBIBYTES_MAX}");
                self.fault(most.span().start, message);
            }
        }
    }
}
