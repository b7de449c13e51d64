//! The log: where it goes and what a line holds. Never a name, an address, a password or a token; ids of people only.

use crate::settings::{Log, LogFormat};
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Why the log cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter cannot be read.
    #[error("log.filter: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Something else logs already.
    #[error("the log is open already: {0}")]
    Open(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Opens the log of this process on standard error; standard output belongs to what a command prints.
///
/// # Errors
/// When the filter cannot be read, or a log is open already.
pub fn open(log: &Log) -> Result<(), TelemetryError> {
    let filter = EnvFilter::builder().parse(&log.filter)?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(std::io::stderr().is_terminal());
    let opened = match log.format {
        LogFormat::Text => subscriber.try_init(),
        LogFormat::Json => {
            subscriber.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
        }
    };
    opened.map_err(TelemetryError::Open)
}
