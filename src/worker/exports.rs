//! Exports: one that waits is claimed with a lease and written row by row, its progress with it. A worker that dies leaves it to the next
//! one, which begins it anew under another name; what fails three workers is given up, and one that is told to stop gives it back.

use super::leased_from;
use crate::export::csv::Csv;
use crate::export::json::Json;
use crate::export::xlsx::Xlsx;
use crate::export::{About, Fault as Unwritable, Format, Record};
use crate::files::{self, Files, Writing};
use crate::store::exports::{self, Export, Written};
use crate::store::reports::{self, Rows};
use crate::store::{Db, Fault, Moment, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::TryStreamExt;
use rules::export::{ExportFormat, ExportReport, kept_until};
use rules::ids::AttachmentId;
use rules::report::{Filter, Totals};
use tokio::sync::watch;
use uuid::Uuid;

/// How many rows are written between two words about the progress: a second or two of work.
pub const ROWS_AT_ONCE: u64 = 20_000;
/// How long they may take before somebody else may take over.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// How many workers may fail at one export.
const ATTEMPTS_MAX: i32 = 3;

/// What exports are written with.
#[derive(Clone, Copy)]
pub struct Desk<'d> {
    /// Where the rows are.
    pub db: &'d Db,
    /// Where the files lie.
    pub files: &'d Files,
    /// Whether the worker is to stop.
    pub stop: &'d watch::Receiver<bool>,
    /// How many rows are written between two words about the progress.
    pub rows_at_once: u64,
}

