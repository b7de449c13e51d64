//! A draft of a scheme's text: officers write it, one of them proposes it from a day, and another one publishes it.

use crate::application::{reason_given, storable};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{PersonId, SchemeDraftId, SchemeTextId};
use crate::permission::Permit;
use crate::refusal::Refusal;
use crate::scheme::{Fault, Scheme, code_of, hash_of};
use crate::scheme_text::{ByTwo, Place, SchemeText, published};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// Where a draft stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DraftState {
    /// Being written; may be faulty.
    Draft,
    /// Proposed, and frozen: waits for another officer.
    Proposed,
    /// Published; never changed again.
    Published,
    /// Given up by an officer before it was proposed; never changed again.
    Discarded,
}

impl DraftState {
    /// Every state, in the order of a draft's life.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Proposed, Self::Published, Self::Discarded];

    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Proposed => "proposed",
            Self::Published => "published",
            Self::Discarded => "discarded",
        }
    }

    /// The state with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// That a text is to be in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Who proposed it.
    pub by: PersonId,
    /// The day from which it is to be in force.
    pub from: Day,
}

/// A draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemeDraft {
    /// Identity.
    pub id: SchemeDraftId,
    /// The scheme's code, as far as the text says one.
    pub code: Option<String>,
    /// SHA-256 of the text.
    pub hash: String,
    /// The file, byte by byte.
    pub text: String,
    /// Where it stands.
    pub state: DraftState,
    /// Everybody who has written or proposed it: none of them publishes it.
    pub authors: BTreeSet<PersonId>,
    /// Who wrote it last.
    pub edited_by: PersonId,
    /// Who proposed it, and from which day; none while it is being written, and where it was given up.
    pub proposal: Option<Proposal>,
    /// Why it was given back last.
    pub reason: Option<String>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// Counts its changes.
    pub version: i32,
}

/// The text of a draft, looked at: all that takes time, so that it is done before anything is locked.
#[derive(Clone, Debug)]
pub struct Written {
    text: String,
    code: Option<String>,
    hash: String,
    faults: Vec<Fault>,
}

impl Written {
    /// Looks at a text. What is wrong with it is told, and refuses nothing yet.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub fn of(text: String) -> Result<Self, Refusal> {
        storable("/text", &text)?;
        let faults = Scheme::proved(&text).err().unwrap_or_default();
        Ok(Self { code: code_of(&text), hash: hash_of(&text), faults, text })
    }

    /// Everything that is wrong with it.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }
}

/// An officer begins a draft.
#[must_use]
pub fn create(
    permit: &Permit,
    id: SchemeDraftId,
    by: PersonId,
    Written { text, code, hash, .. }: Written,
    created_at: DateTime<Utc>,
) -> (Change, SchemeDraft) {
    let draft = SchemeDraft {
        id,
        code,
        hash,
        text,
        state: DraftState::Draft,
        authors: BTreeSet::from([by]),
        edited_by: by,
        proposal: None,
        reason: None,
        created_at,
        version: 1,
    };
    let event = Event::SchemeDraftCreated { draft: id, hash: draft.hash.clone() };
    (Change::new(permit, event, vec![Write::NewSchemeDraft(draft.clone())]), draft)
}

impl SchemeDraft {
    /// The day whose text in force the draft is compared with: a day that is asked for and not over, or else that of its proposal,
    /// or else today.
    #[must_use]
    pub fn compared_on(&self, asked: Option<Day>, today: Day) -> Day {
        let proposed = self.proposal.map_or(today, |proposal| proposal.from);
        asked.map_or(proposed, |asked| asked.max(today))
    }

    /// An officer replaces the text.
    ///
    /// # Errors
    /// When it is no draft any more.
    pub fn edit(mut self, permit: &Permit, by: PersonId, written: Written) -> Result<(Change, Self), Refusal> {
        self.must_be(DraftState::Draft)?;
        (self.code, self.hash, self.text) = (written.code, written.hash, written.text);
        self.edited_by = by;
        self.authors.insert(by);
        let event = Event::SchemeDraftEdited { draft: self.id, hash: self.hash.clone() };
        Ok(self.changed(permit, event))
    }

