//! Every reason to say no to an assessor's profile, declaration or assessment, and to giving proposals out.

use crate::assessor::{INTERESTS_MAX, PROPOSALS_MAX};
use crate::calendar::Day;

/// Every reason to say no to an assessor's profile, declaration or assessment, and to giving proposals out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum AssessorRefusal {
    #[error("write the code of a field as a word of small letters, digits and _, such as life_science.")]
    FieldCode,
    /// Not in the list, or not in use any more.
    #[error("{code} is not a field in use: take one from the list of expertise, or ask an officer to add it.")]
    ExpertiseUnknown {
        /// The code.
        code: String,
    },
    #[error("the time that you have ends after it begins.")]
    ProfileDays,
    #[error("write a number from 1 to {PROPOSALS_MAX}, or leave it out.")]
    ProposalsMax,
    #[error("declare at most {INTERESTS_MAX} at a time, and the others in another declaration.")]
    InterestsTooMany,
    /// A line that cannot be used.
    #[error("name either an organisation, with a business identifier of eight digits if you like, or a person.")]
    InterestLine {
        /// Which, from 0.
        line: usize,
    },
    #[error(
        "This assessor has not declared their interests for the year that runs: ask them to, or choose somebody else."
    )]
    Undeclared,
    #[error("You have been given this to assess: declare your interests for the year that runs, and then read it.")]
    OwnUndeclared,
    #[error("You are asked to assess this: accept the invitation first, or decline it.")]
    NotAccepted,
    #[error(
        "You were asked to assess this without being told who applies: what is done or read of it for the agency, somebody else must do."
    )]
    OwnBlindCase,
    #[error(
        "You were asked to assess this and a conflict of interest is in the way: what is done of it for the agency, somebody else must do."
    )]
    OwnConflict,
    /// What is on file speaks against it.
    #[error("There is a conflict of interest: {} Choose somebody else, or propose an override with a reason.", because.join(" "))]
    Conflict {
        /// The sentences of the conflicts.
        because: Vec<String>,
    },
    #[error("{today} is the earliest day on which it can be due.")]
    DueDayOver {
        /// Today.
        today: Day,
    },
    #[error("This assessor has no time before the day on which it is due: choose another day, or somebody else.")]
    Unavailable,
    /// They have as many as they take, or as anybody is given.
    #[error("This assessor has at most {most} proposals at a time and has as many: choose somebody else.")]
    AtCapacity {
        /// The most that they may have.
        most: u32,
    },
    #[error("Nothing is in the way of this assessor: give them the proposal.")]
    NothingToOverride,
    /// Nobody overrides this.
    #[error("This cannot be overridden: {because} Choose somebody else.")]
    NeverOverridden {
        /// The sentence of the conflict.
        because: String,
    },
    #[error("An override for this assessor is proposed already: another officer must confirm it.")]
    OverrideProposed,
    #[error("This override is confirmed already.")]
    OverrideConfirmed,
    #[error("You have proposed this override, so another officer must confirm it.")]
    OverrideOwn,
    #[error("This override is about you, so other officers must propose and confirm it.")]
    OverrideOfOneself,
}

codes! {
    AssessorRefusal []
    Rule: FieldCode = "expertise.code" at "/code"
        "Not the code of a field of expertise.",
    Rule: ExpertiseUnknown { .. } = "assessor.expertise_unknown" at "/expertise"
        "A field that is not in the list, or not in use any more.",
    Rule: ProfileDays = "assessor.profile_days" at "/until"
        "The time of an assessor ends before it begins.",
    Rule: ProposalsMax = "assessor.proposals_max" at "/proposals_max"
        "The number of proposals at a time is out of bounds.",
    Rule: InterestsTooMany = "interest.too_many" at "/interests"
        "A declaration has more lines than it holds.",
    Rule: InterestLine { .. } = "interest.line" at [line] "/interests/{line}"
        "A line of a declaration names neither an organisation nor a person, or both.",
    Rule: Undeclared = "interest.undeclared"
        "The assessor has not declared their interests of the year.",
    Permission: OwnUndeclared = "interest.own_undeclared"
        "The caller was given it and has not declared their interests of the year.",
    Permission: NotAccepted = "assessment.not_accepted"
        "The caller was asked to assess it and has not said yes.",
    Permission: OwnBlindCase = "assessment.own_blind_case"
        "The caller was asked to assess the case without being told who applies: somebody else must do this.",
    Permission: OwnConflict = "conflict.own_case"
        "The caller was asked to assess the case and has a conflict of interest: somebody else must do this.",
    Rule: Conflict { .. } = "conflict.found"
        "Something on file speaks against this assessor; `detail` says what.",
    Rule: DueDayOver { .. } = "assessment.due_day_over" at "/due"
        "The day on which it would be due is over.",
    Rule: Unavailable = "assessor.unavailable"
        "The assessor has no time before it is due.",
    Rule: AtCapacity { .. } = "assessor.at_capacity"
        "The assessor has as many proposals as they take, or as the officer or the house gives anybody.",
    Rule: NothingToOverride = "conflict.nothing_to_override"
        "No conflict is in the way that is not overridden already.",
    Rule: NeverOverridden { .. } = "conflict.never_overridden"
        "Nobody overrides that somebody acts for the applicant, or has declared a conflict on the case.",
    State: OverrideProposed = "conflict.override_proposed"
        "An override for this assessor waits for another officer.",
    State: OverrideConfirmed = "conflict.override_confirmed"
        "The override is confirmed already.",
    Permission: OverrideOwn = "conflict.override_own"
        "The caller has proposed the override: another officer must confirm it.",
    Permission: OverrideOfOneself = "conflict.override_of_oneself"
        "The override is about the caller: other officers must propose and confirm it.",
}
