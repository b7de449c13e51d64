//! Every reason to say no to a panel, and to a decision that its ranking bears on.

/// Every reason to say no to a panel, and to a decision that its ranking bears on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum PanelRefusal {
    #[error("No proposal waits to be ranked: it must be in assessment, have all its scores, and be in no panel yet.")]
    Empty,
    /// More than one panel ranks.
    #[error("A panel ranks at most {cases_max} proposals: choose fewer.")]
    TooLarge {
        /// The most that one panel ranks.
        cases_max: usize,
    },
    /// Named, and not to be ranked.
    #[error(
        "{} cannot be ranked here: take it out, or wait until it is in assessment and has all its scores.",
        reference
    )]
    NotRankable {
        /// The reference, or the id where there is none to be told.
        reference: String,
    },
    #[error("this proposal is not in this panel.")]
    NotInPanel,
    #[error("The scheme wants proposals ranked before one is recommended: open a panel that holds this one.")]
    NotRanked,
    /// The rank says otherwise.
    #[error("this departs from the rank{}{}: say why.", if beside.is_empty() { "" } else { " beside " }, beside.join(", "))]
    AgainstRank {
        /// The references of some of the others; none where whoever decides may not be told of them.
        beside: Vec<String>,
    },
    /// A step that the scheme wants before a recommendation.
    #[error("The scheme wants \"{name}\" before a recommendation, and it is not recorded: record it as {step}.")]
    StepMissing {
        /// The scheme's code for it.
        step: String,
        /// What people call it.
        name: String,
    },
    /// No such step.
    #[error("known are {known}.")]
    StepUnknown {
        /// Those that the scheme has.
        known: String,
    },
    #[error("this day has not come yet: record what has been held.")]
    StepAhead,
}

codes! {
    PanelRefusal []
    Rule: Empty = "panel.empty"
        "No proposal waits to be ranked.",
    Rule: TooLarge { .. } = "panel.too_large"
        "More proposals than one panel ranks.",
    Rule: NotRankable { .. } = "panel.not_rankable" at "/applications"
        "A proposal that is named is not in assessment, lacks scores, or is in a panel.",
    Rule: NotInPanel = "panel.not_in_panel" at "/application"
        "The proposal is not in the panel.",
    State: NotRanked = "panel.not_ranked"
        "The scheme wants proposals ranked before one is recommended.",
    Rule: AgainstRank { .. } = "panel.against_rank" at "/departure"
        "The decision departs from the rank and says no reason; `detail` names others.",
    State: StepMissing { .. } = "assessment_step.missing"
        "Something that the scheme wants before a recommendation is not recorded; `detail` names it.",
    Rule: StepUnknown { .. } = "assessment_step.unknown" at "/step"
        "The scheme has no such step.",
    Rule: StepAhead = "assessment_step.ahead" at "/held_on"
        "The day on which it was held has not come yet.",
}
