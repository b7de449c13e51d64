//! Which setting is called what, and which values it takes.

use super::layers::Layers;
use super::{
    Agency, Clock, Database, Environment, Files, Http, Letters, Log, Mail, Particulars, Passwords, Payments, Reminders,
    Sessions, Settings, SignIn, Tokens, Worker,
};
use crate::access::{AccountKey, SealKeys, SigningKey};
use lettre::message::Mailbox;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use rules::bank_order::{Payer, Service};
use rules::letter::AGENCY_CHARACTERS_MAX;
use rules::text::{Text, is_name};
use secrecy::SecretString;
use std::path::PathBuf;
use std::time::Duration;
use tokio_postgres::config::{ChannelBinding, Config, SslMode};
use tracing_subscriber::EnvFilter;

impl Settings {
    pub(super) fn take(layers: &mut Layers, environment: Environment) -> Self {
        const URL: &str = "an address such as \"https://grants.example.gov.hk\"";
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let workers = size(layers.number("http.workers", 0..=256));
        Self {
            environment,
            http: Http {
                host: layers.text("http.host", "a host name or an address such as \"127.0.0.1\"", is_word),
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
                url: database_url(layers),
                connections: size(layers.number("database.connections", 1..=1000)),
            },
            tokens: Tokens {
                audience: layers.text("tokens.audience", "a name such as \"almoner\"", is_word),
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
            files: Files::take(layers),
            agency: agency(layers),
            letters: Letters {
                fonts: layers.text("letters.fonts", "a folder with fonts", |path| !path.trim().is_empty()).into(),
                at_once: size(layers.number("letters.at_once", 1..=64)),
            },
            particulars: Particulars { account_key: account_key(layers) },
            payments: payments(layers),
            reminders: Reminders {
                assessment_days: layers.number("reminders.assessment_days", 1..=60),
                return_days: layers.number("reminders.return_days", 1..=60),
                award_days: layers.number("reminders.award_days", 1..=60),
                round_days: layers.number("reminders.round_days", 1..=60),
            },
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
                filter: layers.text("log.filter", "a filter such as \"info,almoner=debug\"", is_filter),
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
    let authority_file = layers.text(
        "mail.authority_file",
        "the name of a file that can be read and holds a certificate in PEM, or \"\"",
        |file| file.is_empty() || is_authority(file),
    );
    Mail {
        host: layers.text("mail.host", "the name of the mail server", is_word),
        port: u16::try_from(layers.number("mail.port", 1..=65_535)).unwrap_or(u16::MAX),
        tls: layers.one("mail.tls", "\"none\", \"starttls\" or \"implicit\""),
        from: layers.text("mail.from", "a sender such as \"Grants <grants@example.hk>\"", is_sender),
        account,
        authority_file: Some(authority_file).filter(|file| !file.is_empty()).map(PathBuf::from),
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

fn account_key(layers: &mut Layers) -> Option<AccountKey> {
    let text = layers.secret("particulars.account_key")?;
    let key = text.parse().ok();
    if key.is_none() {
        let message = "is not a key of 64 hexadecimal digits: openssl rand -hex 32 makes one".to_owned();
        let origin = Some("ALMONER_PARTICULARS__ACCOUNT_KEY".to_owned());
        layers.fault("particulars.account_key", origin, message);
    }
    key
}

/// The most characters of the name of who pays: what a bank takes.
const PAYER_CHARACTERS_MAX: usize = 140;

fn payments(layers: &mut Layers) -> Payments {
    Payments {
        account_hold_days: layers.number("payments.account_hold_days", 1..=60),
        payer: payer(layers),
        release_limits: layers.list(
            "payments.release_limits",
            "authorities with the highest total of a batch, such as \"finance_manager:5000000.00\" or \"finance_director:none\"",
        ),
        write_off_limits: layers.list(
            "payments.write_off_limits",
            "authorities with the highest amount that is written off, such as \"finance_director:50000.00\" or \"commissioner:none\"",
        ),
        recovery_days: layers.number("payments.recovery_days", 1..=365),
        seal_keys: seal_keys(layers),
    }
}

fn payer(layers: &mut Layers) -> Payer {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let code = |text: &str| text.len() <= 35 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    Payer {
        name: layers.text(
            "payments.payer_name",
            "the name of the agency at its bank, in 1 to 140 characters",
            |text| is_name(text, PAYER_CHARACTERS_MAX),
        ),
        bank: layers.text("payments.payer_bank", "the three digits of the agency's bank", |text| {
            text.len() == 3 && digits(text)
        }),
        account: layers.text("payments.payer_account", "the digits of the agency's account, 34 at most", |text| {
            text.len() <= 34 && digits(text)
        }),
        bic: some(layers.text("payments.payer_bic", "a BIC of 8 or 11 characters, or \"\"", |text| {
            text.is_empty() || is_bic(text)
        })),
        to_accounts: service(layers, ["payments.service_level", "payments.local_instrument"]),
        to_fps_ids: service(layers, ["payments.fps_service_level", "payments.fps_local_instrument"]),
        purpose: some(layers.text("payments.purpose", "a code of at most four letters and digits, or \"\"", |text| {
            text.len() <= 4 && code(text)
        })),
        fps_id_type: layers.text("payments.fps_id_type", "what the bank calls an FPS identifier", |text| {
            !text.is_empty() && code(text)
        }),
    }
}

fn service(layers: &mut Layers, names: [&'static str; 2]) -> Service {
    let [level, instrument] = names.map(|name| {
        let code = layers.text(name, "a code of letters and digits that the bank knows, or \"\"", |text| {
            text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        Some(code).filter(|code| !code.is_empty())
    });
    Service { level, instrument }
}

/// As both editions of the file write one: six letters, two that are none of 0, 1 and O in their place, and three more or none.
fn is_bic(text: &str) -> bool {
    let is_upper = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let (bank, rest) = text.as_bytes().split_at(text.len().min(6));
    let place = match rest {
        [first, second, branch @ ..] if matches!(branch.len(), 0 | 3) => {
            !matches!(first, b'0' | b'1') && *second != b'O' && rest.iter().all(is_upper)
        }
        _ => false,
    };
    place && bank.iter().all(u8::is_ascii_uppercase)
}

fn seal_keys(layers: &mut Layers) -> Option<SealKeys> {
    let text = layers.secret("payments.seal_keys")?;
    let keys = text.parse().ok();
    if keys.is_none() {
        let message = "is not keys of 64 hexadecimal digits with commas between them: openssl rand -hex 32 makes one";
        layers.fault("payments.seal_keys", Some("ALMONER_PAYMENTS__SEAL_KEYS".to_owned()), message.to_owned());
    }
    keys
}

fn agency(layers: &mut Layers) -> Agency {
    let write = format!("what the agency is called, in one line of 1 to {AGENCY_CHARACTERS_MAX} characters");
    let mut name = |name| layers.text(name, &write, |text| is_name(text, AGENCY_CHARACTERS_MAX));
    let [en, zh_hant, zh_hans] = ["agency.name_en", "agency.name_zh_hant", "agency.name_zh_hans"].map(&mut name);
    Agency { name: Text { en, zh_hant, zh_hans } }
}

fn database_url(layers: &mut Layers) -> SecretString {
    let Some(url) = layers.secret("database.url") else {
        layers.fault("database.url", None, "is missing: set DATABASE_URL to postgres://USER@HOST/DATABASE".to_owned());
        return SecretString::default();
    };
    let config = url.parse::<Config>();
    let asks_for_tls = config.as_ref().map_or(url.contains("sslmode=verify"), |config| {
        config.get_ssl_mode() == SslMode::Require || config.get_channel_binding() == ChannelBinding::Require
    });
    let message = if asks_for_tls {
        "asks for TLS, which Almoner does not speak with PostgreSQL: leave that out, and reach a server elsewhere \
         through a network or a tunnel that nobody else can read"
    } else if config.is_err() {
        "cannot be read: set DATABASE_URL to postgres://USER@HOST/DATABASE"
    } else {
        return SecretString::from(url);
    };
    layers.fault("database.url", Some("DATABASE_URL".to_owned()), message.to_owned());
    SecretString::default()
}

pub(super) fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_whitespace)
}

fn is_sender(text: &str) -> bool {
    text.parse::<Mailbox>().is_ok()
}

fn is_filter(text: &str) -> bool {
    EnvFilter::builder().parse(text).is_ok()
}

/// Whether connections can be checked against the certificates in a file. A file without any would be taken for one.
fn is_authority(file: &str) -> bool {
    let Ok(pem) = std::fs::read(file) else { return false };
    let Ok(certificate) = Certificate::from_pem(&pem) else { return false };
    let checked = TlsParameters::builder("mail.example".to_owned()).add_root_certificate(certificate).build();
    checked.is_ok() && String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----")
}

pub(super) fn seconds(number: u32) -> Duration {
    Duration::from_secs(number.into())
}

fn size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
