//! The route that starts with a recommendation: what of a text applies to the amount on the day of the submission.

use super::{ONE_STEP, Part, Route};
use crate::calendar::Day;
use crate::dated::Known;
use crate::money::Cents;
use crate::refusal::Refusal;
use crate::scheme::{Approval as Rules, Committee as CommitteeRules, Plain, Scheme};
use crate::sitting::{Committee, Majority};
use std::collections::{BTreeMap, BTreeSet};

impl Route {
    /// The route that starts with a recommendation, under the text that the application has pinned.
    ///
    /// # Errors
    /// When the scheme takes no applications.
    pub fn start(scheme: &Scheme, on: Day, amount: Cents, number: u32) -> Result<Self, Refusal> {
        let rules = scheme.procedure()?.approval;
        let checks = rules.check.iter().filter(|(_, check)| check.is.value_on(on) == Some(&true));
        let mut parts = checks.map(|(code, _)| Part::Check { code: code.clone() }).collect::<Vec<_>>();
        let steps = rules.step.iter().filter(|(_, step)| step.is.value_on(on) == Some(&true));
        let steps = steps.filter(|(_, step)| {
            let above = step.above.as_ref().and_then(|above| above.value_on(on));
            above.is_none_or(|above| amount > *above)
        });
        parts.extend(steps.map(|(code, step)| {
            let named = step.by.iter().map(|name| name.get_ref()).collect::<BTreeSet<_>>();
            step_of(code, rules, on, |name| named.is_empty() || named.contains(name))
        }));
        if parts.iter().all(Part::is_check) {
            parts.push(step_of(ONE_STEP, rules, on, |_| true));
        }
        Ok(Self { number, parts, given: Vec::new(), deferred: None })
    }
}

/// A step for those authorities of a text whose limits are known on a day, and of committees only those whose rules are.
pub(crate) fn step_of(code: &str, rules: &Rules, on: Day, may: impl Fn(&String) -> bool) -> Part {
    let committees = rules.committee.iter().filter_map(|(name, committee)| Some((name, committee_on(committee, on)?)));
    let committees = committees.collect::<BTreeMap<_, _>>();
    let decides = |name: &String| !rules.committee.contains_key(name) || committees.contains_key(name);
    let by = limits(rules, on).filter(|(name, _)| may(name) && decides(name));
    let by = by.map(|(name, limit)| (name.clone(), limit)).collect::<Vec<_>>();
    let takes = |name: &str| by.iter().any(|(taker, _)| taker == name);
    let committees = committees.iter().filter(|(name, _)| takes(name)).map(|(name, rules)| ((*name).clone(), *rules));
    Part::Step { code: code.to_owned(), committees: committees.collect(), by }
}

fn committee_on(rules: &CommitteeRules, on: Day) -> Option<Committee> {
    let holds =
        |rule: &Option<Plain<bool>>| rule.as_ref().and_then(|rule| rule.is.value_on(on)).copied().unwrap_or(false);
    let majority = rules.majority.is.value_on(on)?;
    Some(Committee {
        quorum: *rules.quorum.is.value_on(on)?,
        majority: Majority { of: majority.numerator, whole: majority.denominator },
        casting_vote: holds(&rules.casting_vote),
        circulation: holds(&rules.circulation),
    })
}

/// Up to which amount each authority of a text is the last word on a day, from the lowest to the highest; those that nobody knows are
/// left out.
fn limits(rules: &Rules, on: Day) -> impl Iterator<Item = (&String, Option<Cents>)> {
    rules.authority.iter().filter_map(move |(name, authority)| match &authority.is.on(on)?.is {
        Known::Is(limit) => Some((name, Some(*limit))),
        Known::None => Some((name, None)),
        Known::Unknown => None,
    })
}
