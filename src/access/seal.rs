//! Seals: what is kept in the database and must not be read there, under keys that are not in it.

use super::fingerprint::key_of;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// Keys of 256 bit: the first one seals, all of them open. They are never printed.
#[derive(Clone)]
pub struct SealKeys(Vec<SealKey>);

#[derive(Clone)]
struct SealKey {
    name: String,
    key: LessSafeKey,
}

/// The text is not one or more keys of 64 hexadecimal digits, with commas between them.
#[derive(Debug, thiserror::Error)]
#[error("not keys of 64 hexadecimal digits")]
pub struct NotSealKeys;

/// Why something cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The system gives no randomness.
    #[error("the system gives no randomness: {0}")]
    Randomness(#[from] getrandom::Error),
    /// It was sealed under a key that is not among the settings.
    #[error("the key {0} is missing in payments.seal_keys")]
    KeyMissing(String),
    /// It was changed, put in another place, or sealed under another key of that name.
    #[error("what is sealed was changed, or is not where it was sealed")]
    Broken,
}

impl fmt::Debug for SealKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.0.iter().map(|key| &key.name)).finish()
    }
}

impl FromStr for SealKeys {
    type Err = NotSealKeys;

    fn from_str(text: &str) -> Result<Self, NotSealKeys> {
        let keys = text.split(',').map(SealKey::read).collect::<Option<Vec<_>>>();
        keys.map(Self).ok_or(NotSealKeys)
    }
}

impl SealKey {
    fn read(text: &str) -> Option<Self> {
        Self::of(&key_of(text)?)
    }

    /// A key is known by the first digits of its hash.
    fn of(bytes: &[u8]) -> Option<Self> {
        let name = rules::hexadecimal(&Sha256::digest(bytes)).chars().take(8).collect();
        let key = UnboundKey::new(&AES_256_GCM, bytes).ok()?;
        Some(Self { name, key: LessSafeKey::new(key) })
    }
}

impl SealKeys {
    /// The key of development, the same on every machine; production refuses it.
    #[must_use]
    pub fn of_development() -> Self {
        Self(SealKey::of(b"almoner: seals that open to all.").into_iter().collect())
    }

    /// Whether the key of development is among them.
    #[must_use]
    pub fn hold_that_of_development(&self) -> bool {
        let known = Self::of_development();
        self.0.iter().any(|key| known.0.iter().any(|known| known.name == key.name))
    }

    /// The name of the key that seals.
    #[must_use]
    pub fn current(&self) -> &str {
        self.0.first().map_or("", |key| &key.name)
    }

    /// Seals a text for one place; the name of the key, and what is to be kept.
    ///
    /// # Errors
    /// When the system gives no randomness, or there is no key.
    pub fn seal(&self, place: &str, text: &[u8]) -> Result<(String, Vec<u8>), SealError> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce)?;
        let SealKey { name, key } = self.0.first().ok_or_else(|| SealError::KeyMissing(String::new()))?;
        let mut sealed = text.to_vec();
        let (aad, unique) = (Aad::from(place.as_bytes()), Nonce::assume_unique_for_key(nonce));
        key.seal_in_place_append_tag(unique, aad, &mut sealed).or(Err(SealError::Broken))?;
        Ok((name.clone(), [nonce.as_slice(), &sealed].concat()))
    }

    /// Opens what was sealed for that place.
    ///
    /// # Errors
    /// When its key is missing, or it was sealed for another place or changed since.
    pub fn open(&self, place: &str, (name, sealed): (&str, &[u8])) -> Result<Vec<u8>, SealError> {
        let named = self.0.iter().find(|key| key.name == name);
        let SealKey { key, .. } = named.ok_or_else(|| SealError::KeyMissing(name.to_owned()))?;
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN).ok_or(SealError::Broken)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).or(Err(SealError::Broken))?;
        let mut text = rest.to_vec();
        let opened = key.open_in_place(nonce, Aad::from(place.as_bytes()), &mut text).or(Err(SealError::Broken))?;
        Ok(opened.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> SealKeys {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_alone_and_looks_different_each_time() {
        let keys = keys(&"0b".repeat(32));
        let (name, sealed) = keys.seal("a", b"004 123456").unwrap();
        let (_, again) = keys.seal("a", b"004 123456").unwrap();
        assert_ne!(sealed, again);
        assert!(!sealed.windows(3).any(|part| part == b"004"));
        assert_eq!(keys.open("a", (&name, &sealed)).unwrap(), b"004 123456");
        assert!(matches!(keys.open("b", (&name, &sealed)), Err(SealError::Broken)));
        assert!(matches!(keys.open("a", (&name, b"short")), Err(SealError::Broken)));
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(matches!(keys.open("a", (&name, &changed)), Err(SealError::Broken)), "{place}");
        }
    }

    #[test]
    fn a_new_key_seals_and_the_former_one_still_opens_until_it_is_taken_away() {
        let (former, new) = ("0b".repeat(32), "5f".repeat(32));
        let (name, sealed) = keys(&former).seal("a", b"text").unwrap();
        let both = keys(&format!("{new}, {former}"));
        assert_eq!(both.open("a", (&name, &sealed)).unwrap(), b"text");
        assert_ne!(both.current(), name);
        let told = keys(&new).open("a", (&name, &sealed)).unwrap_err().to_string();
        assert_eq!(told, format!("the key {name} is missing in payments.seal_keys"));
        assert!(SealKeys::of_development().hold_that_of_development() && !both.hold_that_of_development());
    }

    #[test]
    fn what_is_no_key_is_none_and_a_key_is_not_printed() {
        for text in ["", "0b", &"0b".repeat(33), &"0g".repeat(32), &format!("{},", "0b".repeat(32)), &"é".repeat(32)] {
            assert!(text.parse::<SealKeys>().is_err(), "{text}");
        }
        let printed = format!("{:?}", keys(&"0b".repeat(32)));
        assert!(printed.len() < 16 && !printed.contains("0b0b"), "{printed}");
    }
}
