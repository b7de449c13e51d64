//! One mail to one server: connect, hand over, and say what came of it.
//!
//! Each mail has a connection of its own. An attempt that was cut off in the middle of a letter leaves nothing behind that a
//! next letter could run into, and every refusal is met at a known step: what the server says against the agency (connection,
//! TLS, account, sender) is tried again, since no letter is to blame; what it says for good against a letter or its reader is final.

use super::letters::Written;
use crate::settings::{self, MailTls};
use chrono::{DateTime, Utc};
use lettre::address::AddressError;
use lettre::message::header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::{Address, Message};
use rules::ids::{NoticeId, PersonId};
use rules::person::{Language, Person};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use std::{fmt, fs};
use tokio::time::timeout;

/// How long a server that has taken a letter may take to say good-bye.
const GOODBYE: Duration = Duration::from_secs(2);

/// Why mail cannot go out at all.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// The certificate authority cannot be read.
    #[error("mail.authority_file: {0}")]
    Authority(#[from] std::io::Error),
    /// The certificate authority or the server's name cannot be used.
    #[error("mail.host or mail.authority_file: {0}")]
    Tls(#[from] lettre::transport::smtp::Error),
    /// The sender is no mailbox.
    #[error("mail.from: write a sender such as \"Grants <grants@example.hk>\": {0}")]
    Sender(#[from] AddressError),
}

/// Why a mail was not taken.
#[derive(Debug)]
pub struct Undelivered {
    /// Whether trying again is of no use.
    pub for_good: bool,
    /// What kind of trouble it is; fit for the log, since it names nobody.
    pub kind: Trouble,
    /// What the server said, which may name people.
    pub detail: String,
}

/// What kind of trouble kept a mail from being taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The server answered with a code.
    Code(u16),
    /// The attempt took too long.
    TimedOut,
    /// The connection could not be made, protected or kept.
    Connection,
    /// The mail cannot be written or addressed.
    Unsendable,
}

impl fmt::Display for Trouble {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(formatter, "the mail server answered {code}"),
            Self::TimedOut => formatter.write_str("the mail server took too long"),
            Self::Connection => formatter.write_str("the mail server could not be reached, or went away"),
            Self::Unsendable => formatter.write_str("the mail cannot be written or addressed"),
        }
    }
}

impl Undelivered {
    fn unsendable(error: impl fmt::Display) -> Self {
        Self { for_good: true, kind: Trouble::Unsendable, detail: error.to_string() }
    }

    /// The server will not speak with the agency: no letter is to blame.
    fn of_the_agency(error: lettre::transport::smtp::Error) -> Self {
        Self { for_good: false, ..Self::of_the_letter(error) }
    }

    fn of_the_letter(error: lettre::transport::smtp::Error) -> Self {
        let code = error.status().and_then(|code| code.to_string().parse().ok());
        let kind = code.map_or(Trouble::Connection, Trouble::Code);
        Self { for_good: error.is_permanent(), kind, detail: error.to_string() }
    }
}

/// Whoever is written to.
#[derive(Clone, Debug)]
pub struct Addressee {
    /// Who it is; none where nobody has registered with the address.
    pub person: Option<PersonId>,
    /// The address.
    pub email: String,
    /// What they are called, where that is known.
    pub name: String,
    /// The language of the letter.
    pub language: Language,
}

impl From<Person> for Addressee {
    fn from(person: Person) -> Self {
        Self { person: Some(person.id), email: person.email, name: person.name, language: person.language }
    }
}

enum Protection {
    None,
    /// A server that does not offer it gets nothing.
    StartTls(TlsParameters),
    Implicit(TlsParameters),
}

/// Sends mail.
pub struct Mailer {
    host: String,
    port: u16,
    protection: Protection,
    account: Option<Credentials>,
    attempt: Duration,
    own_name: ClientId,
    sender: Mailbox,
}

