//! What is owed on a case and until when, as the scheme says it and the days of the case make it.

use crate::award::Instalment;
use crate::calendar::Day;
use crate::scheme::{self, DueOn, ObligationKind, Scheme};

/// The most times that something is owed.
const TIMES_MAX: usize = 60;

/// The longest that anything is counted, in months.
const MONTHS_MAX: u32 = 1_200;

/// The days from which what is owed is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchors {
    /// The day on which the offer was accepted: the project begins with it.
    pub accepted_on: Day,
    /// The last day of the project, where it is known.
    pub ends_on: Option<Day>,
    /// The day on which the final accounts were accepted.
    pub accounts_on: Option<Day>,
}

impl Anchors {
    const fn day_of(&self, event: DueOn) -> Option<Day> {
        match event {
            DueOn::Acceptance => Some(self.accepted_on),
            DueOn::Completion => self.ends_on,
            DueOn::FinalAccounts => self.accounts_on,
            DueOn::Milestone => None,
        }
    }
}

/// Something that is owed, with its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derived {
    /// The scheme's code for it, with a number where it is owed several times.
    pub code: String,
    /// What it is.
    pub kind: ObligationKind,
    /// Its last day; none while the day from which it is counted is not known.
    pub due_on: Option<Day>,
    /// Whether nothing is certified or prepared for payment while it is late.
    pub blocks_when_late: bool,
    /// The instalments of the plan that are not certified before it is accepted.
    pub needed_for: Vec<String>,
}

/// All that is owed on a case under a text, by the rules of the day of its submission. What nobody knows the months of is left out; what is
/// owed every so many months waits until somebody has said when the project ends.
#[must_use]
pub fn derive(scheme: &Scheme, on: Day, anchors: Anchors, plan: &[Instalment]) -> Vec<Derived> {
    let owed = scheme.file.obligation.iter();
    owed.flat_map(|(code, owed)| of_one(scheme, (code, owed), on, anchors, plan)).collect()
}

fn of_one(
    scheme: &Scheme,
    (code, owed): (&str, &scheme::Obligation),
    on: Day,
    anchors: Anchors,
    plan: &[Instalment],
) -> Vec<Derived> {
    let Some(months) = owed.is.value_on(on).copied() else { return Vec::new() };
    let needed_for = planned(scheme, owed, plan);
    let blocks_when_late = owed.blocks_when_late.as_ref().and_then(|blocks| blocks.value_on(on)) == Some(&true);
    let one = |code: String, event: Option<Day>| Derived {
        code,
        kind: owed.kind,
        due_on: event.map(|day| day.plus_months(months)),
        blocks_when_late,
        needed_for: needed_for.clone(),
    };
    let Some(every) = &owed.every_months else { return vec![one(code.to_owned(), anchors.day_of(owed.after))] };
    let (Some(every), Some(ends_on)) = (every.value_on(on), anchors.ends_on) else { return Vec::new() };
    let step = usize::try_from(*every).unwrap_or(usize::MAX).max(1);
    let cut_offs = (*every..=MONTHS_MAX).step_by(step).map(|months| anchors.accepted_on.plus_months(months));
    let cut_offs = (1..).zip(cut_offs.take_while(|day| *day <= ends_on).take(TIMES_MAX));
    cut_offs.map(|(number, day)| one(format!("{code}_{number}"), Some(day))).collect()
}

/// The instalments of a plan that wait for it: those of the file, each with all its parts.
fn planned(scheme: &Scheme, owed: &scheme::Obligation, plan: &[Instalment]) -> Vec<String> {
    let parted = |code: &str| {
        let payment = scheme.file.payment.as_ref();
        payment.and_then(|payment| payment.instalment.get(code)).is_some_and(|one| one.every_months.is_some())
    };
    let waits = |part: &&Instalment| {
        owed.needed_for.iter().any(|needed| {
            let code = needed.get_ref();
            let number = part.code.strip_prefix(code.as_str()).and_then(|rest| rest.strip_prefix('_'));
            part.code == *code || parted(code) && number.is_some_and(|number| number.parse::<u32>().is_ok())
        })
    };
    plan.iter().filter(waits).map(|part| part.code.clone()).collect()
}
