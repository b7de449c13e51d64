//! A rehearsal over a portfolio of any length: lines come in, verdicts go out in the same order, and little of either is held.
//!
//! One thread cuts the portfolio into pieces of whole lines, one for each core works them out, and the caller's writes. Pieces go
//! round the workers in turn through channels of a few places, and are fetched in the same turn: so the order stays, and whoever is
//! too fast waits.

mod portfolio;
mod rows;
mod work;

pub use rows::Row;

use portfolio::{Piece, Portfolio};
use rules::rehearsal::{ColumnFault, Columns, Format, Rehearsal, Totals};
use std::io::{self, Read, Write};
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use work::{Done, Worker};

/// How many pieces wait for a worker, and how many of a worker's for being written.
const WAITING_MAX: usize = 2;
/// How many faults are told at the end; every one of them is in its line.
const FAULTS_TOLD_MAX: usize = 10;

/// What a rehearsal came to.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The sums.
    pub totals: Totals,
    /// The first faults, each with the number of its line.
    pub faults: Vec<(u64, String)>,
}

/// Why a rehearsal does not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The portfolio cannot be read.
    #[error("the portfolio cannot be read: {0}")]
    Read(io::Error),
    /// The verdicts cannot be written.
    #[error("the verdicts cannot be written: {0}")]
    Write(io::Error),
    /// The first line is not a line of names.
    #[error("line 1 of the portfolio: {0}")]
    Columns(#[from] ColumnFault),
    /// The first line is not text.
    #[error(
        "line 1 of the portfolio is no line of a CSV file in UTF-8: save the portfolio as CSV in UTF-8, or as JSON Lines"
    )]
    Header,
    /// There is no case.
    #[error("the portfolio has no case: write one in each line, as CSV below a line of names, or as JSON Lines")]
    Empty,
}

/// Rehearses every case of `input`, and writes its verdict to `output`. Without a format, the first character says what it is.
///
/// # Errors
/// When the portfolio cannot be read or has no case, or the verdicts cannot be written. A faulty case is no such error.
pub fn run(
    rehearsal: &Rehearsal<'_>,
    input: impl Read + Send,
    read_as: Option<Format>,
    output: &mut dyn Write,
    format: Format,
) -> Result<Report, Error> {
    let (portfolio, columns) = open(rehearsal, input, read_as)?;
    let worker = Worker { rehearsal, columns: columns.as_ref(), format };
    output.write_all(&rows::head(format).map_err(Error::Write)?).map_err(Error::Write)?;
    let report = thread::scope(|scope| {
        let workers = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
        for _ in 0..workers {
            let (give, taken) = sync_channel(WAITING_MAX);
            let (done, fetch) = sync_channel(WAITING_MAX);
            scope.spawn(move || work_out(&worker, &taken, &done));
            inputs.push(give);
            outputs.push(fetch);
        }
        scope.spawn(move || cut(portfolio, &inputs));
        write(&outputs, output)
    })?;
    if report.totals.all().cases == 0 && report.totals.faulty == 0 { Err(Error::Empty) } else { Ok(report) }
}

/// A portfolio that is worked out piece by piece by whoever asks for the next one.
#[derive(Debug)]
pub struct Pieces<'a, R> {
    rehearsal: &'a Rehearsal<'a>,
    portfolio: Portfolio<R>,
    columns: Option<Columns>,
}

impl<'a, R: Read> Pieces<'a, R> {
    /// Begins to read.
    ///
    /// # Errors
    /// When the portfolio cannot be read, or its line of names is not understood.
    pub fn new(rehearsal: &'a Rehearsal<'a>, input: R, format: Format) -> Result<Self, Error> {
        let (portfolio, columns) = open(rehearsal, input, Some(format))?;
        Ok(Self { rehearsal, portfolio, columns })
    }

    /// The verdicts of the next piece as JSON Lines, and what they come to; `None` at the end.
    ///
    /// # Errors
    /// When the portfolio cannot be read.
    pub fn work_out(&mut self) -> Result<Option<(Vec<u8>, Totals)>, Error> {
        let Some(piece) = self.portfolio.piece().map_err(Error::Read)? else { return Ok(None) };
        let worker = Worker { rehearsal: self.rehearsal, columns: self.columns.as_ref(), format: Format::Jsonl };
        let Done { bytes, totals, .. } = worker.piece(&piece).map_err(Error::Write)?;
        Ok(Some((bytes, totals)))
    }
}

/// A portfolio, read up to its first case, and its line of names, where it has one.
fn open<R: Read>(
    rehearsal: &Rehearsal<'_>,
    input: R,
    read_as: Option<Format>,
) -> Result<(Portfolio<R>, Option<Columns>), Error> {
    let mut portfolio = Portfolio::new(input, read_as).map_err(Error::Read)?;
    let columns = match portfolio.format() {
        Format::Jsonl => None,
        Format::Csv => Some(columns(&mut portfolio, rehearsal)?),
    };
    Ok((portfolio, columns))
}

/// The line of names.
fn columns<R: Read>(portfolio: &mut Portfolio<R>, rehearsal: &Rehearsal<'_>) -> Result<Columns, Error> {
    let bytes = match portfolio.first_line().map_err(Error::Read)? {
        Some(Piece::Lines { bytes, .. }) => bytes,
        Some(Piece::TooLong { .. } | Piece::Unclosed { .. }) => return Err(Error::Header),
        None => return Err(Error::Empty),
    };
    let mut records = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice()).into_records();
    match records.next() {
        Some(Ok(names)) => Ok(Columns::read(&names, rehearsal.texts())?),
        Some(Err(_)) => Err(Error::Header),
        None => Err(Error::Empty),
    }
}

/// Gives the pieces of a portfolio to the workers in turn, until it ends, cannot be read, or nobody takes them any more.
fn cut<R: Read>(mut portfolio: Portfolio<R>, workers: &[SyncSender<io::Result<Piece>>]) {
    for worker in workers.iter().cycle() {
        let Some(piece) = portfolio.piece().transpose() else { return };
        let failed = piece.is_err();
        if worker.send(piece).is_err() || failed {
            return;
        }
    }
}

fn work_out(worker: &Worker<'_>, pieces: &Receiver<io::Result<Piece>>, done: &SyncSender<Result<Done, Error>>) {
    for piece in pieces {
        let worked_out = piece.map_err(Error::Read).and_then(|piece| worker.piece(&piece).map_err(Error::Write));
        if done.send(worked_out).is_err() {
            return;
        }
    }
}

/// Writes what the workers have done, in turn. The first that has nothing more to give was not given anything more either.
fn write(workers: &[Receiver<Result<Done, Error>>], output: &mut dyn Write) -> Result<Report, Error> {
    let mut report = Report::default();
    for worker in workers.iter().cycle() {
        let Ok(done) = worker.recv() else { break };
        let Done { bytes, totals, faults } = done?;
        output.write_all(&bytes).map_err(Error::Write)?;
        report.totals = report.totals.plus(&totals);
        report.faults.extend(faults.into_iter().take(FAULTS_TOLD_MAX.saturating_sub(report.faults.len())));
    }
    output.flush().map_err(Error::Write)?;
    Ok(report)
}
