//! Awards, their plans, and the postings of the ledger.

mod balances;
mod bases;
mod history;

pub(super) use balances::Recorded;
pub use balances::Unmet;
pub(super) use bases::insert as insert_basis;
pub use history::{Looks, earlier, hidden, lock_parties, lock_parties_of_all};

use super::schema::{award_stages, awards, instalments, ledger_entries};
use super::together::{Statement, Together};
use super::word::Word;
use super::{Connected, Fault, Moment, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::Eq;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::award::{Award, AwardState, Instalment, Settlement};
use rules::calendar::Day;
use rules::ids::{ApplicationId, OrganisationId};
use rules::ledger::{Account, ApplicantGuard, Posting};
use rules::money::Cents;
use rules::scheme::DueOn;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = awards, treat_none_as_default_value = false)]
struct Row {
    application_id: Uuid,
    scheme_code: String,
    organisation_id: Uuid,
    amount_cents: i64,
    authority: String,
    counts_as: String,
    state: String,
    decided_at: DateTime<Utc>,
    offered_at: Option<DateTime<Utc>>,
    expires_on: Option<NaiveDate>,
    accepted_at: Option<DateTime<Utc>>,
    settled_cents: Option<i64>,
    settled_on: Option<NaiveDate>,
    overpaid_cents: Option<i64>,
    conditions: Vec<String>,
    embargo_until: Option<NaiveDate>,
    current_cents: i64,
    carried_cents: i64,
    revision: i32,
    agreement_sha256: Option<String>,
}

impl Row {
    fn with_stages(self, stages: Vec<(String, Cents)>) -> Result<Award, Fault> {
        let row = self;
        let state =
            AwardState::from_code(&row.state).ok_or_else(|| Fault::Corrupt(format!("award state {}", row.state)))?;
        let counts_as = ApplicantGuard::from_code(&row.counts_as)
            .ok_or_else(|| Fault::Corrupt(format!("award counted as {}", row.counts_as)))?;
        let settled = row.settled_cents.zip(row.overpaid_cents).zip(row.settled_on);
        let settlement = settled.map(|((amount, overpaid), on)| Settlement {
            amount: Cents::new(amount),
            overpaid: Cents::new(overpaid),
            on: Day::from(on),
        });
        Ok(Award {
            application: ApplicationId(row.application_id),
            scheme: row.scheme_code,
            organisation: OrganisationId(row.organisation_id),
            amount: Cents::new(row.current_cents),
            originally: Cents::new(row.amount_cents),
            carried_over: Cents::new(row.carried_cents),
            revision: row.revision,
            stages,
            authority: row.authority,
            conditions: row.conditions,
            embargo_until: row.embargo_until.map(Day::from),
            counts_as,
            state,
            decided_at: row.decided_at,
            offered_at: row.offered_at,
            expires_on: row.expires_on.map(Day::from),
            accepted_at: row.accepted_at,
            agreement: row.agreement_sha256,
            settled: settlement,
        })
    }
}

impl From<&Award> for Row {
    fn from(award: &Award) -> Self {
        Self {
            application_id: award.application.0,
            scheme_code: award.scheme.clone(),
            organisation_id: award.organisation.0,
            amount_cents: award.originally.get(),
            authority: award.authority.clone(),
            counts_as: award.counts_as.code().to_owned(),
            state: award.state.code().to_owned(),
            decided_at: award.decided_at,
            offered_at: award.offered_at,
            expires_on: award.expires_on.map(Day::date),
            accepted_at: award.accepted_at,
            settled_cents: award.settled.map(|settled| settled.amount.get()),
            settled_on: award.settled.map(|settled| settled.on.date()),
            overpaid_cents: award.settled.map(|settled| settled.overpaid.get()),
            conditions: award.conditions.clone(),
            embargo_until: award.embargo_until.map(Day::date),
            current_cents: award.amount.get(),
            carried_cents: award.carried_over.get(),
            revision: award.revision,
            agreement_sha256: award.agreement.clone(),
        }
    }
}

