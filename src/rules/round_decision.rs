//! The decision on a round: what is ranked and waits to be decided, what the money of the round reaches, and in which order a list of
//! decisions is taken.

use crate::application::State;
use crate::approval::Approve;
use crate::calendar::Day;
use crate::decision::Rejecting;
use crate::ids::{ApplicationId, OrganisationId};
use crate::money::{Cents, MoneyError};
use crate::refusal::{Refusal, RoundDecisionRefusal};
use crate::reserve_list::in_time;
use crate::scheme::hexadecimal;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The most cases that are decided at once, and the most that the list shows.
pub const ITEMS_MAX: usize = 200;

/// A ranked case that waits to be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Which.
    pub application: ApplicationId,
    /// The reference that people use.
    pub reference: String,
    /// Who applies.
    pub organisation: OrganisationId,
    /// What they are called.
    pub organisation_name: String,
    /// Where it stands.
    pub state: State,
    /// Its rank among what is listed: equal means share one.
    pub rank: u32,
    /// The mean score, in hundredths of a per cent.
    pub mean: u32,
    /// Whether it passes the marks of its scheme.
    pub passes: bool,
    /// What is recommended; none where nothing is.
    pub amount: Option<Cents>,
    /// What of that is reserved.
    pub reserved: Cents,
    /// The first day of the year in whose money it counts, where there is money of a year.
    pub year: Option<Day>,
    /// Whether only the last step of its route is left, and it does not rest.
    pub ready: bool,
}

/// What identifies a list as it was read: which cases, in which order, where each stands, and with what amount.
#[must_use]
pub fn version_of(list: &[Listed]) -> String {
    let mut digest = Sha256::new();
    for listed in list {
        let amount = listed.amount.map(|amount| amount.to_string()).unwrap_or_default();
        let line = format!("{} {} {} {amount}\n", listed.application, listed.mean, listed.state.code());
        digest.update(line);
    }
    hexadecimal(&digest.finalize())
}

/// What is done to a case of the list.
#[derive(Clone, Debug)]
pub enum Act {
    /// The last step is passed, and the money is committed.
    Approve(Approve),
    /// The last step is passed for when money frees up.
    Reserve {
        /// What is approved.
        asked: Approve,
        /// Why it departs from the rank, where it does.
        departure: Option<String>,
    },
    /// It is refused.
    Reject(Rejecting),
}

/// One line of a decision.
#[derive(Clone, Debug)]
pub struct Item {
    /// Which case.
    pub application: ApplicationId,
    /// What is done to it.
    pub act: Act,
}

/// That a decision has lines, not too many, and no case twice.
///
/// # Errors
/// When it has none or too many, or names a case twice.
pub fn bounded(items: &[Item]) -> Result<(), Refusal> {
    if items.is_empty() {
        return Err(RoundDecisionRefusal::Empty.into());
    }
    if items.len() > ITEMS_MAX {
        return Err(RoundDecisionRefusal::TooMany { items_max: ITEMS_MAX }.into());
    }
    let mut seen = BTreeSet::new();
    match items.iter().position(|item| !seen.insert(item.application)) {
        Some(line) => Err(RoundDecisionRefusal::Twice { line }.into()),
        None => Ok(()),
    }
}

/// That the reserve list has a last day where something is put on it, after the day on which that is decided.
///
/// # Errors
/// When it is missing, over by then, or too far.
pub fn reserve_day(items: &[Item], until: Option<Day>, (decided_on, at): (Day, DateTime<Utc>)) -> Result<(), Refusal> {
    if !items.iter().any(|item| matches!(item.act, Act::Reserve { .. })) {
        return Ok(());
    }
    let until = until.filter(|until| *until > decided_on).ok_or(RoundDecisionRefusal::ReserveDay)?;
    in_time(until, at).map(drop)
}

