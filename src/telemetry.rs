//! The log: where it goes and what a line holds. Never a name, an address, a password or a token; ids of people only.

use crate::settings::{Log, LogFormat};
use std::io::IsTerminal;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::format::{DefaultFields, Format};
use tracing_subscriber::fmt::{Layer, MakeWriter, layer};
use tracing_subscriber::layer::{Layer as _, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Registry};

/// Why the log cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter cannot be read.
    #[error("log.filter: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Something else logs already.
    #[error("the log is open already: {0}")]
    Open(#[source] tracing_subscriber::util::TryInitError),
}

/// Opens the log of this process on standard error; standard output belongs to what a command prints.
///
/// # Errors
/// When the filter cannot be read, or a log is open already.
pub fn open(log: &Log) -> Result<(), TelemetryError> {
    let lines = layer().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    subscriber(log, lines)?.try_init().map_err(TelemetryError::Open)
}

/// What writes the lines.
type Lines<W> = Layer<Registry, DefaultFields, Format, W>;

fn subscriber<W>(log: &Log, lines: Lines<W>) -> Result<impl Subscriber + Send + Sync, TelemetryError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::builder().parse(&log.filter)?;
    let lines = lines.with_target(false);
    let lines = match log.format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed(),
    };
    Ok(tracing_subscriber::registry().with(lines).with(filter).with(filter_fn(tells_of_nobody)))
}

/// Below `info`, other crates write what passes through them: the parameters of a query, the headers of a request.
fn tells_of_nobody(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= Level::INFO || metadata.target().split("::").next() == Some(env!("CARGO_CRATE_NAME"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn no_filter_makes_other_crates_tell_what_passes_through_them() {
        for filter in ["trace", "info,tokio_postgres::query=debug,almoner=trace", "tokio_postgres=trace,almoner=trace"]
        {
            for format in [LogFormat::Text, LogFormat::Json] {
                let (kept, log) = (Kept::default(), Log { format, filter: filter.to_owned() });
                let writer = kept.clone();
                let lines = layer().with_writer(move || writer.clone());
                tracing::subscriber::with_default(subscriber(&log, lines).unwrap(), || {
                    tracing::debug!(target: "tokio_postgres::query", "executing with mei.ling@example.hk");
                    tracing::trace!(target: "actix_http::h1", "authorization: Bearer secret");
                    tracing::warn!(target: "tokio_postgres", "the connection was lost");
                    tracing::debug!(target: "almoner::worker", "one more mail");
                });
                let written = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
                assert!(written.contains("the connection was lost") && written.contains("one more mail"), "{written}");
                assert!(!written.contains("mei.ling") && !written.contains("Bearer"), "{filter}: {written}");
            }
        }
    }
}
