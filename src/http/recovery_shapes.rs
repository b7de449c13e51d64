//! What demands of money back look like.

use super::problem::Problem;
use chrono::{DateTime, Utc};
use rules::calendar::Day;
use rules::ids::{ApplicationId, ClaimId, PersonId, RecoveryEntryId, RecoveryId, UnmatchedItemId, WriteOffId};
use rules::money::Cents;
use rules::recovery::{Arrangement, Entry, Part, Recovery, RecoveryKind, WriteOff};
use rules::refusal::Refusal;
use rules::sight::Sight;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why money is owed back: more was paid than the settlement allows, what was paid has not been spent, or on something else, or a share of
/// income is owed.
#[derive(ToSchema)]
#[schema(as = RecoveryKind, rename_all = "snake_case")]
#[expect(
    dead_code,
    reason = "the shape of rules::recovery::RecoveryKind for the document, which that crate knows nothing of"
)]
pub(super) enum RecoveryKindShape {
    Overpaid,
    Unspent,
    Misspent,
    Recoupment,
}

/// A demand of money back, with all that has been entered since.
#[derive(Serialize, ToSchema)]
pub(super) struct RecoveryView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: RecoveryId,
    /// The reference that people use.
    #[schema(example = "REC-2026-000007")]
    reference: String,
    /// The application.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// Why money is owed back.
    #[schema(value_type = RecoveryKindShape)]
    kind: RecoveryKind,
    /// `raised`, `confirmed`, `settled` while nothing is outstanding, or `withdrawn`.
    state: &'static str,
    /// How much is demanded, without interest.
    #[schema(value_type = String)]
    principal: Cents,
    /// The reason.
    reason: String,
    /// The last day on which it is paid in time.
    #[schema(value_type = String, format = Date)]
    due_on: Day,
    /// The interest that it bears.
    interest: Option<RecoveryInterestView>,
    /// Of recoupment, on which figures.
    income: Option<RecoveryIncomeView>,
    /// Who raised it; not told to its debtor, as the next ones are not.
    #[schema(value_type = Option<Uuid>)]
    raised_by: Option<PersonId>,
    /// When.
    raised_at: DateTime<Utc>,
    /// Who confirmed it.
    #[schema(value_type = Option<Uuid>)]
    confirmed_by: Option<PersonId>,
    /// When.
    confirmed_at: Option<DateTime<Utc>>,
    /// Who withdrew it.
    #[schema(value_type = Option<Uuid>)]
    withdrawn_by: Option<PersonId>,
    /// Why.
    withdrawn_because: Option<String>,
    /// What it comes to today.
    sums: RecoverySums,
    /// What has been entered, in its order.
    entries: Vec<RecoveryEntryView>,
    /// What somebody has asked to write off, in its order; not told to the debtor.
    write_offs: Vec<WriteOffView>,
    /// The arrangement that holds.
    arrangement: Option<ArrangementView>,
}

/// The interest that a demand bears.
#[derive(Serialize, ToSchema)]
pub(super) struct RecoveryInterestView {
    /// How much a year, exactly.
    #[schema(example = "2/25")]
    rate: String,
    /// From which day.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// By which clause.
    clause: String,
    /// Until which day it is charged.
    #[schema(value_type = Option<String>, format = Date)]
    charged_until: Option<Day>,
}

/// On which figures a share of income is demanded.
#[derive(Serialize, ToSchema)]
pub(super) struct RecoveryIncomeView {
    /// The income.
    #[schema(value_type = String)]
    amount: Cents,
    /// Which part of it is owed, exactly.
    #[schema(example = "1/10")]
    share: String,
    /// By which clause.
    clause: String,
}

/// What a demand comes to.
#[derive(Serialize, ToSchema)]
pub(super) struct RecoverySums {
    /// The interest that was charged.
    #[schema(value_type = String)]
    interest: Cents,
    /// What was received.
    #[schema(value_type = String)]
    received: Cents,
    /// What was written off.
    #[schema(value_type = String)]
    written_off: Cents,
    /// What is outstanding of the principal.
    #[schema(value_type = String)]
    outstanding_principal: Cents,
    /// What is outstanding of the interest.
    #[schema(value_type = String)]
    outstanding_interest: Cents,
    /// What is outstanding.
    #[schema(value_type = String)]
    outstanding: Cents,
    /// The day on which the oldest of what is not met was due; null where nothing is owed.
    #[schema(value_type = Option<String>, format = Date)]
    oldest_due_on: Option<Day>,
    /// How many days that is ago.
    days_overdue: Option<u32>,
}

/// Something that is entered on a demand. An entry is never edited: a `reversal` says which one counts no more.
#[derive(Serialize, ToSchema)]
pub(super) struct RecoveryEntryView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: RecoveryEntryId,
    /// Its place, from 1.
    number: i32,
    /// `interest`, `receipt`, `write_off` or `reversal`.
    kind: &'static str,
    /// How much of the principal.
    #[schema(value_type = String)]
    principal: Cents,
    /// How much of the interest.
    #[schema(value_type = String)]
    interest: Cents,
    /// The day on which the money came, until which interest is charged, or on which it was entered.
    #[schema(value_type = String, format = Date)]
    on: Day,
    /// Of interest, from which day.
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// Of a reversal, which entry counts no more.
    #[schema(value_type = Option<Uuid>)]
    reverses: Option<RecoveryEntryId>,
    /// Of a receipt, which item of a bank statement it is; not told to the debtor.
    #[schema(value_type = Option<Uuid>)]
    item: Option<UnmatchedItemId>,
    /// Of what was set off against a payment, the claim that it pays; not told to the debtor.
    #[schema(value_type = Option<Uuid>)]
    claim: Option<ClaimId>,
    /// By which reference of the bank a receipt is found or in which batch it was set off, or why something is given up or reversed.
    words: String,
    /// Who entered it; not told to the debtor.
    #[schema(value_type = Option<Uuid>)]
    entered_by: Option<PersonId>,
    /// When.
    entered_at: DateTime<Utc>,
}

