//! What banks have answered: files by their hash, what they say of payments, and what in them matches nothing.

use super::schema::{bank_answers, payment_statuses, unmatched_closings, unmatched_items};
use super::{Connected, Fault, Tx, lock_key};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use diesel_async::RunQueryDsl;
use rules::bank_answer::{
    AnswerKind, BankAnswer, Closed, ItemOnFile, PaymentStatus, Side, Standing, Told, UnmatchedItem, Why,
};
use rules::calendar::Day;
use rules::ids::{BankAnswerId, BatchId, ClaimId, PersonId, UnmatchedItemId};
use rules::money::Cents;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// By what those who record a file wait for each other.
const RECORDING: u64 = 0x6261_6e6b_5f61_6e73;

/// What is on file of a file, without what it says.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Identity.
    pub id: BankAnswerId,
    /// Of what kind.
    pub kind: AnswerKind,
    /// The bank's identifier of the message.
    pub message: Option<String>,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Which batch it answers.
    pub batch: Option<BatchId>,
    /// Who recorded it.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// Of how many payments it says something.
    pub payments: i32,
    /// How many of its items match nothing.
    pub unmatched: i32,
    /// What has come back by it.
    pub returned: Cents,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = bank_answers)]
struct Row {
    id: Uuid,
    kind: String,
    message: Option<String>,
    sha256: String,
    batch_id: Option<Uuid>,
    recorded_by: Uuid,
    recorded_at: DateTime<Utc>,
    payments: i32,
    unmatched: i32,
    returned_cents: i64,
}

impl TryFrom<Row> for Recorded {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let kind = AnswerKind::from_code(&row.kind);
        Ok(Self {
            id: BankAnswerId(row.id),
            kind: kind.ok_or_else(|| Fault::Corrupt(format!("bank answer {}: {}", row.id, row.kind)))?,
            message: row.message,
            sha256: row.sha256,
            batch: row.batch_id.map(BatchId),
            by: PersonId(row.recorded_by),
            at: row.recorded_at,
            payments: row.payments,
            unmatched: row.unmatched,
            returned: Cents::new(row.returned_cents),
        })
    }
}

/// By what the same file, or a message of a kind with the same identifier, is on file. Who records another one waits until this transaction
/// ends.
///
/// # Errors
/// When the database fails.
pub async fn known(
    tx: &mut Tx<'_>,
    sha256: &str,
    (kind, message): (AnswerKind, Option<&str>),
) -> Result<Option<BankAnswerId>, Fault> {
    lock(tx).await?;
    let of_kind = bank_answers::kind.eq(kind.code()).and(bank_answers::message.eq(message));
    let same = bank_answers::sha256.eq(sha256).or(of_kind.assume_not_null());
    let id: Option<Uuid> =
        bank_answers::table.filter(same).select(bank_answers::id).first(tx.connection).await.optional()?;
    Ok(id.map(BankAnswerId))
}

/// The files that answer a batch, newest first.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn of_batch(reader: &mut impl Connected, batch: BatchId) -> Result<Vec<Recorded>, Fault> {
    let query = bank_answers::table.filter(bank_answers::batch_id.eq(batch.0)).order(bank_answers::id.desc());
    let rows: Vec<Row> = query.select(Row::as_select()).load(reader.connection()).await?;
    rows.into_iter().map(Recorded::try_from).collect()
}

/// A column of what is kept of a payment: batch, claim, status, reason, what came back, the bank's reference, the day.
type StatusRow = (Uuid, Uuid, String, Option<String>, i64, Option<String>, Option<NaiveDate>);

