//! Rehearsals: one that waits is claimed with a lease and worked off in small pieces, each written with its progress in one
//! transaction. A worker that dies leaves it to the next one, which begins it anew; what fails three workers is given up. A worker
//! that is told to stop gives it back after the piece that it is at.

use super::leased_from;
use crate::actions::Error;
use crate::actions::schemes::Schemes;
use crate::rehearsal::{Pieces, Row};
use crate::store::rehearsals::{self, CaseRow, Claimed, Ended, Recorded, append, go_on};
use crate::store::{Db, Fault, Moment, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use rules::calculation::Request;
use rules::calendar::Day;
use rules::ids::ApplicationId;
use rules::rehearsal::{Effect, FAULTY, Portfolio, Rehearsal, Totals};
use rules::scheme::Scheme;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::watch;
use uuid::Uuid;

/// How many cases are written down between two words about the progress.
const AT_ONCE: usize = 500;
/// How long a piece may take before somebody else may take over.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// How many workers may fail at one rehearsal.
const ATTEMPTS_MAX: i32 = 3;

/// Works the oldest rehearsal off that waits, unless it is told to stop. `false` when none does.
///
/// # Errors
/// When the database fails: the rehearsal stays claimed until its lease ends.
pub async fn work_off_next(
    db: &Db,
    schemes: &Schemes,
    clock: &(impl Fn() -> Moment + Sync),
    stop: &watch::Receiver<bool>,
) -> Result<bool, Fault> {
    let moment = clock();
    let leased_until = leased_from(moment, LEASE);
    let claimed = db.write(moment, async |tx: &mut Tx<'_>| rehearsals::claim(tx, leased_until).await).await?;
    let Some(order) = claimed else { return Ok(false) };
    let (id, attempts) = (order.id, order.attempts);
    let mut work = Work { db, order, stop, leased_until, totals: Totals::default(), done: 0, total: None };
    let met = if attempts >= ATTEMPTS_MAX {
        Err(Setback::Hopeless(format!("It was given up after {ATTEMPTS_MAX} attempts.")))
    } else {
        work.off(schemes, clock).await
    };
    let (done, held_until) = (work.done, work.leased_until);
    let ended = match met {
        Ok(result) => Ended::Done(result),
        Err(Setback::Hopeless(why)) => Ended::Failed(why),
        Err(Setback::TakenOver) => {
            tracing::warn!(rehearsal = %id, "somebody else goes on with it");
            return Ok(true);
        }
        Err(Setback::Stopped) => {
            db.write(clock(), async |tx: &mut Tx<'_>| rehearsals::give_back(tx, id, held_until).await).await?;
            tracing::info!(rehearsal = %id, cases = done, "given back");
            return Ok(true);
        }
        Err(Setback::Fault(fault)) => return Err(fault),
    };
    db.write(clock(), async |tx: &mut Tx<'_>| rehearsals::end(tx, id, held_until, ended).await).await?;
    tracing::info!(rehearsal = %id, cases = done, "rehearsed");
    Ok(true)
}

/// Why a rehearsal does not come to its end.
enum Setback {
    /// No worker will ever do it.
    Hopeless(String),
    /// Another worker has it.
    TakenOver,
    /// The worker is to stop.
    Stopped,
    /// The database failed.
    Fault(Fault),
}

impl From<Fault> for Setback {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

fn hopeless(why: impl std::fmt::Display) -> Setback {
    Setback::Hopeless(why.to_string())
}

/// A rehearsal that is being worked off.
struct Work<'d> {
    db: &'d Db,
    order: Claimed,
    stop: &'d watch::Receiver<bool>,
    leased_until: DateTime<Utc>,
    totals: Totals,
    done: i64,
    /// How many cases there are, once that is known.
    total: Option<i64>,
}

/// What became of a case that is to be written down.
struct Told {
    organisation: Option<Uuid>,
    verdict: Value,
}

impl Work<'_> {
    /// What it comes to.
    async fn off(&mut self, schemes: &Schemes, clock: &(impl Fn() -> Moment + Sync)) -> Result<Value, Setback> {
        let before = self.before(schemes).await?;
        let after = Scheme::read(&self.order.after)
            .map_err(|faults| hopeless(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
        let rehearsal = Rehearsal::new(&before, &after, self.order.on).map_err(hopeless)?;
        match self.order.portfolio.take() {
            None => self.recorded(&rehearsal, clock).await?,
            Some(portfolio) => self.portfolio(&rehearsal, &portfolio, clock).await?,
        }
        let failing_examples = after.failing_examples(&self.order.after).len();
        let envelope = rehearsal.envelope(&self.totals);
        Ok(json!({ "totals": self.totals, "envelope": envelope, "failing_examples": failing_examples }))
    }

    /// The text that the draft is compared with. When the database fails, another try may do.
    async fn before(&self, schemes: &Schemes) -> Result<Arc<Scheme>, Setback> {
        match schemes.pinned(&mut self.db.reader().await?, self.order.before).await {
            Ok(scheme) => Ok(scheme),
            Err(Error::Fault(fault)) if !matches!(fault, Fault::Corrupt(_)) => Err(fault.into()),
            Err(error) => {
                tracing::error!(rehearsal = %self.order.id, %error, "a published text cannot be read");
                Err(hopeless("The published text that the draft is compared with cannot be read any more."))
            }
        }
    }

    /// Of every recorded case what was asked when it was submitted, on the day of its submission.
    async fn recorded(
        &mut self,
        rehearsal: &Rehearsal<'_>,
        clock: &(impl Fn() -> Moment + Sync),
    ) -> Result<(), Setback> {
        let now = clock().now;
        let limit = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
        self.total = Some(rehearsals::count_recorded(&mut self.db.reader().await?, &self.order.code, now).await?);
        let mut after = None;
        loop {
            let mut reader = self.db.reader().await?;
            let cases = rehearsals::recorded(&mut reader, (&self.order.code, now), after, limit).await?;
            drop(reader);
            let Some(last) = cases.last() else { return Ok(()) };
            after = Some(ApplicationId(last.id));
            let told = cases.iter().map(|case| self.worked_out(rehearsal, case));
            let told = told.collect::<Result<Vec<_>, _>>().map_err(corrupt)?;
            self.write_down(told, clock()).await?;
        }
    }

    fn worked_out(&mut self, rehearsal: &Rehearsal<'_>, case: &Recorded) -> Result<Told, serde_json::Error> {
        let (organisation, id) = (Some(case.organisation_id), Some(case.reference.as_str()));
        let verdict =
            Request::from_json(case.request.as_bytes()).map_err(|fault| vec![fault]).and_then(|mut request| {
                request.on = case.submitted_on.map(Day::from);
                rehearsal.verdict(&request)
            });
        let verdict = match verdict {
            Ok(verdict) => {
                self.totals.add(&verdict);
                serde_json::to_value(Row::of(None, id, &verdict))?
            }
            Err(faults) => {
                self.totals.add_fault();
                let fault = faults.first().map(ToString::to_string).unwrap_or_default();
                serde_json::to_value(Row::faulty(None, id, &fault))?
            }
        };
        Ok(Told { organisation, verdict })
    }

    /// Every case that was handed in.
    async fn portfolio(
        &mut self,
        rehearsal: &Rehearsal<'_>,
        portfolio: &Portfolio,
        clock: &(impl Fn() -> Moment + Sync),
    ) -> Result<(), Setback> {
        let mut pieces = Pieces::new(rehearsal, portfolio.text.as_bytes(), portfolio.format).map_err(hopeless)?;
        while let Some((lines, totals)) = pieces.work_out().map_err(hopeless)? {
            self.totals = self.totals.plus(&totals);
            let verdicts = serde_json::Deserializer::from_slice(&lines).into_iter::<Value>();
            let told = verdicts.map(|verdict| verdict.map(|verdict| Told { organisation: None, verdict }));
            self.write_down(told.collect::<Result<Vec<_>, _>>().map_err(corrupt)?, clock()).await?;
        }
        if self.done == 0 {
            return Err(hopeless(crate::rehearsal::Error::Empty));
        }
        self.total = Some(self.done);
        self.write_down(Vec::new(), clock()).await
    }

    /// Writes down what came out of some cases, and how far the rehearsal has come. Who gets what was got is only counted.
    async fn write_down(&mut self, told: Vec<Told>, moment: Moment) -> Result<(), Setback> {
        let mut rows = Vec::new();
        for Told { organisation, verdict } in told {
            self.done = self.done.saturating_add(1);
            let change = verdict.get("change").and_then(Value::as_str).unwrap_or(FAULTY).to_owned();
            if change != Effect::Same.code() {
                rows.push(case_row(self.order.id.0, self.done, organisation, change, verdict));
            }
        }
        let (id, held_until, longer) = (self.order.id, self.leased_until, leased_from(moment, LEASE));
        let progress = (self.done, self.total.map(|total| total.max(self.done)));
        let held = self.db.write(moment, async |tx: &mut Tx<'_>| {
            let held = go_on(tx, id, (held_until, longer), progress).await?;
            if held && !rows.is_empty() {
                append(tx, &rows).await?;
            }
            Ok::<_, Fault>(held)
        });
        if !held.await? {
            return Err(Setback::TakenOver);
        }
        self.leased_until = longer;
        if *self.stop.borrow() { Err(Setback::Stopped) } else { Ok(()) }
    }
}

fn case_row(
    rehearsal_id: Uuid,
    sequence: i64,
    organisation_id: Option<Uuid>,
    change: String,
    verdict: Value,
) -> CaseRow {
    let line = || verdict.get("line").map(Value::to_string).unwrap_or_default();
    let name = verdict.get("id").and_then(Value::as_str).map_or_else(line, str::to_owned);
    CaseRow { rehearsal_id, sequence, name, organisation_id, change, verdict: storable(verdict) }
}

/// A fault repeats what was written, and that may hold the one character that the database cannot keep.
fn storable(mut verdict: Value) -> Value {
    if let Some(Value::String(reason)) = verdict.get_mut("reason") {
        *reason = reason.replace('\0', "\u{fffd}");
    }
    verdict
}

fn corrupt(error: serde_json::Error) -> Fault {
    Fault::Corrupt(error.to_string())
}
