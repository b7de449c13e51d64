//! Who somebody is, proved: passwords, tokens, and the brakes on guessing either. No database and no HTTP.

mod argon;
mod brake;
mod fingerprint;
mod key;
mod password;
mod place;
mod seal;
mod token;

pub use brake::{Failures, Rate};
pub use fingerprint::{AccountKey, NotAnAccountKey};
pub use key::{NotAKey, PublicKey, RandomToken, SigningKey};
pub use password::{PasswordError, Passwords, Verdict};
pub use place::{Place, Reads, SealedPlace};
pub use seal::{NotSealKeys, SealError, SealKeys};
pub use token::{Claims, Tokens};

use crate::settings::Settings;
use chrono::TimeDelta;

/// What signing in needs, one for the whole process.
pub struct Access {
    /// Access tokens.
    pub tokens: Tokens,
    /// Password hashes.
    pub passwords: Passwords,
    /// Wrong passwords in a row, by account.
    pub failures: Failures,
    /// Makes fingerprints of bank accounts, and seals places in lists.
    pub account_key: AccountKey,
    /// Seal and open where organisations are paid.
    pub seal_keys: SealKeys,
    /// How many days after its confirmation such an account is used.
    pub account_hold_days: u32,
    /// How long a session lasts without a refresh.
    pub session_idle: TimeDelta,
    /// How long a session lasts in all.
    pub session_lifetime: TimeDelta,
    /// How long a link to choose a password holds.
    pub link_lifetime: TimeDelta,
}

/// Why access cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The system gives no randomness.
    #[error("the system gives no randomness: {0}")]
    Randomness(#[from] getrandom::Error),
    /// The signing key cannot be used.
    #[error("the signing key cannot be used: {0}")]
    Key(#[from] ed25519_dalek::pkcs8::Error),
    /// Passwords cannot be hashed.
    #[error(transparent)]
    Password(#[from] PasswordError),
}

impl Access {
    /// Set up as the settings say.
    ///
    /// # Errors
    /// When the system gives no randomness or a key cannot be used.
    pub fn new(settings: &Settings) -> Result<Self, AccessError> {
        let tokens = &settings.tokens;
        let key = match &tokens.signing_key {
            Some(key) => key.clone(),
            None => SigningKey::generate()?,
        };
        let issuer = settings.http.public_url.as_str();
        Ok(Self {
            tokens: Tokens::new(&key, &tokens.former_keys, issuer, &tokens.audience, tokens.lifetime)?,
            passwords: Passwords::new(settings.passwords.score_min)?,
            failures: Failures::new(settings.sign_in.failures_free, settings.sign_in.wait_max),
            account_key: settings.particulars.account_key.clone().unwrap_or_else(AccountKey::of_development),
            seal_keys: settings.payments.seal_keys.clone().unwrap_or_else(SealKeys::of_development),
            account_hold_days: settings.payments.account_hold_days,
            session_idle: span(settings.sessions.idle),
            session_lifetime: span(settings.sessions.lifetime),
            link_lifetime: span(settings.passwords.link_lifetime),
        })
    }
}

/// Settings are bounded far below what a span can hold.
fn span(duration: std::time::Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}
