//! The main job, played through the real API from the first voucher to the last report. Everybody signs in as themselves; what
//! they do is in `seeds/demo`. A second run, or one after a power cut, finds what was done and goes on.

mod assess;
mod bank;
mod case;
mod chapter;
mod check;
mod client;
mod data;
mod files;
mod finish;
mod payments;
mod post_box;
mod publish;
mod race;
mod roles;
mod stage;
mod story;
mod words;

use client::Api;
use data::Book;
use rules::calendar::Day;
use stage::Stage;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use story::Story;

/// Why the story does not go on.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The story itself is wrong.
    #[error("the story cannot be played: {0}")]
    Story(String),
    /// The API gave an answer that the story does not want, or none.
    #[error("{call} did not go as the story says: {detail}")]
    Answer {
        /// What was asked.
        call: String,
        /// What came.
        detail: String,
    },
    /// Two figures differ.
    #[error("the figures do not agree: {0}")]
    Differs(String),
    /// A file cannot be written or read.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: String,
        /// What the system says.
        error: std::io::Error,
    },
}

/// Where a story is, and where its files go.
#[derive(Clone, Debug)]
pub struct Script {
    book: std::sync::Arc<Book>,
    schemes: PathBuf,
    own_schemes: PathBuf,
    out: PathBuf,
    post_box: post_box::PostBox,
}

/// The first administrator, whom the command line makes.
#[derive(Clone, Debug)]
pub struct Administrator {
    /// As people write it.
    pub name: String,
    /// Address for signing in.
    pub email: String,
}

impl Script {
    /// Reads the story, makes the folder for its files, and opens the mail server.
    ///
    /// # Errors
    /// When the story cannot be read, or the folder not written.
    pub fn open(folder: &Path, schemes: &Path, out: &Path) -> Result<Self, Trouble> {
        let book = Book::read(folder)?.into();
        let post_box = post_box::PostBox::open(&out.join("mail"))?;
        Ok(Self {
            book,
            schemes: schemes.to_owned(),
            own_schemes: folder.join("schemes"),
            out: out.to_owned(),
            post_box,
        })
    }

    /// Where its mail server listens.
    #[must_use]
    pub const fn mail(&self) -> SocketAddr {
        self.post_box.address()
    }

    /// Its first day.
    #[must_use]
    pub fn first_day(&self) -> Option<Day> {
        self.book.scenes().first().map(|(day, _)| *day)
    }

    /// Who looks after people.
    #[must_use]
    pub fn administrator(&self) -> Option<Administrator> {
        self.book.staff.first().map(|staff| Administrator { name: staff.name.clone(), email: staff.email.clone() })
    }

    /// Plays the story against a server; `link` is what the console printed when it made the first administrator, unless there
    /// was one already, and `letters_wait` says how many letters have not come yet.
    ///
    /// # Errors
    /// When anything goes otherwise than the story says.
    pub fn play(
        &self,
        address: &str,
        link: Option<&str>,
        letters_wait: &dyn Fn() -> Result<i64, String>,
    ) -> Result<(), Trouble> {
        let scenes = self.book.scenes();
        let calls = self.out.join("calls.jsonl");
        if link.is_some() {
            // A new database: the calls of an older one are none of its story.
            match std::fs::remove_file(&calls) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Trouble::File { path: calls.display().to_string(), error });
                }
                _ => {}
            }
        }
        let api = Api::new(address, &self.book.password, &calls)?;
        let mut story = Story::new(&self.out.join("story.txt"), scenes.len())?;
        story.note(
            "Everybody in this story is made up, and so are all organisations. Two awards have published figures.",
        )?;
        let empty = || Trouble::Story("nothing happens in it".to_owned());
        let first_day = self.first_day().ok_or_else(empty)?;
        api.set_day(first_day)?;
        let cast = roles::Cast::assemble(&api, &self.book, &self.post_box, link, &mut story)?;
        self.publish(&api, &cast, first_day, &mut story)?;
        let mut stage = Stage::new(&api, &self.book, &cast, &self.post_box, story);
        stage.fresh = link.is_some();
        stage.letters()?;
        for (day, scene) in scenes {
            stage.play(day, scene)?;
        }
        stage.finish(&self.out, letters_wait)?;
        stage.farewell(address)
    }
}
