//! People: register, invite, look after, and let choose a password.

use super::sessions::{can_be_somebodys, later};
use super::{Error, must_be_current, no_token};
use crate::access::{Access, RandomToken};
use crate::store::people::StoredPerson;
use crate::store::sessions::EndedBecause;
use crate::store::{Db, Moment, Reader, Tx, password_tokens, people, sessions};
use chrono::TimeDelta;
use rules::actor::{Actor, Role};
use rules::event::Subject;
use rules::ids::{OrganisationId, PersonId};
use rules::permission::Verb;
use rules::person::{self, Language, Newcomer, Person, Registration, written_email};
use rules::refusal::Refusal;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What somebody writes about themselves.
pub struct Introduction {
    /// Address for signing in and for mail.
    pub email: String,
    /// As people write it.
    pub name: String,
    /// The language of mail.
    pub language: Language,
}

impl Introduction {
    fn newcomer(self, id: PersonId) -> Newcomer {
        Newcomer { id, email: self.email, name: self.name, language: self.language }
    }
}

/// Reads a registration. Nothing is asked of the database: whether it can be used depends on its words alone.
///
/// # Errors
/// When the address, a name or the business identifier cannot be used.
pub fn read_registration(
    introduction: Introduction,
    organisation: Option<(&str, &str)>,
) -> Result<Registration, Error> {
    let newcomer = introduction.newcomer(PersonId(Uuid::now_v7()));
    let organisation = organisation.map(|(name, ubi)| (OrganisationId(Uuid::now_v7()), name, ubi));
    Ok(Registration::read(newcomer, organisation)?)
}

/// Registers a person, and the organisation that they will act for once they have used the link that is mailed to them. Whether
/// the address or the business identifier is known already is told to nobody; a closed account stays closed.
///
/// # Errors
/// When the house fails.
pub async fn register(tx: &mut Tx<'_>, registration: Registration) -> Result<(), Error> {
    let known = people::find_by_email(tx, registration.email()).await?.map(|(known, _)| known.person);
    if known.as_ref().is_some_and(|person| !person.active) {
        return Ok(());
    }
    let permit = Actor::visitor().may_to_person(Verb::PersonRegister, registration.person(known.as_ref()))?;
    Ok(tx.record(&person::register(&permit, registration, known.as_ref())).await?)
}

/// What was registered comes to be: the person has proved that the address is theirs.
async fn confirm(tx: &mut Tx<'_>, person: PersonId, registered: OrganisationId) -> Result<(), Error> {
    let organisation = people::registration(tx, registered).await?.ok_or(Refusal::PasswordLinkSpent)?;
    // Whoever proved it first has it; the identifier may have been registered since the letter was written, or before.
    if people::is_registered(tx, &organisation.ubi).await? {
        return Err(Refusal::AlreadyRegistered.into());
    }
    let permit = Actor::visitor().may_to_person(Verb::PersonRegister, person)?;
    Ok(tx.record(&person::confirm(&permit, person, organisation)).await?)
}

/// Adds a person with roles; they choose their password through a link that is mailed to them.
///
/// # Errors
/// When the actor may not, the address is somebody's already, or no role is given.
pub async fn invite(
    tx: &mut Tx<'_>,
    actor: &Actor,
    introduction: Introduction,
    roles: BTreeSet<Role>,
) -> Result<StoredPerson, Error> {
    let id = PersonId(Uuid::now_v7());
    let permit = actor.may_to_person(Verb::PersonInvite, id)?;
    let email = written_email(&introduction.email);
    let change = person::invite(&permit, introduction.newcomer(id), roles)?;
    if people::find_by_email(tx, &email).await?.is_some() {
        return Err(Refusal::AlreadyRegistered.into());
    }
    tx.record(&change).await?;
    Ok(people::find(tx, id).await?.ok_or(Refusal::NotFound)?)
}

/// One person.
///
/// # Errors
/// When the actor may not see people, or there is nobody.
pub async fn read(reader: &mut Reader, actor: &Actor, id: PersonId) -> Result<StoredPerson, Error> {
    actor.may_to_person(Verb::PersonRead, id)?;
    Ok(people::find(reader, id).await?.ok_or(Refusal::NotFound)?)
}

/// People in the order in which they came, after one of them.
///
/// # Errors
/// When the actor may not see people.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    after: Option<PersonId>,
    limit: i64,
) -> Result<Vec<StoredPerson>, Error> {
    actor.may(Verb::PersonRead, Subject::House)?;
    Ok(people::page(reader, after, limit).await?)
}

/// Changes what a person may be, or closes or opens the account. Closing ends every session at once.
///
/// # Errors
/// When the actor may not, it is their own account, or somebody else has changed it since.
pub async fn change_roles(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: PersonId,
    version: i32,
    roles: BTreeSet<Role>,
    active: bool,
) -> Result<StoredPerson, Error> {
    let permit = actor.may_to_person(Verb::PersonChangeRoles, id)?;
    let stored = people::lock(tx, id).await?.ok_or(Refusal::NotFound)?;
    must_be_current(version, stored.version)?;
    let change = person::change_roles(&permit, stored.person, roles, active)?;
    tx.record(&change).await?;
    if !active {
        sessions::end_all(tx, id, EndedBecause::AccountChanged).await?;
    }
    Ok(people::find(tx, id).await?.ok_or(Refusal::NotFound)?)
}

