//! Which setting is called what, and which values it takes.

use super::layers::Layers;
use super::{Clock, Database, Environment, Http, Log, Mail, Passwords, Sessions, Settings, SignIn, Tokens, Worker};
use crate::access::SigningKey;
use secrecy::SecretString;
use std::path::PathBuf;
use std::time::Duration;

impl Settings {
    pub(super) fn take(layers: &mut Layers, environment: Environment) -> Self {
        const URL: &str = "an address such as \"https://grants.example.gov.hk\"";
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let workers = size(layers.number("http.workers", 0..=256));
        Self {
            environment,
            http: Http {
                host: layers.one("http.host", "a host name or an address such as \"127.0.0.1\""),
                port: layers.one("http.port", "a port from 0 to 65535"),
                public_url: layers.one("http.public_url", URL),
                workers: if workers == 0 { cores } else { workers },
                body_bytes_max: size(layers.number("http.body_bytes_max", 1024..=16_777_216)),
                body_time_max: seconds(layers.number("http.body_s_max", 1..=600)),
                shutdown: seconds(layers.number("http.shutdown_s", 1..=600)),
                trusted_proxies: layers.list("http.trusted_proxies", "IP addresses"),
                metrics_readers: layers.list("http.metrics_readers", "IP addresses"),
            },
            database: Database {
                url: required_secret(layers, "database.url", "DATABASE_URL to postgres://USER@HOST/DATABASE"),
                connections: size(layers.number("database.connections", 1..=1000)),
            },
            tokens: Tokens {
                audience: layers.one("tokens.audience", "a name such as \"almoner\""),
                lifetime: seconds(layers.number("tokens.lifetime_s", 60..=3600)),
                signing_key: signing_key(layers),
                former_keys: layers.list("tokens.former_keys", "Ed25519 public keys in PEM"),
            },
            sessions: Sessions {
                idle: seconds(layers.number("sessions.idle_s", 60..=86_400)),
                lifetime: seconds(layers.number("sessions.lifetime_s", 60..=2_592_000)),
            },
            passwords: Passwords {
                score_min: u8::try_from(layers.number("passwords.score_min", 2..=4)).unwrap_or(u8::MAX),
                link_lifetime: seconds(layers.number("passwords.link_lifetime_s", 300..=604_800)),
                link_page: layers.one("passwords.link_page", URL),
            },
            sign_in: SignIn {
                tries_per_minute: layers.number("sign_in.tries_per_minute", 1..=100_000),
                failures_free: layers.number("sign_in.failures_free", 1..=50),
                wait_max: seconds(layers.number("sign_in.wait_s_max", 60..=86_400)),
            },
            clock: Clock { settable: layers.one("clock.settable", "true or false") },
            mail: mail(layers),
            worker: Worker {
                lanes: size(layers.number("worker.lanes", 1..=64)),
                poll: seconds(layers.number("worker.poll_s", 1..=3600)),
                calendar: seconds(layers.number("worker.calendar_s", 1..=86_400)),
                attempts_max: layers.number("worker.attempts_max", 1..=1000),
                retry_first: seconds(layers.number("worker.retry_first_s", 1..=3600)),
                retry_longest: seconds(layers.number("worker.retry_longest_s", 1..=86_400)),
            },
            log: Log {
                format: layers.one("log.format", "\"text\" or \"json\""),
                filter: layers.one("log.filter", "a filter such as \"info,almoner=debug\""),
            },
        }
    }
}

fn mail(layers: &mut Layers) -> Mail {
    let username = layers.one::<String>("mail.username", "the account at the mail server, or \"\"");
    let password = layers.secret("mail.password");
    let account = match (username.is_empty(), password) {
        (true, None) => None,
        (false, Some(password)) => Some((username, SecretString::from(password))),
        (false, None) => {
            let message = "asks for a password: set ALMONER_MAIL__PASSWORD".to_owned();
            layers.fault("mail.username", None, message);
            None
        }
        (true, Some(_)) => {
            layers.fault("mail.username", None, "write the account that ALMONER_MAIL__PASSWORD belongs to".to_owned());
            None
        }
    };
    let authority_file = layers.one::<PathBuf>("mail.authority_file", "the name of a PEM file, or \"\"");
    Mail {
        host: layers.one("mail.host", "the name of the mail server"),
        port: layers.one("mail.port", "a port from 1 to 65535"),
        tls: layers.one("mail.tls", "\"none\", \"starttls\" or \"implicit\""),
        from: layers.one("mail.from", "a sender such as \"Grants <grants@example.hk>\""),
        account,
        authority_file: Some(authority_file).filter(|file| !file.as_os_str().is_empty()),
        attempt: seconds(layers.number("mail.attempt_s", 1..=600)),
    }
}

fn signing_key(layers: &mut Layers) -> Option<SigningKey> {
    let text = layers.secret("tokens.signing_key")?;
    let key = text.parse().ok();
    if key.is_none() {
        let message = "is not an Ed25519 private key in PEM: openssl genpkey -algorithm ed25519 makes one".to_owned();
        layers.fault("tokens.signing_key", Some("ALMONER_TOKENS__SIGNING_KEY".to_owned()), message);
    }
    key
}

fn required_secret(layers: &mut Layers, name: &'static str, set: &str) -> SecretString {
    let secret = layers.secret(name).unwrap_or_else(|| {
        layers.fault(name, None, format!("is missing: set {set}"));
        String::new()
    });
    SecretString::from(secret)
}

fn seconds(number: u32) -> Duration {
    Duration::from_secs(number.into())
}

fn size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
