//! The keys of access tokens, and the random tokens of refreshes and links.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ed25519_dalek::VerifyingKey;
use ed25519_dalek::pkcs8::{DecodePrivateKey, DecodePublicKey};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// The private key that signs access tokens. It is never printed.
#[derive(Clone)]
pub struct SigningKey {
    pub(super) private: ed25519_dalek::SigningKey,
    public: PublicKey,
}

/// A public key that access tokens are verified with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(pub(super) VerifyingKey);

/// The text is not an Ed25519 key in PEM.
#[derive(Debug, thiserror::Error)]
#[error("not an Ed25519 key in PEM")]
pub struct NotAKey;

impl SigningKey {
    /// A new key, for development.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)?;
        Ok(ed25519_dalek::SigningKey::from_bytes(&seed).into())
    }

    /// What the key of the tests is made from.
    pub const SEED_OF_THE_TESTS: &[u8; 32] = b"almoner: known to everybody, 32b";

    /// The key that tests sign with; production refuses it.
    #[must_use]
    pub fn of_the_tests() -> Self {
        ed25519_dalek::SigningKey::from_bytes(Self::SEED_OF_THE_TESTS).into()
    }

    /// The key that verifies what this one signs.
    #[must_use]
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }
}

impl From<ed25519_dalek::SigningKey> for SigningKey {
    fn from(private: ed25519_dalek::SigningKey) -> Self {
        Self { public: PublicKey(private.verifying_key()), private }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SigningKey({})", self.public.thumbprint())
    }
}

impl FromStr for SigningKey {
    type Err = NotAKey;

    fn from_str(pem: &str) -> Result<Self, NotAKey> {
        ed25519_dalek::SigningKey::from_pkcs8_pem(pem.trim()).map(Self::from).or(Err(NotAKey))
    }
}

impl FromStr for PublicKey {
    type Err = NotAKey;

    fn from_str(pem: &str) -> Result<Self, NotAKey> {
        VerifyingKey::from_public_key_pem(pem.trim()).map(Self).or(Err(NotAKey))
    }
}

impl PublicKey {
    /// The `kid`: the SHA-256 of the key's canonical JWK (RFC 7638).
    #[must_use]
    pub fn thumbprint(&self) -> String {
        let x = BASE64_URL_SAFE_NO_PAD.encode(self.0.as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)))
    }
}

/// A random token that is handed out once and stored as a hash: 256 bit, so that no salt or slow hash is needed.
pub struct RandomToken {
    /// What is handed out.
    pub text: String,
    /// What is stored.
    pub hash: [u8; 32],
}

impl RandomToken {
    /// A new one.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        let text = BASE64_URL_SAFE_NO_PAD.encode(bytes);
        Ok(Self { hash: Self::hash(&text), text })
    }

    /// The hash under which a token is stored.
    #[must_use]
    pub fn hash(text: &str) -> [u8; 32] {
        Sha256::digest(text).into()
    }
}
