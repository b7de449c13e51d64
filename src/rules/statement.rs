//! The statement of account of one case: its money in the order of time, what is promised and not paid after each line, what is owed
//! back, and what all of it comes to. It is worked out of the rows that exist, and holds only where it agrees with the ledger.
//! Decided in docs/decisions/0052.

mod books;
mod line;

pub use books::{Books, ClaimOnFile, PaymentOnFile, Posted, ReturnOnFile};
pub use line::{Column, Line, LineKind};

use crate::calendar::Day;
use crate::money::{Cents, MoneyError};
use crate::recovery::{Recovery, RecoveryKind};

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its lines, in the order of time.
    pub lines: Vec<Line>,
    /// What they come to.
    pub totals: StatementTotals,
    /// The plan that holds, beside what was paid of it.
    pub plan: Vec<PlannedAndPaid>,
}

/// What a statement comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatementTotals {
    /// What the case has of the scheme's money: the award after its changes, and what is carried over; once it is settled, the settlement.
    pub award: Cents,
    /// What was certified.
    pub certified: Cents,
    /// What was paid, less what a bank has brought back.
    pub paid: Cents,
    /// What is promised and not paid.
    pub outstanding: Cents,
    /// The principal of what was demanded back.
    pub demanded: Cents,
    /// The interest charged on it.
    pub interest: Cents,
    /// What was received of both.
    pub received: Cents,
    /// What was written off of both.
    pub written_off: Cents,
    /// What is owed back.
    pub owed_back: Cents,
    /// What was found to be overpaid and no confirmed demand is of.
    pub not_demanded: Cents,
}

/// An instalment, as it is planned and as it was paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedAndPaid {
    /// The scheme's code for it.
    pub instalment: String,
    /// The day before which it is not due, where it has one.
    pub due_on: Option<Day>,
    /// What is planned.
    pub planned: Cents,
    /// What was paid, less what a bank has brought back.
    pub paid: Cents,
}

/// The statement does not say what the ledger says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Disagrees {
    /// A sum that cannot be held.
    #[error("the lines cannot be added up: {0}")]
    Money(#[from] MoneyError),
    /// Another amount.
    #[error("{what} is {said} by the lines, and {kept} by what is kept of it")]
    Another {
        /// Which amount.
        what: &'static str,
        /// What the lines come to.
        said: Cents,
        /// What is kept beside them.
        kept: Cents,
    },
}

/// The statement that the books of a case come to.
///
/// # Errors
/// When it does not agree with the ledger or with what the demands come to, or a sum cannot be held.
pub fn statement(books: &Books) -> Result<Statement, Disagrees> {
    let mut lines = line::lines(books)?;
    // What happened in one moment stays in the order in which it is told.
    lines.sort_by_key(|line| line.at);
    let mut totals = StatementTotals::default();
    for line in &mut lines {
        totals = totals.with(line)?;
        (line.outstanding, line.owed_back) = (totals.outstanding, totals.owed_back);
    }
    let demanded = told(&books.recoveries).filter(|recovery| recovery.kind == RecoveryKind::Overpaid);
    let demanded = Cents::sum(demanded.map(|recovery| recovery.principal))?;
    totals.not_demanded = books.award.overpaid().less(demanded);
    let statement = Statement { lines, totals, plan: plan(books)? };
    statement.must_agree(books)?;
    Ok(statement)
}

/// The demands that are owed by, or were.
fn told(recoveries: &[Recovery]) -> impl Iterator<Item = &Recovery> {
    recoveries.iter().filter(|recovery| recovery.is_told())
}

/// Every instalment of the plan, and what was paid under a code that it has no more.
fn plan(books: &Books) -> Result<Vec<PlannedAndPaid>, MoneyError> {
    let mut plan = Vec::<PlannedAndPaid>::new();
    for part in &books.plan {
        let (instalment, due_on) = (part.code.clone(), books.due_on(part));
        plan.push(PlannedAndPaid { instalment, due_on, planned: part.amount, paid: Cents::ZERO });
    }
    let paid = books.payments.iter().map(|paid| (&paid.instalment, paid.amount));
    let back = books.returns.iter().map(|back| (&back.instalment, line::negative(back.amount)));
    for (code, amount) in paid.chain(back) {
        if let Some(part) = plan.iter_mut().find(|part| part.instalment == *code) {
            part.paid = part.paid.plus(amount)?;
        } else {
            let instalment = code.clone();
            plan.push(PlannedAndPaid { instalment, due_on: None, planned: Cents::ZERO, paid: amount });
        }
    }
    Ok(plan)
}

impl StatementTotals {
    /// They with one line more.
    fn with(mut self, line: &Line) -> Result<Self, MoneyError> {
        let Some((column, amount)) = line.moves() else { return Ok(self) };
        let of = match column {
            Column::Award => &mut self.award,
            Column::Certified => &mut self.certified,
            Column::Paid => &mut self.paid,
            Column::Demanded => &mut self.demanded,
            Column::Interest => &mut self.interest,
            Column::Received => &mut self.received,
            Column::WrittenOff => &mut self.written_off,
        };
        *of = of.plus(amount)?;
        self.outstanding = self.award.plus(line::negative(self.paid))?;
        let credited = self.received.plus(self.written_off)?;
        self.owed_back = self.demanded.plus(self.interest)?.plus(line::negative(credited))?;
        Ok(self)
    }
}

impl Statement {
    fn must_agree(&self, books: &Books) -> Result<(), Disagrees> {
        let (totals, posted) = (self.totals, books.posted);
        let mut recovered = Cents::ZERO;
        let mut owed = Cents::ZERO;
        for recovery in told(&books.recoveries) {
            recovered = recovered.plus(recovery.recovered()?)?;
            owed = owed.plus(recovery.outstanding().ok().ok_or(MoneyError::Overflow)?)?;
        }
        let planned_paid = Cents::sum(self.plan.iter().map(|part| part.paid))?;
        for (what, said, kept) in [
            ("what is promised and not paid", totals.outstanding, posted.commitment),
            ("what is paid", totals.paid, posted.paid),
            ("what is paid of the plan", planned_paid, posted.paid),
            ("what has come back", line::negative(recovered), posted.recovered),
            ("what is owed back", totals.owed_back, owed),
        ] {
            if said != kept {
                return Err(Disagrees::Another { what, said, kept });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests;