/// The authorities under which a person may approve.
///
/// # Errors
/// When the actor may not see people, or there is nobody.
pub async fn authorities(reader: &mut Reader, actor: &Actor, id: PersonId) -> Result<(BTreeSet<String>, i32), Error> {
    let version = read(reader, actor, id).await?.version;
    Ok((people::authorities(reader, id).await?, version))
}

/// Says under which authorities a person may approve: all of them, from now on.
///
/// # Errors
/// When the actor may not, it is their own account, or somebody else has changed it since.
pub async fn grant_authorities(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: PersonId,
    version: i32,
    authorities: BTreeSet<String>,
) -> Result<i32, Error> {
    let permit = actor.may_to_person(Verb::PersonGrantAuthorities, id)?;
    let stored = people::lock(tx, id).await?.ok_or(Refusal::NotFound)?;
    must_be_current(version, stored.version)?;
    tx.record(&person::grant_authorities(&permit, &stored.person, authorities)?).await?;
    Ok(people::find(tx, id).await?.ok_or(Refusal::NotFound)?.version)
}

/// Somebody asks for a link to choose a password. Whether the address is anybody's is not told.
///
/// # Errors
/// When the house fails.
pub async fn request_password_link(tx: &mut Tx<'_>, email: &str) -> Result<(), Error> {
    let email = written_email(email);
    if !can_be_somebodys(&email) {
        return Ok(());
    }
    match people::find_by_email(tx, &email).await? {
        Some((known, _)) => send_password_link(tx, &known.person).await,
        None => Ok(()),
    }
}

async fn send_password_link(tx: &mut Tx<'_>, person: &Person) -> Result<(), Error> {
    if !person.active {
        return Ok(());
    }
    let permit = Actor::visitor().may_to_person(Verb::PersonRequestPasswordLink, person.id)?;
    Ok(tx.record(&person::request_password_link(&permit, person)).await?)
}

/// A new token for a link to choose a password, which may prove a registration. It is made when the letter is written, so that it
/// is stored nowhere but as a hash.
///
/// # Errors
/// When the house fails.
pub async fn new_password_token(
    tx: &mut Tx<'_>,
    person: PersonId,
    proves: Option<OrganisationId>,
    lifetime: TimeDelta,
) -> Result<String, Error> {
    let token = RandomToken::generate().map_err(no_token)?;
    let expires_at = later(tx.moment.recorded_at, lifetime);
    password_tokens::add(tx, person, proves, &token.hash, expires_at).await?;
    Ok(token.text)
}

/// Chooses a password with a token from a link. Every session of the person ends, and every other link. Where the link proves a
/// registration, the organisation comes to be.
///
/// # Errors
/// When the link cannot be used any more, the password is too short, too long or easy to guess, or the business identifier is
/// registered by now.
pub async fn set_password(
    db: &Db,
    access: &Access,
    moment: Moment,
    token: &str,
    password: SecretString,
) -> Result<(), Error> {
    let token = RandomToken::hash(token);
    let person = {
        let mut reader = db.reader().await?;
        let found = password_tokens::find(&mut reader, &token, moment.recorded_at).await?;
        let id = found.ok_or(Refusal::PasswordLinkSpent)?;
        people::find(&mut reader, id).await?.ok_or(Refusal::PasswordLinkSpent)?.person
    };
    // The connection has been given back: hashing takes its time.
    let hash = usable_hash(access, &person, password).await?;
    db.write(moment, async |tx: &mut Tx<'_>| {
        let stored = people::lock(tx, person.id).await?.ok_or(Refusal::PasswordLinkSpent)?;
        let used = password_tokens::use_up(tx, &token).await?.filter(|_| stored.person.active);
        if let Some(registered) = used.ok_or(Refusal::PasswordLinkSpent)?.proves {
            confirm(tx, person.id, registered).await?;
        }
        record_password(tx, person.id, hash).await
    })
    .await?;
    access.failures.forget(&person.email);
    Ok(())
}

/// The hash of a password that a person may have.
///
/// # Errors
/// When it is too short, too long or easy to guess.
pub async fn usable_hash(access: &Access, person: &Person, password: SecretString) -> Result<String, Error> {
    person::check_password(person, password.expose_secret())?;
    if access.passwords.is_guessable(person.clone(), password.clone()).await? {
        return Err(Refusal::PasswordGuessable.into());
    }
    Ok(access.passwords.hash(password).await?)
}

/// Records a new password and ends what the old one opened.
///
/// # Errors
/// When the house fails.
pub async fn record_password(tx: &mut Tx<'_>, person: PersonId, hash: String) -> Result<(), Error> {
    let permit = Actor::visitor().may_to_person(Verb::PersonSetPassword, person)?;
    tx.record(&person::password_set(&permit, person, hash)).await?;
    password_tokens::spend_all(tx, person).await?;
    Ok(sessions::end_all(tx, person, EndedBecause::PasswordSet).await?)
}
