//! The rows of demands, and what they are read as.

use crate::store::Fault;
use crate::store::schema::{
    recoveries, recovery_arrangements, recovery_entries, recovery_instalments, recovery_write_offs,
};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use rules::calendar::Day;
use rules::ids::{ApplicationId, BatchId, ClaimId, PersonId, RecoveryEntryId, RecoveryId, UnmatchedItemId, WriteOffId};
use rules::money::{Cents, Share};
use rules::recovery::{
    Arrangement, Entry, EntryKind, Income, InterestTerms, Part, Recovery, RecoveryKind, RecoveryState, WriteOff,
};
use rules::release_limit::ReleaseLimit;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = recoveries, treat_none_as_default_value = false)]
pub(super) struct Row {
    pub id: Uuid,
    reference: String,
    application_id: Uuid,
    kind: String,
    pub state: String,
    principal_cents: i64,
    reason: String,
    due_on: NaiveDate,
    rate_numerator: Option<i64>,
    rate_denominator: Option<i64>,
    interest_from: Option<NaiveDate>,
    interest_clause: Option<String>,
    income_cents: Option<i64>,
    share_numerator: Option<i64>,
    share_denominator: Option<i64>,
    income_clause: Option<String>,
    raised_by: Uuid,
    raised_at: DateTime<Utc>,
    pub confirmed_by: Option<Uuid>,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub withdrawn_by: Option<Uuid>,
    pub withdrawn_at: Option<DateTime<Utc>>,
    pub withdrawn_because: Option<String>,
}

fn share(parts: Option<(i64, i64)>) -> Option<Share> {
    let (numerator, denominator) = parts?;
    Some(Share { numerator: u32::try_from(numerator).ok()?, denominator: u32::try_from(denominator).ok()? })
}

fn parts(share: Share) -> (i64, i64) {
    (share.numerator.into(), share.denominator.into())
}

impl TryFrom<Row> for Recovery {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let corrupt = |what: &str| Fault::Corrupt(format!("recovery {}: {what}", row.id));
        let kind = RecoveryKind::from_code(&row.kind).ok_or_else(|| corrupt(&row.kind))?;
        let state = RecoveryState::from_code(&row.state).ok_or_else(|| corrupt(&row.state))?;
        let rate = share(row.rate_numerator.zip(row.rate_denominator));
        let terms = rate.zip(row.interest_from).zip(row.interest_clause);
        let interest = terms.map(|((rate, from), clause)| InterestTerms { rate, from: Day::from(from), clause });
        let of_income = share(row.share_numerator.zip(row.share_denominator));
        let of_income = row.income_cents.zip(of_income).zip(row.income_clause);
        let withdrawn = row.withdrawn_by.zip(row.withdrawn_at).zip(row.withdrawn_because);
        Ok(Self {
            id: RecoveryId(row.id),
            reference: row.reference,
            application: ApplicationId(row.application_id),
            kind,
            state,
            principal: Cents::new(row.principal_cents),
            reason: row.reason,
            due_on: Day::from(row.due_on),
            interest,
            income: of_income.map(|((income, share), clause)| Income { income: Cents::new(income), share, clause }),
            raised_by: PersonId(row.raised_by),
            raised_at: row.raised_at,
            confirmed: row.confirmed_by.map(PersonId).zip(row.confirmed_at),
            withdrawn: withdrawn.map(|((by, at), reason)| (PersonId(by), at, reason)),
            entries: Vec::new(),
            write_offs: Vec::new(),
            arrangement: None,
        })
    }
}

impl From<&Recovery> for Row {
    fn from(recovery: &Recovery) -> Self {
        let (interest, income) = (recovery.interest.as_ref(), recovery.income.as_ref());
        let (rate_numerator, rate_denominator) = interest.map(|terms| parts(terms.rate)).unzip();
        let (share_numerator, share_denominator) = income.map(|income| parts(income.share)).unzip();
        let (confirmed_by, confirmed_at) = recovery.confirmed.map(|(by, at)| (by.0, at)).unzip();
        let withdrawn = recovery.withdrawn.as_ref();
        Self {
            id: recovery.id.0,
            reference: recovery.reference.clone(),
            application_id: recovery.application.0,
            kind: recovery.kind.code().to_owned(),
            state: recovery.state.code().to_owned(),
            principal_cents: recovery.principal.get(),
            reason: recovery.reason.clone(),
            due_on: recovery.due_on.date(),
            rate_numerator,
            rate_denominator,
            interest_from: interest.map(|terms| terms.from.date()),
            interest_clause: interest.map(|terms| terms.clause.clone()),
            income_cents: income.map(|income| income.income.get()),
            share_numerator,
            share_denominator,
            income_clause: income.map(|income| income.clause.clone()),
            raised_by: recovery.raised_by.0,
            raised_at: recovery.raised_at,
            confirmed_by,
            confirmed_at,
            withdrawn_by: withdrawn.map(|(by, ..)| by.0),
            withdrawn_at: withdrawn.map(|(_, at, _)| *at),
            withdrawn_because: withdrawn.map(|(.., reason)| reason.clone()),
        }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = recovery_entries, treat_none_as_default_value = false)]
