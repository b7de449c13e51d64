//! Every reason to say no to a sitting of a committee.

use crate::calendar::Day;
use crate::ids::PersonId;

/// Every reason to say no to a sitting of a committee.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum SittingRefusal {
    #[error("There is no sitting of this number on this case.")]
    NotFound,
    /// The part is not passed by that committee.
    #[error("{part} is decided by {committees}.")]
    NoCommittee {
        /// Which part.
        part: String,
        /// The committees that pass it; `no committee` where there is none.
        committees: String,
    },
    #[error("Write 1 to 50 people, each once, and the chair among them.")]
    Members,
    /// Fewer than the quorum are asked.
    #[error("Ask at least {quorum}, for as many must take part.")]
    TooFew {
        /// The quorum.
        quorum: u32,
    },
    /// Somebody who may not sit.
    #[error("{member} {because}: ask somebody else.")]
    Unfit {
        /// Who.
        member: PersonId,
        /// What is in the way.
        because: &'static str,
    },
    #[error("Write today or a day within a year.")]
    HeldOn,
    #[error("This committee decides in meetings only.")]
    NoCirculation,
    #[error("A sitting on this case is open: close it or give it up first.")]
    Open,
    #[error("This motion was lost here: put another one.")]
    LostBefore,
    #[error("This sitting is over.")]
    Over,
    /// Before its day.
    #[error("This meeting is on {held_on}: wait until then.")]
    NotBegun {
        /// The day.
        held_on: Day,
    },
    #[error("You are not asked to sit here.")]
    NotAsked,
    #[error("The chair closes a sitting.")]
    NotChair,
    #[error("You have voted: a vote stays as it is.")]
    Voted,
    #[error("Vote before you close it: whoever counts the votes has one.")]
    ChairHasNotVoted,
    #[error(
        "What it is about is decided or withdrawn meanwhile, or another amount is recommended: have this sitting given up."
    )]
    Overtaken,
    /// Whoever has voted on it is asked again.
    #[error("{voter} has voted on this motion in a sitting that was given up: ask them again.")]
    VoterMissing {
        /// Who.
        voter: PersonId,
    },
    /// Somebody may still answer.
    #[error(
        "{missing} have not answered: wait for them until {until} is over, or, in a meeting, name exactly those who are absent."
    )]
    VotesMissing {
        /// How many.
        missing: usize,
        /// The last day on which they may.
        until: Day,
    },
    /// Too few take part.
    #[error("{present} take part and {quorum} must: wait for more, or have another sitting convened.")]
    QuorumMissing {
        /// How many must.
        quorum: u32,
        /// How many do.
        present: u32,
    },
    #[error("The votes are equal: say for or against.")]
    Tied,
    #[error(
        "This is decided with an agenda: close or give up the agenda of this sitting, or convene one to put a case on the reserve list."
    )]
    OnAgenda,
    #[error("Name 1 to 200 lines of this agenda, each once.")]
    Lines,
    #[error("This line can be closed: do not leave it.")]
    NotToLeave,
    #[error("Leave it out: the votes are not equal, or the chair of this committee has none.")]
    NoCastingVote,
}

codes! {
    SittingRefusal []
    Absent: NotFound = "sitting.not_found"
        "The case is there, and has no sitting of this number.",
    Rule: NoCommittee { .. } = "sitting.no_committee" at "/committee"
        "The part of the route, or the change, is not decided by the committee that is named; `detail` names those that do.",
    Rule: Members = "sitting.members" at "/members"
        "Nobody is asked to sit, too many are, somebody twice, or the chair is not among them.",
    Rule: TooFew { .. } = "sitting.too_few" at "/members"
        "Fewer people are asked to sit than must take part.",
    Rule: Unfit { .. } = "sitting.unfit" at "/members"
        "Somebody who is asked to sit does not hold the authority, has another duty on the case, or has a conflict of interest.",
    Rule: HeldOn = "sitting.held_on" at "/held_on"
        "The day of a sitting is over, or more than a year away.",
    Rule: NoCirculation = "sitting.no_circulation" at "/way"
        "The committee does not decide by circulating papers.",
    State: Open = "sitting.open"
        "Another sitting on the case is open.",
    State: LostBefore = "sitting.lost_before" at "/motion"
        "The same motion was lost on the same route or change request.",
    State: Over = "sitting.over"
        "The sitting is closed or given up, or what it was convened on is over.",
    State: NotBegun { .. } = "sitting.not_begun"
        "The day of the meeting is still to come.",
    Permission: NotAsked = "sitting.not_asked"
        "The actor is not among those who were asked to sit.",
    Permission: NotChair = "sitting.not_chair"
        "Somebody else chairs the sitting.",
    State: Voted = "sitting.voted"
        "The member has voted already.",
    State: ChairHasNotVoted = "sitting.chair_has_not_voted"
        "The chair has not voted, or has declared a conflict of interest.",
    State: Overtaken = "sitting.overtaken"
        "The step is passed by somebody else, the recommendation has changed, or the change request is decided or withdrawn.",
    Rule: VoterMissing { .. } = "sitting.voter_missing" at "/members"
        "A motion on which people had voted when the sitting was given up is put again without one of them.",
    State: VotesMissing { .. } = "sitting.votes_missing"
        "Somebody may still answer a paper, or is not named as absent from a meeting.",
    State: QuorumMissing { .. } = "sitting.quorum_missing"
        "Too few members take part.",
    State: Tied = "sitting.tied" at "/casting_vote"
        "The votes are equal, and the chair has not said which way.",
    State: OnAgenda = "sitting.on_agenda"
        "A sitting on an agenda is closed and given up with it; and a case is put on the reserve list by an agenda alone.",
    Rule: Lines = "agenda.lines" at "/lines"
        "No line of the agenda is named, one that is not there, or one twice.",
    Rule: NotToLeave = "agenda.not_to_leave"
        "The chair would leave a line undecided that can be closed.",
    Rule: NoCastingVote = "sitting.no_casting_vote" at "/casting_vote"
        "A casting vote where there is none to give.",
}
