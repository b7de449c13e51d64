//! The command line for the people who run Almoner. Exit codes: 0 done, 1 checked and found wanting, 2 not understood or not
//! possible.

mod admin;
mod audit;
mod calculate;
mod codes;
mod demo;
mod ledger;
mod migrate;
mod openapi;
mod payee_accounts;
mod scheme;
mod schemes;
mod serve;
mod simulate;
mod worker;

use crate::settings::Settings;
use clap::{Parser, Subcommand};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

/// Almoner administers public grants and matching funds.
///
/// Schemes are files: `seeds/schemes/<code in lower case>.toml`. `ALMONER_SCHEMES` or `--schemes` names another folder.
#[derive(Debug, Parser)]
#[command(name = "almoner", version, propagate_version = true)]
pub struct Cli {
    /// The folder with the scheme files.
    #[arg(long, global = true, env = "ALMONER_SCHEMES", default_value = "seeds/schemes")]
    schemes: PathBuf,
    /// The folder with the settings, default.toml and production.toml.
    #[arg(long, global = true, env = "ALMONER_CONFIG", default_value = "config")]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer requests until a signal comes.
    ///
    /// Settings come from config/ and from the environment; all that is wrong with them is said at once, and nothing starts.
    /// `almoner migrate` must have run. The API describes itself at /docs/.
    Serve,
    /// Mail what there is to tell and let offers lapse, until a signal comes.
    ///
    /// Several may run at once, and beside the server: each mail is sent by one of them. A mail that is under way when the
    /// signal comes is finished first; one that was cut off otherwise is sent again a few minutes later.
    Worker,
    /// Bring the database up to date; does nothing where it is.
    Migrate,
    /// Play the main job from the first application to the last report, and stay up.
    ///
    /// Everybody in it is made up. Server, worker and a mail server for the letters run in this process; the people of
    /// seeds/demo act over HTTP, each signed in as themselves, between 2016 and 2026 on the business clock. Reports, letters
    /// and every call go to the folder of --out. It may be run again and again, also after it was cut off: it goes on.
    Demo(demo::Arguments),
    /// Look after administrators.
    #[command(subcommand)]
    Admin(admin::Command),
    /// Print the description of the API (OpenAPI 3.1, as production has it); needs no database.
    Openapi,
    /// Print every code with which the API says no, as docs/API.md has them; needs no database.
    Codes,
    /// Work out a grant and explain it line by line; needs no database.
    ///
    /// Prints the answer as JSON. A refused calculation is a good answer (exit 0); a request that cannot be understood is
    /// named on standard error (exit 2).
    Calculate(calculate::Arguments),
    /// Say what a draft text of a scheme would change for the cases of a file; needs no database.
    ///
    /// Works every case out under the draft and under the text in force, and writes one line for each: what it gets before and
    /// after, whether that is more, less, nothing, new or the same, and what binds. Ends with the totals, and the envelope.
    /// A case is a calculation request in a line of JSON, with an `id` where it has one, or a row of a table whose columns are
    /// named id, on, requested, cost.STAGE.CATEGORY, contribution.STAGE.CONTRIBUTOR.FORM and so on: docs/rehearsal.md lists them.
    /// A faulty line is told by its number, and the others are worked out. Exit 0 when there is none, 1 when there are some, 2
    /// when there can be no rehearsal.
    Simulate(simulate::Arguments),
    /// Check, read and publish scheme files.
    #[command(subcommand)]
    Scheme(scheme::Command),
    /// Look after the audit.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Look after the books.
    #[command(subcommand)]
    Ledger(ledger::Command),
    /// Look after where organisations are paid.
    #[command(subcommand)]
    PayeeAccounts(payee_accounts::Command),
    /// Work the recorded calculations of an application out again.
    ///
    /// Prints both hashes of each. Exit 0 when they agree, 1 when one differs or nothing is recorded.
    Replay {
        /// The reference, such as NIAS-2025-000123.
        reference: String,
    },
}

/// Runs a command.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    match cli.command {
        Command::Serve => with_settings(&cli.config, serve::run),
        Command::Worker => with_settings(&cli.config, worker::run),
        Command::Migrate => with_settings(&cli.config, |settings| migrate::run(&settings)),
        Command::Demo(arguments) => {
            with_settings(&cli.config, |settings| demo::run(settings, &cli.schemes, &arguments))
        }
        Command::Admin(command) => with_settings(&cli.config, |settings| admin::run(&settings, command)),
        Command::Openapi => openapi::run(),
        Command::Codes => codes::run(),
        Command::Calculate(arguments) => calculate::run(&cli.schemes, &arguments),
        Command::Simulate(arguments) => simulate::run(&cli.schemes, &arguments),
        Command::Scheme(scheme::Command::Publish { files, from }) => {
            with_settings(&cli.config, |settings| scheme::publish(&settings, &files, from))
        }
        Command::Scheme(scheme::Command::Check { files }) => scheme::check(&cli.schemes, &files),
        Command::Scheme(scheme::Command::Show(arguments)) => scheme::show(&cli.schemes, &arguments),
        Command::Scheme(scheme::Command::Diff(arguments)) => scheme::diff(&cli.schemes, &arguments),
        Command::Scheme(scheme::Command::Page) => scheme::page(&cli.schemes),
        Command::Scheme(scheme::Command::New(arguments)) => scheme::new(&arguments),
        Command::Scheme(scheme::Command::Schema { code, on }) => scheme::schema(&cli.schemes, code.as_deref(), on),
        Command::Audit(command) => with_settings(&cli.config, |settings| audit::run(&settings, command)),
        Command::Ledger(command) => with_settings(&cli.config, |settings| ledger::run(&settings, command)),
        Command::PayeeAccounts(command) => {
            with_settings(&cli.config, |settings| payee_accounts::run(&settings, command))
        }
        Command::Replay { reference } => with_settings(&cli.config, |settings| audit::replay(&settings, &reference)),
    }
}

/// Prints what a command has to say and ends it. A reader that has gone away, such as `head`, has read what it wanted.
fn finished(output: &str, exit: ExitCode) -> ExitCode {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(output.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => not_understood(format!("standard output: {error}")),
        _ => exit,
    }
}

/// Runs what needs settings, or says everything that is wrong with them.
fn with_settings(folder: &Path, run: impl FnOnce(Settings) -> ExitCode) -> ExitCode {
    match Settings::load(folder) {
        Ok(settings) => run(settings),
        Err(faults) => not_understood(faults),
    }
}

/// What a command waits on.
fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
}

/// Runs something that waits and prints what it has to say, or says why it did not go well.
fn wait_for<E: std::fmt::Display>(work: impl Future<Output = Result<String, E>>) -> ExitCode {
    match runtime().map(|runtime| runtime.block_on(work)) {
        Ok(Ok(said)) => finished(&said, ExitCode::SUCCESS),
        Ok(Err(error)) => refused(error),
        Err(error) => refused(error),
    }
}

/// Ends when a signal to stop comes. Signals are noticed from the call on, not only once it is waited for.
fn signal_to_stop() -> Result<impl Future<Output = ()>, String> {
    let mut terminated = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let mut interrupted = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    Ok(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
    })
}

/// Says on standard error why it was understood and not done.
fn refused(message: impl std::fmt::Display) -> ExitCode {
    let _ = writeln!(io::stderr(), "{message}");
    ExitCode::from(1)
}

/// Says on standard error what was not understood.
fn not_understood(message: impl std::fmt::Display) -> ExitCode {
    // When nobody can read it any more, the exit code still says it.
    let _ = writeln!(io::stderr(), "{message}");
    ExitCode::from(2)
}
