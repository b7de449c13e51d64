//! Every reason to say no to what is handed in for an obligation, and because of one.

use crate::calendar::Day;

/// Every reason to say no to what is handed in for an obligation, and because of one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObligationRefusal {
    /// Nothing of this name is owed.
    #[error("Nothing of this name is owed on this application; what is: {known}.")]
    Unknown {
        /// What is owed.
        known: String,
    },
    /// It stands elsewhere.
    #[error("This obligation is {state}.")]
    WrongState {
        /// The state it is in.
        state: &'static str,
    },
    /// The file is none of it.
    #[error("attach a file with name=\"{code}\" first, and name one that was not handed in before.")]
    Attachment {
        /// Which obligation.
        code: String,
    },
    /// What an instalment waits for is not accepted.
    #[error("The instalment {instalment} is certified once this is handed in and accepted: {obligations}.")]
    NotAccepted {
        /// Which instalment.
        instalment: String,
        /// What it waits for.
        obligations: String,
    },
    /// What blocks payments is late.
    #[error(
        "{reference}: {obligation} was due by {due_on} and is not handed in: nothing is certified or paid until it is."
    )]
    Late {
        /// The reference of the case.
        reference: String,
        /// What.
        obligation: String,
        /// Its last day.
        due_on: Day,
    },
}

codes! {
    ObligationRefusal []
    Rule: Unknown { .. } = "obligation.unknown"
        "Nothing of this name is owed on the case; `detail` names what is.",
    State: WrongState { .. } = "obligation.wrong_state"
        "This cannot be done in the state in which the obligation is.",
    Rule: Attachment { .. } = "obligation.attachment" at "/attachment"
        "The file was not attached for this obligation, or was handed in before.",
    State: NotAccepted { .. } = "obligation.not_accepted"
        "The instalment waits for something that is not accepted yet; `detail` names it.",
    State: Late { .. } = "obligation.late"
        "Something that blocks payments is late; `detail` names the case and what is owed.",
}
