//! Every reason to say no about a return for more information.

use crate::calendar::Day;

/// Every reason to say no about a return for more information.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum ReturnRefusal {
    #[error("Somebody has scored this application as it was sent, so it is not returned any more.")]
    Scored,
    /// Enough is enough.
    #[error("An application is returned {returns_max} times at most: decide on what is there.")]
    TooMany {
        /// The most.
        returns_max: usize,
    },
    /// None, or too many.
    #[error("name 1 to {fields_max} fields that the applicant is to change.")]
    FieldsCount {
        /// The most.
        fields_max: usize,
    },
    /// No such field can be asked for.
    #[error(
        "{field} is no field that can be asked for. Write a pointer such as /summary, /people, /answers/CODE, /documents/CODE or /request/project/stages/0/costs."
    )]
    FieldUnknown {
        /// The pointer.
        field: String,
    },
    /// Nobody can answer in the past.
    #[error("{answer_by} is over: give the applicant a day that is still to come.")]
    DayOver {
        /// The day.
        answer_by: Day,
    },
    /// Only what is asked for is editable.
    #[error("Only what is asked for can be changed now: leave {} as it was sent.", fields.join(", "))]
    FieldsNotAsked {
        /// Pointers to what was changed beside it.
        fields: Vec<String>,
    },
    #[error("Nothing has been changed since it was returned: change what is asked for, or attach it.")]
    NothingChanged,
    /// The applicant still has time.
    #[error("The applicant may answer until the end of {answer_by}.")]
    StillOpen {
        /// The last day.
        answer_by: Day,
    },
    #[error("This file was sent with the application and stays: attach another one beside it.")]
    FileWasSent,
    #[error("No such document is asked for: attach what the return names.")]
    DocumentNotAsked,
}

codes! {
    ReturnRefusal []
    State: Scored = "return.scored"
        "An assessor has scored what was sent.",
    Rule: TooMany { .. } = "return.too_many"
        "The application has been returned as often as may be.",
    Rule: FieldsCount { .. } = "return.fields_count" at "/fields"
        "No field is named, or too many are.",
    Rule: FieldUnknown { .. } = "return.field_unknown" at "/fields"
        "A pointer names no field that can be asked for.",
    Rule: DayOver { .. } = "return.day_over" at "/answer_by"
        "The last day for the answer is over.",
    Rule: FieldsNotAsked { .. } = "return.fields_not_asked"
        "Something else than what is asked for was changed; `detail` points at it.",
    Rule: NothingChanged = "return.nothing_changed"
        "Nothing of what is asked for has been changed or attached.",
    State: StillOpen { .. } = "return.still_open"
        "The last day for the answer is not over.",
    Rule: FileWasSent = "return.file_was_sent"
        "A file that was sent stays as long as the application.",
    Rule: DocumentNotAsked = "return.document_not_asked"
        "The document is none that the return asks for.",
}
