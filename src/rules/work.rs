//! What waits, asked of all cases of a text at once: what a rule says for each day of submission, by the function that the act
//! itself asks.

use crate::assessment::wanted_on;
use crate::calendar::Day;
use crate::clock::Step;
use crate::scheme::Scheme;
use std::collections::BTreeSet;

/// What holds for the cases that were submitted on some days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span<T> {
    /// Not before this day; `None` is since ever.
    pub from: Option<Day>,
    /// Before this day; `None` is for ever.
    pub until: Option<Day>,
    /// What holds.
    pub holds: T,
}

impl<T> Span<T> {
    /// The same days with what is made of it.
    pub fn map<U>(self, made: impl FnOnce(T) -> U) -> Span<U> {
        Span { from: self.from, until: self.until, holds: made(self.holds) }
    }
}

/// How many assessors a text wants, by the days of submission.
#[must_use]
pub fn assessors_wanted(scheme: &Scheme) -> Vec<Span<usize>> {
    spans(scheme, "assessment.assessors", |on| wanted_on(scheme, on))
}

/// The days that a text pledges for a step, by the days of submission; `None` where it pledges nothing.
#[must_use]
pub fn pledged(scheme: &Scheme, step: Step) -> Vec<Span<Option<u32>>> {
    spans(scheme, "pledge.", |on| on.and_then(|on| step.pledged_days(scheme, on)))
}

/// A rule changes on no other day than one on which a value below its path begins.
fn spans<T>(scheme: &Scheme, path: &str, rule: impl Fn(Option<Day>) -> T) -> Vec<Span<T>> {
    let lives = scheme.lives.iter().filter(|life| life.path.starts_with(path));
    let days = lives.flat_map(|life| life.lines.iter().map(|line| line.from)).collect::<BTreeSet<_>>();
    let begins = std::iter::once(None).chain(days.iter().copied().map(Some));
    let ends = days.iter().copied().map(Some).chain([None]);
    begins.zip(ends).map(|(from, until)| Span { from, until, holds: rule(from) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{NIAS, day, scheme};

    #[test]
    fn a_pledge_is_said_for_the_days_of_submission_on_which_it_holds() {
        let pledge = "[pledge.screening]\nis = [{ from = \"2025-02-01\", is = 10, source = \"house\" }, \
                      { from = \"2025-03-01\", is = 20, source = \"house\" }]\n\n[assessment.scale]";
        let scheme = scheme(&NIAS.replacen("[assessment.scale]", pledge, 1));
        let spans = pledged(&scheme, Step::Screening);
        let told = spans.iter().map(|span| (span.from.map(|day| day.to_string()), span.holds)).collect::<Vec<_>>();
        let from = |day: &str| Some(day.to_owned());
        assert_eq!(told, [(None, None), (from("2025-02-01"), Some(10)), (from("2025-03-01"), Some(20))]);
        assert!(pledged(&scheme, Step::Offer).iter().all(|span| span.holds.is_none()));
    }

    #[test]
    fn a_span_says_of_each_of_its_days_what_the_rule_says() {
        let two = "is = [{ from = \"2024-09-16\", is = 2, source = \"house\" }]";
        let three = two.replace(']', ", { from = \"2025-02-05\", is = 3, source = \"house\" }]");
        let scheme = scheme(&NIAS.replacen(two, &three, 1));
        let wanted = assessors_wanted(&scheme);
        for on in ["2024-09-15", "2024-09-16", "2025-02-04", "2025-02-05", "2030-01-01"].map(day) {
            let holds = |from: Option<Day>, until: Option<Day>| {
                from.is_none_or(|from| from <= on) && until.is_none_or(|until| on < until)
            };
            let of_wanted = wanted.iter().filter(|span| holds(span.from, span.until)).map(|span| span.holds);
            assert_eq!(of_wanted.collect::<Vec<_>>(), [wanted_on(&scheme, Some(on))], "{on}");
        }
        assert_eq!(wanted.iter().map(|span| span.holds).collect::<Vec<_>>(), [1, 2, 3]);
    }
}