/// Where the payments of these batches stand, those of which a bank has said something.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub(super) async fn standings(
    reader: &mut impl Connected,
    batches: &[Uuid],
) -> Result<BTreeMap<(BatchId, ClaimId), Standing>, Fault> {
    let query = payment_statuses::table.filter(payment_statuses::batch_id.eq_any(batches));
    let query = query.order((payment_statuses::answer_id, payment_statuses::place)).select((
        payment_statuses::batch_id,
        payment_statuses::claim_id,
        payment_statuses::status,
        payment_statuses::reason,
        payment_statuses::returned_cents,
        payment_statuses::bank_reference,
        payment_statuses::booked_on,
    ));
    let rows: Vec<StatusRow> = query.load(reader.connection()).await?;
    let mut standings = BTreeMap::<_, Standing>::new();
    for (batch, claim, status, reason, cents, reference, on) in rows {
        let told = PaymentStatus::from_code(&status);
        let told = told.ok_or_else(|| Fault::Corrupt(format!("the payment of {claim} is {status}")))?;
        let standing = standings.entry((BatchId(batch), ClaimId(claim))).or_default();
        if standing.status <= Some(told) {
            (standing.status, standing.reason) = (Some(told), reason);
        }
        let returned = Cents::new(cents);
        standing.returned = standing.returned.plus(returned).map_err(|error| Fault::Corrupt(error.to_string()))?;
        if returned > Cents::ZERO {
            standing.returns.push((reference, returned, on.map(Day::from)));
        }
    }
    Ok(standings)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = unmatched_items)]
struct ItemRow {
    id: Uuid,
    place: i32,
    line: i32,
    side: String,
    amount_cents: i64,
    currency: String,
    booked_on: Option<NaiveDate>,
    payment: Option<String>,
    bank_reference: Option<String>,
    reason: Option<String>,
    why: String,
}

impl TryFrom<ItemRow> for UnmatchedItem {
    type Error = Fault;

    fn try_from(row: ItemRow) -> Result<Self, Fault> {
        let corrupt = |what: &str| Fault::Corrupt(format!("unmatched item {}: {what}", row.id));
        Ok(Self {
            id: UnmatchedItemId(row.id),
            place: u32::try_from(row.place).map_err(|_error| corrupt("place"))?,
            line: u32::try_from(row.line).map_err(|_error| corrupt("line"))?,
            side: Side::from_code(&row.side).ok_or_else(|| corrupt(&row.side))?,
            amount: Cents::new(row.amount_cents),
            on: row.booked_on.map(Day::from),
            why: Why::from_code(&row.why).ok_or_else(|| corrupt(&row.why))?,
            currency: row.currency,
            payment: row.payment,
            bank_reference: row.bank_reference,
            reason: row.reason,
        })
    }
}

/// An item, with those of its file, what of it has met demands, and its closing.
type ItemRows =
    (ItemRow, (Uuid, Uuid, DateTime<Utc>, i64, i64, bool), Option<(Uuid, DateTime<Utc>, String, Option<String>)>);

fn item(
    (row, (answer, by, at, received, set_aside, is_used_elsewhere), closing): ItemRows,
) -> Result<ItemOnFile, Fault> {
    let id = UnmatchedItemId(row.id);
    let set_aside = Cents::new(set_aside);
    let closing = closing.map(|(by, at, reason, payment)| (PersonId(by), at, reason, payment));
    let closed = closing.map(|(by, at, reason, payment)| Closed { item: id, by, at, reason, payment, set_aside });
    let (answer, recorded_by) = (BankAnswerId(answer), PersonId(by));
    let (item, received) = (row.try_into()?, Cents::new(received));
    Ok(ItemOnFile { item, answer, recorded_by, recorded_at: at, received, is_used_elsewhere, closed })
}

#[diesel::dsl::auto_type]
fn items() -> _ {
    unmatched_items::table
        .inner_join(bank_answers::table.on(bank_answers::id.eq(unmatched_items::answer_id)))
        .left_join(unmatched_closings::table.on(unmatched_closings::item_id.eq(unmatched_items::id)))
}

/// What of an item has met demands.
const RECEIVED: &str = "unmatched_received_cents(unmatched_items.id)";

/// What of it was set aside.
const SET_ASIDE: &str = "unmatched_set_aside_cents(unmatched_items.id)";

