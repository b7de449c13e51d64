//! People and the organisations that they act for.

use crate::actor::{Role, Who};
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{OrganisationId, PersonId};
use crate::permission::Permit;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The language in which a person is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[serde(rename = "en")]
    English,
    /// Traditional Chinese.
    #[serde(rename = "zh-Hant")]
    TraditionalChinese,
    /// Simplified Chinese.
    #[serde(rename = "zh-Hans")]
    SimplifiedChinese,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 3] = [Self::English, Self::TraditionalChinese, Self::SimplifiedChinese];

    /// The BCP 47 tag.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::TraditionalChinese => "zh-Hant",
            Self::SimplifiedChinese => "zh-Hans",
        }
    }

    /// The language with a tag.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }
}

/// A person who can sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Identity.
    pub id: PersonId,
    /// Address for signing in and for mail, in lower case.
    pub email: String,
    /// As people write it.
    pub name: String,
    /// The language of mail.
    pub language: Language,
    /// Roles held now.
    pub roles: BTreeSet<Role>,
    /// Whether the account may be used.
    pub active: bool,
}

/// An organisation that applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Identity.
    pub id: OrganisationId,
    /// As registered.
    pub name: String,
    /// Unique Business Identifier: eight digits, kept as text for its leading zeros.
    pub ubi: String,
}

/// What a registration asks for, already read and bounded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newcomer {
    /// The id that the person will have.
    pub id: PersonId,
    /// Address for signing in and for mail.
    pub email: String,
    /// As people write it.
    pub name: String,
    /// The language of mail.
    pub language: Language,
}

/// An e-mail address as it is stored and looked for: two ways to write one are one person.
#[must_use]
pub fn written_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// An address that mail can be sent to, as it is stored.
pub(crate) fn usable_email(written: &str) -> Result<String, Refusal> {
    let email = written_email(written);
    let (local, domain) = email.split_once('@').unwrap_or_default();
    let plain = email.chars().all(|character| !character.is_whitespace() && !character.is_control());
    if local.is_empty() || !domain.contains('.') || domain.contains('@') || !plain || email.len() > 254 {
        return Err(Refusal::EmailNotAnAddress);
    }
    Ok(email)
}

/// A Unique Business Identifier: eight digits.
pub(crate) fn ubi(written: &str) -> Result<String, Refusal> {
    let is_ubi = written.len() == 8 && written.bytes().all(|byte| byte.is_ascii_digit());
    if is_ubi { Ok(written.to_owned()) } else { Err(Refusal::UbiNotEightDigits) }
}

/// A business identifier and the name that goes with it, as they are stored.
pub(crate) fn usable_organisation(written: &str, name: &str) -> Result<(String, String), Refusal> {
    Ok((ubi(written)?, bounded_name(name)?))
}

impl Newcomer {
    fn person(self, roles: BTreeSet<Role>) -> Result<Person, Refusal> {
        let email = usable_email(&self.email)?;
        let name = bounded_name(&self.name)?;
        Ok(Person { id: self.id, email, name, language: self.language, roles, active: true })
    }
}

fn bounded_name(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(Refusal::NameNotUsable);
    }
    Ok(name.to_owned())
}

/// What somebody who registers asks for, in words that can be used: an account, and an organisation to act for, where there is one.
/// Whoever was invited as a colleague needs none of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    person: Person,
    organisation: Option<Organisation>,
}

impl Registration {
    /// Reads it.
    ///
    /// # Errors
    /// When the address, a name or the business identifier cannot be used.
    pub fn read(newcomer: Newcomer, organisation: Option<(OrganisationId, &str, &str)>) -> Result<Self, Refusal> {
        let person = newcomer.person(BTreeSet::from([Role::Applicant]))?;
        let read = |(id, name, ubi): (OrganisationId, &str, &str)| {
            usable_organisation(ubi, name).map(|(ubi, name)| Organisation { id, name, ubi })
        };
        Ok(Self { person, organisation: organisation.map(read).transpose()? })
    }

    /// The address, as it is looked for.
    #[must_use]
    pub fn email(&self) -> &str {
        &self.person.email
    }

    /// Whose account it is: that of whoever has the address already, or a new one.
    #[must_use]
    pub fn person(&self, known: Option<&Person>) -> PersonId {
        known.unwrap_or(&self.person).id
    }
}

