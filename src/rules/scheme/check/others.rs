//! Other schemes: those that the rules of one name are schemes that somebody has.

use super::Check;
use super::near::did_you_mean;
use crate::scheme::{Fault, Scheme, SchemeFile, is_code};
use std::collections::BTreeSet;
use toml::Spanned;

impl Check<'_> {
    /// What excludes or is needed are awards of other schemes, which can be named.
    pub(super) fn other_schemes(&mut self, file: &SchemeFile) {
        let excluded = file.exclusive.iter().map(|(name, table)| ("exclusive", name, &table.schemes, &table.is));
        let needed = file.dependency.iter().map(|(name, table)| ("dependency", name, &table.schemes, &table.is));
        for (section, name, schemes, is) in excluded.chain(needed) {
            let start = is.entries.first().map_or(0, |entry| entry.span.start);
            if schemes.is_empty() {
                self.fault(start, format!("{section}.{name} names no scheme: write schemes = [\"…\"]"));
            }
            for code in schemes {
                if !is_code(code.get_ref()) {
                    let message = "write the code of a scheme, in capital letters, digits and hyphens";
                    self.fault(code.span().start, message);
                } else if code.get_ref() == file.code.get_ref() {
                    let message = match section {
                        "exclusive" => {
                            "is about other schemes: for earlier projects of this one write [ceiling.…] with of = \"projects\", or [interval.…]"
                        }
                        _ => {
                            "is about other schemes: take this one out, which would be needed before its own first award"
                        }
                    };
                    self.fault(code.span().start, format!("{section}.{name} {message}"));
                }
            }
        }
    }

    /// A scheme without a file is there because a rule names it.
    pub(super) fn schemes_without_a_file(&mut self, file: &SchemeFile) {
        let named = file.other_schemes();
        for (code, table) in file.other_scheme.iter().filter(|(code, _)| !named.contains(*code)) {
            let message = format!("the scheme {code} is not named: remove it, or name it in exclusive or dependency");
            self.fault(table.span().start, message);
        }
    }
}

impl Scheme {
    /// The schemes that its rules name and nobody has: neither `house`, nor the file itself, which says of some that they have no
    /// file. A mistyped code excludes nobody, and what is needed is never there.
    #[must_use]
    pub fn strangers(&self, text: &str, house: &BTreeSet<String>) -> Vec<Fault> {
        let SchemeFile { code: own, other_scheme, .. } = &self.file;
        let is_known = |code: &String| house.contains(code) || other_scheme.contains_key(code) || code == own.get_ref();
        let stranger = |code: &Spanned<String>| {
            let (offset, code) = (code.span().start, code.get_ref());
            let meant = did_you_mean(code, house.iter().map(String::as_str));
            let message = format!(
                "there is no scheme \"{code}\": write a code that a file has or, where it has none, its name as [other_scheme.{code}.name]{meant}"
            );
            Fault::at(text, offset, message)
        };
        let strangers = self.file.schemes_named().filter(|code| !is_known(code.get_ref())).map(stranger);
        let with_a_file = other_scheme.iter().filter(|(code, _)| house.contains(*code)).map(|(code, table)| {
            let message = format!("the scheme {code} has a file: take out [other_scheme.{code}]");
            Fault::at(text, table.span().start, message)
        });
        strangers.chain(with_a_file).collect()
    }
}
