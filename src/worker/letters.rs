//! The words of each letter, in each language: one template, its first line the subject, the rest the body.
//!
//! A template is given the facts of its letter and nothing else; a name that is not among them is an error, never a gap. What a
//! template prints stays on its line: line breaks and control characters become spaces, so that nobody who writes a title or a
//! name can write a header or a paragraph of the letter. Only a reason, through the filter `paragraphs`, keeps its lines.

use chrono::{DateTime, Utc};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior};
use rules::calendar::{Day, hong_kong};
use rules::change_request::ChangeKind;
use rules::member::MemberRole;
use rules::money::Cents;
use rules::notification::Letter;
use rules::person::Language;
use rules::sitting::Way;
use rules::text::Text;
use serde::Serialize;
use std::collections::BTreeSet;

/// What a letter is about, in the words and figures of the event that it tells.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "each is a letter with the facts that its templates may name")]
pub enum Matter {
    PasswordLink { occasion: Occasion, link: String, holds_until: DateTime<Utc> },
    ApplicationReceived { case: Case, on: Day, requested: Cents, allowed: Cents },
    ApplicationReturned { case: Case, on: Day, reason: String, fields: BTreeSet<String>, answer_by: Day },
    ApplicationResubmitted { case: Case, on: Day },
    ApplicationReturnEnded { case: Case, on: Day, reason: String },
    ApplicationWithdrawn { case: Case, on: Day, reason: String },
    ApplicationIneligible { case: Case, on: Day, reason: String, review_by: Option<Day> },
    ApplicationReinstated { case: Case, on: Day, reason: String },
    ApplicationRejected { case: Case, on: Day, reason: String, house_marks: bool, review_by: Option<Day> },
    ApplicationOnReserve { case: Case, on: Day, until: Day },
    AssessmentAssigned { reference: String, scheme: String, blind: bool },
    AssessmentWithdrawn { reference: String, scheme: String },
    AuthorityDelegated { absent: String, from: Day, last: Day, scheme: Option<String> },
    DelegationEnded { absent: String },
    SittingConvened { reference: String, scheme: String, way: Way, held_on: Day },
    SittingGivenUp { reference: String, scheme: String },
    AgendaConvened { scheme: String, lines: u32, way: Way, held_on: Day },
    FeedbackReleased { case: Case, on: Day },
    AwardOffered { case: Case, amount: Cents, expires_on: Day, days: u32, house_days: bool },
    AwardAccepted { case: Case, on: Day, amount: Cents, instalments: Vec<Instalment>, house_plan: bool },
    AwardLapsed { case: Case, amount: Cents, expired_on: Option<Day> },
    ChangeOpened { case: Case, on: Day, change: ChangeKind, reason: String },
    ChangeWithdrawn { case: Case, on: Day, change: ChangeKind, reason: String },
    ChangeReturned { case: Case, on: Day, change: ChangeKind, question: String },
    ChangeDecided { case: Case, on: Day, change: ChangeKind, reason: String, granted: Option<Holds> },
    ReviewReceived { case: Case, on: Day, step: String, grounds: String },
    ReviewDecided { case: Case, on: Day, step: String, set_aside: bool, reason: String, next_by: Option<Day> },
    ClaimQueried { case: Case, on: Day, instalment: String, question: String },
    ClaimReturned { case: Case, on: Day, instalment: String, amount: Cents, reason: String },
    PaymentReleased { case: Case, on: Day, instalment: String, amount: Cents, batch: String, set_off: Option<Met> },
    PaymentCameBack { case: Case, on: Day, instalment: String, amount: Cents, back: CameBack },
    RecoveryDemanded { case: Case, on: Day, demand: String, amount: Cents, due_on: Day },
    RecoveryOverdue { case: Case, demand: String, outstanding: Cents, due_on: Day },
    ObligationDue { case: Case, obligation: String, due_on: Day, late: bool },
    ObligationReturned { case: Case, on: Day, obligation: String, reason: String },
    AssessmentDue { reference: String, scheme: String, due: Day },
    AssessmentLate { reference: String, scheme: String, due: Day },
    ReturnDue { case: Case, answer_by: Day },
    AwardExpires { case: Case, expires_on: Day },
    RoundCloses { case: Case, round: String, closes_at: DateTime<Utc> },
    RoundExtended { scheme: String, round: String, until: DateTime<Utc>, reason: String },
    PayeeAccountProposed { organisation: String, on: Day, ending: String },
    PayeeAccountConfirmed { organisation: String, on: Day, ending: String, usable_from: Day },
    PayeeAccountEnded { organisation: String, on: Day, ending: String, reason: String },
    MemberInvited { scheme: String, role: MemberRole, told: Option<Inviting> },
}