/// The award of a case.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn find(reader: &mut impl Connected, application: ApplicationId) -> Result<Option<Award>, Fault> {
    let query = awards::table
        .find(application.0)
        .left_join(award_stages::table)
        .filter(
            award_stages::revision
                .nullable()
                .is_null()
                .or(award_stages::revision.nullable().eq(awards::revision.nullable())),
        )
        .order(award_stages::sequence)
        .select((Row::as_select(), (award_stages::stage, award_stages::amount_cents).nullable()));
    let rows: Vec<(Row, Option<(String, i64)>)> = query.load(reader.connection()).await?;
    let (mut awards, stages): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    let stages = stages.into_iter().flatten().map(|(stage, amount)| (stage, Cents::new(amount))).collect();
    awards.pop().map(|row| row.with_stages(stages)).transpose()
}

/// Awards with their stages, in the order of their rows.
async fn with_stages(reader: &mut impl Connected, rows: Vec<Row>) -> Result<Vec<Award>, Fault> {
    // Most applicants have had nothing before.
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = rows.iter().map(|row| row.application_id).collect::<Vec<_>>();
    let query = award_stages::table
        .filter(award_stages::application_id.eq_any(ids))
        .order((award_stages::application_id, award_stages::sequence))
        .select((
            award_stages::application_id,
            award_stages::revision,
            award_stages::stage,
            award_stages::amount_cents,
        ));
    let parts: Vec<(Uuid, i32, String, i64)> = query.load(reader.connection()).await?;
    let mut stages: HashMap<(Uuid, i32), Vec<(String, Cents)>> = HashMap::new();
    for (application, revision, stage, amount) in parts {
        stages.entry((application, revision)).or_default().push((stage, Cents::new(amount)));
    }
    let award = |row: Row| {
        let stages = stages.remove(&(row.application_id, row.revision)).unwrap_or_default();
        row.with_stages(stages)
    };
    rows.into_iter().map(award).collect()
}

/// Locks what applicants are awarded in any scheme, in the order of their ids, and with whom they are related: whatever awards, takes back an
/// award or records a relation takes it after the case, so that what is read under it still holds when the transaction commits.
///
/// # Errors
/// When the database fails.
pub async fn lock_all_of(tx: &mut Tx<'_>, organisations: &BTreeSet<OrganisationId>) -> Result<(), Fault> {
    for organisation in organisations {
        super::lock_ids(tx, &[organisation.0]).await?;
    }
    Ok(())
}

/// The cases whose offers have expired on a day.
///
/// # Errors
/// When the database fails.
pub async fn expired(reader: &mut impl Connected, today: Day, limit: i64) -> Result<Vec<ApplicationId>, Fault> {
    let query = awards::table
        .filter(awards::state.eq(Word(AwardState::Offered.code())).and(awards::expires_on.lt(today.date())))
        .order(awards::expires_on)
        .limit(limit)
        .select(awards::application_id);
    let ids: Vec<Uuid> = query.load(reader.connection()).await?;
    Ok(ids.into_iter().map(ApplicationId).collect())
}

/// The plan of a case that holds.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn plan(reader: &mut impl Connected, application: ApplicationId) -> Result<Vec<Instalment>, Fault> {
    let query = instalments::table
        .inner_join(awards::table)
        .filter(instalments::application_id.eq(application.0).and(instalments::revision.eq(awards::revision)))
        .order(instalments::sequence);
    let rows: Vec<Planned> = query.select(Planned::as_select()).load(reader.connection()).await?;
    rows.into_iter().map(Instalment::try_from).collect()
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = instalments)]
struct Planned {
    code: String,
    due: String,
    amount_cents: i64,
    after_months: Option<i32>,
    needs: Vec<String>,
}

impl TryFrom<Planned> for Instalment {
    type Error = Fault;

    fn try_from(row: Planned) -> Result<Self, Fault> {
        let Planned { code, due, amount_cents, after_months, needs } = row;
        let due = DueOn::from_code(&due).ok_or_else(|| Fault::Corrupt(format!("due {due}")))?;
        let after_months = after_months.map(u32::try_from).transpose();
        let after_months = after_months.map_err(|error| Fault::Corrupt(format!("months: {error}")))?;
        Ok(Self { code, due, after_months, needs, amount: Cents::new(amount_cents) })
    }
}

/// What an award is for one stage.
#[derive(Insertable)]
#[diesel(table_name = award_stages)]
struct StageRow<'a> {
    application_id: Uuid,
    revision: i32,
    sequence: i32,
    stage: &'a str,
    amount_cents: i64,
}

