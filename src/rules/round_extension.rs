//! An extension: one applicant may submit to a round until a later instant, for a reason. Granted before the round closes it moves the
//! deadline; granted after, it is a late acceptance.

use crate::application::reason_given;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{ExtensionId, OrganisationId, PersonId};
use crate::permission::Permit;
use crate::refusal::{Refusal, RoundRefusal};
use crate::round::Seal;
use crate::scheme::SchemeFile;
use chrono::{DateTime, TimeDelta, Utc};

/// For how many days after the close of a round one can be extended, a house default: a seal follows an extension and nothing shortens
/// it, so that without an end one officer could keep a round closed to the agency for ever.
pub const EXTENSION_DAYS_MAX: u32 = 90;

/// That one applicant may submit to a round until later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Identity.
    pub id: ExtensionId,
    /// The scheme's code.
    pub scheme: String,
    /// The path of the round or the cut-off.
    pub round: String,
    /// For whom.
    pub organisation: OrganisationId,
    /// The first instant that is out.
    pub until: DateTime<Utc>,
    /// Why.
    pub reason: String,
    /// Who granted it.
    pub granted_by: PersonId,
    /// When.
    pub granted_at: DateTime<Utc>,
}

/// What is to be granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewExtension {
    /// The id that it will have.
    pub id: ExtensionId,
    /// The path of the round or the cut-off.
    pub round: String,
    /// For whom.
    pub organisation: OrganisationId,
    /// The first instant that is out.
    pub until: DateTime<Utc>,
    /// Why.
    pub reason: String,
}