/// The lines in the order in which they are done, each with its place in what was sent: what is awarded from the top, then what is put on
/// the reserve list from the top, then what is refused from the bottom. So nobody is refused while somebody below is still undecided, and
/// the places on the reserve list follow the rank. A case that is not on the list comes last.
#[must_use]
pub fn in_turn<'i>(list: &[Listed], items: &'i [Item]) -> Vec<(usize, &'i Item)> {
    let places = list.iter().enumerate().map(|(place, listed)| (listed.application, place)).collect::<HashMap<_, _>>();
    let mut in_turn = items.iter().enumerate().collect::<Vec<_>>();
    in_turn.sort_by_key(|(_, item)| {
        let place = places.get(&item.application).copied().unwrap_or(usize::MAX);
        match item.act {
            Act::Approve(_) => (0, place),
            Act::Reserve { .. } => (1, place),
            Act::Reject(_) => (2, usize::MAX.saturating_sub(place)),
        }
    });
    in_turn
}

/// The references of the cases that are ranked below one of the list, and that these lines award.
#[must_use]
pub fn awarded_below(list: &[Listed], items: &[Item], application: ApplicationId) -> Vec<String> {
    let Some(mean) = list.iter().find(|listed| listed.application == application).map(|listed| listed.mean) else {
        return Vec::new();
    };
    let awarded =
        |id: ApplicationId| items.iter().any(|item| item.application == id && matches!(item.act, Act::Approve(_)));
    let below = list.iter().filter(|listed| listed.mean < mean && awarded(listed.application));
    below.map(|listed| listed.reference.clone()).collect()
}

/// What can be promised of the money of a round; `None` where there is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Of the scheme.
    pub envelope: Option<Cents>,
    /// Of the round.
    pub round: Option<Cents>,
    /// Of each year.
    pub years: BTreeMap<Day, Option<Cents>>,
}

impl Left {
    /// What there is for one case, by the year in whose money it counts; `None` where there is no limit.
    #[must_use]
    pub fn of(&self, year: Option<Day>) -> Option<Cents> {
        let year = year.and_then(|year| self.years.get(&year).copied().flatten());
        [self.envelope, self.round, year].into_iter().flatten().min()
    }

    fn take(&mut self, amount: Cents, year: Option<Day>) {
        let less = |left: Option<Cents>| left.map(|left| left.less(amount));
        (self.envelope, self.round) = (less(self.envelope), less(self.round));
        if let Some(left) = year.and_then(|year| self.years.get_mut(&year)) {
            *left = less(*left);
        }
    }
}

/// What is left of a limit for a list: what the cases of the list have reserved themselves is theirs to take.
///
/// # Errors
/// When the amounts add up to more than can be held.
pub fn left_of(
    limit: Option<Cents>,
    (committed, reserved): (Cents, Cents),
    reserved_by_list: Cents,
) -> Result<Option<Cents>, MoneyError> {
    let taken = committed.plus(reserved.less(reserved_by_list))?;
    Ok(limit.map(|limit| limit.less(taken)))
}

/// What is proposed for a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proposed {
    /// To award it.
    Approve,
    /// To put it on the reserve list.
    Reserve,
    /// To refuse it: it does not pass.
    Reject,
    /// To leave it: something on its route has to be done first. The money for it is kept, as it is ranked above others.
    Wait,
}

impl Proposed {
    /// The code used in the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reserve => "reserve",
            Self::Reject => "reject",
            Self::Wait => "wait",
        }
    }
}

/// What the ranking and the money propose, case by case: from the top as long as the money lasts. At the first for which it does not, it
/// ends: to give to one further down because it asks for less is a judgement, and people make it. Decides nothing.
#[must_use]
pub fn propose(list: &[Listed], mut left: Left) -> (Vec<Proposed>, Left) {
    let mut lasts = true;
    let proposed = list.iter().map(|listed| {
        let Some(amount) = listed.amount.filter(|_| listed.state == State::Recommended) else {
            return Proposed::Reject;
        };
        lasts = lasts && left.of(listed.year).is_none_or(|left| amount <= left);
        if lasts {
            left.take(amount, listed.year);
        }
        match (listed.ready, lasts) {
            (false, _) => Proposed::Wait,
            (true, true) => Proposed::Approve,
            (true, false) => Proposed::Reserve,
        }
    });
    (proposed.collect(), left)
}

#[cfg(test)]
mod tests;
