//! What production refuses to start with, and what keeps development from being taken for it.

use super::layers::Layers;
use super::{Environment, MailTls, Settings};
use crate::access::SigningKey;
use secrecy::ExposeSecret;

/// Passwords of examples and tutorials.
const WORDS_OF_EXAMPLES: [&str; 10] =
    ["almoner", "admin", "changeme", "development", "example", "password", "postgres", "secret", "test", ""];

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
}

fn check_production(settings: &Settings, layers: &mut Layers) {
    let mut refuse = |name: &str, message: &str| layers.fault(name, None, format!("in production, {message}"));
    if !settings.http.public_url.as_str().starts_with("https://") {
        refuse("http.public_url", "write the https:// address under which people find it");
    }
    if !settings.passwords.link_page.as_str().starts_with("https://") {
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
    if is_of_an_example(password_of(settings.database.url.expose_secret())) {
        refuse("database.url", "choose a password of your own: this one is in every example");
    }
    if let Some((_, password)) = &settings.mail.account
        && is_of_an_example(Some(password.expose_secret()))
    {
        refuse("mail.password", "choose a password of your own: this one is in every example");
    }
    if settings.mail.tls == MailTls::None && !is_this_machine(&settings.mail.host) {
        refuse("mail.tls", "write \"starttls\" or \"implicit\": letters and passwords cross the network");
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn is_of_an_example(password: Option<&str>) -> bool {
    password.is_some_and(|password| WORDS_OF_EXAMPLES.contains(&password.to_lowercase().as_str()))
}

/// The password in `postgres://USER:PASSWORD@HOST/…`; a server on a socket needs none.
fn password_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let (authority, _) = rest.split_once('/').unwrap_or((rest, ""));
    let (account, _) = authority.rsplit_once('@')?;
    account.split_once(':').map(|(_, password)| password)
}