/// Why somebody gets a link to choose a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// They registered, or somebody did with their address.
    Registered,
    /// The same without an organisation.
    RegisteredAlone,
    /// An administrator added them.
    Invited,
    /// They asked, or somebody did for their address.
    Requested,
}

/// What of a payment has met a demand.
#[derive(Clone, Debug, Serialize)]
pub struct Met {
    /// How much.
    pub amount: Cents,
    /// What is transferred; none where all is set off.
    pub transferred: Option<Cents>,
}

/// A payment that has come back.
#[derive(Clone, Debug, Serialize)]
pub struct CameBack {
    /// By what the payment is known.
    pub payment: String,
    /// Whether the bank has not executed it, and not returned it.
    pub rejected: bool,
    /// The code that says why.
    pub reason: Option<String>,
}

/// The case that a letter is about.
#[derive(Clone, Debug, Serialize)]
pub struct Case {
    /// The reference that people use.
    pub reference: String,
    /// What the project is called.
    pub title: String,
    /// The scheme's name in the reader's language.
    pub scheme: String,
}

/// What somebody is told of an invitation whom the house knows.
#[derive(Clone, Debug, Serialize)]
pub struct Inviting {
    /// What the project is called.
    pub title: String,
    /// What the one who invites is called.
    pub inviter: String,
    /// The organisation on whose behalf they are invited.
    pub organisation: Option<String>,
}

/// What holds after a change that was granted, as far as it has changed.
#[derive(Clone, Debug, Serialize)]
pub struct Holds {
    /// The award before and after.
    pub amounts: Option<[Cents; 2]>,
    /// The last day of the project.
    pub ends_on: Option<Day>,
}

/// An instalment of a plan.
#[derive(Clone, Debug, Serialize)]
pub struct Instalment {
    /// Its name in the reader's language.
    pub name: String,
    /// How much.
    pub amount: Cents,
}

impl Matter {
    /// Which letter it is.
    #[must_use]
    pub const fn letter(&self) -> Letter {
        match self {
            Self::PasswordLink { .. } => Letter::PasswordLink,
            Self::ApplicationReceived { .. } => Letter::ApplicationReceived,
            Self::ApplicationReturned { .. } => Letter::ApplicationReturned,
            Self::ApplicationResubmitted { .. } => Letter::ApplicationResubmitted,
            Self::ApplicationReturnEnded { .. } => Letter::ApplicationReturnEnded,
            Self::ApplicationWithdrawn { .. } => Letter::ApplicationWithdrawn,
            Self::ApplicationIneligible { .. } => Letter::ApplicationIneligible,
            Self::ApplicationReinstated { .. } => Letter::ApplicationReinstated,
            Self::ApplicationRejected { .. } => Letter::ApplicationRejected,
            Self::ApplicationOnReserve { .. } => Letter::ApplicationOnReserve,
            Self::AssessmentAssigned { .. } => Letter::AssessmentAssigned,
            Self::AssessmentWithdrawn { .. } => Letter::AssessmentWithdrawn,
            Self::AuthorityDelegated { .. } => Letter::AuthorityDelegated,
            Self::DelegationEnded { .. } => Letter::DelegationEnded,
            Self::SittingConvened { .. } => Letter::SittingConvened,
            Self::SittingGivenUp { .. } => Letter::SittingGivenUp,
            Self::AgendaConvened { .. } => Letter::AgendaConvened,
            Self::FeedbackReleased { .. } => Letter::FeedbackReleased,
            Self::AwardOffered { .. } => Letter::AwardOffered,
            Self::AwardAccepted { .. } => Letter::AwardAccepted,
            Self::AwardLapsed { .. } => Letter::AwardLapsed,
            Self::ChangeOpened { .. } => Letter::ChangeOpened,
            Self::ChangeWithdrawn { .. } => Letter::ChangeWithdrawn,
            Self::ChangeReturned { .. } => Letter::ChangeReturned,
            Self::ChangeDecided { .. } => Letter::ChangeDecided,
            Self::ReviewReceived { .. } => Letter::ReviewReceived,
            Self::ReviewDecided { .. } => Letter::ReviewDecided,
            Self::ClaimQueried { .. } => Letter::ClaimQueried,
            Self::ClaimReturned { .. } => Letter::ClaimReturned,
            Self::PaymentReleased { .. } => Letter::PaymentReleased,
            Self::PaymentCameBack { .. } => Letter::PaymentCameBack,
            Self::RecoveryDemanded { .. } => Letter::RecoveryDemanded,
            Self::RecoveryOverdue { .. } => Letter::RecoveryOverdue,
            Self::ObligationDue { .. } => Letter::ObligationDue,
            Self::ObligationReturned { .. } => Letter::ObligationReturned,
            Self::RoundExtended { .. } => Letter::RoundExtended,
            Self::AssessmentDue { .. } => Letter::AssessmentDue,
            Self::AssessmentLate { .. } => Letter::AssessmentLate,
            Self::ReturnDue { .. } => Letter::ReturnDue,
            Self::AwardExpires { .. } => Letter::AwardExpires,
            Self::RoundCloses { .. } => Letter::RoundCloses,
            Self::MemberInvited { .. } => Letter::MemberInvited,
            Self::PayeeAccountProposed { .. } => Letter::PayeeAccountProposed,
            Self::PayeeAccountConfirmed { .. } => Letter::PayeeAccountConfirmed,
            Self::PayeeAccountEnded { .. } => Letter::PayeeAccountEnded,
        }
    }
}

