use super::*;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use secrecy::ExposeSecret;
use std::io;

const DEFAULT: &str = include_str!("../../config/default.toml");
const PRODUCTION: &str = include_str!("../../config/production.toml");

fn read(variables: &[(&str, &str)], own: &str) -> Result<Settings, Vec<String>> {
    let variables: Vec<_> = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let text = |file: &str| match file {
        "default.toml" => Ok(DEFAULT.to_owned()),
        _ if own.is_empty() => Err(io::Error::from(io::ErrorKind::NotFound)),
        _ => Ok(own.to_owned()),
    };
    Settings::read(&variables, text).map_err(|faults| faults.0.iter().map(ToString::to_string).collect())
}

/// The settings that faults are about.
fn names(faults: &[String]) -> Vec<&str> {
    faults.iter().map(|fault| fault.split([':', ' ']).next().unwrap()).collect()
}

const DATABASE: (&str, &str) = ("DATABASE_URL", "postgres:///almoner?host=/run/postgresql");

fn pem(seed: &[u8; 32]) -> String {
    let key = ed25519_dalek::SigningKey::from_bytes(seed);
    key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string()
}

#[test]
fn the_shipped_files_are_enough_for_development() {
    let settings = read(&[DATABASE], "").unwrap();
    assert_eq!((settings.http.host.as_str(), settings.http.port), ("127.0.0.1", 8080));
    assert_eq!(settings.database.url.expose_secret(), DATABASE.1);
    assert_eq!(settings.http.metrics_readers.len(), 2);
    assert!(settings.clock.settable && settings.tokens.signing_key.is_none() && settings.mail.account.is_none());
}

#[test]
fn every_fault_is_told_at_once_with_its_name_and_what_to_write() {
    let variables =
        [("ALMONER_HTTP__PORT", "http"), ("ALMONER_TOKENS__LIFETIME_S", "5"), ("ALMONER_CLOCK__SETABLE", "true")];
    let own = "[mail]\ntls = \"ssl\"\npassword = \"hunter2\"\n";
    let faults = read(&variables, own).unwrap_err();
    assert_eq!(
        faults,
        [
            "http.port (in ALMONER_HTTP__PORT): write a port from 0 to 65535",
            "database.url: is missing: set DATABASE_URL to postgres://USER@HOST/DATABASE",
            "tokens.lifetime_s (in ALMONER_TOKENS__LIFETIME_S): write a whole number from 60 to 3600",
            "mail.password (in config/development.toml): is a secret: remove it there and set ALMONER_MAIL__PASSWORD",
            "mail.tls (in config/development.toml): write \"none\", \"starttls\" or \"implicit\"",
            "clock.setable (in ALMONER_CLOCK__SETABLE): there is no such setting; is clock.settable meant?",
        ]
    );
    assert!(!faults.concat().contains("hunter2"));
}

#[test]
fn what_only_the_mail_server_the_log_or_the_system_would_have_found_is_told_at_the_start() {
    let variables = [
        DATABASE,
        ("ALMONER_HTTP__HOST", ""),
        ("ALMONER_TOKENS__AUDIENCE", ""),
        ("ALMONER_MAIL__HOST", ""),
        ("ALMONER_MAIL__PORT", "0"),
        ("ALMONER_MAIL__FROM", "nonsense"),
        ("ALMONER_MAIL__AUTHORITY_FILE", "/nowhere/authority.pem"),
        ("ALMONER_LOG__FILTER", "info,almoner=loud"),
    ];
    assert_eq!(
        names(&read(&variables, "").unwrap_err()),
        ["http.host", "tokens.audience", "mail.authority_file", "mail.host", "mail.port", "mail.from", "log.filter",]
    );
    // It can be read, and holds no certificate.
    let faults = read(&[DATABASE, ("ALMONER_MAIL__AUTHORITY_FILE", "Cargo.toml")], "").unwrap_err();
    let said = "mail.authority_file (in ALMONER_MAIL__AUTHORITY_FILE): write the name of a file that can be read and holds a certificate in PEM, or \"\"";
    assert_eq!(faults, [said]);
}