    /// An officer gives it up: it stays as it is, and nobody changes or proposes it again.
    ///
    /// # Errors
    /// When it is no draft any more; a proposal is given back first.
    pub fn discard(mut self, permit: &Permit) -> Result<(Change, Self), Refusal> {
        self.must_be(DraftState::Draft)?;
        self.state = DraftState::Discarded;
        let event = Event::SchemeDraftDiscarded { draft: self.id };
        Ok(self.changed(permit, event))
    }

    /// An officer proposes it, and it is frozen.
    ///
    /// # Errors
    /// When it is no draft any more, has a fault, the day is over, or it is the text that is in force on it already.
    pub fn propose(mut self, permit: &Permit, by: PersonId, place: Place<'_>) -> Result<(Change, Self), Refusal> {
        self.must_be(DraftState::Draft)?;
        let code = self.proved()?;
        place.is_to_come()?;
        place.is_changed_by(&self.hash, &code)?;
        self.state = DraftState::Proposed;
        self.proposal = Some(Proposal { by, from: place.from });
        self.reason = None;
        self.authors.insert(by);
        let event = Event::SchemeDraftProposed { draft: self.id, code, hash: self.hash.clone(), from: place.from };
        Ok(self.changed(permit, event))
    }

    /// Whoever proposed it takes it back, or another officer gives it back; it can be edited again.
    ///
    /// # Errors
    /// When it is not proposed, or a reason is missing.
    pub fn give_back(mut self, permit: &Permit, reason: &str) -> Result<(Change, Self), Refusal> {
        self.must_be(DraftState::Proposed)?;
        let reason = reason_given(reason)?;
        self.state = DraftState::Draft;
        self.proposal = None;
        self.reason = Some(reason.clone());
        let event = Event::SchemeDraftReturned { draft: self.id, reason };
        Ok(self.changed(permit, event))
    }

    /// Another officer publishes it as it was proposed.
    ///
    /// # Errors
    /// When it is not proposed, the officer has had a hand in it, its day is over by now, or the same text has been published
    /// meanwhile.
    pub fn publish(
        mut self,
        permit: &Permit,
        (text, by): (SchemeTextId, PersonId),
        place: Place<'_>,
    ) -> Result<(Change, SchemeText), Refusal> {
        self.must_be(DraftState::Proposed)?;
        let Some(proposal) = self.proposal else {
            return Err(Refusal::SchemeDraftWrongState { state: self.state.code() });
        };
        if self.authors.contains(&by) {
            return Err(Refusal::SchemeDraftOwn);
        }
        // Proved again: what is read and worked out today need not be what was when it was proposed.
        let code = self.proved()?;
        place.is_to_come()?;
        place.is_changed_by(&self.hash, &code)?;
        let by = ByTwo { draft: self.id, proposed_by: proposal.by, published_by: by };
        let (hash, from) = (self.hash.clone(), proposal.from);
        let text = SchemeText { id: text, code, hash, text: self.text.clone(), from, by: Some(by) };
        self.state = DraftState::Published;
        self.version = self.version.saturating_add(1);
        let told = Event::SchemeDraftPublished { draft: self.id, text: text.id };
        let writes = vec![Write::NewSchemeText(text.clone()), Write::SchemeDraft(self)];
        Ok((Change::new(permit, published(&text), writes).with_consequences(vec![told]), text))
    }

    fn proved(&self) -> Result<String, Refusal> {
        let scheme = Scheme::proved(&self.text).map_err(|faults| Refusal::SchemeFaulty { faults })?;
        Ok(scheme.file.code.into_inner())
    }

    fn must_be(&self, state: DraftState) -> Result<(), Refusal> {
        if self.state == state {
            return Ok(());
        }
        Err(Refusal::SchemeDraftWrongState { state: self.state.code() })
    }

    fn changed(mut self, permit: &Permit, event: Event) -> (Change, Self) {
        self.version = self.version.saturating_add(1);
        (Change::new(permit, event, vec![Write::SchemeDraft(self.clone())]), self)
    }
}

#[cfg(test)]
mod tests;
