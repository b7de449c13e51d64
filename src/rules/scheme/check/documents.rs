//! The laws of documents: a code that can be named in a request, and a size that the house can take.

use super::Check;
use crate::scheme::SchemeFile;

/// The largest file that any house takes, in MiB.
const MEBIBYTES_MAX: u32 = 1024;

/// The most characters of the code of a document.
const CODE_CHARACTERS_MAX: usize = 60;

impl Check<'_> {
    pub(super) fn documents(&mut self, file: &SchemeFile) {
        for (code, document) in &file.document {
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
            if code.is_empty() || code.len() > CODE_CHARACTERS_MAX || !code.bytes().all(plain) {
                let message = format!(
                    "[document.{code}]: write the code in 1 to {CODE_CHARACTERS_MAX} small letters, digits and underscores, such as business_plan"
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