impl Mailer {
    /// A mailer as the settings say.
    ///
    /// # Errors
    /// When the sender, the server's name or its certificate authority cannot be used.
    pub fn new(settings: &settings::Mail) -> Result<Self, MailerError> {
        let parameters = || -> Result<TlsParameters, MailerError> {
            let builder = TlsParameters::builder(settings.host.clone());
            Ok(match &settings.authority_file {
                Some(file) => builder.add_root_certificate(Certificate::from_pem(&fs::read(file)?)?).build()?,
                None => builder.build()?,
            })
        };
        let protection = match settings.tls {
            MailTls::None => Protection::None,
            MailTls::StartTls => Protection::StartTls(parameters()?),
            MailTls::Implicit => Protection::Implicit(parameters()?),
        };
        let credentials = |(name, password): &(String, SecretString)| {
            Credentials::new(name.clone(), password.expose_secret().to_owned())
        };
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port,
            protection,
            account: settings.account.as_ref().map(credentials),
            attempt: settings.attempt,
            own_name: ClientId::default(),
            sender: settings.from.parse()?,
        })
    }

    /// The mail with a letter. Its `Message-ID` is made from the notice, so that one that arrives twice is known for the same.
    ///
    /// # Errors
    /// When the reader's address cannot be written to.
    pub fn compose(
        &self,
        notice: NoticeId,
        to: &Addressee,
        letter: Written,
        written_at: DateTime<Utc>,
    ) -> Result<Message, Undelivered> {
        let address = to.email.parse::<Address>().map_err(Undelivered::unsendable)?;
        let named =
            |name: &'static str, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
        MessageBuilder::new()
            .from(self.sender.clone())
            .to(Mailbox::new(None, address))
            .subject(letter.subject)
            .date(written_at.into())
            .message_id(Some(format!("<{notice}@{}>", self.sender.email.domain())))
            .header(MIME_VERSION_1_0)
            .header(ContentType::TEXT_PLAIN)
            .raw_header(named("Content-Language", content_language(to.language)))
            .raw_header(named("Auto-Submitted", "auto-generated"))
            .body(letter.body)
            .map_err(Undelivered::unsendable)
    }

    /// Sends a mail. When this says that it was taken, the server has said so; when it says that it was not, the server may still
    /// have taken it and only its answer was lost.
    ///
    /// # Errors
    /// When the server did not take it, or nobody knows.
    pub async fn send(&self, mail: &Message) -> Result<(), Undelivered> {
        let attempt = async {
            let mut connection = self.connect().await.map_err(Undelivered::of_the_agency)?;
            let sent = hand_over(&mut connection, mail).await;
            Ok((connection, sent))
        };
        let Ok(met) = timeout(self.attempt, attempt).await else {
            let detail = format!("no end after {} s", self.attempt.as_secs());
            return Err(Undelivered { for_good: false, kind: Trouble::TimedOut, detail });
        };
        let (mut connection, sent) = met?;
        // Whatever becomes of the good-bye, the letter's fate is known.
        let _ = timeout(GOODBYE, connection.quit()).await;
        sent
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, lettre::transport::smtp::Error> {
        let server = (self.host.as_str(), self.port);
        let implicit = match &self.protection {
            Protection::Implicit(parameters) => Some(parameters.clone()),
            Protection::None | Protection::StartTls(_) => None,
        };
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(self.attempt), &self.own_name, implicit, None).await?;
        if let Protection::StartTls(parameters) = &self.protection {
            connection.starttls(parameters.clone(), &self.own_name).await?;
        }
        if let Some(account) = &self.account {
            connection.auth(DEFAULT_MECHANISMS, account).await?;
        }
        Ok(connection)
    }
}

async fn hand_over(connection: &mut AsyncSmtpConnection, mail: &Message) -> Result<(), Undelivered> {
    let envelope = mail.envelope();
    let addresses = envelope.from().into_iter().chain(envelope.to());
    let beyond_ascii = addresses.into_iter().any(|address| !AsRef::<str>::as_ref(address).is_ascii());
    if beyond_ascii && !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
        return Err(Undelivered::unsendable("the mail server takes no addresses beyond ASCII"));
    }
    let parameters = if beyond_ascii { vec![MailParameter::SmtpUtfEight] } else { Vec::new() };
    let sender = Mail::new(envelope.from().cloned(), parameters);
    connection.command(sender).await.map_err(Undelivered::of_the_agency)?;
    for reader in envelope.to() {
        connection.command(Rcpt::new(reader.clone(), Vec::new())).await.map_err(Undelivered::of_the_letter)?;
    }
    connection.command(Data).await.map_err(Undelivered::of_the_letter)?;
    connection.message(&mail.formatted()).await.map_err(Undelivered::of_the_letter)?;
    Ok(())
}

/// The tag of the written form as Hong Kong writes it.
const fn content_language(language: Language) -> &'static str {
    match language {
        Language::English => "en",
        Language::TraditionalChinese => "zh-Hant-HK",
        Language::SimplifiedChinese => "zh-Hans-HK",
    }
}
