//! What a recipient owes beside the project itself: reports, audited accounts, books that are kept.

use super::{DueOn, SchemeFile, Tables};
use crate::dated::Dated;
use crate::text::Text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

/// What is owed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObligationKind {
    /// A report.
    Report,
    /// Accounts that an auditor has looked at.
    AuditedAccounts,
    /// That books and records are kept until the day; nothing is handed in.
    Books,
    /// Anything else.
    #[default]
    Other,
}

impl ObligationKind {
    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::AuditedAccounts => "audited_accounts",
            Self::Books => "books",
            Self::Other => "other",
        }
    }

    /// The kind with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Report, Self::AuditedAccounts, Self::Books, Self::Other].into_iter().find(|kind| kind.code() == code)
    }
}

/// What a recipient owes afterwards.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Obligation {
    /// What people call it.
    pub name: Text,
    /// What it is; left out, anything else than a report, accounts or books.
    #[serde(default)]
    pub kind: ObligationKind,
    /// After which event.
    pub after: DueOn,
    /// How many months later at the latest.
    pub is: Dated<u32>,
    /// Once after each so many months from the acceptance of the offer until the project ends; left out, once.
    pub every_months: Option<Dated<u32>>,
    /// The instalments that are not certified before it is accepted: their codes.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub needed_for: Vec<Spanned<String>>,
    /// Whether, while it is late, nothing of the award is certified or prepared for payment; left out, it is.
    pub blocks_when_late: Option<Dated<bool>>,
    /// What is to be attached, where its name does not say it.
    pub document: Option<Text>,
}

impl SchemeFile {
    /// What people call an obligation of a case: with a number where the file has it owed several times.
    #[must_use]
    pub fn owed(&self, code: &str) -> Option<(Text, &Obligation)> {
        let obligations: &Tables<Obligation> = &self.obligation;
        if let Some(obligation) = obligations.get(code) {
            return Some((obligation.name.clone(), obligation));
        }
        let (series, number) = code.rsplit_once('_')?;
        let obligation = obligations.get(series).filter(|one| one.every_months.is_some())?;
        let numbered = |name: &str| format!("{name} ({number})");
        let Text { en, zh_hant, zh_hans } = &obligation.name;
        Some((Text { en: numbered(en), zh_hant: numbered(zh_hant), zh_hans: numbered(zh_hans) }, obligation))
    }
}
