//! The types of files that are taken.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MediaType {
    /// Portable Document Format.
    Pdf,
    /// A picture without loss.
    Png,
    /// A photograph.
    Jpeg,
    /// A text of Word, without macros.
    Docx,
    /// A workbook of Excel, without macros.
    Xlsx,
    /// Values separated by commas, in UTF-8.
    Csv,
    /// Plain text in UTF-8.
    Text,
}

impl MediaType {
    /// Every type that is taken.
    pub const ALL: [Self; 7] = [Self::Pdf, Self::Png, Self::Jpeg, Self::Docx, Self::Xlsx, Self::Csv, Self::Text];

    /// The type as IANA has registered it.
    #[must_use]
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv",
            Self::Text => "text/plain",
        }
    }

    /// The other way round.
    #[must_use]
    pub fn from_mime(mime: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|media_type| media_type.mime().eq_ignore_ascii_case(mime))
    }

    /// Whether it is made of characters.
    #[must_use]
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Csv | Self::Text)
    }

    /// What people call it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Docx => "DOCX",
            Self::Xlsx => "XLSX",
            Self::Csv => "CSV",
            Self::Text => "TXT",
        }
    }

    /// Several of them, for people.
    #[must_use]
    pub fn listed(types: &[Self]) -> String {
        types.iter().map(|media_type| media_type.word()).collect::<Vec<_>>().join(", ")
    }
}
