//! Access tokens: short, signed, EdDSA.
//!
//! An access token says who and in which session, never what that person may do: roles are read at each request, so that a
//! change takes effect at once. Keys are told apart by `kid`, the thumbprint of the public key (RFC 7638), and each key knows
//! one algorithm; whatever else a header offers (`jku`, `jwk`, `x5u`) is not looked at.

use super::key::{PublicKey, SigningKey};
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rules::ids::PersonId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;
use uuid::Uuid;

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    iss: String,
    aud: String,
    /// Who.
    pub sub: PersonId,
    /// In which session.
    pub sid: Uuid,
    jti: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl Claims {
    /// Servers that share a database may disagree on the time by this much.
    const LEEWAY_S: i64 = 5;

    fn holds_at(&self, now: DateTime<Utc>) -> bool {
        let now = now.timestamp();
        self.nbf.saturating_sub(Self::LEEWAY_S) <= now && now < self.exp
    }
}

/// Issues and verifies access tokens.
pub struct Tokens {
    issuer: String,
    audience: String,
    lifetime: Duration,
    header: Header,
    signing: EncodingKey,
    keys: HashMap<String, DecodingKey>,
    validation: Validation,
    verified: Mutex<HashMap<[u8; 32], Claims>>,
}

/// Longer than any token that is issued here.
const TOKEN_BYTES_MAX: usize = 2048;

/// How many verified tokens are remembered.
const VERIFIED_MAX: usize = 10_000;

