//! Every reason to say no to an export.

use crate::calendar::Day;

/// Every reason to say no to an export.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExportRefusal {
    /// The report knows nothing of that.
    #[error("the report of {report} cannot be narrowed to that: leave out what it does not know.")]
    Filter {
        /// Which report.
        report: &'static str,
    },
    /// Others of the same person are not written yet.
    #[error("At most {at_once_max} exports of yours are written at once: wait until one is done.")]
    TooMany {
        /// How many at most.
        at_once_max: usize,
    },
    /// There is no file yet, or never will be.
    #[error("This export is {state}: there is no file to take.")]
    NotWritten {
        /// The state it is in.
        state: &'static str,
    },
    /// The file is gone.
    #[error("The file was kept until {on}: ask for it again.")]
    Expired {
        /// The day on which it expired.
        on: Day,
    },
}

codes! {
    ExportRefusal []
    Rule: Filter { .. } = "export.filter" at "/filter"
        "The report cannot be narrowed to what is asked.",
    State: TooMany { .. } = "export.too_many"
        "As many exports of the caller wait or are written as may at once; `detail` says how many.",
    State: NotWritten { .. } = "export.not_written"
        "The export is not written yet, or cannot be.",
    State: Expired { .. } = "export.expired"
        "The file of the export has expired; `detail` says when.",
}