fn stage_rows((application, revision): (ApplicationId, i32), stages: &[(String, Cents)]) -> Vec<StageRow<'_>> {
    let mut rows = Vec::new();
    for (sequence, (stage, amount)) in (1_i32..).zip(stages) {
        rows.push(StageRow { application_id: application.0, revision, sequence, stage, amount_cents: amount.get() });
    }
    rows
}

pub(super) async fn insert(tx: &mut Tx<'_>, award: &Award) -> Result<(), Fault> {
    let mut statements: Vec<Statement<'_>> =
        vec![Box::new(diesel::insert_into(awards::table).values(Row::from(award)))];
    let stages = stage_rows((award.application, award.revision), &award.stages);
    if !stages.is_empty() {
        statements.push(Box::new(diesel::insert_into(award_stages::table).values(stages)));
    }
    Together(statements).execute(tx.connection).await?;
    Ok(())
}

/// The stages of an amount that an award has from a change on.
pub(super) async fn insert_stages(
    tx: &mut Tx<'_>,
    of: (ApplicationId, i32),
    stages: &[(String, Cents)],
) -> Result<(), Fault> {
    diesel::insert_into(award_stages::table).values(stage_rows(of, stages)).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn update(tx: &mut Tx<'_>, award: &Award) -> Result<(), Fault> {
    // What was decided stays: the role may not even write it.
    let set = (
        awards::state.eq(award.state.code()),
        awards::offered_at.eq(award.offered_at),
        awards::expires_on.eq(award.expires_on.map(Day::date)),
        awards::accepted_at.eq(award.accepted_at),
        awards::agreement_sha256.eq(&award.agreement),
        awards::settled_cents.eq(award.settled.map(|settled| settled.amount.get())),
        awards::settled_on.eq(award.settled.map(|settled| settled.on.date())),
        awards::overpaid_cents.eq(award.settled.map(|settled| settled.overpaid.get())),
    );
    diesel::update(awards::table.find(award.application.0)).set(set).execute(tx.connection).await?;
    Ok(())
}

/// The instalments of an amount that an award has from a change on, or from the beginning.
pub(super) async fn insert_plan(
    tx: &mut Tx<'_>,
    (application, revision): (ApplicationId, i32),
    plan: &[Instalment],
) -> Result<(), Fault> {
    let rows = (1_i32..).zip(plan).map(|(sequence, instalment)| {
        let after_months = instalment.after_months.map(i32::try_from).transpose();
        let after_months = after_months.map_err(|error| Fault::Corrupt(format!("months: {error}")))?;
        Ok((
            instalments::application_id.eq(application.0),
            instalments::revision.eq(revision),
            instalments::sequence.eq(sequence),
            instalments::code.eq(instalment.code.clone()),
            instalments::due.eq(instalment.due.code()),
            instalments::amount_cents.eq(instalment.amount.get()),
            instalments::after_months.eq(after_months),
            instalments::needs.eq(&instalment.needs),
        ))
    });
    let rows = rows.collect::<Result<Vec<_>, Fault>>()?;
    diesel::insert_into(instalments::table).values(rows).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn post(tx: &mut Tx<'_>, posting: &Posting) -> Result<(), Fault> {
    diesel::insert_into(ledger_entries::table).values(lines(posting, tx.moment)).execute(tx.connection).await?;
    Ok(())
}

/// A line of the ledger.
type Line = (
    Eq<ledger_entries::posting_id, Uuid>,
    Eq<ledger_entries::account, &'static str>,
    Eq<ledger_entries::application_id, Uuid>,
    Eq<ledger_entries::amount_cents, i64>,
    Eq<ledger_entries::posted_at, DateTime<Utc>>,
);

/// The two lines of a posting.
fn lines(posting: &Posting, moment: Moment) -> Vec<Line> {
    let id = Uuid::now_v7();
    let line = |account: Account, amount: i64| {
        (
            ledger_entries::posting_id.eq(id),
            ledger_entries::account.eq(account.code()),
            ledger_entries::application_id.eq(posting.application.0),
            ledger_entries::amount_cents.eq(amount),
            ledger_entries::posted_at.eq(moment.now),
        )
    };
    let amount = posting.amount.get();
    vec![line(posting.from, amount.saturating_neg()), line(posting.to, amount)]
}
