//! `almoner openapi`: the API as it describes itself.

use super::{finished, refused};
use crate::http::Document;
use std::process::ExitCode;

pub(super) fn run() -> ExitCode {
    match Document::new(false) {
        Ok(document) => finished(&format!("{}\n", document.json()), ExitCode::SUCCESS),
        Err(error) => refused(error),
    }
}