/// That somebody asks to write something off.
#[derive(Serialize, ToSchema)]
pub(super) struct WriteOffView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: WriteOffId,
    /// How much.
    #[schema(value_type = String)]
    amount: Cents,
    /// Why.
    reason: String,
    /// Who asked.
    #[schema(value_type = Uuid)]
    asked_by: PersonId,
    /// When.
    asked_at: DateTime<Utc>,
    /// Who approved it.
    #[schema(value_type = Option<Uuid>)]
    approved_by: Option<PersonId>,
    /// When.
    approved_at: Option<DateTime<Utc>>,
    /// Under which authority.
    approved_under: Option<String>,
}

/// An arrangement to pay in parts.
#[derive(Serialize, ToSchema)]
pub(super) struct ArrangementView {
    /// Its place, from 1.
    number: i32,
    /// Why it was agreed.
    reason: String,
    /// When.
    agreed_at: DateTime<Utc>,
    /// The parts.
    instalments: Vec<PartShape>,
}

/// One part of an arrangement.
#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PartShape {
    /// The last day on which it is paid in time.
    #[schema(value_type = String, format = Date)]
    pub(super) due_on: Day,
    /// How much.
    #[schema(value_type = String)]
    pub(super) amount: Cents,
}

impl RecoveryView {
    /// It as it is told on a day to somebody.
    ///
    /// # Errors
    /// When a sum cannot be held.
    pub(super) fn of(recovery: Recovery, (today, sight): (Day, Sight)) -> Result<Self, Problem> {
        let staff = sight == Sight::Staff;
        let sums = recovery.sums()?;
        let overdue = recovery.overdue(today)?;
        let charged_until = recovery.charged_until();
        let told = RecoverySums {
            interest: sums.charged,
            received: sums.received,
            written_off: sums.written_off,
            outstanding_principal: sums.principal,
            outstanding_interest: sums.interest,
            outstanding: sums.outstanding().ok().ok_or(Refusal::AmountTooLarge)?,
            oldest_due_on: overdue.map(|overdue| overdue.due_on),
            days_overdue: overdue.map(|overdue| overdue.days),
        };
        let interest = recovery.interest.map(|terms| RecoveryInterestView {
            rate: terms.rate.to_string(),
            from: terms.from,
            clause: terms.clause,
            charged_until,
        });
        let income = recovery.income.map(|of| RecoveryIncomeView {
            amount: of.income,
            share: of.share.to_string(),
            clause: of.clause,
        });
        let (confirmed_by, confirmed_at) = recovery.confirmed.unzip();
        let (withdrawn_by, withdrawn_because) = recovery.withdrawn.map(|(by, _, because)| (by, because)).unzip();
        let write_offs = if staff { recovery.write_offs } else { Vec::new() };
        Ok(Self {
            id: recovery.id,
            reference: recovery.reference,
            application: recovery.application,
            kind: recovery.kind,
            state: recovery.state.code(),
            principal: recovery.principal,
            reason: recovery.reason,
            due_on: recovery.due_on,
            interest,
            income,
            raised_by: staff.then_some(recovery.raised_by),
            raised_at: recovery.raised_at,
            confirmed_by: confirmed_by.filter(|_| staff),
            confirmed_at,
            withdrawn_by: withdrawn_by.filter(|_| staff),
            withdrawn_because,
            sums: told,
            entries: recovery.entries.into_iter().map(|entry| RecoveryEntryView::of(entry, staff)).collect(),
            write_offs: write_offs.into_iter().map(WriteOffView::from).collect(),
            arrangement: recovery.arrangement.map(ArrangementView::from),
        })
    }
}

impl RecoveryEntryView {
    fn of(entry: Entry, staff: bool) -> Self {
        Self {
            id: entry.id,
            number: entry.number,
            kind: entry.kind.code(),
            principal: entry.principal,
            interest: entry.interest,
            on: entry.on,
            from: entry.from,
            reverses: entry.reverses,
            item: entry.item.filter(|_| staff),
            claim: entry.payment.map(|(_, claim)| claim).filter(|_| staff),
            words: entry.words,
            entered_by: staff.then_some(entry.by),
            entered_at: entry.at,
        }
    }
}

impl From<WriteOff> for WriteOffView {
    fn from(asked: WriteOff) -> Self {
        let approved = asked.approved;
        Self {
            id: asked.id,
            amount: asked.amount,
            reason: asked.reason,
            asked_by: asked.asked_by,
            asked_at: asked.asked_at,
            approved_by: approved.as_ref().map(|(by, ..)| *by),
            approved_at: approved.as_ref().map(|(_, at, _)| *at),
            approved_under: approved.map(|(.., limit)| limit.authority),
        }
    }
}

impl From<Arrangement> for ArrangementView {
    fn from(held: Arrangement) -> Self {
        let part = |part: Part| PartShape { due_on: part.due_on, amount: part.amount };
        Self {
            number: held.number,
            reason: held.reason,
            agreed_at: held.at,
            instalments: held.parts.into_iter().map(part).collect(),
        }
    }
}
