//! Which pairs of many cases and many assessors have anything in common. Names and addresses are taken apart once for each person and each
//! case; each ground fires on something that both have, so that of all other pairs nothing has to be asked.

use super::names::{domain, of_organisation, of_person};
use super::{Assessor, Case, Free, OnFile, Pair, Party};
use crate::ids::{ApplicationId, OrganisationId, PersonId};
use crate::person::written_email;
use std::collections::{BTreeSet, HashMap};

/// Something by which a case and an assessor can be found to have to do with each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// An organisation of the house.
    Organisation(OrganisationId),
    /// A person of the house.
    Person(PersonId),
    /// The name of an organisation, as it is found.
    OrganisationName(String),
    /// An identifier of an organisation.
    Ubi(String),
    /// The name of a person, as it is found.
    PersonName(String),
    /// An address, in lower case.
    Email(String),
    /// The whole domain of the assessor, or one of which that of the case is a part.
    OfAssessor(String),
    /// The whole domain of the case, or one of which that of the assessor is a part.
    OfCase(String),
}

/// What is on file, with the pairs in whose way something may be.
#[derive(Clone, Debug)]
pub struct Sifted<'a> {
    on_file: &'a OnFile,
    suspects: BTreeSet<Pair>,
}

impl OnFile {
    /// The same file, made ready to be asked of every pair: it gives the same answers.
    #[must_use]
    pub fn sifted(&self) -> Sifted<'_> {
        let mut cases = HashMap::<Key, Vec<ApplicationId>>::new();
        for (id, case) in &self.cases {
            for key in of_case(case) {
                cases.entry(key).or_default().push(*id);
            }
        }
        let mut suspects = self.declared_on.clone();
        for (person, assessor) in &self.assessors {
            for key in of_assessor(*person, assessor) {
                suspects.extend(cases.get(&key).into_iter().flatten().map(|case| (*case, *person)));
            }
        }
        Sifted { on_file: self, suspects }
    }
}

impl Sifted<'_> {
    /// Whether somebody may be given a case, and read it, as [`OnFile::free`] says.
    #[must_use]
    pub fn free(&self, case: ApplicationId, assessor: PersonId) -> Free {
        if self.suspects.contains(&(case, assessor)) {
            self.on_file.free(case, assessor)
        } else {
            self.on_file.unless_conflicted(case, assessor)
        }
    }
}

fn of_party(party: &Party) -> impl Iterator<Item = Key> {
    let name = of_organisation(&party.name).map(Key::OrganisationName);
    [Key::Organisation(party.id), Key::Ubi(party.ubi.clone())].into_iter().chain(name)
}

fn of_case(case: &Case) -> Vec<Key> {
    let parties = case.parties().chain(case.related.iter().map(|related| &related.party));
    let mut keys = parties.flat_map(of_party).collect::<Vec<_>>();
    keys.extend(case.people.keys().chain(&case.members).map(|id| Key::Person(*id)));
    let names = case.people.values().map(|person| &person.name).chain(case.named.iter().map(|named| &named.name));
    keys.extend(names.filter_map(|name| of_person(name)).map(Key::PersonName));
    let written = case.named.iter().filter_map(|named| named.email.as_deref());
    keys.extend(written.clone().map(|email| Key::Email(written_email(email))));
    let addresses = case.people.values().map(|person| person.email.as_str()).chain(written);
    for domain in addresses.filter_map(domain) {
        keys.extend(wholes(&domain).map(Key::OfAssessor));
        keys.push(Key::OfCase(domain));
    }
    let employers = case.named.iter().filter_map(|named| named.organisation.as_deref());
    let suppliers = case.suppliers.iter().map(|supplier| supplier.name.as_str());
    keys.extend(employers.chain(suppliers).filter_map(of_organisation).map(Key::OrganisationName));
    keys.extend(case.suppliers.iter().filter_map(|supplier| supplier.ubi.clone()).map(Key::Ubi));
    keys
}

fn of_assessor(person: PersonId, assessor: &Assessor) -> Vec<Key> {
    let mut keys = assessor.acts_for.iter().flat_map(of_party).collect::<Vec<_>>();
    keys.extend(assessor.wrote_for.iter().map(|id| Key::Organisation(*id)));
    keys.extend(assessor.wrote_with.iter().chain([&person]).map(|id| Key::Person(*id)));
    for interest in assessor.declared.iter().flatten() {
        keys.extend(interest.organisation.as_deref().and_then(of_organisation).map(Key::OrganisationName));
        keys.extend(interest.ubi.clone().map(Key::Ubi));
        keys.extend(interest.person.as_deref().and_then(of_person).map(Key::PersonName));
    }
    keys.extend(of_person(&assessor.name).map(Key::PersonName));
    keys.push(Key::Email(written_email(&assessor.email)));
    if let Some(domain) = domain(&assessor.email) {
        keys.extend(wholes(&domain).map(Key::OfCase));
        keys.push(Key::OfAssessor(domain));
    }
    keys
}

/// A domain, and each of which it is a part.
fn wholes(domain: &str) -> impl Iterator<Item = String> {
    let parts = std::iter::successors(Some(domain), |part| part.split_once('.').map(|(_, whole)| whole));
    parts.map(str::to_owned)
}

#[cfg(test)]
mod tests;
