//! Fingerprints of bank accounts: under a key that is not in the database, since there are too few accounts for a plain hash to hide one.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use std::str::FromStr;

/// The key of fingerprints, 256 bit. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountKey([u8; 32]);

/// The text is not 64 hexadecimal digits.
#[derive(Debug, thiserror::Error)]
#[error("not 64 hexadecimal digits")]
pub struct NotAnAccountKey;

impl fmt::Debug for AccountKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccountKey")
    }
}

impl FromStr for AccountKey {
    type Err = NotAnAccountKey;

    fn from_str(text: &str) -> Result<Self, NotAnAccountKey> {
        key_of(text).map(Self).ok_or(NotAnAccountKey)
    }
}

/// A key of 256 bit that is written as 64 hexadecimal digits.
pub(super) fn key_of(text: &str) -> Option<[u8; 32]> {
    let text = text.trim();
    let mut key = [0; 32];
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, digits) in key.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(key)
}

impl AccountKey {
    /// The key of development, the same on every machine, so that fingerprints are found again after a start; production refuses it.
    #[must_use]
    pub const fn of_development() -> Self {
        Self(*b"almoner: fingerprints of nobody.")
    }

    /// The fingerprint of the digits of an account: HMAC-SHA-256, in hexadecimal.
    #[must_use]
    pub fn fingerprint(&self, digits: &str) -> String {
        let mut mac = self.mac();
        mac.update(digits.as_bytes());
        rules::hexadecimal(&mac.finalize().into_bytes())
    }

    /// The same of a digest that could be found out by trying.
    #[must_use]
    pub fn digest_of(&self, digest: &[u8; 32]) -> [u8; 32] {
        let mut mac = self.mac();
        mac.update(b"request ");
        mac.update(digest);
        mac.finalize().into_bytes().into()
    }

    pub(super) fn mac(&self) -> Hmac<Sha256> {
        // A shorter key is one with zeros behind it (RFC 2104).
        let mut block = [0; 64];
        block.iter_mut().zip(self.0).for_each(|(place, byte)| *place = byte);
        Hmac::<Sha256>::new(&block.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_that_of_the_standard_and_another_key_makes_another_one() {
        // openssl dgst -sha256 -mac HMAC -macopt hexkey:0b…0b, of "Hi There", with a key of 32 bytes.
        let key: AccountKey = "0b".repeat(32).parse().unwrap();
        assert_eq!(key.fingerprint("Hi There"), "198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7");
        assert_ne!(AccountKey::of_development().fingerprint("Hi There"), key.fingerprint("Hi There"));
        assert_eq!(format!("{key:?}"), "AccountKey");
    }

    #[test]
    fn what_is_no_key_is_none() {
        for text in ["", "0b", &"0b".repeat(33), &"0g".repeat(32), &"é".repeat(32), &"+b".repeat(32)] {
            assert!(text.parse::<AccountKey>().is_err(), "{text}");
        }
        assert!(format!(" {}\n", "0B".repeat(32)).parse::<AccountKey>().is_ok());
    }
}
