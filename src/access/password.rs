//! Passwords: hashed with argon2id (the crate's default is what OWASP asks), and refused when they are easy to guess.
//!
//! A hash takes 19 MiB and a whole core for a while. So at most as many run at once as there are cores, the others wait a
//! few seconds, and then the caller is told to come back: unbounded, a storm of sign-ins took the server's memory.

use super::argon::Memory;
use argon2::Params;
use argon2::password_hash::phc::PasswordHash;
use rules::person::Person;
use secrecy::{ExposeSecret, SecretString};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// How long a caller waits for a core.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why a password could not be hashed or verified.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// All cores are hashing, and others were here first.
    #[error("too many people sign in at this moment")]
    Busy,
    /// The hash function failed, or a stored hash cannot be read.
    #[error("a password could not be hashed: {0}")]
    Hash(String),
}

impl From<argon2::password_hash::Error> for PasswordError {
    fn from(error: argon2::password_hash::Error) -> Self {
        Self::Hash(error.to_string())
    }
}

/// How a password compares to a stored hash.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the one.
    Right,
    /// It is the one, and its hash was made with older parameters: here is a new one.
    RightAndRehashed(String),
    /// It is not.
    Wrong,
}

/// Hashes and verifies.
pub struct Passwords {
    cores: Arc<Semaphore>,
    /// Of those who are not hashing at this moment.
    memories: Arc<Mutex<Vec<Memory>>>,
    score_min: u8,
    nobodys: String,
}

impl Passwords {
    /// As many at once as there are cores.
    ///
    /// # Errors
    /// When nothing can be hashed.
    pub fn new(score_min: u8) -> Result<Self, PasswordError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut memory = Memory::default();
        let nobodys = memory.hash(b"the password of nobody")?;
        let memories = Arc::new(Mutex::new(vec![memory]));
        Ok(Self { cores: Arc::new(Semaphore::new(cores)), memories, score_min, nobodys })
    }

    /// The hash of a password, to be stored.
    ///
    /// # Errors
    /// When no core is free in time.
    pub async fn hash(&self, password: SecretString) -> Result<String, PasswordError> {
        self.on_a_core(move |memory| Ok(memory.hash(password.expose_secret().as_bytes())?)).await
    }

    /// Compares a password to a stored hash. Where there is none, because nobody has this address or no password was chosen,
    /// it takes as long and is wrong.
    ///
    /// # Errors
    /// When no core is free in time, or the stored hash cannot be read.
    pub async fn verify(&self, password: SecretString, stored: Option<String>) -> Result<Verdict, PasswordError> {
        let (stored, somebodys) = match stored {
            Some(stored) => (stored, true),
            None => (self.nobodys.clone(), false),
        };
        self.on_a_core(move |memory| verify(memory, &password, &stored, somebodys)).await
    }

    /// Whether a person's password is on a list of common ones or one of their variations.
    ///
    /// # Errors
    /// When no core is free in time.
    pub async fn is_guessable(&self, person: Person, password: SecretString) -> Result<bool, PasswordError> {
        let score_min = self.score_min;
        self.on_a_core(move |_| {
            let known = [person.email.as_str(), person.name.as_str(), "almoner"];
            Ok(u8::from(zxcvbn::zxcvbn(password.expose_secret(), &known).score()) < score_min)
        })
        .await
    }

    async fn on_a_core<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let core = tokio::time::timeout(PATIENCE, Arc::clone(&self.cores).acquire_owned()).await;
        let Ok(Ok(core)) = core else { return Err(PasswordError::Busy) };
        let memories = Arc::clone(&self.memories);
        let done = spawn_blocking(move || {
            let mut memory = memories.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            let result = work(&mut memory);
            memories.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
            // Given back by the thread and not by the caller, who may have gone away.
            drop(core);
            result
        });
        done.await.unwrap_or_else(|error| Err(PasswordError::Hash(error.to_string())))
    }
}

