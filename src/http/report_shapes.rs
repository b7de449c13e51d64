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
struct ReportFilter {
    /// Of this scheme only.
    scheme: Option<String>,
    /// Released in this year.
    #[schema(example = "2025-26")]
    financial_year: Option<String>,
    /// Released on this day or later.
    #[schema(format = Date)]
    from: Option<String>,
    /// Released on this day or earlier.
    #[schema(format = Date)]
    to: Option<String>,
}

/// A released payment.
#[derive(ToSchema)]
struct DisbursementRow {
    /// The reference of the application.
    reference: String,
    /// The scheme's code.
    scheme: String,
    /// Who received it.
    organisation: String,
    /// The title of the project.
    project: String,
    /// The instalment that was paid.
    instalment: String,
    /// The award.
    award_hkd: String,
    /// What was paid.
    paid_hkd: String,
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
