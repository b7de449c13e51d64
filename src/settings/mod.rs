//! Typed settings, read once at the start from `config/` and the environment. Every fault is told at once, each with the
//! name of the setting and what to write.
//!
//! Read by hand from TOML tables rather than through `config` or `figment`: both stop at the first fault, and figment takes
//! a secret of digits for a number.

mod files;
mod layers;
mod production;
mod taking;
#[cfg(test)]
mod tests;

pub use files::{Files, Place, Scanner, Service};
pub use layers::Fault;

use crate::access::{AccountKey, PublicKey, SealKeys, SigningKey};
use actix_web::http::Uri;
use layers::Layers;
use rules::bank_order::Payer;
use rules::release_limit::ReleaseLimit;
use rules::text::Text;
use secrecy::SecretString;
use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// Where this program runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Environment {
    /// On one machine, with made-up people.
    #[default]
    Development,
    /// With real people and money: nothing of development is accepted.
    Production,
}

/// All settings.
#[derive(Debug)]
pub struct Settings {
    /// Where this program runs.
    pub environment: Environment,
    /// The HTTP server.
    pub http: Http,
    /// PostgreSQL.
    pub database: Database,
    /// Access tokens.
    pub tokens: Tokens,
    /// Sessions, each a family of refresh tokens.
    pub sessions: Sessions,
    /// Choosing a password.
    pub passwords: Passwords,
    /// The brakes on signing in.
    pub sign_in: SignIn,
    /// The business clock.
    pub clock: Clock,
    /// Sending mail.
    pub mail: Mail,
    /// The files of applications.
    pub files: Files,
    /// The agency that runs this.
    pub agency: Agency,
    /// Letters as PDF.
    pub letters: Letters,
    /// Particulars of organisations.
    pub particulars: Particulars,
    /// Paying.
    pub payments: Payments,
    /// Reminders by mail.
    pub reminders: Reminders,
    /// The worker.
    pub worker: Worker,
    /// The log.
    pub log: Log,
}

/// The HTTP server.
#[derive(Debug)]
pub struct Http {
    /// Name or address to listen on.
    pub host: String,
    /// Port to listen on; 0 for any that is free.
    pub port: u16,
    /// Where people and links find it, without a slash at the end; the issuer of tokens.
    pub public_url: BaseUrl,
    /// Threads that answer requests.
    pub workers: usize,
    /// The longest body that is read.
    pub body_bytes_max: usize,
    /// How long a body may take to arrive.
    pub body_time_max: Duration,
    /// How long requests may finish after a signal to stop.
    pub shutdown: Duration,
    /// Addresses whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Addresses that may read `/metrics`.
    pub metrics_readers: Vec<IpAddr>,
}

/// PostgreSQL.
#[derive(Debug)]
pub struct Database {
    /// Where it is.
    pub url: SecretString,
    /// Connections in all, shared out between the workers.
    pub connections: usize,
}

/// Access tokens.
#[derive(Debug)]
pub struct Tokens {
    /// For whom they are.
    pub audience: String,
    /// How long each holds.
    pub lifetime: Duration,
    /// Signs new ones. `None` in development: one is made at the start.
    pub signing_key: Option<SigningKey>,
    /// Their tokens still hold.
    pub former_keys: Vec<PublicKey>,
}

/// Sessions, each a family of refresh tokens.
#[derive(Debug)]
pub struct Sessions {
    /// How long one lasts without a refresh.
    pub idle: Duration,
    /// How long one lasts in all.
    pub lifetime: Duration,
}

/// Choosing a password.
#[derive(Debug)]
pub struct Passwords {
    /// How hard to guess, from 0 to 4.
    pub score_min: u8,
    /// How long a link holds.
    pub link_lifetime: Duration,
    /// The page that takes a new password; the token follows after `#`.
    pub link_page: BaseUrl,
}

/// The brakes on signing in.
#[derive(Debug)]
pub struct SignIn {
    /// How often one address may sign in, register or ask for a link.
    pub tries_per_minute: u32,
    /// Wrong passwords in a row before an account has to wait.
    pub failures_free: u32,
    /// The longest wait.
    pub wait_max: Duration,
}

/// The business clock.
#[derive(Debug)]
pub struct Clock {
    /// Whether a call may move it.
    pub settable: bool,
}

/// Sending mail.
#[derive(Debug)]
pub struct Mail {
    /// The server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: MailTls,
    /// Who the mail is from.
    pub from: String,
    /// The account at the server, where it asks for one.
    pub account: Option<(String, SecretString)>,
    /// A file with a certificate authority of the agency's own, trusted beside the public ones.
    pub authority_file: Option<PathBuf>,
    /// How long one attempt to send a mail may take in all.
    pub attempt: Duration,
}

/// The agency that runs this.
#[derive(Debug)]
pub struct Agency {
    /// What it is called: who sends the letters of cases and signs mails, and the party of every funding agreement.
    pub name: Text,
}

/// Letters as PDF.
#[derive(Debug)]
pub struct Letters {
    /// The folder with the fonts in which they are set, and nothing else.
    pub fonts: PathBuf,
    /// How many may be set at once.
    pub at_once: usize,
}

