//! Assessors as they keep themselves: what they know, when they have time, and what they have an interest in this year.

use crate::application::storable;
use crate::calendar::{Day, YearKind};
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{DeclarationId, PersonId};
use crate::permission::Permit;
use crate::refusal::{AssessorRefusal, Refusal};
use crate::text::{Text, is_unseen};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most characters that the code of a field has.
const CODE_CHARACTERS_MAX: usize = 60;
/// The longest name of a field, an organisation or a person, in characters.
const NAME_CHARACTERS_MAX: usize = 200;
/// The most proposals that somebody may say they can assess at a time.
pub const PROPOSALS_MAX: u32 = 200;
/// How many proposals an assessor has at most at a time where no officer says: a house default.
pub const CAP: u32 = 30;
/// The most interests in one declaration.
pub const INTERESTS_MAX: usize = 100;
/// The year for which interests are declared: that of the agency's money.
const YEAR: YearKind = YearKind::Financial;

/// A field of expertise: the list is kept by officers and is the same for every scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The code that profiles name.
    pub code: String,
    /// What people call it.
    pub name: Text,
    /// Whether profiles may still take it up.
    pub in_use: bool,
}

/// An officer adds a field to the list, or changes what it is called or whether it is in use.
///
/// # Errors
/// When the code or a name cannot be used.
pub fn keep_field(permit: &Permit, field: Field) -> Result<Change, Refusal> {
    if !is_field_code(&field.code) {
        return Err(AssessorRefusal::FieldCode.into());
    }
    if [&field.name.en, &field.name.zh_hant, &field.name.zh_hans].into_iter().any(|name| !is_name(name)) {
        return Err(Refusal::NameNotUsable);
    }
    let event = Event::ExpertiseKept { code: field.code.clone(), name: field.name.clone(), in_use: field.in_use };
    Ok(Change::new(permit, event, vec![Write::ExpertiseField(field)]))
}

/// Whether a text can be the code of a field.
#[must_use]
pub fn is_field_code(code: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    code.len() <= CODE_CHARACTERS_MAX
        && code.starts_with(|first: char| first.is_ascii_lowercase())
        && code.bytes().all(plain)
}

fn is_name(name: &str) -> bool {
    !name.trim().is_empty() && name.chars().count() <= NAME_CHARACTERS_MAX && !name.chars().any(is_unseen)
}

/// What an assessor knows, and when they have time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Whose.
    pub person: PersonId,
    /// The codes of fields of expertise.
    pub expertise: BTreeSet<String>,
    /// The first day on which they have time; left out, since ever.
    pub from: Option<Day>,
    /// The first day on which they have time no more; left out, for ever.
    pub until: Option<Day>,
    /// The most proposals that they take at a time; left out, they have not said.
    pub proposals_max: Option<u32>,
    /// Counted up with every change; 1 before anything was said.
    pub version: i32,
}

impl Profile {
    /// Of somebody who has said nothing yet: they have time, and no limit of their own.
    #[must_use]
    pub const fn unsaid(person: PersonId) -> Self {
        Self { person, expertise: BTreeSet::new(), from: None, until: None, proposals_max: None, version: 1 }
    }

    /// The assessor says what they know and when they have time. `known` are the codes of the fields in use; one that the profile
    /// has already may stay.
    ///
    /// # Errors
    /// When a field is not in the list, the time ends before it begins, or the number of proposals is out of bounds.
    pub fn keep(self, permit: &Permit, new: Self, known: &BTreeSet<String>) -> Result<(Change, Self), Refusal> {
        let unknown = new.expertise.iter().find(|code| !known.contains(*code) && !self.expertise.contains(*code));
        if let Some(code) = unknown {
            return Err(AssessorRefusal::ExpertiseUnknown { code: code.clone() }.into());
        }
        if new.from.zip(new.until).is_some_and(|(from, until)| until <= from) {
            return Err(AssessorRefusal::ProfileDays.into());
        }
        if new.proposals_max.is_some_and(|most| !(1..=PROPOSALS_MAX).contains(&most)) {
            return Err(AssessorRefusal::ProposalsMax.into());
        }
        let profile = Self { person: self.person, version: self.version.saturating_add(1), ..new };
        let event = Event::AssessorProfileKept {
            person: profile.person,
            expertise: profile.expertise.clone(),
            from: profile.from,
            until: profile.until,
            proposals_max: profile.proposals_max,
        };
        Ok((Change::new(permit, event, vec![Write::AssessorProfile(profile.clone())]), profile))
    }

