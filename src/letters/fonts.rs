//! The fonts of letters: which characters they have, in which order they are asked, and what stands for a character that none has.

use crate::Fault;
use parley::fontique::{Blob, Collection, CollectionOptions, SourceCache};
use parley::{FontContext, FontFamilyName};
use rules::letter::{Block, Column, LetterText};
use rules::text::Sentence;
use skrifa::MetadataProvider;
use skrifa::raw::FileRef;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What stands for a character that no font has, as printers have it: 〓.
const MISSING: char = '\u{3013}';

/// What a font must have to be of use at all: letters of both scripts.
const NEEDED: [char; 6] = ['A', 'z', '0', '資', '協', '議'];

/// Fonts, ready to set letters in.
#[derive(Clone)]
pub struct Fonts {
    context: FontContext,
    families: Vec<String>,
    characters: BTreeSet<u32>,
}

impl Fonts {
    /// The fonts in the bytes of some files, in the order in which they are to be asked. What is no font is passed over.
    ///
    /// # Errors
    /// When a letter could not be set in them.
    pub fn of(files: impl IntoIterator<Item = Vec<u8>>) -> Result<Self, Fault> {
        let mut collection = Collection::new(CollectionOptions { shared: false, system_fonts: false });
        let (mut families, mut characters) = (Vec::new(), BTreeSet::new());
        for bytes in files {
            if let Ok(file) = FileRef::new(&bytes) {
                let mapped = file.fonts().flatten();
                characters.extend(
                    mapped.flat_map(|font| font.charmap().mappings().map(|(code, _)| code).collect::<Vec<_>>()),
                );
            }
            for (family, _) in collection.register_fonts(Blob::from(bytes), None) {
                families.extend(collection.family_name(family).map(str::to_owned));
            }
        }
        if !NEEDED.iter().all(|needed| characters.contains(&u32::from(*needed))) {
            return Err(Fault::NoFont);
        }
        // A collection of one typeface for several regions has the shapes of Hong Kong in one of them.
        families.sort_by_key(|family| rank(family));
        families.dedup();
        Ok(Self { context: FontContext { collection, source_cache: SourceCache::default() }, families, characters })
    }

    pub(crate) fn context(&self) -> FontContext {
        self.context.clone()
    }

    pub(crate) fn families(&self) -> Vec<FontFamilyName<'_>> {
        self.families.iter().map(|name| FontFamilyName::Named(Cow::Borrowed(name))).collect()
    }

    /// A letter in characters that can be set.
    pub(crate) fn settable(&self, text: &LetterText) -> LetterText {
        let mut text = text.clone();
        text.sender.iter_mut().chain([&mut text.title]).for_each(|sentence| self.settle(sentence));
        for block in &mut text.blocks {
            match block {
                Block::Heading { text } | Block::Paragraph { text } => self.settle(text),
                Block::List { items } => items.iter_mut().for_each(|item| self.settle(item)),
                Block::Table { columns, rows } => {
                    columns.iter_mut().for_each(|Column { head, .. }| self.settle(head));
                    rows.iter_mut().flatten().for_each(|cell| self.settle(cell));
                }
                Block::Chart { groups, series, text, .. } => {
                    let labels = groups.iter_mut().map(|group| &mut group.label);
                    labels.chain(series).chain([text]).for_each(|words| self.settle(words));
                }
            }
        }
        text
    }

    fn settle(&self, sentence: &mut Sentence) {
        for words in [&mut sentence.en, &mut sentence.zh_hant] {
            *words = words.chars().filter_map(|character| self.set_as(character)).collect();
        }
    }

    /// As what a character is set: itself, a space, 〓 or nothing at all.
    fn set_as(&self, character: char) -> Option<char> {
        match character {
            '\n' => Some('\n'),
            // What only controls how others are shown, or chooses between their shapes, cannot be read aloud.
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => None,
            '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => None,
            character if character.is_control() || character.is_whitespace() => Some(' '),
            character if self.characters.contains(&u32::from(character)) => Some(character),
            _ => [MISSING, '?'].into_iter().find(|stand_in| self.characters.contains(&u32::from(*stand_in))),
        }
    }
}

/// Families for Hong Kong first, then for Taiwan, then those of no region; what is made for program text last.
fn rank(family: &str) -> u8 {
    let ends = |region: &str| family.ends_with(region);
    match family {
        family if family.contains("Mono") => 4,
        _ if ends(" HK") => 0,
        _ if ends(" TC") => 1,
        _ if ends(" JP") || ends(" KR") || ends(" SC") => 3,
        _ => 2,
    }
}
