//! Rounds and cut-offs: each says once when it opens and closes, and they follow each other.

use super::Check;
use crate::calendar::{Day, Minute};
use crate::scheme::{Intake, SchemeFile, is_intake_code};
use std::ops::Range;
use toml::Spanned;

impl Check<'_> {
    /// Windows end after they begin, and do not overlap.
    pub(super) fn rounds(&mut self, file: &SchemeFile) {
        for (code, round) in &file.round {
            let whole = round.source.span().start;
            self.code_of_intake("round", code, whole);
            match (&round.opens_on, &round.opens_at) {
                (Some(_), Some(at)) => self.fault(at.span().start, "write opens_on or opens_at, not both"),
                (None, None) => self.fault(
                    whole,
                    format!("the round \"{code}\" does not say when it opens: write opens_on or opens_at"),
                ),
                _ => {}
            }
            self.closes("round", code, (round.closes_on.as_ref(), round.closes_at.as_ref()), whole);
        }
        for (code, cut_off) in &file.cut_off {
            let whole = cut_off.source.span().start;
            self.code_of_intake("cut_off", code, whole);
            self.closes("cut-off", code, (cut_off.closes_on.as_ref(), cut_off.closes_at.as_ref()), whole);
            if !file.round.is_empty() {
                self.fault(whole, "a scheme with rounds has no cut-offs: write [round.…] or [cut_off.…]");
            }
        }
        self.follow_each_other(file);
    }

    /// What is kept with applications, and asked for.
    fn code_of_intake(&mut self, section: &str, code: &str, offset: usize) {
        if !is_intake_code(code) {
            let message =
                format!("[{section}.{code}]: write a code of at most 40 lower-case letters, digits and \"_\"");
            self.fault(offset, message);
        }
    }

    fn closes(
        &mut self,
        what: &str,
        code: &str,
        closes: (Option<&Spanned<Day>>, Option<&Spanned<Minute>>),
        whole: usize,
    ) {
        match closes {
            (Some(_), Some(at)) => self.fault(at.span().start, "write closes_on or closes_at, not both"),
            (None, None) => self.fault(
                whole,
                format!("the {what} \"{code}\" does not say when it closes: write closes_on or closes_at"),
            ),
            _ => {}
        }
    }

    fn follow_each_other(&mut self, file: &SchemeFile) {
        let intakes = file.intakes();
        for (place, intake) in intakes.iter().enumerate() {
            let Intake { path, opens_at, closes_at, .. } = intake;
            let (section, code) = path.split_once('.').unwrap_or((path, ""));
            let offset = closing(file, code).map_or(0, |span| span.start);
            if section == "cut_off" {
                if opens_at.is_some_and(|opens_at| *closes_at <= opens_at) {
                    self.fault(
                        offset,
                        format!("the cut-off \"{code}\" is not after the one before: write cut-offs in the order of their days"),
                    );
                }
                continue;
            }
            if opens_at.is_some_and(|opens_at| *closes_at <= opens_at) {
                self.fault(offset, format!("the round \"{code}\" closes before it opens"));
            }
            let before = place.checked_sub(1).and_then(|before| intakes.get(before));
            if before.is_some_and(|before| opens_at.is_some_and(|opens_at| opens_at < before.closes_at)) {
                self.fault(
                    offset,
                    format!("the round \"{code}\" overlaps the one before: write rounds in the order of their days"),
                );
            }
        }
    }
}

/// Where it is written when a round or a cut-off closes; a scheme has one of the two.
fn closing(file: &SchemeFile, code: &str) -> Option<Range<usize>> {
    let of_round = file.round.get(code).map(|round| (round.closes_on.as_ref(), round.closes_at.as_ref()));
    let of_cut_off = || file.cut_off.get(code).map(|cut_off| (cut_off.closes_on.as_ref(), cut_off.closes_at.as_ref()));
    let (day, minute) = of_round.or_else(of_cut_off)?;
    minute.map(Spanned::span).or_else(|| day.map(Spanned::span))
}