/// Particulars of organisations.
#[derive(Debug)]
pub struct Particulars {
    /// Makes fingerprints of bank accounts. `None` in development: the same one everywhere.
    pub account_key: Option<AccountKey>,
}

/// Paying.
#[derive(Debug)]
pub struct Payments {
    /// How many days after its confirmation an account is used.
    pub account_hold_days: u32,
    /// Who pays, as banks are told.
    pub payer: Payer,
    /// Up to which total whom of finance may release a batch; empty where anybody may any.
    pub release_limits: Vec<ReleaseLimit>,
    /// Up to which amount whom may write off what is owed back; empty where nobody may anything.
    pub write_off_limits: Vec<ReleaseLimit>,
    /// How many days a debtor has to pay back, where a demand names no day.
    pub recovery_days: u32,
    /// Seal where organisations are paid. `None` in development: the same ones everywhere.
    pub seal_keys: Option<SealKeys>,
}

/// The worker.
#[derive(Debug)]
pub struct Worker {
    /// How many mails are under way at once.
    pub lanes: usize,
    /// The pause before looking again when nothing is due.
    pub poll: Duration,
    /// The pause between two looks at the calendar.
    pub calendar: Duration,
    /// After so many attempts a mail is given up.
    pub attempts_max: u32,
    /// The pause after the first attempt; it doubles with each further one.
    pub retry_first: Duration,
    /// The longest pause between two attempts.
    pub retry_longest: Duration,
}

/// Reminders by mail: how many days before the day.
#[derive(Debug)]
pub struct Reminders {
    /// An assessor is reminded of an assessment.
    pub assessment_days: u32,
    /// An applicant is reminded of what was asked of them.
    pub return_days: u32,
    /// An applicant is reminded of an offer.
    pub award_days: u32,
    /// An applicant is reminded of a draft whose round closes.
    pub round_days: u32,
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MailTls {
    /// Not at all.
    #[default]
    None,
    /// From the first command on.
    StartTls,
    /// From the first byte on.
    Implicit,
}

/// The log.
#[derive(Debug)]
pub struct Log {
    /// How it is written.
    pub format: LogFormat,
    /// What is written.
    pub filter: String,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines.
    Json,
}

/// An absolute `http` or `https` URL without query and fragment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is not one of the values that a setting takes.
#[derive(Debug)]
pub struct NotOneOfThese;

impl FromStr for BaseUrl {
    type Err = NotOneOfThese;

    fn from_str(text: &str) -> Result<Self, NotOneOfThese> {
        let Ok(uri) = text.parse::<Uri>() else { return Err(NotOneOfThese) };
        let scheme = uri.scheme_str().is_some_and(|scheme| scheme == "http" || scheme == "https");
        let host = uri.host().is_some_and(|host| !host.is_empty());
        if scheme && host && uri.query().is_none() && !text.contains('#') {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotOneOfThese)
        }
    }
}

macro_rules! words {
    ($name:ident: $($word:literal = $variant:ident),+) => {
        impl FromStr for $name {
            type Err = NotOneOfThese;

            fn from_str(text: &str) -> Result<Self, NotOneOfThese> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(NotOneOfThese),
                }
            }
        }
    };
}
words!(Environment: "development" = Development, "production" = Production);
words!(MailTls: "none" = None, "starttls" = StartTls, "implicit" = Implicit);
words!(LogFormat: "text" = Text, "json" = Json);

/// Everything that is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Almoner cannot start until these settings are mended:")?;
        self.0.iter().try_for_each(|fault| write!(formatter, "\n  {fault}"))
    }
}

impl Settings {
    /// Reads the settings of this process.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn load(folder: &Path) -> Result<Self, Faults> {
        let variables: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self::read(&variables, |file| std::fs::read_to_string(folder.join(file)))
    }

    /// Reads settings from an environment and from files of which only the content is known.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn read(
        variables: &[(String, String)],
        text: impl Fn(&str) -> std::io::Result<String>,
    ) -> Result<Self, Faults> {
        let mut layers = Layers::default();
        let named = variables.iter().find(|(name, _)| name == "ALMONER_ENVIRONMENT").map(|(_, value)| value.parse());
        let environment = named.unwrap_or(Ok(Environment::Development)).unwrap_or_else(|NotOneOfThese| {
            layers.fault("ALMONER_ENVIRONMENT", None, "write development or production".to_owned());
            Environment::Production
        });
        let own = match environment {
            Environment::Development => "development.toml",
            Environment::Production => "production.toml",
        };
        for file in ["default.toml", own] {
            match text(file) {
                Ok(text) => layers.file(&format!("config/{file}"), &text),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound && file == "development.toml" => {}
                Err(error) => {
                    let message = format!("cannot be read ({error}): name the folder with --config or ALMONER_CONFIG");
                    layers.fault(&format!("config/{file}"), None, message);
                    return Err(Faults(layers.faults));
                }
            }
            if file == "default.toml" && environment == Environment::Production {
                production::ITS_OWN.iter().for_each(|name| layers.forget(name));
            }
        }
        layers.environment(variables.iter().cloned());
        let settings = Self::take(&mut layers, environment);
        production::check(&settings, &mut layers);
        let faults = layers.finish();
        if faults.is_empty() { Ok(settings) } else { Err(Faults(faults)) }
    }
}
