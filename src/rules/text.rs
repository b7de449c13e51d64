//! Texts that people read, in the languages that Almoner speaks.

use crate::person::Language;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An official text in each of the three written forms. Nothing converts one into another.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// English.
    pub en: String,
    /// Traditional Chinese.
    #[serde(rename = "zh-Hant")]
    pub zh_hant: String,
    /// Simplified Chinese.
    #[serde(rename = "zh-Hans")]
    pub zh_hans: String,
}

impl Text {
    /// The form that a person reads.
    #[must_use]
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::TraditionalChinese => &self.zh_hant,
            Language::SimplifiedChinese => &self.zh_hans,
        }
    }
}

/// A sentence made by the rules, in English and Traditional Chinese.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Sentence {
    /// English.
    pub en: String,
    /// Traditional Chinese.
    #[serde(rename = "zh-Hant")]
    pub zh_hant: String,
}
