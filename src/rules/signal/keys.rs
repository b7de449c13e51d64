//! What an application is found by when another one has the same: a hash for each thing, so that a look-up is an equality and the keys
//! tell nothing by themselves.

use crate::application::Application;
use crate::interest::names::{domain, words};
use crate::person::written_email;
use crate::scheme::hexadecimal;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What a key is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// The name of somebody who works on the project, with their address.
    Person,
    /// The domain of an address of somebody who works on it for the applicant.
    Domain,
    /// The scheme and what is asked for.
    Amount,
    /// The scheme and every line of cost.
    Costs,
}

impl KeyKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Person, Self::Domain, Self::Amount, Self::Costs];

    /// The code used in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Domain => "domain",
            Self::Amount => "amount",
            Self::Costs => "costs",
        }
    }

    /// The kind with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// What an application is found by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// What it is made of.
    pub kind: KeyKind,
    /// The hash of it.
    pub hash: String,
}

impl Key {
    fn of(kind: KeyKind, text: &str) -> Self {
        Self { kind, hash: hexadecimal(&Sha256::digest(text.as_bytes())) }
    }

    /// That of a domain.
    #[must_use]
    pub fn of_domain(domain: &str) -> Self {
        Self::of(KeyKind::Domain, domain)
    }
}

/// What an application is found by, once it is submitted.
#[must_use]
pub fn keys(application: &Application) -> Vec<Key> {
    named(application).into_keys().collect()
}

/// The keys of an application, each with the fact behind it as people write it.
pub(super) fn named(application: &Application) -> BTreeMap<Key, String> {
    let content = &application.content;
    let mut named = BTreeMap::new();
    for person in &content.people {
        let Some(email) = person.email.as_deref().map(written_email).filter(|email| email.contains('@')) else {
            continue;
        };
        let mut name = words(&person.name);
        name.sort_unstable();
        if !name.is_empty() {
            let key = Key::of(KeyKind::Person, &format!("{} <{email}>", name.join(" ")));
            named.insert(key, person.name.clone());
        }
        // Whoever works for somebody else says nothing of who the applicant is.
        if let Some(domain) = domain(&email).filter(|_| person.organisation.is_none()) {
            named.insert(Key::of_domain(&domain), domain);
        }
    }
    let scheme = &application.scheme;
    if let Some(requested) = application.submission.as_ref().map(|submission| submission.requested) {
        let key = Key::of(KeyKind::Amount, &format!("{scheme} {requested}"));
        named.insert(key, crate::calculation::money(requested));
    }
    let mut costs = Vec::new();
    for stage in &content.request.project.stages {
        let lines = stage.costs.iter().flatten();
        costs.extend(lines.map(|cost| format!("{} {} {}", stage.stage, cost.category, cost.amount)));
    }
    if !costs.is_empty() {
        costs.sort_unstable();
        let key = Key::of(KeyKind::Costs, &format!("{scheme}\n{}", costs.join("\n")));
        named.insert(key, String::new());
    }
    named
}
