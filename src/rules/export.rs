//! Exports: a long report that the worker writes to a file, which is kept for some days. Decided in docs/decisions/0054.

use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{ExportId, PersonId};
use crate::permission::Permit;
use crate::refusal::{ExportRefusal, Refusal};
use crate::report::Filter;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

/// How many exports of one person wait or are written at once.
pub const EXPORTS_AT_ONCE_MAX: usize = 3;

/// For how many days a file is kept once it is written: a default of the house.
pub const EXPORT_KEEP_DAYS: i64 = 7;

/// The reports that are long enough to be written to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportReport {
    /// Released payments.
    Disbursements,
    /// What is owed back.
    Recoveries,
    /// What is owed beside projects.
    Obligations,
}

impl ExportReport {
    /// Every report.
    pub const ALL: [Self; 3] = [Self::Disbursements, Self::Recoveries, Self::Obligations];

    /// The name used in addresses, files and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Disbursements => "disbursements",
            Self::Recoveries => "recoveries",
            Self::Obligations => "obligations",
        }
    }

    /// The report with a name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|report| report.code() == code)
    }

    /// It can be narrowed to that.
    fn must_suit(self, filter: &Filter) -> Result<(), Refusal> {
        if !filter.is_storable() {
            return Err(ExportRefusal::Filter { report: self.code() }.into());
        }
        let Filter { scheme, to, .. } = filter.clone();
        let known = match self {
            Self::Disbursements => return filter.window().map(|_window| ()),
            Self::Recoveries => Filter { scheme, to, ..Filter::default() },
            Self::Obligations => Filter { scheme, ..Filter::default() },
        };
        if known == *filter { Ok(()) } else { Err(ExportRefusal::Filter { report: self.code() }.into()) }
    }
}

/// In which format an export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// CSV that a spreadsheet opens.
    Csv,
    /// JSON.
    Json,
    /// A workbook.
    Xlsx,
}

impl ExportFormat {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Json, Self::Xlsx];

    /// The name used in addresses and the database: how its files end.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Xlsx => "xlsx",
        }
    }

    /// The format with a name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.code() == code)
    }
}

/// Where an export stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportState {
    /// It waits for the worker.
    Waiting,
    /// It is being written.
    Running,
    /// Its file is there, until it expires.
    Done,
    /// It cannot be written.
    Failed,
}

impl ExportState {
    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// The state with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Waiting, Self::Running, Self::Done, Self::Failed].into_iter().find(|state| state.code() == code)
    }
}

/// What somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportOrder {
    /// Identity.
    pub id: ExportId,
    /// Which report.
    pub report: ExportReport,
    /// In which format.
    pub format: ExportFormat,
    /// What it is narrowed to.
    pub filter: Filter,
    /// Who asks.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
}

/// Somebody asks for an export; `at_work` of their own wait or are written.
///
/// # Errors
/// When the report cannot be narrowed to that, or too many of theirs are not written yet.
pub fn ask(permit: &Permit, order: ExportOrder, at_work: usize) -> Result<(Change, ExportOrder), Refusal> {
    order.report.must_suit(&order.filter)?;
    if at_work >= EXPORTS_AT_ONCE_MAX {
        return Err(ExportRefusal::TooMany { at_once_max: EXPORTS_AT_ONCE_MAX }.into());
    }
    let event = Event::ReportExported {
        export: order.id,
        report: order.report.code().to_owned(),
        format: order.format.code().to_owned(),
    };
    Ok((Change::new(permit, event, vec![Write::NewExport(Box::new(order.clone()))]), order))
}

/// Until when a file is kept that was written at this moment.
#[must_use]
pub fn kept_until(written_at: DateTime<Utc>) -> DateTime<Utc> {
    written_at.checked_add_signed(TimeDelta::days(EXPORT_KEEP_DAYS)).unwrap_or(written_at)
}

/// A file is there to be taken: it is written, and has not expired.
///
/// # Errors
/// When it is not.
pub fn must_be_there(state: ExportState, expires_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), Refusal> {
    match (state, expires_at) {
        (ExportState::Done, Some(expires_at)) if now < expires_at => Ok(()),
        (ExportState::Done, expires_at) => {
            Err(ExportRefusal::Expired { on: Day::in_hong_kong(expires_at.unwrap_or(now)) }.into())
        }
        (state, _) => Err(ExportRefusal::NotWritten { state: state.code() }.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::Verb;
    use crate::report::FinancialYear;
    use crate::sample::{instant, permit, person};
    use uuid::Uuid;

    fn order(report: ExportReport, filter: Filter) -> ExportOrder {
        let (id, format) = (ExportId(Uuid::from_u128(1)), ExportFormat::Csv);
        ExportOrder { id, report, format, filter, by: person(1), at: instant("2026-05-05") }
    }

    #[test]
    fn a_report_is_asked_for_with_what_it_can_be_narrowed_to_and_not_too_often() {
        let day = Day::parse("2026-05-04").ok();
        let (all, scheme) = (Filter::default(), Filter { scheme: Some("NIAS".to_owned()), ..Filter::default() });
        let to = Filter { to: day, ..scheme.clone() };
        let year = Filter { financial_year: FinancialYear::parse("2025-26").ok(), ..scheme.clone() };
        let nul = Filter { stage: Some("\0".to_owned()), ..Filter::default() };
        let empty = Filter { from: day.map(Day::next), ..to.clone() };
        for (report, filter, at_work, code) in [
            (ExportReport::Disbursements, &all, 0, ""),
            (ExportReport::Disbursements, &year, 2, ""),
            (ExportReport::Disbursements, &empty, 0, "report.period_empty"),
            (ExportReport::Disbursements, &all, 3, "export.too_many"),
            (ExportReport::Disbursements, &nul, 0, "export.filter"),
            (ExportReport::Recoveries, &to, 0, ""),
            (ExportReport::Recoveries, &year, 0, "export.filter"),
            (ExportReport::Obligations, &scheme, 0, ""),
            (ExportReport::Obligations, &to, 0, "export.filter"),
        ] {
            let asked = ask(&permit(Verb::ReportExport), order(report, filter.clone()), at_work);
            assert_eq!(asked.map_or_else(|refusal| refusal.code(), |_| ""), code, "{report:?} {filter:?}");
        }
        for report in ExportReport::ALL {
            assert_eq!(ExportReport::from_code(report.code()), Some(report));
        }
    }

    #[test]
    fn a_file_is_taken_from_when_it_is_written_to_when_it_expires() {
        let written_at = instant("2026-05-05");
        let until = Some(kept_until(written_at));
        for (state, until, now, code) in [
            (ExportState::Waiting, None, "2026-05-05", "export.not_written"),
            (ExportState::Failed, None, "2026-05-05", "export.not_written"),
            (ExportState::Done, until, "2026-05-11", ""),
            (ExportState::Done, until, "2026-05-12", "export.expired"),
        ] {
            let there = must_be_there(state, until, instant(now));
            assert_eq!(there.map_or_else(|refusal| refusal.code(), |()| ""), code, "{state:?} {now}");
        }
    }
}
