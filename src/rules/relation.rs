//! Relations of organisations, by date: an officer records on what evidence two of them belong together, and until when they did.

use crate::application::{reason_given, words_given};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{OrganisationId, PersonId, RelationId};
use crate::permission::Permit;
use crate::refusal::Refusal;
use chrono::{DateTime, Utc};

/// The most characters that the code of a group has.
const GROUP_CHARACTERS_MAX: usize = 60;

/// Two organisations that are different from each other, in the order of their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    first: OrganisationId,
    second: OrganisationId,
}

impl Pair {
    /// Two organisations, whichever is named first.
    ///
    /// # Errors
    /// When they are one.
    pub fn of(one: OrganisationId, other: OrganisationId) -> Result<Self, Refusal> {
        if one == other {
            return Err(Refusal::RelationOfOne);
        }
        Ok(Self { first: one.min(other), second: one.max(other) })
    }

    /// Both, the one with the smaller id first.
    #[must_use]
    pub const fn both(self) -> [OrganisationId; 2] {
        [self.first, self.second]
    }
}

/// That a relation has been ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Who ended it.
    pub by: PersonId,
    /// When, which is not the day from which it holds no more.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: String,
}

/// A relation of two organisations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// Identity.
    pub id: RelationId,
    /// Of which organisations.
    pub between: Pair,
    /// As what they are related: the code of a group of `aggregation`, as texts of schemes name it.
    pub group: String,
    /// The first day on which it holds.
    pub from: Day,
    /// The first day on which it holds no more; none while nobody knows of an end.
    pub until: Option<Day>,
    /// On what it rests.
    pub evidence: String,
    /// Who recorded it.
    pub created_by: PersonId,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// That it has been ended; none where it stands as it was recorded.
    pub ended: Option<Ended>,
}

/// What is to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRelation {
    /// The id that it will have.
    pub id: RelationId,
    /// Of which organisations.
    pub between: Pair,
    /// As what they are related.
    pub group: String,
    /// The first day on which it holds.
    pub from: Day,
    /// The first day on which it holds no more, where that is known.
    pub until: Option<Day>,
    /// On what it rests.
    pub evidence: String,
}

/// An officer records a relation. `known` are those of the same two organisations.
///
/// # Errors
/// When the group is not the code of one, it would end before it begins, the evidence is missing or too long, or it holds in that time
/// already.
pub fn record(
    permit: &Permit,
    new: NewRelation,
    (by, at): (PersonId, DateTime<Utc>),
    known: &[Relation],
) -> Result<(Change, Relation), Refusal> {
    if !is_group(&new.group) {
        return Err(Refusal::RelationGroup);
    }
    if new.until.is_some_and(|until| until <= new.from) {
        return Err(Refusal::RelationDays);
    }
    let relation = Relation {
        id: new.id,
        between: new.between,
        group: new.group,
        from: new.from,
        until: new.until,
        evidence: words_given("/evidence", &new.evidence)?,
        created_by: by,
        created_at: at,
        ended: None,
    };
    if known.iter().any(|other| other.is_the_same_as(&relation)) {
        return Err(Refusal::RelationHolds);
    }
    let event = Event::RelationRecorded {
        relation: relation.id,
        organisations: relation.between.both(),
        group: relation.group.clone(),
        from: relation.from,
        until: relation.until,
        evidence: relation.evidence.clone(),
    };
    Ok((Change::new(permit, event, vec![Write::NewRelation(relation.clone())]), relation))
}

impl Relation {
    /// An officer ends a relation of which no end was known. One that ends on its first day has never held: so a mistake is undone.
    ///
    /// # Errors
    /// When its end is known already, it would end before it begins, or a reason is missing.
    pub fn end(
        mut self,
        permit: &Permit,
        (by, at): (PersonId, DateTime<Utc>),
        until: Day,
        reason: &str,
    ) -> Result<(Change, Self), Refusal> {
        if self.until.is_some() {
            return Err(Refusal::RelationEnded);
        }
        if until < self.from {
            return Err(Refusal::RelationDays);
        }
        let reason = reason_given(reason)?;
        self.until = Some(until);
        self.ended = Some(Ended { by, at, reason: reason.clone() });
        let event = Event::RelationEnded { relation: self.id, until, reason };
        Ok((Change::new(permit, event, vec![Write::Relation(self.clone())]), self))
    }

    /// Whether both say the same of a day. One that has never held says nothing.
    fn is_the_same_as(&self, other: &Self) -> bool {
        let before_the_end_of = |from: Day, relation: &Self| relation.until.is_none_or(|until| from < until);
        let later = self.from.max(other.from);
        (self.between, &self.group) == (other.between, &other.group)
            && before_the_end_of(later, self)
            && before_the_end_of(later, other)
    }
}

/// Whether this may be the code of a group of `aggregation`.
fn is_group(code: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    code.len() <= GROUP_CHARACTERS_MAX
        && code.starts_with(|first: char| first.is_ascii_lowercase())
        && code.bytes().all(plain)
}

#[cfg(test)]
mod tests;