pub(super) struct EntryRow {
    id: Uuid,
    pub recovery_id: Uuid,
    number: i32,
    kind: String,
    principal_cents: i64,
    interest_cents: i64,
    on_day: NaiveDate,
    from_day: Option<NaiveDate>,
    reverses: Option<Uuid>,
    words: String,
    entered_by: Uuid,
    entered_at: DateTime<Utc>,
    item_id: Option<Uuid>,
    batch_id: Option<Uuid>,
    claim_id: Option<Uuid>,
}

impl TryFrom<EntryRow> for Entry {
    type Error = Fault;

    fn try_from(row: EntryRow) -> Result<Self, Fault> {
        let kind = EntryKind::from_code(&row.kind);
        Ok(Self {
            id: RecoveryEntryId(row.id),
            number: row.number,
            kind: kind.ok_or_else(|| Fault::Corrupt(format!("recovery entry {}: {}", row.id, row.kind)))?,
            principal: Cents::new(row.principal_cents),
            interest: Cents::new(row.interest_cents),
            on: Day::from(row.on_day),
            from: row.from_day.map(Day::from),
            reverses: row.reverses.map(RecoveryEntryId),
            item: row.item_id.map(UnmatchedItemId),
            payment: row.batch_id.map(BatchId).zip(row.claim_id.map(ClaimId)),
            words: row.words,
            by: PersonId(row.entered_by),
            at: row.entered_at,
        })
    }
}

impl EntryRow {
    pub(super) fn of(recovery: RecoveryId, entry: &Entry) -> Self {
        Self {
            id: entry.id.0,
            recovery_id: recovery.0,
            number: entry.number,
            kind: entry.kind.code().to_owned(),
            principal_cents: entry.principal.get(),
            interest_cents: entry.interest.get(),
            on_day: entry.on.date(),
            from_day: entry.from.map(Day::date),
            reverses: entry.reverses.map(|id| id.0),
            words: entry.words.clone(),
            entered_by: entry.by.0,
            entered_at: entry.at,
            item_id: entry.item.map(|id| id.0),
            batch_id: entry.payment.map(|(batch, _)| batch.0),
            claim_id: entry.payment.map(|(_, claim)| claim.0),
        }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = recovery_write_offs, treat_none_as_default_value = false)]
pub(super) struct WriteOffRow {
    id: Uuid,
    pub recovery_id: Uuid,
    number: i32,
    amount_cents: i64,
    reason: String,
    asked_by: Uuid,
    asked_at: DateTime<Utc>,
    approved_by: Option<Uuid>,
    approved_at: Option<DateTime<Utc>>,
    approved_under: Option<String>,
    limit_cents: Option<i64>,
}

impl From<WriteOffRow> for WriteOff {
    fn from(row: WriteOffRow) -> Self {
        let total = row.limit_cents.map(Cents::new);
        let limit = row.approved_under.map(|authority| ReleaseLimit { authority, total });
        let approved = row.approved_by.zip(row.approved_at).zip(limit);
        Self {
            id: WriteOffId(row.id),
            number: row.number,
            amount: Cents::new(row.amount_cents),
            reason: row.reason,
            asked_by: PersonId(row.asked_by),
            asked_at: row.asked_at,
            approved: approved.map(|((by, at), limit)| (PersonId(by), at, limit)),
        }
    }
}

impl WriteOffRow {
    pub(super) fn of(recovery: RecoveryId, asked: &WriteOff) -> Self {
        let (id, recovery_id, number) = (asked.id.0, recovery.0, asked.number);
        let (approved_by, approved_at, approved_under, limit_cents) = (None, None, None, None);
        Self {
            id,
            recovery_id,
            number,
            amount_cents: asked.amount.get(),
            reason: asked.reason.clone(),
            asked_by: asked.asked_by.0,
            asked_at: asked.asked_at,
            approved_by,
            approved_at,
            approved_under,
            limit_cents,
        }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = recovery_arrangements)]
pub(super) struct ArrangementRow {
    pub recovery_id: Uuid,
    number: i32,
    total_cents: i64,
    credited_cents: i64,
    reason: String,
    agreed_by: Uuid,
    agreed_at: DateTime<Utc>,
}

impl ArrangementRow {
    pub(super) fn of(recovery: RecoveryId, arrangement: &Arrangement) -> Self {
        Self {
            recovery_id: recovery.0,
            number: arrangement.number,
            total_cents: arrangement.total.get(),
            credited_cents: arrangement.credited.get(),
            reason: arrangement.reason.clone(),
            agreed_by: arrangement.by.0,
            agreed_at: arrangement.at,
        }
    }

    pub(super) fn with(self, parts: &[PartRow]) -> Arrangement {
        let own = parts.iter().filter(|part| part.arrangement == self.number);
        let part = |row: &PartRow| Part { due_on: Day::from(row.due_on), amount: Cents::new(row.amount_cents) };
        Arrangement {
            number: self.number,
            parts: own.map(part).collect(),
            total: Cents::new(self.total_cents),
            credited: Cents::new(self.credited_cents),
            reason: self.reason,
            by: PersonId(self.agreed_by),
            at: self.agreed_at,
        }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = recovery_instalments)]
pub(super) struct PartRow {
    pub recovery_id: Uuid,
    pub arrangement: i32,
    pub place: i32,
    pub due_on: NaiveDate,
    pub amount_cents: i64,
}
