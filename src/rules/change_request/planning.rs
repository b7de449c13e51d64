//! The plan of an award whose amount has changed: what is certified stays, and the rest is planned again from what remains.

use crate::award::{Instalment, plan};
use crate::calendar::Day;
use crate::claim::{Claim, ClaimState};
use crate::money::Cents;
use crate::refusal::{ChangeRefusal, Refusal};
use crate::scheme::Scheme;

/// A plan for another amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replanned {
    /// The instalments: they come to the amount, and to what is carried over.
    pub plan: Vec<Instalment>,
    /// How much more is certified than the amount: nothing more is paid, and so much is owed back.
    pub carried_over: Cents,
}

/// The plan for another amount, by the scheme's shares of it.
///
/// # Errors
/// When a claim waits for certification, or an amount cannot be held.
pub fn planned_again(
    scheme: &Scheme,
    on: Day,
    (amount, project_months): (Cents, Option<u32>),
    (now, claims): (&[Instalment], &[Claim]),
) -> Result<Replanned, Refusal> {
    if claims.iter().any(|claim| claim.state.is_open()) {
        return Err(ChangeRefusal::ClaimWaits.into());
    }
    let fresh = plan(scheme, on, (amount, project_months))?;
    let certified_of = |code: &str| {
        let live = claims.iter().filter(|claim| claim.instalment == code && claim.state != ClaimState::Returned);
        live.filter_map(|claim| claim.certified).next()
    };
    replanned(amount, &fresh, now, certified_of)
}

/// An instalment that is certified stays what was certified of it. By how much those are more than their shares of the new amount is carried
/// over: each coming instalment pays nothing until that is eaten up, then its share as far as the amount reaches, and the last one takes the
/// rest, so that nothing is lost. One that comes to nothing is left out; but the last one stays, since the case is settled with it. Where
/// the amount is less than what is certified, nothing more comes, and the difference is what is carried over at the end.
fn replanned(
    amount: Cents,
    fresh: &[Instalment],
    now: &[Instalment],
    certified_of: impl Fn(&str) -> Option<Cents>,
) -> Result<Replanned, Refusal> {
    let sum = |amounts: Vec<Cents>| Cents::sum(amounts).ok().ok_or(Refusal::AmountTooLarge);
    let kept = sum(now.iter().filter_map(|part| certified_of(&part.code)).collect())?;
    let is_kept = |code: &str| now.iter().any(|part| part.code == code) && certified_of(code).is_some();
    let shares = sum(fresh.iter().filter(|part| is_kept(&part.code)).map(|part| part.amount).collect())?;
    let (mut over, mut left) = (kept.less(shares), amount.less(kept));
    let last = now.iter().rfind(|part| certified_of(&part.code).is_none());
    let mut plan = Vec::new();
    for part in now {
        if let Some(certified) = certified_of(&part.code) {
            plan.push(Instalment { amount: certified, ..part.clone() });
            continue;
        }
        let is_last = last.is_some_and(|last| last.code == part.code);
        let share = fresh.iter().find(|other| other.code == part.code).map_or(Cents::ZERO, |other| other.amount);
        let wanted = share.less(over);
        over = over.less(share);
        let amount = if is_last { left } else { left.min(wanted) };
        left = left.less(amount);
        let nothing_else = is_last && plan.iter().all(|part: &Instalment| certified_of(&part.code).is_some());
        if amount > Cents::ZERO || nothing_else {
            plan.push(Instalment { amount, ..part.clone() });
        }
    }
    Ok(Replanned { plan, carried_over: kept.less(amount) })
}

#[cfg(test)]
mod tests;