/// Somebody registers. Whether their address is known makes no other difference than that there is an account already: a link is
/// mailed, and the organisation comes to be when it is used.
#[must_use]
pub fn register(permit: &Permit, registration: Registration, known: Option<&Person>) -> Change {
    let id = registration.person(known);
    let Registration { person, organisation } = registration;
    let event =
        Event::PersonRegistered { person: id, organisation: organisation.as_ref().map(|organisation| organisation.id) };
    let account = if known.is_none() { Some(Write::NewPerson(person)) } else { None };
    let registered = organisation.map(|organisation| Write::Registration { person: id, organisation });
    Change::new(permit, event, account.into_iter().chain(registered).collect())
}

/// The link of a registration is used: the organisation comes to be, and the person acts for it.
#[must_use]
pub fn confirm(permit: &Permit, person: PersonId, organisation: Organisation) -> Change {
    let event = Event::OrganisationRegistered { person, organisation: organisation.id };
    let membership = Write::Membership { person, organisation: organisation.id };
    Change::new(permit, event, vec![Write::NewOrganisation(organisation), membership])
}

/// An administrator, or the console for the first one, adds a person with roles.
///
/// # Errors
/// When the address or the name cannot be used, or no role is given.
pub fn invite(permit: &Permit, newcomer: Newcomer, roles: BTreeSet<Role>) -> Result<Change, Refusal> {
    if roles.is_empty() {
        return Err(Refusal::NoRole);
    }
    let person = newcomer.person(roles)?;
    let event = Event::PersonInvited { person: person.id, roles: person.roles.clone() };
    Ok(Change::new(permit, event, vec![Write::NewPerson(person)]))
}

/// An administrator changes what a person may be, or closes the account. Nobody changes their own.
///
/// # Errors
/// When it is one's own account, or an active person is left without a role.
pub fn change_roles(
    permit: &Permit,
    mut person: Person,
    roles: BTreeSet<Role>,
    active: bool,
) -> Result<Change, Refusal> {
    if permit.who() == Who::Person(person.id) {
        return Err(Refusal::OwnAccount);
    }
    if active && roles.is_empty() {
        return Err(Refusal::NoRole);
    }
    person.roles = roles;
    person.active = active;
    let event = Event::PersonRolesChanged { person: person.id, roles: person.roles.clone(), active };
    Ok(Change::new(permit, event, vec![Write::Person(person)]))
}

/// Whether a text is the code of an authority.
#[must_use]
pub fn is_authority(code: &str) -> bool {
    !code.is_empty() && code.len() <= 60 && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// An administrator says under which authorities an approver may approve. Nobody gives one to themselves.
///
/// # Errors
/// When it is one's own account, or a code is not one.
pub fn grant_authorities(permit: &Permit, person: &Person, authorities: BTreeSet<String>) -> Result<Change, Refusal> {
    if permit.who() == Who::Person(person.id) {
        return Err(Refusal::OwnAccount);
    }
    if !authorities.iter().all(|code| is_authority(code)) {
        return Err(Refusal::AuthorityCode);
    }
    let event = Event::PersonAuthoritiesGranted { person: person.id, authorities: authorities.clone() };
    Ok(Change::new(permit, event, vec![Write::Authorities { person: person.id, authorities }]))
}

/// Somebody who cannot sign in asks for a link to choose a password; it is mailed, never shown.
#[must_use]
pub fn request_password_link(permit: &Permit, person: &Person) -> Change {
    Change::new(permit, Event::PersonPasswordLinkRequested { person: person.id }, Vec::new())
}

/// The shortest password, in characters, as NIST SP 800-63B-4 asks where it is the only factor.
pub const PASSWORD_CHARACTERS_MIN: usize = 15;
/// The longest password, in characters: long enough for any passphrase, short enough to hash.
pub const PASSWORD_CHARACTERS_MAX: usize = 128;

/// A person chooses a password with a token that was mailed to them. The hash is made outside; here is what may be hashed.
///
/// # Errors
/// When it is too short, too long, or contains the person's own address or name.
pub fn check_password(person: &Person, password: &str) -> Result<(), Refusal> {
    let characters = password.chars().count();
    if !(PASSWORD_CHARACTERS_MIN..=PASSWORD_CHARACTERS_MAX).contains(&characters) {
        return Err(Refusal::PasswordLength);
    }
    let lower = password.to_lowercase();
    let local = person.email.split('@').next().unwrap_or_default();
    if lower.contains(&person.name.to_lowercase()) || (local.len() > 3 && lower.contains(local)) {
        return Err(Refusal::PasswordGuessable);
    }
    Ok(())
}

/// The password has been set; what it is stays outside the event.
#[must_use]
pub fn password_set(permit: &Permit, person: PersonId, hash: String) -> Change {
    Change::new(permit, Event::PersonPasswordSet { person }, vec![Write::Password { person, hash }])
}