    /// How many proposals they may have at a time, of what is wanted by the end of a day: never more than they take, nor than an officer
    /// says, be it for them or for everybody; and where no officer does, the house default. Plans, bulks and what is given by hand all
    /// ask this.
    ///
    /// # Errors
    /// When they have no time on any day from today until then.
    pub fn cap(&self, said: Option<u32>, (today, due): (Day, Day)) -> Result<u32, Refusal> {
        if self.from.is_some_and(|from| from > due) || self.until.is_some_and(|until| until <= today) {
            return Err(AssessorRefusal::Unavailable.into());
        }
        let most = said.unwrap_or(CAP);
        Ok(self.proposals_max.map_or(most, |takes| takes.min(most)))
    }
}

/// How somebody is tied to what they have an interest in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tie {
    /// They work for it, or did lately.
    Employment,
    /// They are a director, trustee or officer of it.
    Directorship,
    /// They own a part of it.
    Ownership,
    /// Family or a close friend.
    Family,
    /// They work together, or compete.
    Professional,
    /// Anything else that others could take for an interest.
    Other,
}

impl Tie {
    /// Every tie.
    pub const ALL: [Self; 6] =
        [Self::Employment, Self::Directorship, Self::Ownership, Self::Family, Self::Professional, Self::Other];

    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Employment => "employment",
            Self::Directorship => "directorship",
            Self::Ownership => "ownership",
            Self::Family => "family",
            Self::Professional => "professional",
            Self::Other => "other",
        }
    }
}

/// One interest: a tie to an organisation or to a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Interest {
    /// How they are tied.
    pub tie: Tie,
    /// The name of an organisation, unless it is a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// Its Unique Business Identifier, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ubi: Option<String>,
    /// The name of a person, unless it is an organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
}

impl Interest {
    fn is_in_order(&self) -> bool {
        let ubi = self.ubi.as_ref().is_none_or(|ubi| ubi.len() == 8 && ubi.bytes().all(|byte| byte.is_ascii_digit()));
        match (&self.organisation, &self.person) {
            (Some(name), None) => is_name(name) && ubi,
            (None, Some(name)) => is_name(name) && self.ubi.is_none(),
            _ => false,
        }
    }
}

/// What an assessor has an interest in for a year: a list without a line says that there is nothing. It is never changed; whoever has
/// something to add declares again, and all that was declared for a year counts until it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// Identity.
    pub id: DeclarationId,
    /// Whose.
    pub person: PersonId,
    /// The first day of the year.
    pub from: Day,
    /// The first day of the next year.
    pub until: Day,
    /// The interests.
    pub interests: Vec<Interest>,
    /// When it was made.
    pub at: DateTime<Utc>,
}

impl Declaration {
    /// Whether it counts on a day.
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        self.from <= day && day < self.until
    }
}

/// An assessor declares their interests for the year that runs, or for the next one.
///
/// # Errors
/// When a line names neither an organisation nor a person, or both, or there are too many.
pub fn declare(
    permit: &Permit,
    (id, person): (DeclarationId, PersonId),
    (at, next_year): (DateTime<Utc>, bool),
    interests: Vec<Interest>,
) -> Result<(Change, Declaration), Refusal> {
    if interests.len() > INTERESTS_MAX {
        return Err(AssessorRefusal::InterestsTooMany.into());
    }
    for (line, interest) in interests.iter().enumerate() {
        for text in [&interest.organisation, &interest.person].into_iter().flatten() {
            storable("/interests", text)?;
        }
        if !interest.is_in_order() {
            return Err(AssessorRefusal::InterestLine { line }.into());
        }
    }
    let today = Day::in_hong_kong(at);
    let from = if next_year { today.year_after(YEAR) } else { today.year_start(YEAR) };
    let declaration = Declaration { id, person, from, until: from.year_after(YEAR), interests, at };
    let event = Event::InterestsDeclared {
        person,
        declaration: id,
        from: declaration.from,
        until: declaration.until,
        interests: declaration.interests.clone(),
    };
    Ok((Change::new(permit, event, vec![Write::NewDeclaration(declaration.clone())]), declaration))
}

#[cfg(test)]
mod tests;
