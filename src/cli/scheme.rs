//! `almoner scheme …`: check a scheme file as it is written, publish, read and compare texts, and begin a new one.

mod new;
mod read;

pub(super) use new::new;
pub(super) use read::{diff, page, show};

use super::schemes::{self, SchemeError};
use super::{finished, not_understood, wait_for};
use crate::actions::Error;
use crate::actions::schemes::publish as publish_text;
use crate::clock::Clock;
use crate::settings::Settings;
use crate::store::{Db, Tx};
use clap::Subcommand;
use rules::actor::Actor;
use rules::calendar::Day;
use rules::refusal::Refusal;
use rules::schema;
use rules::scheme::{Fault, Scheme};
use secrecy::ExposeSecret;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check scheme files and run their examples.
    ///
    /// Prints every fault as file:line:column with what to write. Exit 0 when there is none, 1 when there are some, 2 when a
    /// file cannot be read.
    ///
    /// A scheme that is named in another must be among the files or in the folder. Where only one file is checked, one that is
    /// not is a warning, and leaves the exit code at 0.
    Check {
        /// The files; without any, every scheme of the folder.
        files: Vec<PathBuf>,
    },
    /// Publish scheme files: they are in force from today, or from a day. All of them, or none.
    ///
    /// This is for setting a house up: where officers work already, two of them publish a text over the API. The examples run first.
    /// A text that is in force already is left as it is. Only the first text of a scheme may be in force from a day that is over.
    Publish {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The first day; today when left out.
        #[arg(long, value_name = "DAY", value_parser = Day::parse)]
        from: Option<Day>,
    },
    /// Read a scheme as of a day, in sentences, each with its path and its source.
    ///
    /// What was said until a day before, and what will be said from a later day on, stands below each sentence.
    Show(read::Show),
    /// Say what differs between two days of one text, or between two texts.
    ///
    /// CODE with --from and --to: what changes between two days. CODE with --file: the draft against the text of the folder.
    /// --file twice: the second text against the first. Exit 0 whether there are differences or not.
    Diff(read::Diff),
    /// Print docs/schemes.md: what each scheme of the folder can calculate, what is missing, its versions and its sources.
    Page,
    /// Write a skeleton of a scheme file, with the places to fill in marked by "TODO".
    ///
    /// It checks as it stands, as a scheme of which nothing is known yet: every value is "unknown".
    New(new::New),
    /// Print the JSON Schema of scheme files or, with a code, of what can be asked of that scheme.
    ///
    /// The former is kept as scheme.schema.json beside the scheme files: editors of TOML find it by their first line, and
    /// complete and check what is typed.
    Schema {
        /// The code of the scheme whose calculation requests are described.
        code: Option<String>,
        /// The day whose rules apply; without one, what is true on every day is said.
        #[arg(long, value_name = "DAY", value_parser = Day::parse, requires = "code")]
        on: Option<Day>,
    },
}

pub(super) fn check(folder: &Path, files: &[PathBuf]) -> ExitCode {
    match schemes::files(folder) {
        // A file that is named may be a draft, and stand anywhere.
        house if !files.is_empty() => check_all(files, &house.unwrap_or_default(), |_, _| Ok(())),
        Ok(house) => check_all(&house, &house, schemes::in_its_place),
        Err(error) => not_understood(error),
    }
}

pub(super) fn schema(folder: &Path, code: Option<&str>, on: Option<Day>) -> ExitCode {
    let schema = match code.map(|code| schemes::find(folder, code)) {
        None => schema::scheme_file(),
        Some(Ok(scheme)) => schema::request(&scheme, on),
        Some(Err(error)) => return not_understood(error),
    };
    match schema::text(&schema) {
        Ok(text) => finished(&text, ExitCode::SUCCESS),
        Err(error) => not_understood(error),
    }
}

pub(super) fn publish(settings: &Settings, files: &[PathBuf], from: Option<Day>) -> ExitCode {
    let texts = files.iter().map(|path| schemes::read(path).map(|(_, text)| text)).collect::<Result<Vec<_>, _>>();
    match texts {
        Ok(texts) => wait_for(publish_all(settings, texts, from)),
        Err(error) => not_understood(error),
    }
}

/// Publishes all texts or none; one that is in force already is left as it is.
async fn publish_all(settings: &Settings, texts: Vec<String>, from: Option<Day>) -> Result<String, String> {
    let db = Db::new(settings.database.url.expose_secret(), 1).map_err(|error| error.to_string())?;
    let moment = Clock::default().moment();
    let from = from.unwrap_or_else(|| moment.today());
    let published = db.write(moment, async |tx: &mut Tx<'_>| {
        let mut said = String::new();
        for text in texts {
            match publish_text(tx, &Actor::console(), text, from).await {
                Ok((_, code)) => said.extend(["published ", &*code, "\n"]),
                Err(Error::Refused(Refusal::SchemeUnchanged { code })) => {
                    said.extend([&*code, " is in force already\n"])
                }
                Err(error) => return Err(error),
            }
        }
        Ok::<_, Error>(said)
    });
    published.await.map_err(|error| error.to_string())
}

/// Checks every file, and says of each what is wrong or that nothing is. `house` are the files of the folder.
fn check_all(
    files: &[PathBuf],
    house: &[PathBuf],
    in_its_place: impl Fn(&Path, &Scheme) -> Result<(), SchemeError>,
) -> ExitCode {
    let read = files.iter().map(|path| (path, schemes::read(path))).collect::<Vec<_>>();
    let codes = read.iter().filter_map(|(_, read)| Some(read.as_ref().ok()?.0.file.code.get_ref().clone()));
    let known = files.iter().chain(house).map(|path| schemes::code_of(path)).chain(codes).collect();
    let mut output = String::new();
    let (mut faulty, mut unreadable) = (false, false);
    for (path, read) in read {
        let checked = read.and_then(|(scheme, text)| {
            in_its_place(path, &scheme)?;
            check_one(path, &scheme, &text, &Strangers { known: &known, are_faults: files.len() > 1 })
        });
        match checked {
            Ok(in_order) => output.extend([&*in_order, "\n"]),
            Err(error @ (SchemeError::Unreadable { .. } | SchemeError::NotUtf8 { .. })) => {
                unreadable = true;
                not_understood(error);
            }
            Err(error) => {
                faulty = true;
                output.extend([&*error.to_string(), "\n"]);
            }
        }
    }
    let exit = if unreadable { 2 } else { u8::from(faulty) };
    finished(&output, ExitCode::from(exit))
}

/// How schemes that a file names and nobody has are told.
struct Strangers<'a> {
    /// The codes that somebody has.
    known: &'a BTreeSet<String>,
    /// Among several files each must be there; of one alone, the others may be elsewhere.
    are_faults: bool,
}

fn check_one(path: &Path, scheme: &Scheme, text: &str, strangers: &Strangers<'_>) -> Result<String, SchemeError> {
    let mut faults = scheme.failing_examples(text);
    let mut told = String::new();
    for stranger in scheme.strangers(text, strangers.known) {
        if strangers.are_faults {
            faults.push(stranger);
        } else {
            let Fault { line, column, message } = stranger;
            told.push_str(&format!("{}:{line}:{column}: warning: {message}\n", path.display()));
        }
    }
    if !faults.is_empty() {
        return Err(SchemeError::faulty(path, &faults));
    }
    let (code, examples) = (scheme.file.code.get_ref(), scheme.file.example.len());
    let examples = if examples == 1 { "1 example holds".to_owned() } else { format!("{examples} examples hold") };
    Ok(format!("{told}{}: {code} is in order, {examples}", path.display()))
}
