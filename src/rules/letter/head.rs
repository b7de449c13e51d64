//! How every letter begins: who writes to whom, and about what; and the pieces of which letters are made.

use super::{Block, Column, LetterKind, LetterText};
use crate::application::Application;
use crate::calendar::Day;
use crate::prose::words::{day, same, say};
use crate::scheme::Scheme;
use crate::text::{Sentence, Text};

/// A template in both languages with its parts filled in. A letter has no third language, so what stands for it is read by nobody.
pub(super) fn told<const N: usize>(parts: [&Text; N], en: &str, zh_hant: &str) -> Sentence {
    both(say(parts, en, zh_hant, zh_hant))
}

pub(super) fn both(text: Text) -> Sentence {
    Sentence { en: text.en, zh_hant: text.zh_hant }
}

pub(super) fn heading(en: &str, zh_hant: &str) -> Block {
    Block::Heading { text: told([], en, zh_hant) }
}

pub(super) const fn paragraph(text: Sentence) -> Block {
    Block::Paragraph { text }
}

pub(super) fn column(en: &str, zh_hant: &str) -> Column {
    Column { amounts: false, head: told([], en, zh_hant) }
}

/// What a letter begins with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head<'a> {
    /// The case.
    pub application: &'a Application,
    /// The text of the scheme that it has pinned.
    pub scheme: &'a Scheme,
    /// What the agency is called.
    pub agency: &'a Text,
    /// The day of the letter.
    pub day: Day,
}

impl Head<'_> {
    pub(super) fn letter(&self, kind: LetterKind, title: Sentence, blocks: Vec<Block>) -> LetterText {
        let (reference, sender) = (self.application.reference.clone(), Some(both(self.agency.clone())));
        LetterText { blocks, day: self.day, kind, reference, sender, title }
    }

    /// The day whose rules hold.
    pub(super) fn submitted(&self) -> Day {
        self.application.submission.as_ref().map_or(self.day, |submission| submission.on)
    }

    /// Who is who, and about what. The organisation is called what it is by the letter.
    pub(super) fn parties(&self, organisation: Sentence) -> Block {
        let application = self.application;
        let name = &self.scheme.file.name;
        let code = same(self.scheme.file.code.get_ref());
        let ubi = same(&application.organisation_ubi);
        let rows = [
            (told([], "Day", "日期"), both(day(self.day))),
            (told([], "Reference", "編號"), both(same(&application.reference))),
            (told([], "Project", "項目"), both(same(&application.content.title))),
            (told([], "Scheme", "計劃"), told([name, &code], "{0} ({1})", "{0}（{1}）")),
            (told([], "Agency", "本處"), both(self.agency.clone())),
            (
                organisation,
                told(
                    [&same(&application.organisation_name), &ubi],
                    "{0} (Unique Business Identifier {1})",
                    "{0}（商業登記號碼 {1}）",
                ),
            ),
        ];
        let rows = rows.into_iter().map(|(what, is)| vec![what, is]).collect();
        Block::Table { columns: vec![column("What", "事項"), column("Which", "內容")], rows }
    }

    /// Which rules hold.
    pub(super) fn rules(&self) -> [Block; 2] {
        let held = told(
            [&day(self.submitted()), &same(&self.scheme.hash)],
            "The rules of the scheme are those of {0}, the day of the submission, in the text whose SHA-256 is {1}.",
            "計劃的規則以提交申請當日（{0}）的文本為準，該文本的 SHA-256 為 {1}。",
        );
        [heading("The rules", "適用規則"), paragraph(held)]
    }
}