/// The templates of a letter or of a part of one, in the order of [`Language::ALL`].
macro_rules! texts {
    ($name:literal) => {
        [
            include_str!(concat!("templates/", $name, ".en.txt")),
            include_str!(concat!("templates/", $name, ".zh-Hant.txt")),
            include_str!(concat!("templates/", $name, ".zh-Hans.txt")),
        ]
    };
}

/// A letter without words in every language does not compile.
const fn texts(letter: Letter) -> [&'static str; 3] {
    match letter {
        Letter::PasswordLink => texts!("password_link"),
        Letter::ApplicationReceived => texts!("application_received"),
        Letter::ApplicationReturned => texts!("application_returned"),
        Letter::ApplicationResubmitted => texts!("application_resubmitted"),
        Letter::ApplicationReturnEnded => texts!("application_return_ended"),
        Letter::ApplicationWithdrawn => texts!("application_withdrawn"),
        Letter::ApplicationIneligible => texts!("application_ineligible"),
        Letter::ApplicationReinstated => texts!("application_reinstated"),
        Letter::ApplicationRejected => texts!("application_rejected"),
        Letter::ApplicationOnReserve => texts!("application_on_reserve"),
        Letter::AssessmentAssigned => texts!("assessment_assigned"),
        Letter::AssessmentWithdrawn => texts!("assessment_withdrawn"),
        Letter::AuthorityDelegated => texts!("authority_delegated"),
        Letter::DelegationEnded => texts!("delegation_ended"),
        Letter::SittingConvened => texts!("sitting_convened"),
        Letter::SittingGivenUp => texts!("sitting_given_up"),
        Letter::AgendaConvened => texts!("agenda_convened"),
        Letter::FeedbackReleased => texts!("feedback_released"),
        Letter::AwardOffered => texts!("award_offered"),
        Letter::AwardAccepted => texts!("award_accepted"),
        Letter::AwardLapsed => texts!("award_lapsed"),
        Letter::ChangeOpened => texts!("change_opened"),
        Letter::ChangeWithdrawn => texts!("change_withdrawn"),
        Letter::ChangeReturned => texts!("change_returned"),
        Letter::ChangeDecided => texts!("change_decided"),
        Letter::ReviewReceived => texts!("review_received"),
        Letter::ReviewDecided => texts!("review_decided"),
        Letter::ClaimQueried => texts!("claim_queried"),
        Letter::ClaimReturned => texts!("claim_returned"),
        Letter::PaymentReleased => texts!("payment_released"),
        Letter::PaymentCameBack => texts!("payment_came_back"),
        Letter::RecoveryDemanded => texts!("recovery_demanded"),
        Letter::RecoveryOverdue => texts!("recovery_overdue"),
        Letter::ObligationDue => texts!("obligation_due"),
        Letter::ObligationReturned => texts!("obligation_returned"),
        Letter::RoundExtended => texts!("round_extended"),
        Letter::AssessmentDue => texts!("assessment_due"),
        Letter::AssessmentLate => texts!("assessment_late"),
        Letter::ReturnDue => texts!("return_due"),
        Letter::AwardExpires => texts!("award_expires"),
        Letter::RoundCloses => texts!("round_closes"),
        Letter::MemberInvited => texts!("member_invited"),
        Letter::PayeeAccountProposed => texts!("payee_account_proposed"),
        Letter::PayeeAccountConfirmed => texts!("payee_account_confirmed"),
        Letter::PayeeAccountEnded => texts!("payee_account_ended"),
    }
}

