//! What earlier awards, of this scheme and of others, say of the next one: intervals, exclusions and dependencies.

use super::Work;
use super::request::{Award, Completed};
use super::step::Kind;
use crate::calendar::Day;
use crate::scheme::IntervalAfter;
use crate::text::Text;
use toml::Spanned;

impl<'a> Work<'a> {
    pub(super) fn relations(&mut self) {
        self.intervals();
        self.exclusions();
        self.dependencies();
    }

    /// The earlier awards, one by one; the short form knows neither their days nor their schemes, so that they are asked for.
    fn awards(&mut self) -> Option<&'a [Award]> {
        let history = self.request.history.as_ref()?;
        if history.awards.is_none() && history.projects != Some(0) {
            self.missing.insert("history.awards".to_owned());
        }
        history.awards.as_deref()
    }

    fn intervals(&mut self) {
        let scheme = self.scheme;
        for (name, interval) in &scheme.file.interval {
            let Some(awards) = self.awards() else { continue };
            let path = format!("interval.{name}");
            // What was decided after the day of this application is no earlier award: it had nothing to wait for.
            let earlier = |award: &&Award| award.party.is_none() && award.is_of(scheme) && award.on <= self.on;
            let own = awards.iter().filter(earlier).collect::<Vec<_>>();
            if own.is_empty() {
                continue;
            }
            let Some((months, source)) = self.in_force(&path, &interval.is) else { continue };
            let day_not_said = |award: &&Award| award.completed == Some(Completed::Answer(true));
            if interval.after == IntervalAfter::Completion && own.iter().any(day_not_said) {
                self.missing.insert("history.awards.completed".to_owned());
            }
            let fulfilled = own.iter().all(|award| is_free(award, interval.after, *months, self.on));
            self.judge(path, source, &interval.name, fulfilled);
        }
    }

    fn exclusions(&mut self) {
        let scheme = self.scheme;
        for (name, exclusive) in &scheme.file.exclusive {
            let Some(awards) = self.awards() else { continue };
            let path = format!("exclusive.{name}");
            let Some((true, source)) = self.in_force(&path, &exclusive.is) else { continue };
            let excludes = |award: &Award| {
                is_own(award, &exclusive.schemes) && !(exclusive.running && is_completed(award, self.on))
            };
            let fulfilled = !awards.iter().any(excludes);
            self.judge(path, source, &exclusive.name, fulfilled);
        }
    }

    fn dependencies(&mut self) {
        let scheme = self.scheme;
        for (name, dependency) in &scheme.file.dependency {
            let path = format!("dependency.{name}");
            let Some((true, source)) = self.in_force(&path, &dependency.is) else { continue };
            let Some(awards) = self.awards() else {
                // Nothing was said of other schemes: that is to be confirmed, and refuses nothing.
                self.missing.insert("history.awards".to_owned());
                continue;
            };
            let serves = |award: &Award| {
                is_own(award, &dependency.schemes) && (!dependency.completed || is_completed(award, self.on))
            };
            let fulfilled = awards.iter().any(serves);
            self.judge(path, source, &dependency.name, fulfilled);
        }
    }

    fn judge(&mut self, path: String, source: &'a str, name: &'a Text, fulfilled: bool) {
        if !fulfilled {
            self.refuse(&*path);
        }
        self.step(path, Some(source), Kind::Relation { name, fulfilled });
    }
}

/// Whether an award no longer bars the next one. One whose project was completed on a day that was not said does not: the day is
/// asked for.
fn is_free(award: &Award, after: IntervalAfter, months: u32, on: Day) -> bool {
    let from = match (after, award.completed) {
        (IntervalAfter::Decision, _) => award.on,
        (IntervalAfter::Completion, Some(Completed::On(day))) => day,
        (IntervalAfter::Completion, Some(Completed::Answer(true))) => return true,
        (IntervalAfter::Completion, _) => return false,
    };
    from.plus_months(months) <= on
}

fn is_completed(award: &Award, on: Day) -> bool {
    award.completed.is_some_and(|completed| completed.by(on))
}

/// Whether the applicant, and no related party, had it of one of these schemes: what others had neither bars nor opens the door.
fn is_own(award: &Award, schemes: &[Spanned<String>]) -> bool {
    award.party.is_none()
        && award
            .scheme
            .as_ref()
            .is_some_and(|code| schemes.iter().any(|known| known.get_ref().eq_ignore_ascii_case(code)))
}
