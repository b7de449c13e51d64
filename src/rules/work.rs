//! What waits, asked of all cases of a text at once: what a rule says for each day of submission, by the function that the act
//! itself asks.

use crate::assessment::wanted_on;
use crate::assessment_step::{must_be_held, steps_wanted};
use crate::calendar::Day;
use crate::clock::Step;
use crate::panel::panel_wanted;
use crate::permission::Verb;
use crate::scheme::Scheme;
use crate::scoring::{Given, judge};
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

/// What a text wants before a proposal is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// How many assessors.
    pub assessors: usize,
    /// Which steps are held, such as an interview.
    pub steps: BTreeSet<String>,
    /// Whether it is ranked.
    pub panel: bool,
}

/// What a text wants before a proposal is decided, by the days of submission.
#[must_use]
pub fn wanted(scheme: &Scheme) -> Vec<Span<Wanted>> {
    spans(scheme, "assessment.", |on| Wanted {
        assessors: wanted_on(scheme, on),
        steps: on.map(|on| steps_wanted(scheme, on)).unwrap_or_default(),
        panel: on.is_some_and(|on| panel_wanted(scheme, on)),
    })
}

/// A proposal in assessment that has all its scores.
#[derive(Clone, Copy, Debug)]
pub struct Scored<'a> {
    /// The text that it has pinned.
    pub scheme: &'a Scheme,
    /// The day of its submission.
    pub on: Day,
    /// Its scores.
    pub given: &'a [Given],
    /// The steps that were held.
    pub held: &'a BTreeSet<String>,
    /// Whether it is in a panel.
    pub ranked: bool,
}

impl Scored<'_> {
    /// What it is ready for. A panel ranks what does not pass beside what does, so that nothing is decided before it; but nobody need
    /// interview whoever can only be rejected.
    #[must_use]
    pub fn ready_for(&self) -> Vec<Verb> {
        let to_be_ranked = panel_wanted(self.scheme, self.on) && !self.ranked;
        let passes = judge(self.scheme, self.on, self.given).is_ok();
        let held = must_be_held(self.scheme, self.on, self.held).is_ok();
        let decision = if passes { Verb::ApplicationRecommend } else { Verb::ApplicationReject };
        [
            (to_be_ranked, Verb::PanelOpen),
            (passes && !held, Verb::AssessmentStepRecord),
            (!to_be_ranked && (held || !passes), decision),
        ]
        .into_iter()
        .filter_map(|(is_ready, act)| is_ready.then_some(act))
        .collect()
    }
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
    use crate::sample::{NIAS, day, person, scheme};
    use crate::scoring::Marks;

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
        let wanted = wanted(&scheme);
        for on in ["2024-09-15", "2024-09-16", "2025-02-04", "2025-02-05", "2030-01-01"].map(day) {
            let holds = |from: Option<Day>, until: Option<Day>| {
                from.is_none_or(|from| from <= on) && until.is_none_or(|until| on < until)
            };
            let of_wanted = wanted.iter().filter(|span| holds(span.from, span.until)).map(|span| span.holds.assessors);
            assert_eq!(of_wanted.collect::<Vec<_>>(), [wanted_on(&scheme, Some(on))], "{on}");
        }
        let told = wanted.iter().map(|span| span.holds.assessors).collect::<BTreeSet<_>>();
        assert_eq!(told, BTreeSet::from([1, 2, 3]));
    }

    /// NIAS that wants an interview and a panel.
    fn careful() -> Scheme {
        let dated = "is = [{ from = \"2024-09-16\", is = true, source = \"house\" }]";
        let name = "name = { en = \"Interview\", zh-Hant = \"面試\", zh-Hans = \"面试\" }";
        let more = format!("[assessment.panel]\n{dated}\n\n[assessment.step.interview]\n{name}\n{dated}\n\n");
        scheme(&NIAS.replacen("[assessment.scale]", &format!("{more}[assessment.scale]"), 1))
    }

    #[test]
    fn what_is_scored_is_ready_for_what_comes_next_and_for_no_decision_before() {
        let acts = |scheme: &Scheme, score: u32, held: &[&str], ranked: bool| {
            let given = [1, 2].map(|n| Given { assessor: person(n), score, marks: Marks::new() });
            let held = held.iter().map(|step| (*step).to_owned()).collect::<BTreeSet<_>>();
            Scored { scheme, on: day("2025-02-05"), given: &given, held: &held, ranked }.ready_for()
        };
        let (open, record) = (Verb::PanelOpen, Verb::AssessmentStepRecord);
        let (recommend, reject) = (Verb::ApplicationRecommend, Verb::ApplicationReject);
        let (careful, plain) = (careful(), scheme(NIAS));
        for (score, held, ranked, ready) in [
            (9_000, &[][..], false, &[open, record][..]),
            (9_000, &["interview"], false, &[open]),
            (9_000, &[], true, &[record]),
            (9_000, &["interview"], true, &[recommend]),
            (1_000, &[], false, &[open]),
            (1_000, &[], true, &[reject]),
            (1_000, &["interview"], true, &[reject]),
        ] {
            assert_eq!(acts(&careful, score, held, ranked), ready, "{score} {held:?} {ranked}");
        }
        assert_eq!(acts(&plain, 9_000, &[], false), [recommend]);
        assert_eq!(acts(&plain, 1_000, &[], false), [reject]);
        let wanted = wanted(&careful);
        assert!(wanted.iter().any(|span| span.holds.panel && span.holds.steps.contains("interview")));
        assert!(wanted.iter().any(|span| !span.holds.panel && span.holds.steps.is_empty()), "before it was wanted");
    }
}