#[test]
fn a_database_is_not_reached_in_the_clear_where_tls_is_asked_for() {
    for url in [
        "postgres://almoner@db.internal/almoner?sslmode=require",
        "postgres://almoner@db.internal/almoner?sslmode=verify-full",
        "postgres://almoner@db.internal/almoner?channel_binding=require",
        "host=db.internal user=almoner sslmode=require",
    ] {
        let faults = read(&[("DATABASE_URL", url)], "").unwrap_err();
        assert_eq!(names(&faults), ["database.url"], "{url}");
        assert!(faults[0].contains("asks for TLS, which Almoner does not speak with PostgreSQL"), "{url}: {faults:?}");
    }
    let faults = read(&[("DATABASE_URL", "mysql://almoner@localhost/almoner")], "").unwrap_err();
    assert!(faults[0].starts_with("database.url (in DATABASE_URL): cannot be read"), "{faults:?}");
}

#[test]
fn the_environment_has_the_last_word_over_both_files() {
    let variables = [DATABASE, ("ALMONER_HTTP__TRUSTED_PROXIES", "10.0.0.1, 10.0.0.2"), ("ALMONER_MAIL__PORT", "26")];
    let settings = read(&variables, "[mail]\nport = 25\nhost = \"mail.example.hk\"\n").unwrap();
    assert_eq!(settings.http.trusted_proxies.len(), 2);
    assert_eq!((settings.mail.host.as_str(), settings.mail.port), ("mail.example.hk", 26));
}

#[test]
fn a_secret_of_digits_is_a_text() {
    let variables = [DATABASE, ("ALMONER_MAIL__USERNAME", "almoner"), ("ALMONER_MAIL__PASSWORD", "0123456789")];
    let settings = read(&variables, "").unwrap();
    assert_eq!(settings.mail.account.as_ref().unwrap().1.expose_secret(), "0123456789");
    assert!(!format!("{settings:?}").contains("0123456789"));
}

const OWN: [(&str, &str); 15] = [
    ("ALMONER_ENVIRONMENT", "production"),
    ("DATABASE_URL", "postgres://almoner:dVq8!kTz@db.internal/almoner"),
    ("ALMONER_HTTP__PUBLIC_URL", "https://grants.example.gov.hk"),
    ("ALMONER_PASSWORDS__LINK_PAGE", "https://grants.example.gov.hk/password"),
    ("ALMONER_MAIL__HOST", "mail.example.gov.hk"),
    ("ALMONER_MAIL__FROM", "Innovation and Technology Commission <grants@example.gov.hk>"),
    ("ALMONER_FILES__PLACE", "folder:/var/lib/almoner/files"),
    ("ALMONER_AGENCY__NAME_EN", "Innovation and Technology Commission"),
    ("ALMONER_AGENCY__NAME_ZH_HANT", "創新科技署"),
    ("ALMONER_AGENCY__NAME_ZH_HANS", "创新科技署"),
    ("ALMONER_PAYMENTS__PAYER_NAME", "Innovation and Technology Commission"),
    ("ALMONER_PAYMENTS__PAYER_BANK", "004"),
    ("ALMONER_PAYMENTS__PAYER_ACCOUNT", "123456789001"),
    ("ALMONER_PAYMENTS__SEAL_KEYS", "0f0e3d8c7b6a59483726150493827160f0e1d2c3b4a5968778695a4b3c2d1e0f"),
    ("ALMONER_PARTICULARS__ACCOUNT_KEY", "5f0e3d8c7b6a59483726150493827160f0e1d2c3b4a5968778695a4b3c2d1e0f"),
];

#[test]
fn production_starts_when_everything_of_its_own_is_given() {
    let key = pem(&[7; 32]);
    let variables = [OWN.as_slice(), &[("ALMONER_TOKENS__SIGNING_KEY", &key)]].concat();
    let settings = read(&variables, PRODUCTION).unwrap();
    assert!(!settings.clock.settable);
    assert_eq!((settings.log.format, settings.mail.tls), (LogFormat::Json, MailTls::StartTls));
}