/// Writes the oldest export that waits, unless it is told to stop. `false` when none does.
///
/// # Errors
/// When the database fails: the export stays claimed until its lease ends.
pub async fn work_off_next(desk: Desk<'_>, clock: &(impl Fn() -> Moment + Sync)) -> Result<bool, Fault> {
    let moment = clock();
    let leased_until = leased_from(moment, LEASE);
    let claimed = desk.db.write(moment, async |tx: &mut Tx<'_>| exports::claim(tx, leased_until).await).await?;
    let Some(export) = claimed else { return Ok(false) };
    let (id, attempts) = (export.order.id, export.attempts);
    let mut work = Work { desk, clock, export, leased_until, total: None, done: 0, told: 0 };
    let met = if attempts >= ATTEMPTS_MAX {
        Err(Setback::Hopeless(format!("It was given up after {ATTEMPTS_MAX} attempts.")))
    } else {
        work.off(moment).await
    };
    let held_until = work.leased_until;
    let ended = match &met {
        Ok(written) => Ok(written),
        Err(Setback::Hopeless(why)) => Err(why.as_str()),
        Err(Setback::TakenOver) => {
            tracing::warn!(export = %id, "somebody else goes on with it");
            return Ok(true);
        }
        Err(Setback::Stopped) => {
            desk.db.write(clock(), async |tx: &mut Tx<'_>| exports::give_back(tx, id, held_until).await).await?;
            tracing::info!(export = %id, "given back");
            return Ok(true);
        }
        Err(Setback::Fault(why)) => {
            // It is tried again when the lease is over, however often: nobody has died of it.
            desk.db.write(clock(), async |tx: &mut Tx<'_>| exports::pause(tx, id, held_until).await).await?;
            return Err(Fault::Unavailable(why.clone()));
        }
    };
    let ours = desk.db.write(clock(), async |tx: &mut Tx<'_>| exports::end(tx, id, held_until, ended).await).await?;
    match ended {
        // The sweep finds the file of one that was taken over at the last moment.
        _ if !ours => tracing::warn!(export = %id, "somebody else goes on with it"),
        Ok(written) => tracing::info!(export = %id, rows = written.rows, bytes = written.bytes, "exported"),
        Err(why) => tracing::error!(export = %id, why, "cannot be exported"),
    }
    Ok(true)
}

/// Why an export does not come to its end.
enum Setback {
    /// No worker will ever write it.
    Hopeless(String),
    /// Another worker has it.
    TakenOver,
    /// The worker is to stop.
    Stopped,
    /// The database or the place of files failed: another try may do.
    Fault(String),
}

impl From<Fault> for Setback {
    fn from(fault: Fault) -> Self {
        match fault {
            // Whoever looks after the books must see to that; it is no better at the next try.
            Fault::Corrupt(why) => {
                tracing::error!(why, "a report does not agree with the books");
                Self::Hopeless("The report does not agree with the books: whoever runs this must look.".to_owned())
            }
            fault => Self::Fault(fault.to_string()),
        }
    }
}

impl From<files::Fault> for Setback {
    fn from(fault: files::Fault) -> Self {
        Self::Fault(fault.to_string())
    }
}

impl From<Unwritable> for Setback {
    fn from(fault: Unwritable) -> Self {
        match fault {
            Unwritable::Workbook(_) | Unwritable::Write(_) => Self::Fault(fault.to_string()),
            fault => Self::Hopeless(format!("{fault}.")),
        }
    }
}

/// An export that is being written.
struct Work<'d, C> {
    desk: Desk<'d>,
    clock: &'d C,
    export: Export,
    leased_until: DateTime<Utc>,
    /// How many rows there are, where that is known.
    total: Option<i64>,
    /// How many rows are written.
    done: u64,
    /// Up to which row it was told how far it has come.
    told: u64,
}

impl<C: Fn() -> Moment + Sync> Work<'_, C> {
    /// What it comes to: the rows are those of one snapshot, begun now.
    async fn off(&mut self, made: Moment) -> Result<Written, Setback> {
        let about = About { case: None, filter: self.export.order.filter.clone(), made_at: made.recorded_at };
        let (filter, today) = (about.filter.clone(), made.today());
        let reader = self.desk.db.reader().await?;
        match self.export.order.report {
            ExportReport::Disbursements => {
                let window = filter.window().map_err(|refusal| Setback::Hopeless(refusal.to_string()))?;
                let mut counting = self.desk.db.reader().await?;
                // How many there are is good to know, and no more: the report does without.
                self.total = reports::count_disbursements(&mut counting, &filter, window).await.ok();
                drop(counting);
                let rows = reports::disbursements(reader, filter, window).await?;
                self.written(rows, about).await
            }
            ExportReport::Recoveries => {
                let on = filter.to.unwrap_or(today);
                let rows = reports::owed(reader, filter.scheme, on).await?;
                self.written(rows, About { filter: Filter { to: Some(on), ..about.filter }, ..about }).await
            }
            ExportReport::Obligations => {
                let rows = reports::obligations(reader, filter.scheme, today).await?;
                self.written(rows, about).await
            }
        }
    }

    async fn written<T: Record + Unpin + Send + 'static>(
        &mut self,
        rows: Rows<T>,
        about: About,
    ) -> Result<Written, Setback> {
        let file = AttachmentId(Uuid::now_v7());
        let made_at = about.made_at;
        let mut writing = self.desk.files.write(file).await?;
        let went = match self.export.order.format {
            ExportFormat::Csv => self.text(rows, Csv::new()?, &mut writing).await,
            ExportFormat::Json => self.text(rows, Json::new(&about)?, &mut writing).await,
            ExportFormat::Xlsx => self.workbook(rows, Xlsx::new(about)?, &mut writing).await,
        };
        match went {
            Ok(totals) => {
                let (bytes, sha256) = writing.finish().await?;
                let expires_at = kept_until((self.clock)().recorded_at);
                Ok(Written { file, bytes, sha256, rows: totals.rows, control: totals.amount, made_at, expires_at })
            }
            Err(setback) => {
                writing.give_up().await;
                Err(setback)
            }
        }
    }

    async fn text<T: Record + Unpin, F: Format<T>>(
        &mut self,
        mut rows: Rows<T>,
        mut format: F,
        writing: &mut Writing,
    ) -> Result<Totals, Setback> {
        while let Some(part) = rows.try_next().await? {
            format.rows(&part)?;
            if let Some(chunk) = format.chunk() {
                writing.take(&chunk).await?;
            }
            self.tell(part.len()).await?;
        }
        let (last, summary) = format.finish()?;
        writing.take(&last).await?;
        Ok(summary.totals)
    }

    async fn workbook<T: Record + Unpin + Send + 'static>(
        &mut self,
        mut rows: Rows<T>,
        mut workbook: Xlsx<T>,
        writing: &mut Writing,
    ) -> Result<Totals, Setback> {
        while let Some(part) = rows.try_next().await? {
            workbook.rows(&part)?;
            self.tell(part.len()).await?;
        }
        // Compressing takes its time, and others have work to do on this thread.
        let made = tokio::task::spawn_blocking(move || workbook.finish()).await;
        let (bytes, summary) = made.map_err(|error| Setback::Fault(error.to_string()))??;
        writing.take(&bytes).await?;
        Ok(summary.totals)
    }

    /// So many rows more are written: says how far it has come, now and then, and holds the claim for longer.
    async fn tell(&mut self, rows: usize) -> Result<(), Setback> {
        self.done = self.done.saturating_add(u64::try_from(rows).unwrap_or(u64::MAX));
        let done = self.done;
        if done.saturating_sub(self.told) < self.desk.rows_at_once {
            return Ok(());
        }
        if *self.desk.stop.borrow() {
            return Err(Setback::Stopped);
        }
        let moment = (self.clock)();
        let longer = leased_from(moment, LEASE);
        let (id, held, rows) =
            (self.export.order.id, (self.leased_until, longer), i64::try_from(done).unwrap_or(i64::MAX));
        let total = self.total;
        let ours =
            self.desk.db.write(moment, async |tx: &mut Tx<'_>| exports::go_on(tx, id, held, (rows, total)).await);
        if !ours.await? {
            return Err(Setback::TakenOver);
        }
        (self.leased_until, self.told) = (longer, done);
        Ok(())
    }
}