/// Whether the same transaction is used in another file.
const USED_ELSEWHERE: &str = "unmatched_is_used_elsewhere(unmatched_items.id)";

macro_rules! columns {
    () => {
        (
            ItemRow::as_select(),
            (
                bank_answers::id,
                bank_answers::recorded_by,
                bank_answers::recorded_at,
                sql::<BigInt>(RECEIVED),
                sql::<BigInt>(SET_ASIDE),
                sql::<Bool>(USED_ELSEWHERE),
            ),
            (
                unmatched_closings::closed_by,
                unmatched_closings::closed_at,
                unmatched_closings::reason,
                unmatched_closings::payment,
            )
                .nullable(),
        )
    };
}

/// The items that wait, or those of which nothing is left to say, newest first, after one of them.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn unmatched(
    reader: &mut impl Connected,
    (closed, after): (bool, Option<UnmatchedItemId>),
    limit: i64,
) -> Result<Vec<ItemOnFile>, Fault> {
    // What a reversal has freed of one that was set aside waits again.
    let met = sql::<Bool>(
        "unmatched_received_cents(unmatched_items.id) + unmatched_set_aside_cents(unmatched_items.id) >= amount_cents AND (amount_cents > 0 OR unmatched_closings.item_id IS NOT NULL)",
    );
    let is_over = unmatched_closings::payment.is_not_null().or(met);
    let after = after.map_or_else(Uuid::max, |id| id.0);
    let query = items().filter(unmatched_items::id.lt(after)).order(unmatched_items::id.desc()).limit(limit);
    let query = query.filter(is_over.eq(closed));
    let rows: Vec<ItemRows> = query.select(columns!()).load(reader.connection()).await?;
    rows.into_iter().map(item).collect()
}

/// Whoever records a file or says what an item is waits until this transaction ends. It is the first lock of one that does.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut Tx<'_>) -> Result<(), Fault> {
    lock_key(tx, RECORDING).await
}

/// An item, read while nobody else says what it is.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn find_item(tx: &mut Tx<'_>, id: UnmatchedItemId) -> Result<Option<ItemOnFile>, Fault> {
    let row: Option<ItemRows> =
        items().filter(unmatched_items::id.eq(id.0)).select(columns!()).first(tx.connection).await.optional()?;
    row.map(item).transpose()
}

/// Who has said of each of these claims that money came back: whoever recorded the file, and whoever said that an item of it was that.
///
/// # Errors
/// When the database fails.
pub async fn returns_told_by(
    reader: &mut impl Connected,
    claims: &[ClaimId],
) -> Result<BTreeMap<ClaimId, BTreeSet<PersonId>>, Fault> {
    let same_place = unmatched_items::answer_id
        .eq(payment_statuses::answer_id)
        .and(unmatched_items::place.eq(payment_statuses::place));
    let query = payment_statuses::table
        .inner_join(bank_answers::table.on(bank_answers::id.eq(payment_statuses::answer_id)))
        .left_join(unmatched_items::table.on(same_place))
        .left_join(unmatched_closings::table.on(unmatched_closings::item_id.eq(unmatched_items::id)))
        .filter(payment_statuses::claim_id.eq_any(claims.iter().map(|id| id.0).collect::<Vec<_>>()))
        .filter(payment_statuses::returned_cents.gt(0));
    let rows: Vec<(Uuid, Uuid, Option<Uuid>)> = query
        .select((payment_statuses::claim_id, bank_answers::recorded_by, unmatched_closings::closed_by.nullable()))
        .load(reader.connection())
        .await?;
    let mut told_by = BTreeMap::<_, BTreeSet<_>>::new();
    for (claim, recorded, closed) in rows {
        let people = [Some(recorded), closed].into_iter().flatten().map(PersonId);
        told_by.entry(ClaimId(claim)).or_default().extend(people);
    }
    Ok(told_by)
}

fn number(number: u32) -> Result<i32, Fault> {
    i32::try_from(number).map_err(|_error| Fault::Corrupt(format!("a file of {number} lines")))
}

