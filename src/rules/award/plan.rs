//! The plan of an award: its instalments, which sum to it to the cent.

use crate::calendar::Day;
use crate::money::{Cents, MoneyError, Rounding, Share};
use crate::refusal::Refusal;
use crate::scheme::{self, DueOn, Scheme};
use serde::{Deserialize, Serialize};

/// One instalment of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Instalment {
    /// The scheme's code for it, with a number where the scheme has it paid on several days.
    pub code: String,
    /// What makes it due.
    pub due: DueOn,
    /// Not before so many months after the offer is accepted.
    #[serde(default)]
    pub after_months: Option<u32>,
    /// What must be shown before it is due: the scheme's codes.
    #[serde(default)]
    pub needs: Vec<String>,
    /// How much.
    pub amount: Cents,
}

impl Instalment {
    /// One that is due on an event, without more.
    #[must_use]
    pub const fn on(code: String, due: DueOn, amount: Cents) -> Self {
        Self { code, due, after_months: None, needs: Vec::new(), amount }
    }
}

/// The instalments of an amount: each rounded down to the cent, the last one takes the rest, so that nothing is lost. One that comes to
/// nothing is left out: nobody could claim it, and the case would never be completed. Where nobody has said for how many months the
/// project runs, what needs them is left out, and its money comes with what follows.
///
/// # Errors
/// When an amount cannot be held.
pub fn plan(
    scheme: &Scheme,
    on: Day,
    (amount, project_months): (Cents, Option<u32>),
) -> Result<Vec<Instalment>, Refusal> {
    let instalments = &scheme.procedure()?.payment.instalment;
    let parts = instalments.iter().filter_map(|(code, instalment)| Part::read(code, instalment, on));
    let runs_above = |months: u32| project_months.is_some_and(|project_months| project_months > months);
    let parts = parts.filter(|part| part.above_months.is_none_or(runs_above)).collect::<Vec<_>>();
    split(amount, project_months, &parts).ok().ok_or(Refusal::AmountTooLarge)
}

/// One instalment as the scheme says it on a day.
#[derive(Clone, Debug)]
struct Part {
    code: String,
    due: DueOn,
    share: Share,
    cap: Option<Cents>,
    cumulative: bool,
    of_first_months: Option<u32>,
    after_months: Option<u32>,
    every_months: Option<u32>,
    above_months: Option<u32>,
    needs: Vec<String>,
}

impl Part {
    /// `None` where the scheme has no such instalment on the day.
    fn read(code: &str, instalment: &scheme::Instalment, on: Day) -> Option<Self> {
        let months = |dated: &Option<crate::dated::Dated<u32>>| dated.as_ref()?.value_on(on).copied();
        let needed = instalment.needs.iter().filter(|(_, need)| need.is.value_on(on) == Some(&true));
        Some(Self {
            code: code.to_owned(),
            due: instalment.due,
            share: instalment.is.value_on(on).copied().filter(|share| share.numerator > 0)?,
            cap: instalment.cap.as_ref().and_then(|cap| cap.value_on(on)).copied(),
            cumulative: instalment.cumulative,
            of_first_months: months(&instalment.of_first_months),
            after_months: months(&instalment.after_months),
            every_months: months(&instalment.every_months),
            above_months: months(&instalment.above_months),
            needs: needed.map(|(code, _)| code.clone()).collect(),
        })
    }

    /// What it takes of an amount of which so much is planned before it.
    fn of(&self, amount: Cents, planned: Cents, project_months: Option<u32>) -> Result<Cents, MoneyError> {
        let share = match (self.of_first_months, project_months) {
            (None, _) => self.share.of(amount, Rounding::Down)?,
            (Some(_), None | Some(0)) => Cents::ZERO,
            (Some(first), Some(all)) => {
                // Multiplied before it is divided: it is rounded once.
                let numerator = self.share.numerator.checked_mul(first.min(all)).ok_or(MoneyError::Overflow)?;
                let denominator = self.share.denominator.checked_mul(all).ok_or(MoneyError::Overflow)?;
                amount.times(numerator, denominator, Rounding::Down)?
            }
        };
        let adds = if self.cumulative { share.less(planned) } else { share };
        Ok(self.cap.map_or(adds, |cap| cap.min(adds)))
    }

    /// After how many months each of them is due: one, or several where it is parted, of which the last is before the end of the project.
    fn days(&self, project_months: Option<u32>) -> Vec<Option<u32>> {
        let Some(every) = self.every_months else { return vec![self.after_months] };
        let step = usize::try_from(every).unwrap_or(usize::MAX).max(1);
        (every..project_months.unwrap_or_default()).step_by(step).map(Some).collect()
    }
}

fn split(amount: Cents, project_months: Option<u32>, parts: &[Part]) -> Result<Vec<Instalment>, MoneyError> {
    let mut left = amount;
    let last = parts.len().saturating_sub(1);
    let mut instalments = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let days = part.days(project_months);
        let many = i64::try_from(days.len()).ok().ok_or(MoneyError::Overflow)?;
        let wanted = part.of(amount, amount.less(left), project_months)?.min(left);
        let mut of_part = match (index == last, many) {
            (true, _) => left,
            (false, 0) => Cents::ZERO,
            (false, _) => wanted,
        };
        left = left.less(of_part);
        let each = of_part.get().checked_div(many.max(1)).map_or(Cents::ZERO, Cents::new);
        for (number, after_months) in (1..).zip(days.iter().copied()) {
            let takes = if number == many { of_part } else { each };
            of_part = of_part.less(takes);
            if takes > Cents::ZERO {
                let code =
                    if part.every_months.is_some() { format!("{}_{number}", part.code) } else { part.code.clone() };
                let needs = part.needs.clone();
                instalments.push(Instalment { code, due: part.due, after_months, needs, amount: takes });
            }
        }
    }
    Ok(instalments)
}

#[cfg(test)]
mod tests;
