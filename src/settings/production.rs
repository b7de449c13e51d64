//! What production refuses to start with, and what keeps development from being taken for it.

use super::layers::Layers;
use super::{BaseUrl, Environment, MailTls, Place, Settings};
use crate::access::{AccountKey, SigningKey};
use actix_web::http::Uri;
use secrecy::ExposeSecret;

/// Passwords of examples and tutorials.
const WORDS_OF_EXAMPLES: [&str; 10] =
    ["almoner", "admin", "changeme", "development", "example", "password", "postgres", "secret", "test", ""];

/// What is the agency's own and has no default in production: an address that still is that of an example would not be noticed.
/// The same goes for a name under which agreements are made.
pub(super) const ITS_OWN: [&str; 11] = [
    "http.public_url",
    "passwords.link_page",
    "mail.host",
    "mail.from",
    "files.place",
    "agency.name_en",
    "agency.name_zh_hant",
    "agency.name_zh_hans",
    "payments.payer_name",
    "payments.payer_bank",
    "payments.payer_account",
];

pub(super) fn check(settings: &Settings, layers: &mut Layers) {
    match settings.environment {
        Environment::Development => check_development(settings, layers),
        Environment::Production => check_production(settings, layers),
    }
}

/// A development server has a clock that anybody may move, so nobody but this machine may reach it.
fn check_development(settings: &Settings, layers: &mut Layers) {
    if !settings.http.host.is_empty() && !is_this_machine(&settings.http.host) {
        let message =
            "development answers this machine only: write \"127.0.0.1\", or set ALMONER_ENVIRONMENT=production";
        layers.fault("http.host", None, message.to_owned());
    }
    // A server behind a proxy listens on this machine as well, and is reached from everywhere.
    if host_of(&settings.http.public_url).is_some_and(|host| !is_this_machine(&host)) {
        let message = "development is found on this machine only: write \"http://127.0.0.1:8080\", or set ALMONER_ENVIRONMENT=production";
        layers.fault("http.public_url", None, message.to_owned());
    }
}

fn check_production(settings: &Settings, layers: &mut Layers) {
    let mut refuse = |name: &str, message: &str| layers.fault(name, None, format!("in production, {message}"));
    if settings.http.public_url.as_str().starts_with("http://") {
        refuse("http.public_url", "write the https:// address under which people find it");
    }
    if settings.passwords.link_page.as_str().starts_with("http://") {
        refuse("passwords.link_page", "write the https:// address of the page that takes a new password");
    }
    if settings.clock.settable {
        refuse("clock.settable", "write false: the business clock is the real one");
    }
    match &settings.tokens.signing_key {
        None => refuse("tokens.signing_key", "set ALMONER_TOKENS__SIGNING_KEY: openssl genpkey -algorithm ed25519"),
        Some(key) if *key.public() == *SigningKey::of_the_tests().public() => {
            refuse("tokens.signing_key", "make a key of your own: this one is in the source code of the tests");
        }
        Some(_) => {}
    }
    match &settings.particulars.account_key {
        None => refuse("particulars.account_key", "set ALMONER_PARTICULARS__ACCOUNT_KEY: openssl rand -hex 32"),
        Some(key) if *key == AccountKey::of_development() => {
            refuse("particulars.account_key", "make a key of your own: this one is in the source code");
        }
        Some(_) => {}
    }
    match &settings.payments.seal_keys {
        None => refuse("payments.seal_keys", "set ALMONER_PAYMENTS__SEAL_KEYS: openssl rand -hex 32"),
        Some(keys) if keys.hold_that_of_development() => {
            refuse("payments.seal_keys", "make keys of your own: one of these is in the source code");
        }
        Some(_) => {}
    }
    if is_of_an_example(password_of(settings.database.url.expose_secret()).as_deref()) {
        refuse("database.url", "choose a password of your own: this one is in every example");
    }
    if let Some((_, password)) = &settings.mail.account
        && is_of_an_example(Some(password.expose_secret()))
    {
        refuse("mail.password", "choose a password of your own: this one is in every example");
    }
    match &settings.files.place {
        Place::Folder(folder) if !folder.as_os_str().is_empty() && !folder.is_absolute() => {
            refuse("files.place", "write the whole path of the folder, from the root on");
        }
        Place::Service(service) if service.endpoint.starts_with("http://") => {
            refuse("files.s3_endpoint", "write an https:// address: files cross the network");
        }
        Place::Folder(_) | Place::Service(_) => {}
    }
    if settings.mail.tls == MailTls::None && !settings.mail.host.is_empty() && !is_this_machine(&settings.mail.host) {
        refuse("mail.tls", "write \"starttls\" or \"implicit\": letters and passwords cross the network");
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn is_of_an_example(password: Option<&str>) -> bool {
    password.is_some_and(|password| WORDS_OF_EXAMPLES.contains(&password.to_lowercase().as_str()))
}

/// The password in the address of a database, however it is written; a server on a socket needs none.
fn password_of(url: &str) -> Option<String> {
    let config = url.parse::<tokio_postgres::Config>().ok()?;
    config.get_password().map(|password| String::from_utf8_lossy(password).into_owned())
}

/// The host of a URL, without the brackets of an address of the sixth version.
fn host_of(url: &BaseUrl) -> Option<String> {
    let uri = url.as_str().parse::<Uri>().ok()?;
    uri.host().map(|host| host.trim_matches(['[', ']']).to_owned())
}
