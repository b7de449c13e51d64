//! Loads the server and a floor, a bare server that does the same without policy, audit, outbox and idempotency, in turns, and
//! prints a table. `benches/load/run` sets everything up; README.md says what is measured and how.

mod client;
mod data;
mod floor;
mod measure;
mod process;
mod scenario;
mod table;

use std::env;
use std::error::Error;

/// Whatever goes wrong ends the measurement.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    if env::args().any(|argument| argument == "floor") {
        return actix_web::rt::System::new().block_on(floor::serve());
    }
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measure::all())
}
