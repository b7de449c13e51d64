//! The plan of an award whose amount has changed: what is certified stays, and the rest is planned again.

use crate::award::{Instalment, plan};
use crate::calendar::Day;
use crate::claim::{Claim, ClaimState};
use crate::money::Cents;
use crate::refusal::{ChangeRefusal, Refusal};
use crate::scheme::Scheme;

/// The plan for another amount. An instalment that is certified is what was certified of it; each other one is what the scheme makes of the
/// new amount, as far as that reaches, and the last one takes the rest, so that nothing is lost. One that comes to nothing is left out.
///
/// # Errors
/// When a claim waits for certification, or the amount is not more than what is certified.
pub fn planned_again(
    scheme: &Scheme,
    on: Day,
    (amount, project_months): (Cents, Option<u32>),
    (now, claims): (&[Instalment], &[Claim]),
) -> Result<Vec<Instalment>, Refusal> {
    if claims.iter().any(|claim| claim.state.is_open()) {
        return Err(ChangeRefusal::ClaimWaits.into());
    }
    let certified_of = |code: &str| {
        let live = claims.iter().filter(|claim| claim.instalment == code && claim.state != ClaimState::Returned);
        live.filter_map(|claim| claim.certified).next()
    };
    let kept = Cents::sum(now.iter().filter_map(|part| certified_of(&part.code)));
    let kept = kept.ok().ok_or(Refusal::AmountTooLarge)?;
    if amount <= kept {
        return Err(ChangeRefusal::BelowPaid { certified: kept }.into());
    }
    let fresh = plan(scheme, on, (amount, project_months))?;
    let last = now.iter().rfind(|part| certified_of(&part.code).is_none()).map(|part| part.code.clone());
    let mut left = amount.less(kept);
    let mut again = Vec::new();
    for part in now {
        if let Some(certified) = certified_of(&part.code) {
            again.push(Instalment { amount: certified, ..part.clone() });
            continue;
        }
        let wanted = fresh.iter().find(|other| other.code == part.code).map_or(Cents::ZERO, |other| other.amount);
        let amount = if last.as_ref() == Some(&part.code) { left } else { left.min(wanted) };
        left = left.less(amount);
        if amount > Cents::ZERO {
            again.push(Instalment { amount, ..part.clone() });
        }
    }
    Ok(again)
}
