//! Particulars of an organisation: where it is found, and the trace of its bank account. The account itself is kept nowhere.

use crate::application::storable;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::OrganisationId;
use crate::interest::names::{is_public, words};
use crate::permission::Permit;
use crate::refusal::{ParticularsRefusal, Refusal};
use crate::scheme::hexadecimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt;

/// The longest address, in characters.
pub const ADDRESS_CHARACTERS_MAX: usize = 500;
/// The longest address of a site, in characters.
const WEBSITE_CHARACTERS_MAX: usize = 200;

/// One of the particulars: what the audit says has changed, without what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Particular {
    /// Where it is.
    Address,
    /// Where it is called.
    Telephone,
    /// Where it is found on the net.
    Website,
    /// Where it is paid.
    Account,
}

/// What is kept of a bank account: enough to find the same one again, and for its owner to know which it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The account under a key that is not in the database.
    pub fingerprint: String,
    /// Its last three digits.
    pub ending: String,
}

/// The particulars of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Particulars {
    /// Of which.
    pub organisation: OrganisationId,
    /// Where it is.
    pub address: Option<String>,
    /// Where it is called.
    pub telephone: Option<String>,
    /// Where it is found on the net.
    pub website: Option<String>,
    /// Where it is paid.
    pub account: Option<Account>,
    /// Counted up with every change; 1 while nothing is on file.
    pub version: i32,
}

/// What is to be kept of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewAccount {
    /// What there was.
    AsItIs,
    /// None.
    None,
    /// Another one.
    Is(Account),
}

/// Particulars as they are to be. Left out is none, but of the account, which nobody can read and write again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewParticulars {
    /// Where it is.
    pub address: Option<String>,
    /// Where it is called.
    pub telephone: Option<String>,
    /// Where it is found on the net.
    pub website: Option<String>,
    /// Where it is paid.
    pub account: NewAccount,
}

/// A bank account as somebody wrote it, for as long as a fingerprint is made of it. It is never printed.
pub struct AccountNumber(String);

impl fmt::Debug for AccountNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccountNumber")
    }
}

impl AccountNumber {
    /// Reads one: digits, with spaces and hyphens between them.
    ///
    /// # Errors
    /// When it is none; what was written is not repeated.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let digits = close(text);
        let is_one = (6..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if is_one { Ok(Self(digits)) } else { Err(ParticularsRefusal::Account.into()) }
    }

    /// The digits, and nothing else: what a fingerprint is made of.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    #[must_use]
    pub fn under(&self, fingerprint: String) -> Account {
        let ending = self.0.chars().skip(self.0.len().saturating_sub(3)).collect();
        Account { fingerprint, ending }
    }
}

impl Particulars {
    /// Those of an organisation that has none on file.
    #[must_use]
    pub const fn none(organisation: OrganisationId) -> Self {
        Self { organisation, address: None, telephone: None, website: None, account: None, version: 1 }
    }

    /// Somebody who acts for the organisation keeps them. The event says which have changed, and never what they are.
    ///
    /// # Errors
    /// When one of them is none.
    pub fn keep(self, permit: &Permit, new: NewParticulars) -> Result<(Change, Self), Refusal> {
        let kept = Self {
            organisation: self.organisation,
            address: given(new.address).map(address).transpose()?,
            telephone: given(new.telephone).map(telephone).transpose()?,
            website: given(new.website).map(website).transpose()?,
            account: match new.account {
                NewAccount::AsItIs => self.account.clone(),
                NewAccount::None => None,
                NewAccount::Is(account) => Some(account),
            },
            version: self.version.saturating_add(1),
        };
        let changed = [
            (Particular::Address, self.address != kept.address),
            (Particular::Telephone, self.telephone != kept.telephone),
            (Particular::Website, self.website != kept.website),
            (Particular::Account, self.account != kept.account),
        ];
        let changed = changed.into_iter().filter(|(_, changed)| *changed).map(|(which, _)| which);
        let changed = changed.collect::<BTreeSet<_>>();
        let event = Event::ParticularsKept { organisation: kept.organisation, changed };
        Ok((Change::new(permit, event, vec![Write::Particulars(kept.clone())]), kept))
    }