/// A letter that has been written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// One line.
    pub subject: String,
    /// The text below it.
    pub body: String,
}

/// Everything that a template can name.
#[derive(Serialize)]
struct Facts<'a> {
    language: &'static str,
    name: &'a str,
    agency: &'a str,
    public_url: &'a str,
    #[serde(flatten)]
    matter: &'a Matter,
}

/// Writes letters.
pub struct Letters {
    templates: Environment<'static>,
    agency: Text,
    public_url: String,
}

impl Letters {
    /// Letters of an agency whose people sign in at an address.
    ///
    /// # Errors
    /// When a template cannot be read; a test reads them all.
    pub fn new(agency: &Text, public_url: &str) -> Result<Self, Error> {
        let mut templates = Environment::empty();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_auto_escape_callback(|_| AutoEscape::None);
        templates.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        templates.set_formatter(|out, _, value| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let text = if value.is_safe() { text } else { one_line(&text) };
            out.write_str(&text).map_err(|error| Error::new(ErrorKind::WriteFailure, error.to_string()))
        });
        templates.add_filter("money", money);
        templates.add_filter("day", day);
        templates.add_filter("instant", instant);
        templates.add_filter("paragraphs", |text: &str| Value::from_safe_string(paragraphs(text)));
        for (part, texts) in [("signature", texts!("signature")), ("change", texts!("change"))] {
            for (language, text) in Language::ALL.into_iter().zip(texts) {
                templates.add_template_owned(format!("{part}.{}", language.code()), text)?;
            }
        }
        for letter in Letter::ALL {
            for (language, text) in Language::ALL.into_iter().zip(texts(letter)) {
                templates.add_template_owned(name(letter, language), text)?;
            }
        }
        Ok(Self { templates, agency: agency.clone(), public_url: public_url.to_owned() })
    }

    /// Writes a letter to somebody in their language.
    ///
    /// # Errors
    /// When the template names what is not among the facts; a test writes them all.
    pub fn write(&self, language: Language, reader: &str, matter: &Matter) -> Result<Written, Error> {
        let (agency, public_url) = (self.agency.of(language), self.public_url.as_str());
        let facts = Facts { language: language.code(), name: reader, agency, public_url, matter };
        let text = self.templates.get_template(&name(matter.letter(), language))?.render(Serde(&facts))?;
        let (subject, body) = text.split_once('\n').unwrap_or((&text, ""));
        Ok(Written { subject: subject.trim().to_owned(), body: format!("{}\n", body.trim()) })
    }
}

fn name(letter: Letter, language: Language) -> String {
    format!("{letter:?}.{}", language.code())
}

/// Characters that break a line, steer a terminal or turn the direction of writing round.
fn steers(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn one_line(text: &str) -> String {
    text.chars().map(|character| if steers(character) { ' ' } else { character }).collect()
}

fn paragraphs(text: &str) -> String {
    text.lines().map(|line| one_line(line.trim_end())).collect::<Vec<_>>().join("\n")
}

fn money(amount: &str) -> Result<String, Error> {
    let amount = Cents::parse(amount).map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))?;
    Ok(rules::calculation::money(amount))
}

/// How the language of a letter writes a day or an instant: in English, Traditional and Simplified Chinese.
fn form(state: &State, forms: [&'static str; 3]) -> &'static str {
    let code = state.lookup("language").and_then(|language| language.as_str().and_then(Language::from_code));
    match (code, forms) {
        (Some(Language::TraditionalChinese), [_, form, _]) | (Some(Language::SimplifiedChinese), [_, _, form]) => form,
        (_, [form, ..]) => form,
    }
}

fn day(state: &State, day: &str) -> Result<String, Error> {
    let day = Day::parse(day).map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))?;
    Ok(day.date().format(form(state, ["%-d %B %Y", "%Y年%-m月%-d日", "%Y年%-m月%-d日"])).to_string())
}

/// An instant on the clocks of Hong Kong, which the templates say.
fn instant(state: &State, instant: &str) -> Result<String, Error> {
    let instant = instant.parse::<DateTime<Utc>>();
    let instant = instant.map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))?;
    let form = form(state, ["%H:%M on %-d %B %Y", "%Y年%-m月%-d日%H時%M分", "%Y年%-m月%-d日%H时%M分"]);
    Ok(instant.with_timezone(&hong_kong()).format(form).to_string())
}

#[cfg(test)]
mod tests;
