//! The hash of a password itself: argon2id, in memory that is kept from one hash to the next.
//!
//! Given back to the allocator, the 19 MiB of a hash would stay with the thread that had them, and with every other thread that
//! ever hashes, several times over: a storm of sign-ins took 700 MB.

use argon2::password_hash::Error;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};

/// What a hash is worked out in.
#[derive(Default)]
pub(super) struct Memory(Vec<Block>);

impl Memory {
    /// The hash of a password with the parameters of today and a new salt, to be stored.
    pub(super) fn hash(&mut self, password: &[u8]) -> Result<String, Error> {
        let (algorithm, version, params) = (Algorithm::default(), Version::default(), Params::default());
        let salt = Salt::generate();
        let kept = PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: ParamsString::try_from(&params)?,
            salt: Some(salt),
            hash: Some(self.output(&Argon2::new(algorithm, version, params), password, &salt)?),
        };
        Ok(kept.to_string())
    }

    /// Whether a stored hash is that of a password, whatever parameters it was made with. Takes as long if it is not.
    pub(super) fn is_of(&mut self, stored: &PasswordHash, password: &[u8]) -> Result<bool, Error> {
        let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else { return Err(Error::PasswordInvalid) };
        let version = stored.version.map(Version::try_from).transpose()?.unwrap_or_default();
        let argon2 = Argon2::new(stored.algorithm.as_str().try_into()?, version, Params::try_from(stored)?);
        Ok(self.output(&argon2, password, salt)? == *expected)
    }

    fn output(&mut self, argon2: &Argon2<'_>, password: &[u8], salt: &[u8]) -> Result<Output, Error> {
        self.0.resize(argon2.params().block_count(), Block::new());
        let length = argon2.params().output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let mut output = vec![0; length];
        argon2.hash_password_into_with_memory(password, salt, &mut output, self.0.as_mut_slice())?;
        Ok(Output::new(&output)?)
    }
}