fn count(count: usize) -> Result<i32, Fault> {
    i32::try_from(count).map_err(|_error| Fault::Corrupt(format!("a file of {count} items")))
}

pub(super) async fn insert(tx: &mut Tx<'_>, answer: &BankAnswer) -> Result<(), Fault> {
    let row = (
        bank_answers::id.eq(answer.id.0),
        bank_answers::kind.eq(answer.kind.code()),
        bank_answers::message.eq(&answer.message),
        bank_answers::sha256.eq(&answer.sha256),
        bank_answers::batch_id.eq(answer.batch.map(|id| id.0)),
        bank_answers::recorded_by.eq(answer.by.0),
        bank_answers::recorded_at.eq(answer.at),
        bank_answers::payments.eq(count(answer.told.len())?),
        bank_answers::unmatched.eq(count(answer.items.len())?),
        bank_answers::returned_cents.eq(answer.returned.get()),
    );
    diesel::insert_into(bank_answers::table).values(row).execute(tx.connection).await?;
    insert_told(tx, answer.id, &answer.told.iter().collect::<Vec<_>>()).await?;
    let row = |item: &UnmatchedItem| {
        Ok((
            unmatched_items::id.eq(item.id.0),
            unmatched_items::answer_id.eq(answer.id.0),
            unmatched_items::place.eq(number(item.place)?),
            unmatched_items::line.eq(number(item.line)?),
            unmatched_items::side.eq(item.side.code()),
            unmatched_items::amount_cents.eq(item.amount.get()),
            unmatched_items::currency.eq(item.currency.clone()),
            unmatched_items::booked_on.eq(item.on.map(Day::date)),
            unmatched_items::payment.eq(item.payment.clone()),
            unmatched_items::bank_reference.eq(item.bank_reference.clone()),
            unmatched_items::reason.eq(item.reason.clone()),
            unmatched_items::why.eq(item.why.code()),
        ))
    };
    for some in answer.items.chunks(ROWS_MAX) {
        let rows = some.iter().map(row).collect::<Result<Vec<_>, Fault>>()?;
        diesel::insert_into(unmatched_items::table).values(rows).execute(tx.connection).await?;
    }
    Ok(())
}

/// As many rows of one statement as its parameters leave.
const ROWS_MAX: usize = 1_000;

pub(super) async fn insert_told(tx: &mut Tx<'_>, answer: BankAnswerId, told: &[&Told]) -> Result<(), Fault> {
    let row = |told: &&Told| {
        Ok((
            payment_statuses::answer_id.eq(answer.0),
            payment_statuses::place.eq(number(told.place)?),
            payment_statuses::line.eq(number(told.line)?),
            payment_statuses::batch_id.eq(told.batch.0),
            payment_statuses::claim_id.eq(told.claim.0),
            payment_statuses::status.eq(told.status.code()),
            payment_statuses::reason.eq(told.reason.clone()),
            payment_statuses::returned_cents.eq(told.returned.get()),
            payment_statuses::booked_on.eq(told.on.map(Day::date)),
            payment_statuses::bank_reference.eq(told.bank_reference.clone()),
        ))
    };
    for some in told.chunks(ROWS_MAX) {
        let rows = some.iter().map(row).collect::<Result<Vec<_>, Fault>>()?;
        diesel::insert_into(payment_statuses::table).values(rows).execute(tx.connection).await?;
    }
    Ok(())
}

pub(super) async fn insert_closing(tx: &mut Tx<'_>, closed: &Closed) -> Result<(), Fault> {
    let row = (
        unmatched_closings::item_id.eq(closed.item.0),
        unmatched_closings::closed_by.eq(closed.by.0),
        unmatched_closings::closed_at.eq(closed.at),
        unmatched_closings::reason.eq(&closed.reason),
        unmatched_closings::payment.eq(&closed.payment),
    );
    diesel::insert_into(unmatched_closings::table).values(row).execute(tx.connection).await?;
    Ok(())
}
