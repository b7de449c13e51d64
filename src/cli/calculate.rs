//! `almoner calculate CODE --on DAY FILE`: the same calculation as over the API, without a database.

use super::{finished, not_understood, schemes};
use clap::Args;
use rules::calculation::{Request, calculate};
use rules::calendar::Day;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::{fs, io};

/// A longer request than this cannot be meant.
const LARGEST_REQUEST_BYTES: u64 = 16 * 1024 * 1024;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The code of the scheme, such as NIAS.
    code: String,
    /// The day whose rules apply, such as 2025-11-18; overrides `on` in the request.
    #[arg(long, value_name = "DAY", value_parser = Day::parse)]
    on: Option<Day>,
    /// The request as a JSON file, or - for standard input.
    file: String,
}

pub(super) fn run(folder: &Path, arguments: &Arguments) -> ExitCode {
    let scheme = match schemes::find(folder, &arguments.code) {
        Ok(scheme) => scheme,
        Err(error) => return not_understood(error),
    };
    let text = match read(&arguments.file) {
        Ok(text) => text,
        Err(error) => return not_understood(format!("{}: {error}", arguments.file)),
    };
    let request = match Request::from_json(&text) {
        Ok(request) => request,
        Err(fault) => return not_understood(fault),
    };
    let Some(on) = arguments.on.or(request.on) else {
        return not_understood("/on: say which day's rules apply, in the request or with --on DAY");
    };
    match calculate(&scheme, &request, on) {
        Err(faults) => not_understood(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
        Ok(calculation) => match calculation.answer(&request).to_json() {
            Ok(json) => finished(&json, ExitCode::SUCCESS),
            Err(error) => not_understood(error),
        },
    }
}

fn read(file: &str) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let source: Box<dyn Read> = if file == "-" { Box::new(io::stdin()) } else { Box::new(fs::File::open(file)?) };
    source.take(LARGEST_REQUEST_BYTES.saturating_add(1)).read_to_end(&mut text)?;
    if u64::try_from(text.len()).is_ok_and(|length| length > LARGEST_REQUEST_BYTES) {
        return Err(io::Error::other("longer than any request: 16 MiB are read at most"));
    }
    // Some editors begin a file with a byte order mark.
    Ok(text.strip_prefix(b"\xEF\xBB\xBF").map(<[u8]>::to_vec).unwrap_or(text))
}
