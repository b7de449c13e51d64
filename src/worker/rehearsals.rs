//! Rehearsals: one that waits is claimed with a lease and worked off in small pieces, each written with its progress in one
//! transaction. A worker that dies leaves it to the next one, which begins it anew; what fails three workers is given up.

use crate::actions::rehearsals::FAULTY;
use crate::actions::schemes::Schemes;
use crate::rehearsal::{Format, Kind, run};
use crate::store::rehearsals::{self, CaseRow, Ended, append, go_on};
use crate::store::{Db, Fault, Moment, Tx};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use rules::calendar::Day;
use rules::ids::ApplicationId;
use rules::rehearsal::{Change, PortfolioFormat, Rehearsal, RehearsalOrder, Totals};
use rules::scheme::Scheme;
use serde_json::{Value, json};
use uuid::Uuid;

/// How many cases are written down between two words about the progress.
const AT_ONCE: usize = 500;
/// How long a piece may take before somebody else may take over.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// How many workers may fail at one rehearsal.
const ATTEMPTS_MAX: i32 = 3;

/// Works the oldest rehearsal off that waits. `false` when none does.
///
/// # Errors
/// When the database fails: the rehearsal stays claimed until its lease ends.
pub async fn work_off_next(db: &Db, schemes: &Schemes, clock: &(impl Fn() -> Moment + Sync)) -> Result<bool, Fault> {
    let moment = clock();
    let leased_until = lease(moment);
    let claimed = db.write(moment, async |tx: &mut Tx<'_>| rehearsals::claim(tx, leased_until).await).await?;
    let Some((order, attempts)) = claimed else { return Ok(false) };
    let id = order.id;
    let mut work = Work { db, order, leased_until, totals: Totals::default(), done: 0, total: 0 };
    let met = if attempts >= ATTEMPTS_MAX {
        Err(Setback::Hopeless(format!("It was given up after {ATTEMPTS_MAX} attempts.")))
    } else {
        work.off(schemes, clock).await
    };
    let ended = match met {
        Ok(result) => Ended::Done(result),
        Err(Setback::Hopeless(why)) => Ended::Failed(why),
        Err(Setback::TakenOver) => {
            tracing::warn!(rehearsal = %id, "somebody else goes on with it");
            return Ok(true);
        }
        Err(Setback::Fault(fault)) => return Err(fault),
    };
    let (done, held_until) = (work.done, work.leased_until);
    db.write(clock(), async |tx: &mut Tx<'_>| rehearsals::end(tx, id, held_until, ended).await).await?;
    tracing::info!(rehearsal = %id, cases = done, "rehearsed");
    Ok(true)
}

/// The database keeps microseconds, and the lease is known again by its end.
fn lease(moment: Moment) -> DateTime<Utc> {
    let until = moment.recorded_at.checked_add_signed(LEASE).unwrap_or(DateTime::<Utc>::MAX_UTC);
    until.trunc_subsecs(6)
}

/// Why a rehearsal does not come to its end.
enum Setback {
    /// No worker will ever do it.
    Hopeless(String),
    /// Another worker has it.
    TakenOver,
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
    order: RehearsalOrder,
    leased_until: DateTime<Utc>,
    totals: Totals,
    done: i64,
    total: i64,
}

impl Work<'_> {
    /// What it comes to.
    async fn off(&mut self, schemes: &Schemes, clock: &(impl Fn() -> Moment + Sync)) -> Result<Value, Setback> {
        let before = schemes.pinned(&mut self.db.reader().await?, self.order.before).await.map_err(hopeless)?;
        let after = Scheme::read(&self.order.after)
            .map_err(|faults| hopeless(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
        let rehearsal = Rehearsal::new(&before, &after, self.order.on).map_err(hopeless)?;
        match self.order.portfolio.take() {
            None => self.recorded(&rehearsal, clock).await?,
            Some(portfolio) => {
                let kind = match portfolio.format {
                    PortfolioFormat::Csv => Kind::Csv,
                    PortfolioFormat::Jsonl => Kind::JsonLines,
                };
                let rows = self.worked_out(&rehearsal, portfolio.text.as_bytes(), kind)?;
                self.total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
                for piece in rows.chunks(AT_ONCE) {
                    self.write_down(piece, &[], clock()).await?;
                }
            }
        }
        Ok(json!({ "totals": self.totals, "envelope": rehearsal.envelope(&self.totals) }))
    }

    /// Of every recorded case what was asked when it was submitted, on the day of its submission.
    async fn recorded(
        &mut self,
        rehearsal: &Rehearsal<'_>,
        clock: &(impl Fn() -> Moment + Sync),
    ) -> Result<(), Setback> {
        let limit = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
        self.total = rehearsals::count_recorded(&mut self.db.reader().await?, &self.order.code).await?;
        let mut after = None;
        loop {
            let mut reader = self.db.reader().await?;
            let cases = rehearsals::recorded(&mut reader, &self.order.code, after, limit).await?;
            drop(reader);
            let Some(last) = cases.last() else { return Ok(()) };
            after = Some(ApplicationId(last.id));
            let (mut lines, mut organisations) = (Vec::new(), Vec::new());
            for case in cases {
                let mut line: Value = serde_json::from_str(&case.request).map_err(corrupt)?;
                if let Some(members) = line.as_object_mut() {
                    members.insert("id".to_owned(), json!(case.reference));
                    members.insert("on".to_owned(), json!(case.submitted_on.map(Day::from)));
                }
                serde_json::to_writer(&mut lines, &line).map_err(corrupt)?;
                lines.push(b'\n');
                organisations.push(case.organisation_id);
            }
            let rows = self.worked_out(rehearsal, &lines, Kind::JsonLines)?;
            self.write_down(&rows, &organisations, clock()).await?;
        }
    }

    /// The verdicts over some cases: one for each of them, in their order.
    fn worked_out(&mut self, rehearsal: &Rehearsal<'_>, cases: &[u8], kind: Kind) -> Result<Vec<Value>, Setback> {
        let mut lines = Vec::new();
        let report = run(rehearsal, cases, Some(kind), &mut lines, Format::JsonLines).map_err(hopeless)?;
        self.totals = self.totals.plus(&report.totals);
        let verdicts = serde_json::Deserializer::from_slice(&lines).into_iter::<Value>();
        Ok(verdicts.collect::<Result<Vec<_>, _>>().map_err(corrupt)?)
    }

    /// Writes down what came out of some cases, and how far the rehearsal has come. Who gets what was got is only counted.
    async fn write_down(&mut self, verdicts: &[Value], organisations: &[Uuid], moment: Moment) -> Result<(), Setback> {
        let mut rows = Vec::new();
        for (place, verdict) in verdicts.iter().enumerate() {
            self.done = self.done.saturating_add(1);
            let change = verdict.get("change").and_then(Value::as_str).unwrap_or(FAULTY);
            if change != Change::Same.code() {
                let organisation = organisations.get(place).copied();
                rows.push(case_row(self.order.id.0, self.done, organisation, change, verdict));
            }
        }
        let (id, held_until, longer) = (self.order.id, self.leased_until, lease(moment));
        let progress = (self.done, self.total.max(self.done));
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
        Ok(())
    }
}

fn case_row(
    rehearsal_id: Uuid,
    sequence: i64,
    organisation_id: Option<Uuid>,
    change: &str,
    verdict: &Value,
) -> CaseRow {
    let line = || verdict.get("line").map(Value::to_string).unwrap_or_default();
    let name = verdict.get("id").and_then(Value::as_str).map_or_else(line, str::to_owned);
    CaseRow {
        rehearsal_id,
        sequence,
        name,
        organisation_id,
        change: change.to_owned(),
        verdict: storable(verdict.clone()),
    }
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
