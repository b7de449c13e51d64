//! Every reason to say no, each with a stable code and a sentence that tells a person what to change.

use crate::money::Cents;
use crate::permission::Verb;
use crate::scheme::Fault;

/// Every reason to say no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not there, or not in the actor's sight.
    #[error("There is nothing here under this name that you may see.")]
    NotFound,
    /// The policy does not allow it.
    #[error("You may not do this ({}).", verb.code())]
    NotPermitted {
        /// What was tried.
        verb: Verb,
    },
    /// Nobody changes their own roles.
    #[error("Your own account is changed by another administrator.")]
    OwnAccount,
    /// A person without a role can do nothing.
    #[error("Give the person at least one role.")]
    NoRole,
    /// Not an address.
    #[error("Write an e-mail address such as name@example.hk.")]
    EmailNotAnAddress,
    /// The address is somebody's already.
    #[error("This e-mail address or business identifier is registered already: sign in, or ask for a new password.")]
    AlreadyRegistered,
    /// Not a name.
    #[error("Write a name of 1 to 200 characters on one line.")]
    NameNotUsable,
    /// Not a business identifier.
    #[error("Write the Unique Business Identifier as eight digits.")]
    UbiNotEightDigits,
    /// Too short or too long.
    #[error("Choose a password of 15 to 128 characters; several words are good, and no other rule applies.")]
    PasswordLength,
    /// Contains what everybody knows.
    #[error(
        "Choose a password that contains neither your name nor your e-mail address and that is not on a list of common ones."
    )]
    PasswordGuessable,
    /// The link was used, has expired or never was.
    #[error("This link cannot be used any more: ask for a new one.")]
    PasswordLinkSpent,
    /// The scheme's text has faults.
    #[error("The scheme's text has faults: mend {}.", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    SchemeFaulty {
        /// All of them.
        faults: Vec<Fault>,
    },
    /// The text is in force already.
    #[error("This text of {code} is the one in force already.")]
    SchemeUnchanged {
        /// The scheme's code.
        code: String,
    },
    /// No published text of that scheme.
    #[error("There is no published scheme \"{code}\".")]
    SchemeNotPublished {
        /// The scheme's code.
        code: String,
    },
    /// The state does not allow it.
    #[error("This cannot be done while the application is {state}.")]
    ApplicationWrongState {
        /// The state it is in.
        state: &'static str,
    },
    /// Something is missing or wrong before it can be submitted.
    #[error("The application cannot be submitted yet: {}.", missing.join("; "))]
    ApplicationIncomplete {
        /// What is missing, each with a pointer.
        missing: Vec<String>,
    },
    /// A text is too long, or there is none where one is needed.
    #[error("{field}: write 1 to {characters_max} characters.")]
    TextLength {
        /// Which text.
        field: &'static str,
        /// The most that is taken.
        characters_max: usize,
    },
    /// Outside the windows of the scheme.
    #[error("{code} receives no applications on this day{}.", next.as_ref().map(|window| format!("; the next window is {window}")).unwrap_or_default())]
    RoundClosed {
        /// The scheme's code.
        code: String,
        /// The next window, where one is published.
        next: Option<String>,
    },
    /// The applicant has submitted as many as the round takes.
    #[error("{path}: at most {limit} applications in a round, and {used} have been submitted.")]
    RoundQuota {
        /// The path of the ceiling.
        path: String,
        /// The ceiling.
        limit: u32,
        /// What has been submitted.
        used: u32,
    },
    /// The calculation comes to no grant.
    #[error("The rules of the scheme refuse it: {}.", reasons.join(" "))]
    CalculationRefused {
        /// The paths of the rules.
        refused_by: Vec<String>,
        /// The sentences of their steps.
        reasons: Vec<String>,
    },
    /// More is asked than the rules allow.
    #[error("{requested} is asked for, and the rules allow {allowed}: ask for no more.")]
    RequestAboveAllowed {
        /// What is asked.
        requested: Cents,
        /// What the rules allow.
        allowed: Cents,
    },
    /// The request of the application cannot be worked out.
    #[error("The figures cannot be worked out: {}.", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    FiguresFaulty {
        /// What is wrong, with pointers.
        faults: Vec<crate::calculation::RequestFault>,
    },
}

/// Which kind of no it is; the door gives each kind one status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// Absent, or out of sight.
    Absent,
    /// The actor may not.
    Permission,
    /// The state does not allow it.
    State,
    /// A rule says no.
    Rule,
}

impl Refusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::NotPermitted { .. } => "permission.denied",
            Self::OwnAccount => "person.own_account",
            Self::NoRole => "person.no_role",
            Self::EmailNotAnAddress => "person.email_not_an_address",
            Self::AlreadyRegistered => "person.already_registered",
            Self::NameNotUsable => "person.name_not_usable",
            Self::UbiNotEightDigits => "organisation.ubi_not_eight_digits",
            Self::PasswordLength => "password.length",
            Self::PasswordGuessable => "password.guessable",
            Self::PasswordLinkSpent => "password.link_spent",
            Self::SchemeFaulty { .. } => "scheme.faulty",
            Self::SchemeUnchanged { .. } => "scheme.unchanged",
            Self::SchemeNotPublished { .. } => "scheme.not_published",
            Self::ApplicationWrongState { .. } => "application.wrong_state",
            Self::ApplicationIncomplete { .. } => "application.incomplete",
            Self::TextLength { .. } => "text.length",
            Self::RoundClosed { .. } => "round.closed",
            Self::RoundQuota { .. } => "round.quota",
            Self::CalculationRefused { .. } => "calculation.refused",
            Self::RequestAboveAllowed { .. } => "application.request_above_allowed",
            Self::FiguresFaulty { .. } => "application.figures_faulty",
        }
    }

    /// Which kind of no it is.
    #[must_use]
    pub const fn kind(&self) -> RefusalKind {
        match self {
            Self::NotFound | Self::SchemeNotPublished { .. } => RefusalKind::Absent,
            Self::NotPermitted { .. } | Self::OwnAccount => RefusalKind::Permission,
            Self::SchemeUnchanged { .. }
            | Self::ApplicationWrongState { .. }
            | Self::AlreadyRegistered
            | Self::PasswordLinkSpent => RefusalKind::State,
            _ => RefusalKind::Rule,
        }
    }
}