fn verify(
    memory: &mut Memory,
    password: &SecretString,
    stored: &str,
    somebodys: bool,
) -> Result<Verdict, PasswordError> {
    let parsed = PasswordHash::new(stored).map_err(|error| PasswordError::Hash(error.to_string()))?;
    let password = password.expose_secret().as_bytes();
    let right = memory.is_of(&parsed, password)?;
    if !(right && somebodys) {
        return Ok(Verdict::Wrong);
    }
    let current = Params::try_from(&parsed).is_ok_and(|params| {
        let default = Params::default();
        (params.m_cost(), params.t_cost(), params.p_cost()) == (default.m_cost(), default.t_cost(), default.p_cost())
    });
    if current && parsed.algorithm.as_str() == "argon2id" {
        return Ok(Verdict::Right);
    }
    Ok(Verdict::RightAndRehashed(memory.hash(password)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::Argon2;
    use argon2::password_hash::{PasswordHasher, PasswordVerifier};
    use futures_util::future::join_all;
    use rules::ids::PersonId;
    use rules::person::Language;
    use std::collections::BTreeSet;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[tokio::test]
    async fn only_the_right_password_of_somebody_is_right() {
        let passwords = Passwords::new(3).unwrap();
        let stored = passwords.hash(secret("correct horse battery staple")).await.unwrap();
        let verify = |password: &str, stored: Option<String>| passwords.verify(secret(password), stored);
        assert_eq!(verify("correct horse battery staple", Some(stored.clone())).await.unwrap(), Verdict::Right);
        assert_eq!(verify("correct horse battery stable", Some(stored)).await.unwrap(), Verdict::Wrong);
        assert_eq!(verify("the password of nobody", None).await.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn however_many_sign_in_there_is_memory_for_one_hash_on_each_core() {
        let passwords = Passwords::new(3).unwrap();
        join_all((0..20).map(|_| passwords.verify(secret("wrong"), None))).await;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        assert!(passwords.memories.lock().unwrap().len() <= cores);
    }

    #[tokio::test]
    async fn what_is_stored_is_read_by_others_and_what_they_store_is_read_here() {
        let passwords = Passwords::new(3).unwrap();
        let ours = passwords.hash(secret("correct horse battery staple")).await.unwrap();
        assert!(ours.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{ours}");
        let parsed = PasswordHash::new(&ours).unwrap();
        assert!(Argon2::default().verify_password(b"correct horse battery staple", &parsed).is_ok());
        let theirs = Argon2::default().hash_password(b"correct horse battery staple").unwrap().to_string();
        let verdict = passwords.verify(secret("correct horse battery staple"), Some(theirs)).await;
        assert_eq!(verdict.unwrap(), Verdict::Right);
    }

    #[tokio::test]
    async fn a_hash_with_older_parameters_is_made_anew() {
        let passwords = Passwords::new(3).unwrap();
        let older =
            Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, Params::new(8192, 1, 1, None).unwrap());
        let stored = older.hash_password(b"correct horse battery staple").unwrap().to_string();
        let verdict = passwords.verify(secret("correct horse battery staple"), Some(stored)).await.unwrap();
        let Verdict::RightAndRehashed(renewed) = verdict else { panic!("{verdict:?}") };
        assert_eq!(
            passwords.verify(secret("correct horse battery staple"), Some(renewed)).await.unwrap(),
            Verdict::Right
        );
    }

    #[tokio::test]
    async fn a_common_password_is_guessable_however_long() {
        let passwords = Passwords::new(3).unwrap();
        let person = Person {
            id: PersonId(uuid::Uuid::nil()),
            email: "chan.tai.man@example.hk".to_owned(),
            name: "Chan Tai Man".to_owned(),
            language: Language::English,
            roles: BTreeSet::new(),
            active: true,
        };
        for (password, guessable) in [
            ("passwordpassword", true),
            ("Passw0rd1234567", true),
            ("aaaaaaaaaaaaaaaaaaaa", true),
            ("qwertyuiopasdfgh", true),
            ("kettle orbit mango seventeen", false),
        ] {
            assert_eq!(
                passwords.is_guessable(person.clone(), secret(password)).await.unwrap(),
                guessable,
                "{password}"
            );
        }
    }
}
