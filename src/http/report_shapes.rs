//! What the reports are that are written piece by piece, and so have no type of their own: for the description of the API.
#![expect(dead_code, reason = "nothing is made of these: the pieces are written as they come")]

use chrono::{DateTime, Utc};
use utoipa::ToSchema;

/// Released payments, with what was asked.
#[derive(ToSchema)]
pub(super) struct DisbursementsReport {
    /// Its name.
    #[schema(example = "disbursements")]
    report: String,
    /// The currency of every amount.
    #[schema(example = "HKD")]
    currency: String,
    /// When it was made.
    made_at: DateTime<Utc>,
    /// What it was narrowed to.
    filter: ReportFilter,
    /// In the order of their release.
    rows: Vec<DisbursementRow>,
    /// What they add up to.
    totals: DisbursementsTotals,
}

/// What a report was narrowed to.
#[derive(ToSchema)]
pub(super) struct ReportFilter {
    /// Of this scheme only.
    scheme: Option<String>,
    /// Of applications to this round.
    round: Option<String>,
    /// Of applications that were submitted in this year of their scheme.
    #[schema(example = "2025-26")]
    programme_year: Option<String>,
    /// What moved in this year.
    #[schema(example = "2025-26")]
    financial_year: Option<String>,
    /// What moved on this day or later.
    #[schema(format = Date)]
    from: Option<String>,
    /// What moved on this day or earlier.
    #[schema(format = Date)]
    to: Option<String>,
    /// Of this organisation.
    #[schema(value_type = Option<Uuid>)]
    organisation: Option<String>,
    /// Of awards that are for this stage, alone or with others.
    stage: Option<String>,
    /// Of cases that are in this state now.
    status: Option<String>,
}

/// A released payment.
#[derive(ToSchema)]
struct DisbursementRow {
    /// The reference of the application.
    reference: String,
    /// The scheme's code.
    scheme: String,
    /// The path of the round; empty where there is none.
    round: String,
    /// The year of the scheme in which the application was submitted.
    #[schema(example = "2025-26")]
    programme_year: String,
    /// Who received it.
    organisation: String,
    /// The title of the project.
    project: String,
    /// The state in which the case is now.
    status: String,
    /// The instalment that was paid.
    instalment: String,
    /// The award.
    award_hkd: String,
    /// What was paid.
    paid_hkd: String,
    /// What of that met a demand, and was not transferred.
    set_off_hkd: String,
    /// What the bank has brought back of it since.
    returned_hkd: String,
    /// The reference of the batch.
    batch: String,
    /// When it was released.
    #[schema(format = Date)]
    released_on: String,
    /// In which financial year.
    #[schema(example = "2025-26")]
    financial_year: String,
}

/// What released payments add up to.
#[derive(ToSchema)]
struct DisbursementsTotals {
    /// How many rows.
    rows: u64,
    /// The control total.
    control_total: String,
    /// What was paid; left out where there is no row.
    paid_hkd: Option<String>,
    /// What of that met demands; left out where there is no row.
    set_off_hkd: Option<String>,
    /// What banks have brought back of it since; left out where there is no row.
    returned_hkd: Option<String>,
}

/// The money of each scheme, with what was asked.
#[derive(ToSchema)]
pub(super) struct EnvelopesReport {
    /// Its name.
    #[schema(example = "envelopes")]
    report: String,
    /// The currency of every amount.
    #[schema(example = "HKD")]
    currency: String,
    /// When it was made.
    made_at: DateTime<Utc>,
    /// What it was narrowed to.
    filter: ReportFilter,
    /// One a scheme.
    rows: Vec<EnvelopeRow>,
    /// What they add up to.
    totals: EnvelopesTotals,
}

/// The money of a scheme.
#[derive(ToSchema)]
struct EnvelopeRow {
    /// Its code.
    scheme: String,
    /// The limit; null where there is none, or nobody knows.
    limit_hkd: Option<String>,
    /// What the limit is.
    limit_is: String,
    /// What is committed.
    committed_hkd: String,
    /// What is recommended and not decided yet, where the scheme reserves it.
    reserved_hkd: String,
    /// What is paid, less what has come back.
    paid_hkd: String,
    /// What is left; null likewise.
    left_hkd: Option<String>,
    /// How many awards.
    awards: u64,
}

/// What the schemes have together. A sum is left out where there is no row, and null where a row has no amount.
#[derive(ToSchema)]
struct EnvelopesTotals {
    /// How many rows.
    rows: u64,
    /// The control total.
    control_total: String,
    /// The limits.
    limit_hkd: Option<String>,
    /// What is committed.
    committed_hkd: Option<String>,
    /// What is reserved.
    reserved_hkd: Option<String>,
    /// What is paid.
    paid_hkd: Option<String>,
    /// What is left.
    left_hkd: Option<String>,
    /// How many awards.
    awards: Option<u64>,
}