#[test]
fn production_has_no_default_for_what_is_its_own() {
    let key = pem(&[7; 32]);
    let given = |name: &str| {
        !["HTTP__PUBLIC_URL", "LINK_PAGE", "MAIL__", "FILES__", "AGENCY__", "PAYER"]
            .iter()
            .any(|own| name.contains(own))
    };
    let mut variables: Vec<_> = OWN.into_iter().filter(|(name, _)| given(name)).collect();
    variables.push(("ALMONER_TOKENS__SIGNING_KEY", &key));
    let faults = read(&variables, PRODUCTION).unwrap_err();
    let mut own = production::ITS_OWN;
    own.sort_unstable();
    let mut told = names(&faults);
    told.sort_unstable();
    assert_eq!(told, own);
    assert!(faults.iter().all(|fault| fault.contains(": is missing: write ")), "{faults:?}");
}

#[test]
fn production_refuses_what_belongs_to_development() {
    let variables = [
        ("ALMONER_ENVIRONMENT", "production"),
        ("DATABASE_URL", "postgres://postgres:postgres@localhost/almoner"),
        ("ALMONER_HTTP__PUBLIC_URL", "http://127.0.0.1:8080"),
        ("ALMONER_PASSWORDS__LINK_PAGE", "http://127.0.0.1:8080/docs/"),
        ("ALMONER_CLOCK__SETTABLE", "true"),
        ("ALMONER_MAIL__HOST", "mail.example.hk"),
        ("ALMONER_MAIL__FROM", "grants@example.hk"),
        ("ALMONER_MAIL__TLS", "none"),
        ("ALMONER_FILES__PLACE", "folder:out/files"),
        ("ALMONER_AGENCY__NAME_EN", "Grants Office"),
        ("ALMONER_AGENCY__NAME_ZH_HANT", "資助辦事處"),
        ("ALMONER_AGENCY__NAME_ZH_HANS", "资助办事处"),
        ("ALMONER_PAYMENTS__PAYER_NAME", "Grants Office"),
        ("ALMONER_PAYMENTS__PAYER_BANK", "004"),
        ("ALMONER_PAYMENTS__PAYER_ACCOUNT", "123456789838"),
    ];
    let expected = [
        "http.public_url",
        "passwords.link_page",
        "clock.settable",
        "tokens.signing_key",
        "particulars.account_key",
        "payments.seal_keys",
        "database.url",
        "files.place",
        "mail.tls",
    ];
    assert_eq!(names(&read(&variables, PRODUCTION).unwrap_err()), expected);
}

#[test]
fn production_refuses_the_password_of_an_example_however_the_address_is_written() {
    let key = pem(&[7; 32]);
    for url in [
        "postgres://almoner:Postgres@localhost/almoner",
        "postgres://almoner:p%6fstgres@localhost/almoner",
        "postgres://almoner@localhost/almoner?password=postgres",
        "host=localhost user=almoner password=postgres",
        "host=localhost user=almoner password='postgres'",
    ] {
        let key = ("ALMONER_TOKENS__SIGNING_KEY", key.as_str());
        let variables = [OWN.as_slice(), &[("DATABASE_URL", url), key]].concat();
        assert_eq!(names(&read(&variables, PRODUCTION).unwrap_err()), ["database.url"], "{url}");
    }
}

#[test]
fn production_refuses_the_key_of_the_tests() {
    let known = pem(SigningKey::SEED_OF_THE_TESTS);
    let variables = [("ALMONER_ENVIRONMENT", "production"), DATABASE, ("ALMONER_TOKENS__SIGNING_KEY", known.as_str())];
    let faults = read(&variables, PRODUCTION).unwrap_err();
    assert!(faults.iter().any(|fault| fault.starts_with("tokens.signing_key: in production, make a key of your own")));
}

