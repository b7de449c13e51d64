//! What the votes of a sitting come to.

use super::{Sitting, Vote, Way};
use crate::calendar::Day;
use crate::ids::PersonId;
use crate::refusal::{Refusal, SittingRefusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What has become of a sitting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The motion is carried.
    Carried(Tally),
    /// It is lost.
    Lost(Tally),
    /// The sitting was given up, and why.
    GivenUp(String),
}

/// What the votes come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tally {
    /// How many are for the motion.
    pub votes_for: u32,
    /// How many are against it.
    pub votes_against: u32,
    /// How many abstain.
    pub abstained: u32,
    /// How many have a conflict of interest.
    pub conflicted: u32,
    /// Which way the chair decides, where the votes are equal.
    pub casting_vote: Option<bool>,
    /// Whether the motion is carried.
    pub carried: bool,
}

impl Sitting {
    /// What the votes come to on a day. Whoever has not voted in a meeting is named as absent; a paper waits for its day to be over.
    pub(super) fn tally(
        &self,
        today: Day,
        casting_vote: Option<bool>,
        absent: &BTreeSet<PersonId>,
    ) -> Result<Tally, Refusal> {
        let (until, silent) = (self.asked.held_on, self.silent());
        let all_told = match self.asked.way {
            Way::Meeting => *absent == silent,
            Way::Circulation => absent.is_empty() && (silent.is_empty() || today > until),
        };
        if !all_told {
            return Err(SittingRefusal::VotesMissing { missing: silent.len(), until }.into());
        }
        let count = |vote| {
            let votes = self.votes.iter().filter(|cast| cast.vote == vote).count();
            u32::try_from(votes).unwrap_or(u32::MAX)
        };
        let [votes_for, votes_against, abstained, conflicted] =
            [Vote::For, Vote::Against, Vote::Abstain, Vote::Conflict].map(count);
        let present = votes_for.saturating_add(votes_against).saturating_add(abstained);
        if present < self.rules.quorum {
            return Err(SittingRefusal::QuorumMissing { quorum: self.rules.quorum, present }.into());
        }
        // Where more than half is needed, the word of a chair does not make half of it that; and where nobody is for it, nobody wants it.
        let of_half = u64::from(self.rules.majority.of).saturating_mul(2) <= u64::from(self.rules.majority.whole);
        let undecided = votes_for > 0 && votes_for == votes_against && self.rules.casting_vote && of_half;
        let casting_vote = match (undecided, casting_vote) {
            (true, None) => return Err(SittingRefusal::Tied.into()),
            (false, Some(_)) => return Err(SittingRefusal::NoCastingVote.into()),
            (_, given) => given,
        };
        let carried = casting_vote == Some(true) || self.has_majority(votes_for, votes_against);
        Ok(Tally { votes_for, votes_against, abstained, conflicted, casting_vote, carried })
    }

    fn has_majority(&self, votes_for: u32, votes_against: u32) -> bool {
        let needed = self.rules.majority;
        let cast = u64::from(votes_for).saturating_add(votes_against.into());
        votes_for > votes_against
            && u64::from(votes_for).saturating_mul(needed.whole.into()) >= u64::from(needed.of).saturating_mul(cast)
    }
}
