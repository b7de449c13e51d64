//! `almoner codes`: every code with which the API says no.

use super::finished;
use crate::http::page_of_codes;
use std::process::ExitCode;

pub(super) fn run() -> ExitCode {
    finished(&page_of_codes(), ExitCode::SUCCESS)
}
