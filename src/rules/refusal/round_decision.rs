//! Every reason to say no to a decision on a round, or to what is done with its reserve list.

use super::Refusal;

/// A line of a decision that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemRefused {
    /// Which, from 0.
    pub line: usize,
    /// The reference of the application, where it is on the list.
    pub reference: Option<String>,
    /// Why.
    pub refusal: Refusal,
}

/// Every reason to say no to a decision on a round, or to what is done with its reserve list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum RoundDecisionRefusal {
    #[error("name at least one application and what is decided of it.")]
    Empty,
    /// More than one decision takes.
    #[error("decide at most {items_max} at once, and the others after them.")]
    TooMany {
        /// The most that one takes.
        items_max: usize,
    },
    /// The same application on two lines.
    #[error("this application is decided on an earlier line already: leave it out.")]
    Twice {
        /// The later one, from 0.
        line: usize,
    },
    #[error("The list has changed since you read it: read it again, then decide.")]
    StaleList,
    #[error(
        "This application is not on the list: it is not of this round, not ranked, or does not wait to be decided."
    )]
    NotOnList,
    /// Something comes after what would be passed.
    #[error("{part} has to be passed after this: a list is decided with the last step, so pass this one by itself.")]
    PartsLeft {
        /// What comes next.
        part: String,
    },
    #[error("name the last day of the reserve list: after today, and within a year.")]
    ReserveDay,
    /// Some lines cannot be done, so none is.
    #[error("{} of the lines cannot be done, so nothing was decided: see `errors`, mend these lines, and send all of them again.", items.len())]
    ItemsRefused {
        /// The list of what was sent in which each is found by its number; none where each is told by its reference alone.
        at: Option<&'static str>,
        /// Which, in their order.
        items: Vec<ItemRefused>,
    },
    #[error("Nobody waits on this reserve list.")]
    ReserveEmpty,
    /// None is named, too many, or one twice.
    #[error("name 1 to {names_max} applications, each once; or leave the list out to close all that wait.")]
    ReserveNames {
        /// The most that are named at once.
        names_max: usize,
    },
    /// Somebody is named who is not on this list any more, or never was.
    #[error("This application does not wait on this reserve list: read the list again, and leave it out.")]
    ReserveNotWaiting {
        /// Which of those that are named, from 0.
        line: usize,
    },
}

codes! {
    RoundDecisionRefusal []
    Rule: Empty = "round_decision.empty" at "/items"
        "No application is named.",
    Rule: TooMany { .. } = "round_decision.too_many" at "/items"
        "More is decided at once than is taken.",
    Rule: Twice { .. } = "round_decision.twice" at [line] "/items/{line}/application"
        "An application is decided twice.",
    State: StaleList = "round_decision.stale_list"
        "The list is not the one that was read: a case has come, gone, or changed.",
    Rule: NotOnList = "round_decision.not_on_list"
        "The application is of another round, is not ranked, or does not wait to be decided.",
    State: PartsLeft { .. } = "round_decision.parts_left"
        "What would be passed is not the last step of the route; `detail` names what comes next.",
    Rule: ReserveDay = "round_decision.reserve_day" at "/reserve_until"
        "The last day of the reserve list is missing, over, or more than a year away.",
    Rule: ItemsRefused { .. } = "round_decision.items_refused"
        "Some lines cannot be done, so none is; `errors` points at them and says why, with the code of each.",
    State: ReserveEmpty = "reserve.empty"
        "Nobody waits on the reserve list.",
    Rule: ReserveNames { .. } = "reserve.names" at "/applications"
        "No application is named to be taken off the reserve list, too many are, or one is twice.",
    State: ReserveNotWaiting { .. } = "reserve.not_waiting" at [line] "/applications/{line}"
        "An application that is named does not wait on this reserve list; none is taken off it.",
}