#[test]
fn the_key_of_accounts_is_a_secret_that_can_be_used_and_in_production_one_of_its_own() {
    let name = "ALMONER_PARTICULARS__ACCOUNT_KEY";
    let known = "almoner: fingerprints of nobody.".bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    for (key, fault) in [
        ("hunter2", "is not a key of 64 hexadecimal digits: openssl rand -hex 32 makes one"),
        (known.as_str(), "in production, make a key of your own: this one is in the source code"),
        ("", "in production, set ALMONER_PARTICULARS__ACCOUNT_KEY: openssl rand -hex 32"),
    ] {
        let pem = pem(&[7; 32]);
        let mut variables = OWN.into_iter().filter(|(other, _)| *other != name).collect::<Vec<_>>();
        variables.extend([("ALMONER_TOKENS__SIGNING_KEY", pem.as_str()), (name, key)]);
        let faults = read(&variables, PRODUCTION).unwrap_err();
        assert!(faults.iter().any(|told| told.contains(fault)), "{faults:?}");
        assert!(!faults.concat().contains("hunter2"));
    }
    let settings = read(&[DATABASE, (name, &"5f".repeat(32))], "").unwrap();
    assert!(!format!("{settings:?}").contains("5f5f") && settings.particulars.account_key.is_some());
    let faults = read(&[DATABASE], &format!("[particulars]\naccount_key = \"{known}\"\n")).unwrap_err();
    assert!(faults[0].starts_with("particulars.account_key (in config/development.toml): is a secret"), "{faults:?}");
}

#[test]
fn the_keys_of_seals_are_secrets_that_can_be_used_and_in_production_none_that_everybody_knows() {
    let name = "ALMONER_PAYMENTS__SEAL_KEYS";
    let known = "almoner: seals that open to all.".bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    let behind = format!("{},{known}", "5f".repeat(32));
    for (keys, fault) in [
        ("hunter2", "is not keys of 64 hexadecimal digits with commas between them: openssl rand -hex 32 makes one"),
        (behind.as_str(), "in production, make keys of your own: one of these is in the source code"),
        ("", "in production, set ALMONER_PAYMENTS__SEAL_KEYS: openssl rand -hex 32"),
    ] {
        let pem = pem(&[7; 32]);
        let mut variables = OWN.into_iter().filter(|(other, _)| *other != name).collect::<Vec<_>>();
        variables.extend([("ALMONER_TOKENS__SIGNING_KEY", pem.as_str()), (name, keys)]);
        let faults = read(&variables, PRODUCTION).unwrap_err();
        assert!(faults.iter().any(|told| told.contains(fault)), "{faults:?}");
        assert!(!faults.concat().contains("hunter2"));
    }
    let settings = read(&[DATABASE, (name, &"5f".repeat(32))], "").unwrap();
    assert!(!format!("{settings:?}").contains("5f5f") && settings.payments.seal_keys.is_some());
}

#[test]
fn reminders_go_out_one_to_sixty_days_before_the_day() {
    let settings = read(&[DATABASE], "").unwrap().reminders;
    assert_eq!(
        (settings.assessment_days, settings.return_days, settings.award_days, settings.round_days),
        (3, 3, 7, 7)
    );
    for name in ["ALMONER_REMINDERS__ASSESSMENT_DAYS", "ALMONER_REMINDERS__AWARD_DAYS", "ALMONER_REMINDERS__ROUND_DAYS"]
    {
        for days in ["0", "61", "-1", "many"] {
            let faults = read(&[DATABASE, (name, days)], "").unwrap_err();
            assert_eq!(faults.len(), 1, "{faults:?}");
            assert!(faults[0].ends_with("write a whole number from 1 to 60"), "{faults:?}");
        }
    }
}

