//! The costs of a claim: what was spent in each category, which part of it is claimed, and what remains of the award for that.
//!
//! A scheme says whether claims are made of costs. Each line is held to its rate, all of them to what they are held against: what remains of
//! the award for the category, or of all of it. Decided in docs/decisions/0047.

use super::{Claim, ClaimState, Rate};
use crate::application::words_given;
use crate::calendar::Day;
use crate::change_request::{Figures, by_category, left_to_move};
use crate::ids::{AttachmentId, ClaimId};
use crate::money::Cents;
use crate::refusal::{ClaimRefusal, Refusal};
use crate::scheme::{Claims, HeldAgainst, Known, Scheme};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most lines of a claim.
pub const CLAIM_LINES_MAX: usize = 200;

/// What was spent in a category, and what is claimed of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(rename = "ClaimLine")]
pub struct Line {
    /// The scheme's code for the category.
    pub category: String,
    /// What was spent.
    pub spent: Cents,
    /// Which part of that may be claimed.
    pub rate: Rate,
    /// What is claimed of it.
    pub claimed: Cents,
    /// What shows it, in words: an invoice by its number.
    pub evidence: String,
    /// The file of the case that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<AttachmentId>,
    /// What is certified of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certified: Option<Cents>,
    /// Why that is less than what is claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Line {
    /// What it takes of the award: what is certified of it, or what is claimed while it waits.
    fn takes(&self) -> Cents {
        self.certified.unwrap_or(self.claimed)
    }
}

/// A line to be claimed.
#[derive(Clone, Debug)]
pub struct NewLine {
    /// The scheme's code for the category.
    pub category: String,
    /// What was spent.
    pub spent: Cents,
    /// What is claimed of it.
    pub claimed: Cents,
    /// What shows it, in words.
    pub evidence: String,
    /// The file of the case that shows it.
    pub attachment: Option<AttachmentId>,
}

/// What is allowed of a line.
#[derive(Clone, Debug)]
pub struct Allowed {
    /// Which, counted from 1.
    pub line: usize,
    /// How much.
    pub amount: Cents,
    /// Why that is less than what is claimed.
    pub reason: Option<String>,
}

/// What a category may take of the award in all claims together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allotted {
    /// The scheme's code for the category.
    pub category: String,
    /// By what is planned for it.
    pub amount: Cents,
    /// Beyond that, from what is planned for others: as much as an officer alone may move.
    pub moved: Cents,
}

/// Of what a claim is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Costs {
    /// Against what they are held.
    pub held: HeldAgainst,
    /// The lines, in their order.
    pub lines: Vec<Line>,
    /// What their categories may take, where they are held against that.
    pub allotted: Vec<Allotted>,
}

/// What costs must know of the case.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The text that the application has pinned.
    pub scheme: &'a Scheme,
    /// The day on which it was submitted.
    pub on: Day,
    /// The award, as it is now.
    pub award: Cents,
    /// What is planned, and what an authority has approved of that.
    pub figures: &'a Figures,
    /// Every claim of the case.
    pub claims: &'a [Claim],
    /// The files of the case.
    pub files: &'a BTreeSet<AttachmentId>,
}

/// What is planned for a category, of which part it may be claimed, and how much of the award is for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Allotment {
    rate: Option<Rate>,
    amount: Cents,
}

/// What of the award is for each category. One with a rate of its own has that part of what is planned for it; the others share what is
/// left, each by what is planned for it, so that no cent is lost between them. Beside them, the rate of a category that is not planned.
fn allotments(
    claims: &Claims,
    on: Day,
    award: Cents,
    planned: &BTreeMap<String, Cents>,
) -> Result<(BTreeMap<String, Allotment>, Option<Rate>), Refusal> {
    let large = |_| Refusal::AmountTooLarge;
    let mut allotted = BTreeMap::new();
    let (mut left, mut rest) = (award, Cents::ZERO);
    for (category, planned) in planned {
        match claims.rate_on(category, on).map(Rate::try_from).transpose()? {
            Some(rate) => {
                let amount = rate.of(*planned)?;
                left = left.less(amount);
                allotted.insert(category.clone(), Allotment { rate: Some(rate), amount });
            }
            None => rest = rest.plus(*planned).map_err(large)?,
        }
    }
    let shared = Rate::between(left, rest);
    let mut reached = Cents::ZERO;
    for (category, planned) in planned {
        if let (Some(rate), false) = (shared, allotted.contains_key(category)) {
            let before = rate.of(reached)?;
            reached = reached.plus(*planned).map_err(large)?;
            allotted.insert(category.clone(), Allotment { rate: shared, amount: rate.of(reached)?.less(before) });
        }
    }
    Ok((allotted, shared))
}

