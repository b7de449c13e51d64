//! `almoner scheme show`, `diff` and `page`: what the rules say in words, printed.

use super::super::schemes::{self, SchemeError};
use super::super::{finished, not_understood};
use clap::Args;
use rules::calendar::Day;
use rules::person::Language;
use rules::prose::{self, Difference, Stated};
use rules::scheme::Scheme;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(in crate::cli) struct Show {
    /// The code of the scheme, such as NIAS.
    #[arg(required_unless_present = "file")]
    code: Option<String>,
    /// The day.
    #[arg(long, value_name = "DAY", value_parser = Day::parse)]
    on: Day,
    /// en, zh-Hant or zh-Hans.
    #[arg(long, default_value = "en", value_parser = language)]
    language: Language,
    /// A file that is not in the folder, such as a draft.
    #[arg(long)]
    file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Diff {
    /// The code of the scheme, such as NIAS.
    code: Option<String>,
    /// The first day.
    #[arg(long, value_name = "DAY", value_parser = Day::parse, requires = "to")]
    from: Option<Day>,
    /// The second day.
    #[arg(long, value_name = "DAY", value_parser = Day::parse, requires = "from")]
    to: Option<Day>,
    /// A file that is not in the folder, such as a draft; twice, to compare two.
    #[arg(long)]
    file: Vec<PathBuf>,
    /// en, zh-Hant or zh-Hans.
    #[arg(long, default_value = "en", value_parser = language)]
    language: Language,
}

fn language(code: &str) -> Result<Language, String> {
    Language::from_code(code).ok_or_else(|| "write en, zh-Hant or zh-Hans".to_owned())
}

pub(in crate::cli) fn show(folder: &Path, arguments: &Show) -> ExitCode {
    let Show { code, on, language, file } = arguments;
    let text = match (file, code) {
        (Some(file), code) => schemes::read(file).and_then(|(scheme, _)| named(scheme, file, code.as_deref())),
        (None, Some(code)) => schemes::find(folder, code),
        (None, None) => return not_understood("show one text: name its code, or its file with --file"),
    };
    match text {
        Ok(scheme) => finished(&shown(&scheme, *on, *language), ExitCode::SUCCESS),
        Err(error) => not_understood(error),
    }
}

/// The text of a file, where it is that of the scheme that was named beside it.
fn named(scheme: Scheme, file: &Path, code: Option<&str>) -> Result<Scheme, SchemeError> {
    let (path, found) = (file.display().to_string(), scheme.file.code.get_ref());
    match code.filter(|code| !code.eq_ignore_ascii_case(found)) {
        None => Ok(scheme),
        Some(code) => Err(SchemeError::OfAnother { path, code: found.clone(), named: code.to_owned() }),
    }
}

pub(in crate::cli) fn diff(folder: &Path, arguments: &Diff) -> ExitCode {
    let texts = match texts(folder, arguments.code.as_deref(), &arguments.file) {
        Ok(texts) => texts,
        Err(error) => return not_understood(error),
    };
    let differences = match (texts.as_slice(), arguments.from.zip(arguments.to)) {
        ([scheme], Some((from, to))) => prose::between_days(scheme, from, to),
        ([before, after], None) => prose::between_texts(before, after),
        ([_], None) => return not_understood("say two days with --from and --to, or another text with --file"),
        _ => return not_understood("compare two days of one text, or two texts"),
    };
    finished(&told(&differences, arguments.language), ExitCode::SUCCESS)
}

pub(in crate::cli) fn page(folder: &Path) -> ExitCode {
    match schemes::files(folder).and_then(|files| texts(folder, None, &files)) {
        Ok(schemes) => finished(&prose::catalogue(&schemes), ExitCode::SUCCESS),
        Err(error) => not_understood(error),
    }
}

/// The texts that are named: the one of the folder first.
fn texts(folder: &Path, code: Option<&str>, files: &[PathBuf]) -> Result<Vec<Scheme>, SchemeError> {
    let of_the_folder = code.map(|code| schemes::find(folder, code));
    let of_files = files.iter().map(|path| schemes::read(path).and_then(|(scheme, _)| named(scheme, path, code)));
    of_the_folder.into_iter().chain(of_files).collect()
}

fn shown(scheme: &Scheme, on: Day, language: Language) -> String {
    let page = prose::page(scheme, on, language);
    let mut output = page.title + "\n";
    for section in page.sections {
        // Writing to a String cannot fail.
        let _ = write!(output, "\n{}\n", section.heading);
        for (text, notes) in section.paragraphs {
            let _ = write!(output, "\n  {text}\n");
            for note in notes {
                let _ = writeln!(output, "      {note}");
            }
        }
    }
    output
}

fn told(differences: &[Difference], language: Language) -> String {
    let mut output = String::new();
    for difference in differences {
        let _ = writeln!(output, "{}", difference.heading().of(language));
        for (sign, stated) in [("-", &difference.before), ("+", &difference.after)] {
            if let Some(stated) = stated {
                let _ = writeln!(output, "  {sign} {}", with_source(stated, language));
            }
        }
    }
    output
}

fn with_source(stated: &Stated, language: Language) -> String {
    let place = stated.place();
    let text = stated.text.of(language);
    place.map_or_else(|| text.to_owned(), |place| format!("{text} [{}]", place.of(language)))
}
