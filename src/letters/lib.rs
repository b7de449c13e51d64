//! The letters of Almoner on paper: the text of one and the bytes of fonts in, a PDF out that a screen reader reads aloud in the right
//! language. Nothing here reads a file or a clock: the same text and fonts give the same bytes.

mod draw;
mod flow;
mod fonts;
#[cfg(test)]
mod tests;

pub use fonts::Fonts;

use rules::letter::LetterText;

/// Why a letter cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is no font to set it in.
    #[error("none of the files given holds a font that has both Latin letters and Traditional Chinese characters")]
    NoFont,
    /// What was set is not a PDF as it must be.
    #[error("the letter is not set as PDF/UA-1 asks: {0}")]
    NotConforming(String),
}

/// Sets a letter. `sha256`, the hash of its text as it is kept, stands at the foot of every page and identifies the document.
///
/// # Errors
/// When the PDF would not be what PDF/UA-1 asks.
pub fn pdf(text: &LetterText, sha256: &str, fonts: &Fonts) -> Result<Vec<u8>, Fault> {
    let text = fonts.settable(text);
    let set = flow::set(&text, sha256, fonts);
    draw::draw(&text, sha256, &set)
}
