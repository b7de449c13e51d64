//! Sets letters as PDF: in the fonts of a folder, on a thread that may take its time, so many at once.

use crate::settings::Letters;
use letters::{Fault, Fonts};
use rules::letter::LetterText;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What sets letters.
#[derive(Clone, Debug)]
pub struct Press {
    fonts: PathBuf,
    turns: Arc<Semaphore>,
}

/// Why a letter was not set.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// Others have their letters set at this moment, as many as may at once.
    #[error("others have their letters set at this moment")]
    Taken,
    /// The folder cannot be read, or holds no font to set it in.
    #[error("there are no fonts for letters in {}: {reason}", folder.display())]
    NoFonts {
        /// Which folder.
        folder: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// It cannot be set.
    #[error("the letter cannot be set: {0}")]
    Failed(String),
}

impl Press {
    /// A press as the settings have it. The fonts are read when a letter is set, and not kept: they are larger than everything else that
    /// the server holds, and letters are rare.
    #[must_use]
    pub fn new(settings: &Letters) -> Self {
        Self { fonts: settings.fonts.clone(), turns: Arc::new(Semaphore::new(settings.at_once)) }
    }

    /// Sets a letter.
    ///
    /// # Errors
    /// When others have their turn, there are no fonts, or it cannot be set.
    pub async fn pdf(&self, text: LetterText, sha256: String) -> Result<Vec<u8>, Stopped> {
        let turn = Arc::clone(&self.turns).try_acquire_owned().map_err(|_taken| Stopped::Taken)?;
        let folder = self.fonts.clone();
        let work = move || {
            // Held to the end, even if whoever asked has gone.
            let _turn = turn;
            let none = |reason: String| Stopped::NoFonts { folder: folder.clone(), reason };
            let files = files(&folder).map_err(|error| none(error.to_string()))?;
            let fonts = Fonts::of(files).map_err(|fault| none(fault.to_string()))?;
            letters::pdf(&text, &sha256, &fonts).map_err(|fault: Fault| Stopped::Failed(fault.to_string()))
        };
        tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(Stopped::Failed(error.to_string())))
    }
}

/// The files of a folder in the order of their names, so that the same folder gives the same letter.
fn files(folder: &Path) -> std::io::Result<Vec<Vec<u8>>> {
    let mut paths = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.retain(|path| path.is_file());
    paths.sort();
    paths.into_iter().map(std::fs::read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::calendar::Day;
    use rules::letter::LetterKind;
    use rules::text::Sentence;

    #[tokio::test]
    async fn who_comes_when_all_turns_are_taken_is_told_so_and_a_turn_is_given_back() {
        let fonts = PathBuf::from("/usr/share/fonts/truetype/wqy");
        let press = Press::new(&Letters { fonts, at_once: 1 });
        let title = Sentence { en: "Offer".to_owned(), zh_hant: "要約".to_owned() };
        let day = Day::parse("2026-02-02").unwrap();
        let text = LetterText {
            blocks: Vec::new(),
            day,
            kind: LetterKind::Offer,
            reference: "NIAS-2026-000001".to_owned(),
            sender: None,
            title,
        };
        let set = || press.pdf(text.clone(), "abc".to_owned());
        let turn = press.turns.try_acquire().unwrap();
        assert!(matches!(set().await, Err(Stopped::Taken)));
        drop(turn);
        for _ in 0..2 {
            assert!(set().await.is_ok_and(|bytes| bytes.starts_with(b"%PDF-")));
        }
    }
}