    /// What the address is found by: its words, whatever their case and whatever stands between them.
    #[must_use]
    pub fn address_key(&self) -> Option<String> {
        let words = words(self.address.as_deref()?);
        (!words.is_empty()).then(|| hashed(&words.join(" ")))
    }

    /// What the telephone is found by: its digits; one of Hong Kong is the same with and without the code of the country.
    #[must_use]
    pub fn telephone_key(&self) -> Option<String> {
        let text = self.telephone.as_deref()?;
        let digits = text.chars().filter(char::is_ascii_digit).collect::<String>();
        let digits = digits.strip_prefix("00").unwrap_or(&digits);
        let own = digits.strip_prefix("852").filter(|rest| rest.len() == 8).unwrap_or(digits);
        Some(hashed(own))
    }

    /// The domain of the site; none of one at which anybody has a place.
    #[must_use]
    pub fn domain(&self) -> Option<String> {
        domain_of(self.website.as_deref()?).filter(|domain| !is_public(domain))
    }
}

/// What is written of an account without the spaces and hyphens that people put between its digits.
pub(crate) fn close(text: &str) -> String {
    text.chars().filter(|character| !matches!(character, ' ' | '-')).collect()
}

fn hashed(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

/// What is written without a word in it is not given.
fn given(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn address(text: String) -> Result<String, Refusal> {
    if text.chars().count() > ADDRESS_CHARACTERS_MAX {
        return Err(Refusal::TextLength { field: "/address", characters_max: ADDRESS_CHARACTERS_MAX });
    }
    storable("/address", &text)?;
    Ok(text)
}

fn telephone(text: String) -> Result<String, Refusal> {
    let plain = |character: char| character.is_ascii_digit() || matches!(character, ' ' | '-' | '(' | ')' | '.');
    let rest = text.strip_prefix('+').unwrap_or(&text);
    let digits = rest.chars().filter(char::is_ascii_digit).count();
    let is_one = rest.chars().all(plain) && (8..=15).contains(&digits) && text.len() <= 40;
    if is_one { Ok(text) } else { Err(ParticularsRefusal::Telephone.into()) }
}

fn website(text: String) -> Result<String, Refusal> {
    let is_one = text.chars().count() <= WEBSITE_CHARACTERS_MAX && domain_of(&text).is_some();
    if is_one { Ok(text) } else { Err(ParticularsRefusal::Website.into()) }
}

/// The domain in the address of a site, in lower case and without `www.`.
fn domain_of(website: &str) -> Option<String> {
    if website.chars().any(|character| character.is_whitespace() || character.is_control()) {
        return None;
    }
    let lower = website.to_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")).unwrap_or(&lower);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let domain = host.strip_prefix("www.").unwrap_or(host);
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|character| character.is_alphanumeric() || character == '-')
    };
    let is_one = domain.contains('.') && domain.len() <= 253 && domain.split('.').all(is_label);
    is_one.then(|| domain.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::{Actor, Role, Who};
    use crate::event::Subject;
    use crate::permission::Verb;
    use crate::sample::person;
    use uuid::Uuid;

    const OWN: OrganisationId = OrganisationId(Uuid::from_u128(2));

    fn permit() -> Permit {
        let roles = BTreeSet::from([Role::Applicant]);
        let actor =
            Actor { who: Who::Person(person(1)), roles, organisations: BTreeSet::from([OWN]), ..Actor::visitor() };
        actor.may_for_organisation(Verb::ParticularsKeep, Subject::Organisation(OWN), OWN).unwrap()
    }

    fn new(address: &str, telephone: &str, website: &str, account: NewAccount) -> NewParticulars {
        let some = |text: &str| Some(text.to_owned());
        NewParticulars { address: some(address), telephone: some(telephone), website: some(website), account }
    }

    fn kept(address: &str, telephone: &str, website: &str) -> Result<Particulars, Refusal> {
        let new = new(address, telephone, website, NewAccount::AsItIs);
        Particulars::none(OWN).keep(&permit(), new).map(|(_, kept)| kept)
    }

    #[test]
    fn what_means_the_same_is_found_by_the_same_key_and_nothing_is_guessed() {
        let key = |telephone: &str| kept("", telephone, "").unwrap().telephone_key();
        for same in ["2345 6789", "+852 2345 6789", "852-2345-6789", "(852) 2345.6789", "00852 23456789"] {
            assert_eq!(key(same), key("23456789"), "{same}");
        }
        for other in ["2345 6780", "+853 2345 6789", "+86 852 2345 6789"] {
            assert_ne!(key(other), key("23456789"), "{other}");
        }
        let key = |address: &str| kept(address, "", "").unwrap().address_key();
        assert_eq!(key("Flat 3, 12/F, Harbour Road"), key("FLAT 3 12/F. HARBOUR ROAD"));
        assert_ne!(key("Flat 3, 12/F, Harbour Road"), key("Flat 3, 12/F, Harbour Rd"));
        assert_eq!(key(" , "), None);
        let domain = |website: &str| kept("", "", website).unwrap().domain();
        for same in ["https://www.Optics.example.hk/about?x=1", "optics.example.hk", "http://optics.example.hk:8080"] {
            assert_eq!(domain(same).as_deref(), Some("optics.example.hk"), "{same}");
        }
        assert_eq!(domain("https://gmail.com"), None, "anybody has a place there");
    }

    #[test]
    fn what_is_no_particular_is_refused_and_what_is_blank_is_not_given() {
        assert_eq!(kept(" ", "", " ").unwrap(), Particulars { version: 2, ..Particulars::none(OWN) });
        for telephone in ["1234567", "1234567890123456", "2345 6789 ext 3", "23456789/23456780", "two"] {
            assert_eq!(kept("", telephone, ""), Err(ParticularsRefusal::Telephone.into()), "{telephone}");
        }
        for website in ["optics", "https://", "a@b.hk", "two words.hk", "https://.hk", "ftp://optics.hk"] {
            assert_eq!(kept("", "", website), Err(ParticularsRefusal::Website.into()), "{website}");
        }
        for account in ["12345", "123456789012345678901", "004-123-45A", ""] {
            assert_eq!(AccountNumber::read(account).unwrap_err(), ParticularsRefusal::Account.into(), "{account}");
        }
        let long = "x".repeat(ADDRESS_CHARACTERS_MAX);
        assert!(kept(&long, "", "").is_ok());
        assert_eq!(kept(&format!("{long}x"), "", "").unwrap_err().code(), "text.length");
        assert_eq!(kept("a\0b", "", "").unwrap_err().code(), "text.unstorable");
    }

    #[test]
    fn an_account_is_its_digits_and_shows_three_of_them_and_never_itself() {
        let number = AccountNumber::read("004-123 456789-001").unwrap();
        assert_eq!(number.digits(), "004123456789001");
        assert_eq!(number.under("f".to_owned()), Account { fingerprint: "f".to_owned(), ending: "001".to_owned() });
        assert_eq!(format!("{number:?}"), "AccountNumber");
    }

    #[test]
    fn the_event_says_which_have_changed_and_not_what_they_are() {
        let account = AccountNumber::read("004123456789").unwrap().under("f".repeat(64));
        let first = new("12 Harbour Road", "23456789", "optics.hk", NewAccount::Is(account.clone()));
        let (change, kept) = Particulars::none(OWN).keep(&permit(), first).unwrap();
        let written = serde_json::to_string(change.event()).unwrap();
        for value in ["Harbour", "2345", "optics.hk", "789", &"f".repeat(64)] {
            assert!(!written.contains(value), "{written}");
        }
        assert!(written.contains(r#""changed":["address","telephone","website","account"]"#), "{written}");
        let (change, kept) = kept.keep(&permit(), new("", "23456789", "optics.hk", NewAccount::AsItIs)).unwrap();
        let changed = BTreeSet::from([Particular::Address]);
        assert_eq!(*change.event(), Event::ParticularsKept { organisation: OWN, changed });
        assert_eq!((kept.account.as_ref(), kept.version), (Some(&account), 3));
        let (_, kept) = kept.keep(&permit(), new("", "", "", NewAccount::None)).unwrap();
        assert_eq!(kept.account, None);
    }
}