#[test]
fn the_agency_has_a_name_of_one_line_in_each_language() {
    let name = read(&[DATABASE], "").unwrap().agency.name;
    assert_eq!((&*name.en, &*name.zh_hant, &*name.zh_hans), ("Grants Office", "資助辦事處", "资助办事处"));
    let longest = "署".repeat(120);
    let named = read(&[DATABASE, ("ALMONER_AGENCY__NAME_ZH_HANT", &longest)], "").unwrap();
    assert_eq!(named.agency.name.zh_hant, longest);
    let too_long = "署".repeat(121);
    for own in ["NAME_EN", "NAME_ZH_HANT", "NAME_ZH_HANS"] {
        let (variable, setting) = (format!("ALMONER_AGENCY__{own}"), format!("agency.{}", own.to_lowercase()));
        for value in ["", " ", " Office", "Grants\nOffice", "Gr\u{202e}ants", &too_long] {
            let faults = read(&[DATABASE, (&variable, value)], "").unwrap_err();
            assert_eq!(names(&faults), [&*setting], "{value:?}");
            assert!(
                faults[0].ends_with("write what the agency is called, in one line of 1 to 120 characters"),
                "{faults:?}"
            );
        }
    }
}

#[test]
fn development_answers_its_own_machine_only() {
    let faults = read(&[DATABASE, ("ALMONER_HTTP__HOST", "0.0.0.0")], "").unwrap_err();
    assert_eq!(faults.len(), 1);
    assert!(faults[0].starts_with("http.host: development answers this machine only"));
}

#[test]
fn development_is_not_found_from_elsewhere_through_a_proxy() {
    for url in ["https://grants.example.gov.hk", "http://192.0.2.1:8080"] {
        let faults = read(&[DATABASE, ("ALMONER_HTTP__PUBLIC_URL", url)], "").unwrap_err();
        assert_eq!(names(&faults), ["http.public_url"], "{url}");
    }
    for url in ["http://localhost:3000", "http://[::1]:8080"] {
        assert!(read(&[DATABASE, ("ALMONER_HTTP__PUBLIC_URL", url)], "").is_ok(), "{url}");
    }
}

#[test]
fn an_unknown_environment_is_a_fault_and_never_development() {
    let faults = read(&[DATABASE, ("ALMONER_ENVIRONMENT", "prod")], PRODUCTION).unwrap_err();
    assert_eq!(faults[0], "ALMONER_ENVIRONMENT: write development or production");
}

#[test]
fn where_files_lie_and_who_looks_at_them_is_checked_at_the_start() {
    let read_files = |own: &[(&str, &str)]| {
        let variables = [&[DATABASE], own].concat();
        read(&variables, "").map(|settings| settings.files)
    };
    let files = read_files(&[]).unwrap();
    assert!(matches!(files.place, Place::Folder(_)) && files.scanner == Scanner::Off);
    for (own, named) in [
        (&[("ALMONER_FILES__PLACE", "somewhere")][..], &["files.place"][..]),
        (&[("ALMONER_FILES__PLACE", "folder:")], &["files.place"]),
        (&[("ALMONER_FILES__PLACE", "s3:bucket")], &["files.s3_endpoint", "files.s3_key_id", "files.place"]),
        (&[("ALMONER_FILES__SCANNER", "on")], &["files.scanner"]),
        (&[("ALMONER_FILES__SCANNER", "tcp:clamd")], &["files.scanner"]),
        (&[("ALMONER_FILES__SCANNER", "unix:clamd.ctl")], &["files.scanner"]),
        (&[("ALMONER_FILES__BYTES_MAX", "0")], &["files.bytes_max"]),
    ] {
        assert_eq!(names(&read_files(own).unwrap_err()), named, "{own:?}");
    }
    let service = [
        ("ALMONER_FILES__PLACE", "s3:grants"),
        ("ALMONER_FILES__S3_ENDPOINT", "https://s3.example"),
        ("ALMONER_FILES__S3_KEY_ID", "almoner"),
        ("ALMONER_FILES__S3_SECRET_KEY", "hunter2"),
        ("ALMONER_FILES__SCANNER", "tcp:clamd.internal:3310"),
    ];
    let files = read_files(&service).unwrap();
    assert!(!format!("{files:?}").contains("hunter2"));
    assert_eq!(files.scanner, Scanner::Tcp("clamd.internal:3310".to_owned()));
    assert!(matches!(files.place, Place::Service(service) if service.bucket == "grants"));
}
