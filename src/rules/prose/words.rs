//! The words of sentences in three languages: what fills a template, and how values and lists read.

use crate::text::Text;

/// A text that reads the same in every language.
pub(super) fn same(text: impl ToString) -> Text {
    let text = text.to_string();
    Text { en: text.clone(), zh_hant: text.clone(), zh_hans: text }
}
