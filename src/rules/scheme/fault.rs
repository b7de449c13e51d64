//! A fault of a scheme file: where it is, what is wrong and what to write.

use crate::text::in_words;
use std::fmt;

/// One fault of a scheme file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// What is wrong and what to write.
    pub message: String,
}

impl Fault {
    /// A fault at a place of the text, given in bytes.
    #[must_use]
    pub fn at(text: &str, offset: usize, message: impl Into<String>) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline.saturating_add(1));
        let column = before.get(line_start..).map_or(0, |line| line.chars().count());
        Self {
            line: before.bytes().filter(|byte| *byte == b'\n').count().saturating_add(1),
            column: column.saturating_add(1),
            message: message.into(),
        }
    }

    /// The first thing that could not be read.
    #[must_use]
    pub fn of_reading(text: &str, error: &toml::de::Error) -> Self {
        let message = error.message();
        let write = match message {
            "missing field `name`" => ": write name = { en = \"…\", zh-Hant = \"…\", zh-Hans = \"…\" }",
            _ if message.ends_with("expected a sequence") => {
                ": write a list in [ ]; of a value with its days, [{ from = \"2025-11-18\", is = …, source = \"…\" }]"
            }
            _ => "",
        };
        let message = in_words(message);
        Self::at(text, error.span().map_or(0, |span| span.start), format!("{message}{write}"))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.line, self.column, self.message)
    }
}