impl Tokens {
    /// Issues with one key and verifies with it and with former ones.
    ///
    /// # Errors
    /// When the key cannot be written in the form that the signer reads.
    pub fn new(
        key: &SigningKey,
        former_keys: &[PublicKey],
        issuer: &str,
        audience: &str,
        lifetime: Duration,
    ) -> Result<Self, ed25519_dalek::pkcs8::Error> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(key.public().thumbprint());
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "nbf", "exp"]);
        // The time is a value here as everywhere: `Claims::holds_at`.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let keys = std::iter::once(key.public()).chain(former_keys);
        Ok(Self {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            lifetime,
            header,
            signing: EncodingKey::from_ed_der(key.private.to_pkcs8_der()?.as_bytes()),
            keys: keys.map(|key| (key.thumbprint(), DecodingKey::from_ed_der(key.0.as_bytes()))).collect(),
            validation,
            verified: Mutex::default(),
        })
    }

    /// How long a token holds, in seconds.
    #[must_use]
    pub const fn lifetime_s(&self) -> u64 {
        self.lifetime.as_secs()
    }

    /// A token for one person in one session.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn issue(
        &self,
        person: PersonId,
        session: Uuid,
        now: DateTime<Utc>,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let (iss, aud) = (self.issuer.clone(), self.audience.clone());
        let from = now.timestamp();
        let until = now.checked_add_signed(TimeDelta::from_std(self.lifetime).unwrap_or_default()).unwrap_or(now);
        let exp = until.timestamp();
        let claims = Claims { iss, aud, sub: person, sid: session, jti: Uuid::now_v7(), iat: from, nbf: from, exp };
        jsonwebtoken::encode(&self.header, &claims, &self.signing)
    }

    /// What a token says, if it was issued here and holds now.
    ///
    /// A signature takes longer to verify than a request to answer, so the answer is remembered. Whether the session has been
    /// ended is asked elsewhere, at each request.
    #[must_use]
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Option<Claims> {
        if token.len() > TOKEN_BYTES_MAX {
            return None;
        }
        let hash: [u8; 32] = Sha256::digest(token).into();
        let remembered = self.verified.lock().ok().and_then(|verified| verified.get(&hash).cloned());
        let claims = match remembered {
            Some(claims) => claims,
            None => self.remember(hash, self.decode(token)?, now),
        };
        claims.holds_at(now).then_some(claims)
    }

    fn decode(&self, token: &str) -> Option<Claims> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        let typed = header.typ.is_some_and(|typ| typ.eq_ignore_ascii_case("at+jwt"));
        // None of the extensions that `crit` may name is understood here, and an unencoded payload (`b64`) is one of them.
        if !typed || header.crit.is_some() || header.extras.inner().contains_key("b64") {
            return None;
        }
        let key = self.keys.get(header.kid.as_deref()?)?;
        jsonwebtoken::decode::<Claims>(token, key, &self.validation).ok().map(|token| token.claims)
    }

    fn remember(&self, hash: [u8; 32], claims: Claims, now: DateTime<Utc>) -> Claims {
        if let Ok(mut verified) = self.verified.lock() {
            if verified.len() >= VERIFIED_MAX {
                verified.retain(|_, claims| claims.holds_at(now));
            }
            if verified.len() < VERIFIED_MAX {
                verified.insert(hash, claims.clone());
            }
        }
        claims
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    fn tokens() -> Tokens {
        Tokens::new(&SigningKey::of_the_tests(), &[], "https://here", "almoner", Duration::from_secs(600)).unwrap()
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    /// A token with a good signature over a header and claims that differ from the good ones.
    fn signed(header: Value, claims: Value) -> String {
        use ed25519_dalek::Signer;
        let part = |good: Value, with: Value| {
            let mut good = good;
            for (name, value) in with.as_object().unwrap() {
                good.as_object_mut().unwrap().insert(name.clone(), value.clone());
            }
            good.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            BASE64_URL_SAFE_NO_PAD.encode(good.to_string())
        };
        let key = SigningKey::of_the_tests();
        let header = part(json!({"alg": "EdDSA", "typ": "at+jwt", "kid": key.public().thumbprint()}), header);
        let id = Uuid::nil();
        let (from, until) = (at(0).timestamp(), at(600).timestamp());
        let good = json!({"iss": "https://here", "aud": "almoner", "sub": id, "sid": id, "jti": id, "iat": from, "nbf": from, "exp": until});
        let message = format!("{header}.{}", part(good, claims));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(key.private.sign(message.as_bytes()).to_bytes());
        format!("{message}.{signature}")
    }

    #[test]
    fn a_token_holds_from_its_issue_until_its_end() {
        let tokens = tokens();
        let (person, session) = (PersonId(Uuid::now_v7()), Uuid::now_v7());
        let token = tokens.issue(person, session, at(0)).unwrap();
        for second in [0, 599] {
            let claims = tokens.verify(&token, at(second)).unwrap();
            assert_eq!((claims.sub, claims.sid), (person, session));
        }
        assert_eq!(tokens.verify(&token, at(600)), None);
        assert_eq!(tokens.verify(&token, at(-6)), None);
    }

    #[test]
    fn a_good_signature_is_not_enough() {
        let tokens = tokens();
        let ignored = json!({"jku": "http://127.0.0.1:9/jwks", "x5u": "http://127.0.0.1:9/x"});
        assert!(tokens.verify(&signed(ignored, json!({})), at(1)).is_some());
        for header in [
            json!({"typ": "JWT"}),
            json!({"typ": null}),
            json!({"kid": "another"}),
            json!({"kid": null}),
            json!({"alg": "HS256"}),
            json!({"alg": "none"}),
            json!({"crit": ["x"], "x": 1}),
            json!({"crit": []}),
            json!({"b64": false}),
        ] {
            assert_eq!(tokens.verify(&signed(header.clone(), json!({})), at(1)), None, "{header}");
        }
        for claims in [
            json!({"iss": "https://there"}),
            json!({"aud": "another"}),
            json!({"exp": at(0).timestamp()}),
            json!({"nbf": at(60).timestamp()}),
            json!({"exp": null}),
            json!({"nbf": null}),
            json!({"iss": null}),
            json!({"aud": null}),
            json!({"sub": null}),
            json!({"sid": null}),
            json!({"exp": "later"}),
        ] {
            assert_eq!(tokens.verify(&signed(json!({}), claims.clone()), at(1)), None, "{claims}");
        }
    }

    #[test]
    fn a_former_key_holds_while_it_is_named_and_no_other_does() {
        let (former, current) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
        let with = |key: &SigningKey, former: &[PublicKey]| {
            Tokens::new(key, former, "https://here", "almoner", Duration::from_secs(600)).unwrap()
        };
        let token = with(&former, &[]).issue(PersonId(Uuid::nil()), Uuid::nil(), at(0)).unwrap();
        assert!(with(&current, &[former.public().clone()]).verify(&token, at(1)).is_some());
        assert_eq!(with(&current, &[]).verify(&token, at(1)), None);
    }
}
