//! Texts that people read, in the languages that Almoner speaks.

use crate::person::Language;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};

/// An official text in each of the three written forms. Nothing converts one into another.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// English.
    #[serde(deserialize_with = "words")]
    #[schemars(schema_with = "crate::schema::words")]
    pub en: String,
    /// Traditional Chinese.
    #[serde(rename = "zh-Hant", deserialize_with = "words")]
    #[schemars(schema_with = "crate::schema::words")]
    pub zh_hant: String,
    /// Simplified Chinese.
    #[serde(rename = "zh-Hans", deserialize_with = "words")]
    #[schemars(schema_with = "crate::schema::words")]
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

/// Reads what people are to read: there is something to see, in one line, and nothing that is not seen.
///
/// # Errors
/// A sentence that says what to write instead.
pub(crate) fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if let Some(unseen) = text.chars().find(|character| is_unseen(*character)) {
        let message = format!("take out the character U+{:04X}: it is not seen", u32::from(unseen));
        return Err(de::Error::custom(message));
    }
    if text.trim().is_empty() {
        return Err(de::Error::custom("there is nothing to read here: write it in words"));
    }
    Ok(text)
}

/// Whether a character controls how others are shown, and is not shown itself.
pub(crate) const fn is_unseen(character: char) -> bool {
    matches!(character, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
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