/// An officer grants an extension. A seal that stands is prolonged with it: nobody reads the others' applications while one is written.
///
/// # Errors
/// When the text in force has no such round, the instant is not after its close and after now, reaches into the next one or is too long
/// after the close, or the reason is missing or too long.
pub fn grant(
    permit: &Permit,
    file: &SchemeFile,
    new: NewExtension,
    (by, at): (PersonId, DateTime<Utc>),
    sealed_until: Option<DateTime<Utc>>,
) -> Result<(Change, Extension), Refusal> {
    let scheme = file.code.get_ref().clone();
    let intakes = file.intakes();
    let Some(place) = intakes.iter().position(|intake| intake.path == new.round) else {
        let known = intakes.into_iter().map(|intake| intake.path).collect();
        return Err(RoundRefusal::Unknown { code: scheme, known }.into());
    };
    let closes_at = intakes.get(place).map_or(at, |intake| intake.closes_at);
    let next = place.checked_add(1).and_then(|next| intakes.get(next));
    // A batch begins where the one before it ends: there it is the end of the next one that bounds.
    let next = next.map(|next| next.opens_at.filter(|opens_at| *opens_at > closes_at).unwrap_or(next.closes_at));
    let latest = closes_at.checked_add_signed(TimeDelta::days(EXTENSION_DAYS_MAX.into())).unwrap_or(closes_at);
    let until_at_most = next.map_or(latest, |next| next.min(latest));
    if new.until <= closes_at || new.until <= at || new.until > until_at_most {
        return Err(RoundRefusal::ExtensionUntil { after: closes_at.max(at), until_at_most }.into());
    }
    let extension = Extension {
        id: new.id,
        scheme,
        round: new.round,
        organisation: new.organisation,
        until: new.until,
        reason: reason_given(&new.reason)?,
        granted_by: by,
        granted_at: at,
    };
    let event = Event::ExtensionGranted {
        extension: extension.id,
        scheme: extension.scheme.clone(),
        round: extension.round.clone(),
        organisation: extension.organisation,
        until: extension.until,
        reason: extension.reason.clone(),
    };
    let mut writes = vec![Write::NewExtension { extension: extension.clone(), closes_at }];
    if sealed_until.is_some_and(|sealed_until| at < sealed_until && sealed_until < extension.until) {
        let (scheme, round) = (extension.scheme.clone(), extension.round.clone());
        writes.push(Write::Seal(Seal { scheme, round, until: extension.until }));
    }
    Ok((Change::new(permit, event, writes), extension))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::{Actor, Role, Who};
    use crate::event::Subject;
    use crate::permission::Verb;
    use crate::sample::person;
    use crate::scheme::sample::Sample;
    use std::collections::BTreeSet;
    use uuid::Uuid;

    const ID: ExtensionId = ExtensionId(Uuid::from_u128(1));
    const APPLICANT: OrganisationId = OrganisationId(Uuid::from_u128(2));

    fn at(text: &str) -> DateTime<Utc> {
        format!("{text}+08:00").parse().unwrap()
    }

    fn file(windows: &[(&str, &str)]) -> SchemeFile {
        let name = "name = { en = \"A name\", zh-Hant = \"名稱\", zh-Hans = \"名称\" }\nsource = \"guide\"";
        let tables = windows.iter().map(|(path, ends)| format!("[{path}]\n{name}\n{ends}\n"));
        Sample::new().add(&tables.collect::<String>()).read().file
    }

    fn granted(
        file: &SchemeFile,
        (round, until, now): (&str, &str, &str),
        sealed: Option<&str>,
    ) -> Result<Change, Refusal> {
        let roles = [Role::Officer].into_iter().collect();
        let officer = Actor { who: Who::Person(person(9)), roles, ..Actor::visitor() };
        let permit = officer.may_to_organisations(
            Verb::ExtensionGrant,
            Subject::Extension(ID),
            (&[APPLICANT], &BTreeSet::new()),
        );
        let permit = permit.unwrap();
        let (round, until, reason) = (round.to_owned(), at(until), "a typhoon".to_owned());
        let new = NewExtension { id: ID, round, organisation: APPLICANT, until, reason };
        grant(&permit, file, new, (person(9), at(now)), sealed.map(at)).map(|(change, _)| change)
    }

    #[test]
    fn an_extension_ends_after_its_round_and_now_and_before_the_next_begins() {
        let rounds = file(&[
            ("round.1", "opens_on = \"2024-02-01\"\ncloses_on = \"2024-02-29\""),
            ("round.2", "opens_on = \"2024-05-01\"\ncloses_on = \"2024-05-31\""),
        ]);
        let cut_offs =
            file(&[("cut_off.1", "closes_on = \"2024-02-29\""), ("cut_off.2", "closes_on = \"2024-05-31\"")]);
        let near = file(&[("cut_off.1", "closes_on = \"2024-02-29\""), ("cut_off.2", "closes_on = \"2024-03-31\"")]);
        let before = "2024-02-10T10:00:00";
        for (file, round, until, now, good) in [
            (&rounds, "round.1", "2024-03-01T00:00:00", before, false),
            (&rounds, "round.1", "2024-03-01T00:00:01", before, true),
            (&rounds, "round.1", "2024-03-02T00:00:00", "2024-03-02T00:00:00", false),
            (&rounds, "round.1", "2024-05-01T00:00:00", before, true),
            (&rounds, "round.1", "2024-05-01T00:00:01", before, false),
            // Where no round follows, ninety days after the close.
            (&rounds, "round.2", "2024-08-30T00:00:00", before, true),
            (&rounds, "round.2", "2024-08-30T00:00:01", before, false),
            (&rounds, "round.2", "2099-01-01T00:00:00", before, false),
            (&rounds, "round.2", "2024-09-02T00:00:00", "2024-09-01T00:00:00", false),
            // Nor are they ever more.
            (&cut_offs, "cut_off.1", "2024-05-30T00:00:00", before, true),
            (&cut_offs, "cut_off.1", "2024-05-30T00:00:01", before, false),
            (&near, "cut_off.1", "2024-04-01T00:00:00", before, true),
            (&near, "cut_off.1", "2024-04-01T00:00:01", before, false),
            (&cut_offs, "round.1", "2024-03-02T00:00:00", before, false),
        ] {
            assert_eq!(granted(file, (round, until, now), None).is_ok(), good, "{round} {until} {now}");
        }
    }

    #[test]
    fn a_refusal_names_the_last_instant_that_is_possible_in_hong_kong() {
        let rounds = file(&[("round.1", "opens_on = \"2024-02-01\"\ncloses_on = \"2024-02-29\"")]);
        let told = |until: &str, now: &str| granted(&rounds, ("round.1", until, now), None).unwrap_err().to_string();
        assert_eq!(
            told("2099-01-01T00:00:00", "2024-02-10T10:00:00"),
            "write an instant after 2024-03-01 00:00:00 +08:00, and at most 2024-05-30 00:00:00 +08:00."
        );
        assert_eq!(
            told("2024-06-02T00:00:00", "2024-06-01T00:00:00"),
            "it is too late to extend this round: that was possible until 2024-05-30 00:00:00 +08:00."
        );
    }

    #[test]
    fn a_seal_that_stands_is_prolonged_and_one_that_is_broken_stays_so() {
        let rounds = file(&[("round.1", "opens_on = \"2024-02-01\"\ncloses_on = \"2024-02-29\"\nsealed = true")]);
        let until = "2024-03-02T12:00:00";
        for (now, sealed, prolonged) in [
            ("2024-02-10T10:00:00", Some("2024-03-01T00:00:00"), true),
            ("2024-03-01T00:00:00", Some("2024-03-01T00:00:00"), false),
            ("2024-02-10T10:00:00", Some("2024-03-03T00:00:00"), false),
            ("2024-02-10T10:00:00", None, false),
        ] {
            let change = granted(&rounds, ("round.1", until, now), sealed).unwrap();
            let seal = change.writes().iter().find_map(|write| match write {
                Write::Seal(seal) => Some(seal.until),
                _ => None,
            });
            assert_eq!(seal, prolonged.then(|| at(until)), "{now} {sealed:?}");
        }
    }
}
