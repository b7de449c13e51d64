//! The main job, played through the real API from the first voucher to the last report. Everybody signs in as themselves; what
//! they do is in `seeds/demo`. A second run, or one after a power cut, finds what was done and goes on.

mod assess;
mod case;
mod check;
mod client;
mod data;
mod files;
mod finish;
mod payments;
mod post_box;
mod race;
mod roles;
mod stage;
mod story;

use client::{Api, Call};
use data::Book;
use rules::calendar::Day;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
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
        Ok(Self { book, schemes: schemes.to_owned(), out: out.to_owned(), post_box })
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
        if let Some((first, _)) = scenes.first() {
            api.set_day(*first)?;
        }
        let cast = roles::Cast::assemble(&api, &self.book, &self.post_box, link, &mut story)?;
        self.publish(&api, &cast, &mut story)?;
        let mut stage = Stage::new(&api, &self.book, &cast, &self.post_box, story);
        stage.letters()?;
        for (day, scene) in scenes {
            stage.play(day, scene)?;
        }
        stage.finish(&self.out, letters_wait)?;
        stage.farewell(address)
    }

    /// An officer publishes every scheme that is not in force as its file says.
    fn publish(&self, api: &Api, cast: &roles::Cast, story: &mut Story) -> Result<(), Trouble> {
        let officer = cast.get("officer")?;
        let mut codes = self.book.case.iter().map(|case| case.scheme.as_str()).collect::<Vec<_>>();
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            let path = self.schemes.join(format!("{}.toml", code.to_lowercase()));
            let wrong = |error| Trouble::File { path: path.display().to_string(), error };
            let text = std::fs::read_to_string(&path).map_err(wrong)?;
            // Another text is another thing to be done, even where an earlier edition of the story has published one.
            let hash = rules::hexadecimal(&Sha256::digest(&text));
            let call = Call::post("/schemes", json!({ "text": text })).once(&format!("schemes/{code}/{hash}"));
            let reply = api.call(officer, call)?;
            let in_force = reply.json.get("code").and_then(Value::as_str) == Some("scheme.unchanged");
            if in_force {
                story.note(&format!("{code} is in force already."))?;
            } else {
                reply.done()?;
                story.note(&format!("{} publishes {code}, after its worked examples have run.", officer.name))?;
            }
        }
        Ok(())
    }
}
