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
    matches!(character, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffe}'..='\u{ffff}')
}

/// Whether a text can stand as a name that people read: something to see, in one line of so many characters at most, with nothing around
/// it and nothing in it that is not seen.
#[must_use]
pub fn is_name(text: &str, characters_max: usize) -> bool {
    let plain = text.trim() == text && !text.chars().any(is_unseen);
    plain && !text.is_empty() && text.chars().count() <= characters_max
}

/// What a reader of JSON or TOML expected, in words instead of names of types of the program.
pub(crate) fn in_words(message: &str) -> String {
    const EXPECTED: &str = "expected ";
    let after = message.rfind(EXPECTED).map(|place| place.saturating_add(EXPECTED.len()));
    let Some((said, expected)) = after.and_then(|after| message.split_at_checked(after)) else {
        return message.to_owned();
    };
    let (word, rest) =
        expected.split_once(' ').map_or((expected, String::new()), |(word, rest)| (word, format!(" {rest}")));
    match word {
        "u32" => format!("{said}a whole number from 0 to {}{rest}", u32::MAX),
        "u8" | "u16" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" | "isize" => {
            format!("{said}a whole number{rest}")
        }
        "struct" => {
            let after = rest.trim_start().split_once(' ').map_or(String::new(), |(_, rest)| format!(" {rest}"));
            format!("{said}a table of names and values{after}")
        }
        _ => message.to_owned(),
    }
}

/// A text in which everything that is not seen, or turns others round, is written by its number.
pub(crate) fn seen(text: &str) -> String {
    let written = |character: char| {
        if is_unseen(character) { format!("U+{:04X}", u32::from(character)) } else { character.to_string() }
    };
    text.chars().map(written).collect()
}

/// A sentence made by the rules, in English and Traditional Chinese.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
pub struct Sentence {
    /// English.
    pub en: String,
    /// Traditional Chinese.
    #[serde(rename = "zh-Hant")]
    pub zh_hant: String,
}
