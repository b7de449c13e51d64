//! The worker: it mails what the outbox holds, rehearses drafts of schemes, and lets happen what a day brings.
//!
//! A notice is claimed with a lease, rendered, sent and settled; between these, no lock and no transaction is open. Several
//! workers may run at once: a notice that one of them holds is passed over by the others. A worker that is killed holds its
//! notices until the leases run out, then somebody else sends them.
//!
//! Mail is delivered **at least once**: when a worker dies, or the line drops, after the mail server has taken a mail and before
//! that is written down, the mail is sent again. It then bears the same `Message-ID`, which is made from the notice.

mod back_off;
pub mod clocks;
mod delivery;
pub mod exports;
mod facts;
pub mod letters;
pub mod mail;
pub mod rehearsals;
pub mod reminders;

pub use back_off::BackOff;

use crate::actions::schemes::Schemes;
use crate::files::{self, Files};
use crate::settings::{self, Settings};
use crate::store::outbox::{self, Claimed, Unsent};
use crate::store::{Db, Fault, Moment, Tx};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use delivery::{Setback, Then};
use futures_util::FutureExt;
use letters::Letters;
use mail::{Mailer, MailerError};
use rules::reminder::Ahead;
use secrecy::ExposeSecret;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// What an attempt needs beside the mail server's time: the database's.
const LEASE_MARGIN: Duration = Duration::from_secs(120);

/// The pause between two looks at all files, where each is asked about, and at all the books.
const SWEEP: TimeDelta = TimeDelta::hours(1);

/// A worker.
pub struct Worker {
    db: Db,
    files: Files,
    schemes: Schemes,
    mailer: Mailer,
    letters: Letters,
    lanes: usize,
    poll: Duration,
    calendar: Duration,
    lease: TimeDelta,
    back_off: BackOff,
    link_page: String,
    link_lifetime: TimeDelta,
    ahead: Ahead,
}

