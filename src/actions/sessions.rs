//! Sessions: sign in, go on, sign out. A session is a family of refresh tokens; using one of them twice ends it.

use super::{Error, Unproven, case, no_token};
use crate::access::{Access, RandomToken, Verdict};
use crate::store::sessions::{EndedBecause, PresentedToken};
use crate::store::{Db, Moment, Reader, Tx, sessions};
use chrono::{DateTime, TimeDelta, Utc};
use rules::actor::Actor;
use rules::ids::PersonId;
use rules::person::written_email;
use secrecy::SecretString;
use uuid::Uuid;

/// What somebody who has proved who they are gets.
pub struct Opened {
    /// Short: shown with each request.
    pub access_token: String,
    /// Long, and for one use.
    pub refresh_token: String,
    /// When the session ends at the latest.
    pub expires_at: DateTime<Utc>,
}

/// The person in a session as an actor, with what they may be at this moment; `None` when the session or the account is closed.
///
/// # Errors
/// When the database fails.
pub async fn actor(
    reader: &mut Reader,
    session: Uuid,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<Option<Actor>, Error> {
    match sessions::actor(reader, session, person, now).await? {
        Some(actor) => Ok(Some(case::kept_from(reader, actor).await?)),
        None => Ok(None),
    }
}

/// Whether an address can be somebody's at all: none is longer than mail can be sent to, and the database keeps no U+0000.
pub(super) fn can_be_somebodys(email: &str) -> bool {
    email.len() <= 254 && !email.contains('\0')
}

/// Signs a person in.
///
/// The connection is given back before hashing, and everything is done alike for an address that nobody has.
///
/// # Errors
/// When address and password do not belong together, too many wrong ones came before, or the house fails.
pub async fn sign_in(
    db: &Db,
    access: &Access,
    moment: Moment,
    email: &str,
    password: SecretString,
) -> Result<Opened, Error> {
    let email = written_email(email);
    if !can_be_somebodys(&email) {
        return Err(Unproven::Credentials.into());
    }
    access.failures.try_now(&email, moment.recorded_at).map_err(|seconds| Error::Wait { seconds })?;
    let looked_at = look_at(db, access, &email, password).await;
    if looked_at.is_err() {
        access.failures.take_back(&email);
    }
    let (person, stored, verdict) = looked_at?;
    let (Some(person), Some(stored)) = (person, stored) else { return Err(Unproven::Credentials.into()) };
    if verdict == Verdict::Wrong {
        tracing::warn!(%person, "wrong password");
        return Err(Unproven::Credentials.into());
    }
    access.failures.forget(&email);
    db.write(moment, async |tx: &mut Tx<'_>| begin(tx, access, person, &stored, verdict).await).await
}

/// Whose address it is, the hash that is stored, and whether the password fits it.
async fn look_at(
    db: &Db,
    access: &Access,
    email: &str,
    password: SecretString,
) -> Result<(Option<PersonId>, Option<String>, Verdict), Error> {
    let found = sessions::credentials(&mut db.reader().await?, email).await?;
    let (person, stored) = found.map_or((None, None), |(person, stored)| (Some(person), stored));
    let verdict = access.passwords.verify(password, stored.clone()).await?;
    Ok((person, stored, verdict))
}

async fn begin(
    tx: &mut Tx<'_>,
    access: &Access,
    person: PersonId,
    stored: &str,
    verdict: Verdict,
) -> Result<Opened, Error> {
    if !sessions::still_proved(tx, person, stored).await? {
        return Err(Unproven::Credentials.into());
    }
    if let Verdict::RightAndRehashed(renewed) = verdict {
        sessions::rehash(tx, person, stored, &renewed).await?;
    }
    let session = Uuid::now_v7();
    let expires_at = later(tx.moment.recorded_at, access.session_lifetime);
    let refresh_token = RandomToken::generate().map_err(no_token)?;
    sessions::begin(tx, session, person, expires_at, &refresh_token.hash).await?;
    let access_token = access.tokens.issue(person, session, tx.moment.recorded_at).map_err(no_token)?;
    tracing::info!(%person, %session, "signed in");
    Ok(Opened { access_token, refresh_token: refresh_token.text, expires_at })
}

/// Goes on with a session: its refresh token is used up and the next one is given.
///
/// # Errors
/// When the session has ended. One whose token comes a second time ends now: somebody else has it as well.
pub async fn refresh(db: &Db, access: &Access, moment: Moment, refresh_token: &str) -> Result<Opened, Error> {
    let hash = RandomToken::hash(refresh_token);
    // Ending a session must be committed, so the transaction succeeds either way.
    let opened = db.write(moment, async |tx: &mut Tx<'_>| go_on(tx, access, &hash).await).await?;
    opened.ok_or_else(|| Unproven::Session.into())
}

async fn go_on(tx: &mut Tx<'_>, access: &Access, hash: &[u8; 32]) -> Result<Option<Opened>, Error> {
    let Some(presented) = sessions::lock(tx, hash).await? else { return Ok(None) };
    let session = presented.session;
    if presented.used_at.is_some() {
        sessions::end(tx, session, EndedBecause::TokenReused).await?;
        tracing::warn!(person = %presented.person, %session, "a refresh token came a second time: the session has been ended");
        return Ok(None);
    }
    if !holds(&presented, access.session_idle, tx.moment.recorded_at) {
        return Ok(None);
    }
    let next = RandomToken::generate().map_err(no_token)?;
    sessions::rotate(tx, session, hash, &next.hash).await?;
    let access_token =
        access.tokens.issue(PersonId(presented.person), session, tx.moment.recorded_at).map_err(no_token)?;
    Ok(Some(Opened { access_token, refresh_token: next.text, expires_at: presented.expires_at }))
}

fn holds(presented: &PresentedToken, idle: TimeDelta, now: DateTime<Utc>) -> bool {
    presented.active == Some(true)
        && presented.ended_at.is_none()
        && now < presented.expires_at
        && now < later(presented.refreshed_at, idle)
}

/// Signs out: the session and all its tokens end.
///
/// # Errors
/// When the database fails.
pub async fn sign_out(tx: &mut Tx<'_>, session: Uuid) -> Result<(), Error> {
    Ok(sessions::end(tx, session, EndedBecause::SignedOut).await?)
}

pub(super) fn later(from: DateTime<Utc>, span: TimeDelta) -> DateTime<Utc> {
    from.checked_add_signed(span).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_holds_until_it_is_idle_too_long_expires_ends_or_its_account_is_closed() {
        let at = |minutes: i64| DateTime::from_timestamp(minutes * 60, 0).unwrap();
        let fresh = PresentedToken {
            session: Uuid::nil(),
            person: Uuid::nil(),
            active: Some(true),
            used_at: None,
            refreshed_at: at(0),
            expires_at: at(720),
            ended_at: None,
        };
        let idle = TimeDelta::minutes(120);
        assert!(holds(&fresh, idle, at(119)));
        assert!(!holds(&fresh, idle, at(120)));
        assert!(!holds(&PresentedToken { refreshed_at: at(700), ..fresh }, idle, at(720)));
        assert!(!holds(&PresentedToken { ended_at: Some(at(1)), ..fresh }, idle, at(2)));
        assert!(!holds(&PresentedToken { active: Some(false), ..fresh }, idle, at(2)));
    }
}