/// What is owed back, with what was asked.
#[derive(ToSchema)]
pub(super) struct RecoveriesReport {
    /// Its name.
    #[schema(example = "recoveries")]
    report: String,
    /// The currency of every amount.
    #[schema(example = "HKD")]
    currency: String,
    /// When it was made.
    made_at: DateTime<Utc>,
    /// What it was narrowed to: `to` is the day at whose end it stood so.
    filter: ReportFilter,
    /// In the order of schemes, cases and demands.
    rows: Vec<RecoveryRow>,
    /// What they add up to.
    totals: RecoveriesTotals,
}

/// A demand, or what a settlement has found to be overpaid that no confirmed demand is of.
#[derive(ToSchema)]
struct RecoveryRow {
    /// The scheme's code.
    scheme: String,
    /// The reference of the application.
    reference: String,
    /// The reference of the demand; empty where there is none.
    demand: String,
    /// Who owes it.
    organisation: String,
    /// Why.
    kind: String,
    /// What is demanded, without interest.
    principal_hkd: String,
    /// The interest that was charged.
    interest_hkd: String,
    /// What was received.
    received_hkd: String,
    /// What was written off.
    written_off_hkd: String,
    /// What is outstanding.
    outstanding_hkd: String,
    /// The day on which the oldest of what is not met was due; without a demand, the day of the settlement.
    #[schema(format = Date)]
    due_on: String,
    /// How many days that is ago.
    days_overdue: u64,
    /// `not_due`, `1_30`, `31_90`, `91_180`, `181_365` or `over_365` days; `settled` where nothing is outstanding, `not_demanded` without a demand.
    bucket: String,
}

/// What is owed back in all. A sum is left out where there is no row.
#[derive(ToSchema)]
struct RecoveriesTotals {
    /// How many rows.
    rows: u64,
    /// The control total.
    control_total: String,
    /// What is demanded.
    principal_hkd: Option<String>,
    /// The interest.
    interest_hkd: Option<String>,
    /// What was received.
    received_hkd: Option<String>,
    /// What was written off.
    written_off_hkd: Option<String>,
    /// What is outstanding.
    outstanding_hkd: Option<String>,
}

/// What is owed back by age, with what was asked.
#[derive(ToSchema)]
pub(super) struct RecoveryAgeingReport {
    /// Its name.
    #[schema(example = "recovery-ageing")]
    report: String,
    /// The currency of every amount.
    #[schema(example = "HKD")]
    currency: String,
    /// When it was made.
    made_at: DateTime<Utc>,
    /// What it was narrowed to: `to` is the day at whose end it stood so.
    filter: ReportFilter,
    /// One a scheme.
    rows: Vec<RecoveryAgeingRow>,
    /// What they add up to.
    totals: RecoveryAgeingTotals,
}

/// What is owed back in a scheme.
#[derive(ToSchema)]
struct RecoveryAgeingRow {
    /// Its code.
    scheme: String,
    /// How many demands are outstanding.
    demands: u64,
    /// Of what is not due yet.
    not_due_hkd: String,
    /// Of what is 1 to 30 days overdue.
    days_1_30_hkd: String,
    /// 31 to 90.
    days_31_90_hkd: String,
    /// 91 to 180.
    days_91_180_hkd: String,
    /// 181 to 365.
    days_181_365_hkd: String,
    /// More.
    over_365_days_hkd: String,
    /// In all.
    outstanding_hkd: String,
    /// What settlements have found to be overpaid that no confirmed demand is of: not in the sum.
    not_demanded_hkd: String,
}

/// What is owed back in all schemes. A sum is left out where there is no row.
#[derive(ToSchema)]
struct RecoveryAgeingTotals {
    /// How many rows.
    rows: u64,
    /// The control total.
    control_total: String,
    /// How many demands are outstanding.
    demands: Option<u64>,
    /// Of what is not due yet.
    not_due_hkd: Option<String>,
    /// Of what is 1 to 30 days overdue.
    days_1_30_hkd: Option<String>,
    /// 31 to 90.
    days_31_90_hkd: Option<String>,
    /// 91 to 180.
    days_91_180_hkd: Option<String>,
    /// 181 to 365.
    days_181_365_hkd: Option<String>,
    /// More.
    over_365_days_hkd: Option<String>,
    /// In all.
    outstanding_hkd: Option<String>,
    /// What nobody has demanded.
    not_demanded_hkd: Option<String>,
}