impl Ground<'_> {
    fn planned(&self) -> Result<BTreeMap<String, Cents>, Refusal> {
        let mut sums = BTreeMap::<String, Cents>::new();
        for ((_, category), amount) in by_category(&self.figures.project)? {
            let sum = sums.entry(category).or_default();
            *sum = sum.plus(amount).ok().ok_or(Refusal::AmountTooLarge)?;
        }
        Ok(sums)
    }

    /// The costs of a claim of an instalment that the applicant makes; none where the scheme, or an advance, wants none.
    ///
    /// # Errors
    /// When lines are missing, too many or not wanted, a category is not known, more is claimed of a line than its rate allows, what shows
    /// it is missing, they do not come to what is claimed, or that is more than remains of what they are held against.
    pub fn claimed(
        &self,
        (id, instalment): (ClaimId, &str),
        amount: Cents,
        lines: Vec<NewLine>,
    ) -> Result<Option<Costs>, Refusal> {
        let payment = self.scheme.file.payment.as_ref();
        let in_advance = payment.and_then(|payment| payment.planned(instalment)).is_some_and(|one| one.in_advance);
        let Some(held) = self.scheme.file.claim.held_on(self.on).filter(|_| !in_advance) else {
            return if lines.is_empty() { Ok(None) } else { Err(ClaimRefusal::LinesNotTaken.into()) };
        };
        if lines.len() > CLAIM_LINES_MAX || lines.is_empty() && amount > Cents::ZERO {
            return Err(ClaimRefusal::LinesMissing { lines_max: CLAIM_LINES_MAX }.into());
        }
        let planned = self.planned()?;
        let (allotted, shared) = allotments(&self.scheme.file.claim, self.on, self.award, &planned)?;
        let lines = (1..).zip(lines).map(|(number, line)| self.line(number, line, (&allotted, shared)));
        let lines = lines.collect::<Result<Vec<_>, _>>()?;
        let total = Cents::sum(lines.iter().map(|line| line.claimed)).ok().ok_or(Refusal::AmountTooLarge)?;
        if total != amount {
            return Err(ClaimRefusal::LinesTotal { total }.into());
        }
        self.held((id, amount), Costs { held, lines, allotted: Vec::new() }, &allotted).map(Some)
    }

    fn line(
        &self,
        number: usize,
        line: NewLine,
        (allotted, shared): (&BTreeMap<String, Allotment>, Option<Rate>),
    ) -> Result<Line, Refusal> {
        let NewLine { category, spent, claimed, evidence, attachment } = line;
        let own = self.scheme.file.claim.rate_on(&category, self.on).map(Rate::try_from).transpose()?;
        let rate = own.or(shared).ok_or(ClaimRefusal::CostsUnplanned)?;
        let known = self.known(allotted);
        if !known.contains(category.as_str()) {
            let known = known.into_iter().collect::<Vec<_>>().join(", ");
            return Err(ClaimRefusal::CategoryUnknown { category, known }.into());
        }
        let limit = rate.of(spent)?;
        if claimed == Cents::ZERO || claimed > limit {
            return Err(ClaimRefusal::LineAboveRate { line: number, limit, rate: rate.to_string() }.into());
        }
        if attachment.is_some_and(|file| !self.files.contains(&file)) {
            return Err(ClaimRefusal::EvidenceNotOfCase { line: number }.into());
        }
        let evidence = words_given("/lines", &evidence)?;
        Ok(Line { category, spent, rate, claimed, evidence, attachment, certified: None, reason: None })
    }

    /// The categories of which something can be claimed: what is planned, and what the scheme lists as eligible.
    fn known<'b>(&'b self, allotted: &'b BTreeMap<String, Allotment>) -> BTreeSet<&'b str> {
        let listed = self.scheme.file.cost.category.iter().filter(|(_, category)| {
            let eligible = category.eligible.as_ref().and_then(|eligible| eligible.on(self.on));
            eligible.is_none_or(|entry| entry.is == Known::Is(true))
        });
        listed.map(|(code, _)| code.as_str()).chain(allotted.keys().map(String::as_str)).collect()
    }

    /// Costs as they are certified: each line at what is allowed of it, with the reason where that is less.
    ///
    /// # Errors
    /// When not every line is named once, more is allowed than claimed, a reason is missing or stands where nothing is reduced, they do not
    /// come to the amount, or that is more than remains of what they are held against.
    pub(super) fn certified(
        &self,
        (id, amount): (ClaimId, Cents),
        costs: &Costs,
        allowed: Vec<Allowed>,
    ) -> Result<Costs, Refusal> {
        let named = allowed.iter().map(|allowed| allowed.line).collect::<BTreeSet<_>>();
        let mut lines = costs.lines.clone();
        if named.len() != allowed.len() || named != (1..=lines.len()).collect() {
            return Err(ClaimRefusal::LinesCertified { lines: lines.len() }.into());
        }
        for Allowed { line: number, amount, reason } in allowed {
            let Some(line) = number.checked_sub(1).and_then(|place| lines.get_mut(place)) else { continue };
            if amount > line.claimed || reason.is_some() != (amount < line.claimed) {
                return Err(ClaimRefusal::LineReduced { line: number, claimed: line.claimed }.into());
            }
            line.reason = reason.map(|reason| words_given("/lines", &reason)).transpose()?;
            line.certified = Some(amount);
        }
        let total = Cents::sum(lines.iter().map(Line::takes)).ok().ok_or(Refusal::AmountTooLarge)?;
        if total != amount {
            return Err(ClaimRefusal::LinesTotal { total }.into());
        }
        let planned = self.planned()?;
        let (allotted, _) = allotments(&self.scheme.file.claim, self.on, self.award, &planned)?;
        self.held((id, amount), Costs { lines, ..costs.clone() }, &allotted)
    }

    /// The other claims that take something of the award.
    fn others(&self, id: ClaimId) -> impl Iterator<Item = &Claim> {
        self.claims.iter().filter(move |claim| claim.id != id && claim.state != ClaimState::Returned)
    }

    fn held(
        &self,
        (id, amount): (ClaimId, Cents),
        costs: Costs,
        allotted: &BTreeMap<String, Allotment>,
    ) -> Result<Costs, Refusal> {
        match costs.held {
            HeldAgainst::InTotal => {
                let taken = self.others(id).map(|claim| claim.certified.unwrap_or(claim.claimed));
                let left = self.award.less(Cents::sum(taken).ok().ok_or(Refusal::AmountTooLarge)?);
                // The instalments come to the award, so that whoever comes through a door was told so before.
                if amount > left { Err(ClaimRefusal::ClaimAbovePlan { limit: left }.into()) } else { Ok(costs) }
            }
            HeldAgainst::PerCategory => {
                let before =
                    taken(self.others(id).filter_map(|claim| claim.costs.as_ref()).flat_map(|one| &one.lines))?;
                let now = taken(&costs.lines)?;
                let mut giving = BTreeMap::new();
                for (category, left) in left_to_move(self.figures, self.scheme, self.on)? {
                    let rate = allotted.get(&category).and_then(|allotment| allotment.rate);
                    giving.insert(category, rate.map(|rate| rate.of(left)).transpose()?.unwrap_or_default());
                }
                let amounts = allotted.iter().map(|(category, of)| (category.clone(), of.amount)).collect();
                let allotted = per_category(&amounts, (&before, &now), &giving)?;
                Ok(Costs { allotted, ..costs })
            }
        }
    }
}

