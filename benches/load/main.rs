//! Loads the server and a floor, a bare server that does the same without policy, audit, outbox and idempotency, in turns, and
//! prints a table; or approvals, in turns with the same statements run by pgbench. `benches/load/run` and `benches/load/approvals` set
//! everything up; README.md says what is measured and how.

mod approvals;
mod client;
mod data;
mod floor;
mod measure;
mod process;
mod scenario;
mod statements;
mod table;

use std::env;
use std::error::Error;

/// Whatever goes wrong ends the measurement.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    if env::args().any(|argument| argument == "floor") {
        return actix_web::rt::System::new().block_on(floor::serve());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if env::args().any(|argument| argument == "approvals") {
        return runtime.block_on(approvals::all());
    }
    runtime.block_on(measure::all())
}