/// Why the worker cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] Fault),
    /// The place of files cannot be used.
    #[error(transparent)]
    Files(#[from] files::Fault),
    /// The mail server cannot be used.
    #[error(transparent)]
    Mailer(#[from] MailerError),
    /// A template cannot be read.
    #[error("a letter cannot be read: {0}")]
    Letters(#[from] minijinja::Error),
}

/// Where the worker takes the time from.
pub trait Clock: Fn() -> Moment + Clone + Send + Sync + 'static {}
impl<F: Fn() -> Moment + Clone + Send + Sync + 'static> Clock for F {}

impl Worker {
    /// A worker as the settings say, with connections of its own: one for each lane, one for the calendar, one for
    /// rehearsals, and two for exports.
    ///
    /// # Errors
    /// When the settings cannot be used.
    pub fn new(settings: &Settings) -> Result<Self, StartError> {
        let mailer = Mailer::new(&settings.mail)?;
        let letters = Letters::new(&settings.agency.name, settings.http.public_url.as_str())?;
        let own = &settings.worker;
        Ok(Self {
            db: Db::new(settings.database.url.expose_secret(), own.lanes.saturating_add(4))?,
            files: Files::open(&settings.files)?,
            schemes: Schemes::of_agency(settings.agency.name.clone()),
            mailer,
            letters,
            lanes: own.lanes,
            poll: own.poll,
            calendar: own.calendar,
            lease: span(settings.mail.attempt.saturating_add(LEASE_MARGIN)),
            back_off: BackOff { first: own.retry_first, longest: own.retry_longest, attempts_max: own.attempts_max },
            link_page: settings.passwords.link_page.as_str().to_owned(),
            link_lifetime: span(settings.passwords.link_lifetime),
            ahead: ahead(&settings.reminders),
        })
    }

    /// Works until it is told to stop. What is under way then is finished; one attempt bounds how long that takes.
    pub async fn run(self, clock: impl Clock, stop: watch::Receiver<bool>) {
        let worker = Arc::new(self);
        let mut lanes = JoinSet::new();
        for _ in 0..worker.lanes {
            lanes.spawn(deliver(Arc::clone(&worker), clock.clone(), stop.clone()));
        }
        lanes.spawn(rehearse(Arc::clone(&worker), clock.clone(), stop.clone()));
        lanes.spawn(export(Arc::clone(&worker), clock.clone(), stop.clone()));
        lanes.spawn(watch_the_calendar(worker, clock, stop));
        while let Some(ended) = lanes.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a part of the worker has ended");
            }
        }
    }

    /// Sends the next notice that is due, and writes down what came of it. `false` when none is due.
    ///
    /// # Errors
    /// When the database fails: the notice stays claimed until its lease ends.
    pub async fn deliver_next(&self, clock: &(impl Fn() -> Moment + Sync)) -> Result<bool, Fault> {
        let moment = clock();
        let leased_until = later(moment.recorded_at, self.lease);
        let claimed = self.db.write(moment, async |tx: &mut Tx<'_>| outbox::claim(tx, leased_until, 1).await).await?;
        let Some(claimed) = claimed.into_iter().next() else { return Ok(false) };
        let met = self.attempt(&claimed, moment).await;
        self.write_down(&claimed, met, clock()).await?;
        Ok(true)
    }

    async fn write_down(&self, claimed: &Claimed, met: Result<(), Setback>, moment: Moment) -> Result<(), Fault> {
        let attempt = claimed.attempts.saturating_add(1);
        let Err(setback) = met else {
            self.db.write(moment, async |tx: &mut Tx<'_>| outbox::settle(tx, claimed.id).await).await?;
            tracing::info!(notice = %claimed.id, attempt, "sent");
            return Ok(());
        };
        let then = match setback.then {
            Then::TryAgain => self
                .pause(attempt)?
                .map_or(Unsent::GivenUp, |pause| Unsent::DueAgainAt(later(moment.recorded_at, pause))),
            Then::GiveUp => Unsent::GivenUp,
            Then::Drop => Unsent::Dropped,
        };
        self.db.write(moment, async |tx: &mut Tx<'_>| outbox::fail(tx, claimed, &setback.detail, then).await).await?;
        match then {
            Unsent::DueAgainAt(due_at) => {
                tracing::warn!(notice = %claimed.id, attempt, why = %setback.kind, %due_at, "not sent")
            }
            Unsent::GivenUp => tracing::error!(notice = %claimed.id, attempt, why = %setback.kind, "given up"),
            Unsent::Dropped => tracing::info!(notice = %claimed.id, attempt, why = %setback.kind, "dropped"),
        }
        Ok(())
    }

    fn pause(&self, attempts: i32) -> Result<Option<TimeDelta>, Fault> {
        let chance = getrandom::u32().map_err(|error| Fault::Unavailable(error.to_string()))?;
        Ok(self.back_off.pause(attempts.unsigned_abs(), chance))
    }
}

fn ahead(settings: &settings::Reminders) -> Ahead {
    let settings::Reminders { assessment_days, return_days, award_days, round_days } = *settings;
    Ahead { assessment_days, return_days, award_days, round_days }
}

/// Settings are bounded far below what a span can hold.
fn span(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

fn later(from: DateTime<Utc>, span: TimeDelta) -> DateTime<Utc> {
    from.checked_add_signed(span).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Until when a piece of work is held that is claimed now. The database keeps microseconds, and a lease is known again by its end.
fn leased_from(moment: Moment, lease: TimeDelta) -> DateTime<Utc> {
    later(moment.recorded_at, lease).trunc_subsecs(6)
}

async fn deliver(worker: Arc<Worker>, clock: impl Clock, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let met = surviving(worker.deliver_next(&clock)).await;
        go_on_or_rest(met, "the outbox cannot be worked off", worker.poll, &mut stop).await;
    }
}

async fn rehearse(worker: Arc<Worker>, clock: impl Clock, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let met = surviving(rehearsals::work_off_next(&worker.db, &worker.schemes, &clock, &stop)).await;
        go_on_or_rest(met, "a rehearsal cannot be worked off", worker.poll, &mut stop).await;
    }
}

async fn export(worker: Arc<Worker>, clock: impl Clock, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let at =
            exports::Desk { db: &worker.db, files: &worker.files, stop: &stop, rows_at_once: exports::ROWS_AT_ONCE };
        let met = surviving(exports::work_off_next(at, &clock)).await;
        go_on_or_rest(met, "an export cannot be written", worker.poll, &mut stop).await;
    }
}

/// Goes on at once where something was done; rests where nothing was due, or where it failed.
async fn go_on_or_rest(met: Result<bool, String>, failed: &str, poll: Duration, stop: &mut watch::Receiver<bool>) {
    match met {
        Ok(true) => return,
        Ok(false) => {}
        Err(error) => tracing::error!(%error, "{failed}"),
    }
    pause(poll, stop).await;
}

async fn watch_the_calendar(worker: Arc<Worker>, clock: impl Clock, mut stop: watch::Receiver<bool>) {
    let mut swept_at = None;
    while !*stop.borrow() {
        if let Err(error) = surviving(async { clocks::tick(&worker.db, clock()).await }).await {
            tracing::error!(%error, "offers that have expired cannot lapse");
        }
        let told = clocks::tell(&worker.db, &worker.schemes, clock());
        if let Err(error) = surviving(told).await {
            tracing::error!(%error, "refusals whose embargo is over cannot be told");
        }
        let moved = clocks::move_up(&worker.db, &worker.schemes, &clock);
        if let Err(error) = surviving(moved).await {
            tracing::error!(%error, "reserve lists cannot move up");
        }
        if let Err(error) = surviving(async { clocks::sweep(&worker.db, clock()).await }).await {
            tracing::error!(%error, "what has expired cannot be deleted");
        }
        let reminded = reminders::tick(&worker.db, &worker.schemes, worker.ahead, clock());
        if let Err(error) = surviving(reminded).await {
            tracing::error!(%error, "reminders cannot be written");
        }
        let now = clock().recorded_at;
        if swept_at.is_none_or(|at| later(at, SWEEP) <= now) {
            match surviving(clocks::sweep_files(&worker.db, &worker.files, now)).await {
                Ok(0) => {}
                Ok(swept) => tracing::info!(swept, "files that belonged to nothing have been deleted"),
                Err(error) => tracing::error!(%error, "files that belong to nothing cannot be deleted"),
            }
            match surviving(clocks::verify_books(&worker.db)).await {
                Ok(0) => {}
                Ok(found) => tracing::error!(found, "almoner ledger verify says where the books do not agree"),
                Err(error) => tracing::error!(%error, "the books cannot be verified"),
            }
            swept_at = Some(now);
        }
        pause(worker.calendar, &mut stop).await;
    }
}

/// What a piece of work comes to. A panic in it is a failure of that piece: what it was about is tried again, and the others go on.
async fn surviving<T, E: std::fmt::Display>(work: impl Future<Output = Result<T, E>>) -> Result<T, String> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_panic) => Err("it panicked".to_owned()),
    }
}

/// Sleeps, or wakes up early to stop; whoever could have said so being gone is a reason to stop as well.
async fn pause(length: Duration, stop: &mut watch::Receiver<bool>) {
    tokio::select! {
        () = sleep(length) => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}