/// What lines take of each category.
fn taken<'a>(lines: impl IntoIterator<Item = &'a Line>) -> Result<BTreeMap<String, Cents>, Refusal> {
    let mut sums = BTreeMap::<String, Cents>::new();
    for line in lines {
        let sum = sums.entry(line.category.clone()).or_default();
        *sum = sum.plus(line.takes()).ok().ok_or(Refusal::AmountTooLarge)?;
    }
    Ok(sums)
}

/// What each category of a claim may take, where it takes so much now beside what was taken before. What goes over what a category has is
/// met by what the others may give and have left.
///
/// # Errors
/// When that is not enough; the first category that goes over is named.
fn per_category(
    allotted: &BTreeMap<String, Cents>,
    (before, now): (&BTreeMap<String, Cents>, &BTreeMap<String, Cents>),
    giving: &BTreeMap<String, Cents>,
) -> Result<Vec<Allotted>, Refusal> {
    let large = |_| Refusal::AmountTooLarge;
    let of = |amounts: &BTreeMap<String, Cents>, category: &str| amounts.get(category).copied().unwrap_or_default();
    let (mut over, mut given, mut first) = (Cents::ZERO, Cents::ZERO, None);
    for category in allotted.keys().chain(before.keys()).chain(now.keys()).collect::<BTreeSet<_>>() {
        let has = of(allotted, category);
        let takes = of(before, category).plus(of(now, category)).map_err(large)?;
        let beyond = takes.less(has);
        over = over.plus(beyond).map_err(large)?;
        given = given.plus(of(giving, category).min(has.less(takes))).map_err(large)?;
        if beyond > Cents::ZERO && now.contains_key(category) {
            first = first.or(Some((category.clone(), has.less(of(before, category)))));
        }
    }
    if let Some((category, left)) = first.filter(|_| over > given) {
        return Err(ClaimRefusal::AboveCategory { category, left, moved: given }.into());
    }
    let categories = now.iter().map(|(category, takes)| {
        let amount = of(allotted, category);
        let moved = of(before, category).plus(*takes).map_err(large)?.less(amount);
        Ok(Allotted { category: category.clone(), amount, moved })
    });
    categories.collect()
}

#[cfg(test)]
mod tests;
