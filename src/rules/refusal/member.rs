//! Every reason to say no to an invitation to an application, and to what becomes of it.

use crate::duty::Duty;
use crate::member::{INVITATIONS_MAX, MEMBERS_MAX};

/// Every reason to say no to an invitation to an application, and to what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum MemberRefusal {
    #[error("This application has come to its end: it takes no more members.")]
    CaseEnded,
    #[error("Somebody with this address is invited, or a member, already: change their role, or end that first.")]
    InvitedAlready,
    #[error("An application has at most {MEMBERS_MAX} invitations, those that have ended among them.")]
    TooMany,
    #[error("This address was invited to this application today: invite it again tomorrow.")]
    InvitedToday,
    #[error("You send at most {INVITATIONS_MAX} invitations in twenty-four hours: wait until tomorrow.")]
    InvitedMany,
    #[error("This is your own address: invite somebody else.")]
    Oneself,
    #[error("This is the organisation that applies: invite its people as colleagues, without naming it.")]
    OfApplicant,
    /// The invitation is on behalf of another organisation.
    #[error("This invitation is for somebody who acts for the organisation {ubi}: register it first, or decline.")]
    OtherOrganisation {
        /// The Unique Business Identifier that it names.
        ubi: String,
    },
    /// The invited person works on the case for the agency.
    #[error("You have been {} on this case for the agency, so you cannot be a member of it.", held.code())]
    HasDuty {
        /// What they have done on it.
        held: Duty,
    },
    /// It has been answered, or has ended.
    #[error("This cannot be done with an invitation that is {state}.")]
    WrongState {
        /// The state it is in.
        state: &'static str,
    },
    #[error(
        "You are on the side of the applicant of this case, as a member or by a co-applicant: somebody else must do this."
    )]
    OwnCase,
}

codes! {
    MemberRefusal []
    State: CaseEnded = "member.case_ended"
        "The application has come to its end and takes no more members.",
    State: InvitedAlready = "member.invited_already"
        "Somebody with this address is invited, or a member, already.",
    Rule: TooMany = "member.too_many"
        "The application has as many invitations as it may have.",
    Rule: InvitedToday = "member.invited_today"
        "The address was invited to the application on the same day.",
    Rule: InvitedMany = "member.invited_many"
        "The caller has sent as many invitations as they may in twenty-four hours.",
    Rule: Oneself = "member.oneself"
        "The caller has invited themselves.",
    Rule: OfApplicant = "member.of_applicant"
        "The organisation that applies is no co-applicant of itself.",
    Permission: OtherOrganisation { .. } = "member.other_organisation"
        "The invitation names an organisation that the caller does not act for.",
    Permission: HasDuty { .. } = "member.has_duty"
        "The invited person has worked on the case for the agency.",
    State: WrongState { .. } = "member.wrong_state"
        "The invitation has been answered, or has ended.",
    Permission: OwnCase = "member.own_case"
        "The caller is, or was, a member of the case, or acts for a co-applicant: somebody else must do this.",
}
