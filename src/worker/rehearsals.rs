//! Rehearsals: one that waits is claimed with a lease and worked off in small pieces, each with its progress in one transaction. A
//! worker that dies leaves it to the next one, which begins it anew; what fails three workers is given up.

use crate::actions::rehearsals::FAULTY;
use crate::actions::schemes::Schemes;
use crate::store::rehearsals::{self, CaseRow, Ended, Recorded, append, go_on};
use crate::store::{Db, Fault, Moment, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use rules::calculation::{Request, RequestFault};
use rules::calendar::Day;
use rules::ids::ApplicationId;
use rules::rehearsal::{Change, Rehearsal, RehearsalOrder, Totals, Verdict};
use rules::scheme::Scheme;
use serde_json::{Value, json};
use std::sync::Arc;

/// How many cases are worked out between two words about the progress.
const AT_ONCE: usize = 500;
/// How long a piece may take before somebody else may take over.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// How many workers may fail at one rehearsal.
const ATTEMPTS_MAX: i32 = 3;

/// A case before it is worked out.
struct Case {
    name: String,
    organisation: Option<uuid::Uuid>,
    request: Result<Request, Vec<RequestFault>>,
}

/// Works the oldest rehearsal off that waits. `false` when none does.
///
/// # Errors
/// When the database fails: the rehearsal stays claimed until its lease ends.
pub async fn work_off_next(
    db: &Db,
    schemes: &Schemes,
    clock: &(impl Fn() -> Moment + Sync),
) -> Result<bool, Fault> {
    let moment = clock();
    let leased_until = lease(moment);
    let claimed = db.write(moment, async |tx: &mut Tx<'_>| rehearsals::claim(tx, leased_until).await).await?;
    let Some((order, attempts)) = claimed else { return Ok(false) };
    let id = order.id;
    let mut work = Work { db, order, leased_until, totals: Totals::default(), done: 0, total: 0 };
    let ended = if attempts >= ATTEMPTS_MAX {
        Some(Ended::Failed(format!("It was given up after {ATTEMPTS_MAX} attempts.")))
    } else {
        work.run(schemes, clock).await?
    };
    let Some(ended) = ended else {
        tracing::warn!(rehearsal = %id, "somebody else has taken it over");
        return Ok(true);
    };
    let done = work.done;
    db.write(clock(), async |tx: &mut Tx<'_>| rehearsals::end(tx, id, work.leased_until, ended).await).await?;
    tracing::info!(rehearsal = %id, cases = done, "rehearsed");
    Ok(true)
}

fn lease(moment: Moment) -> DateTime<Utc> {
    use chrono::SubsecRound;
    // The database keeps microseconds, and the lease is known again by its end.
    moment.recorded_at.checked_add_signed(LEASE).unwrap_or(DateTime::<Utc>::MAX_UTC).trunc_subsecs(6)
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
    /// How it ends; `None` when somebody else goes on with it.
    async fn run(&mut self, schemes: &Schemes, clock: &(impl Fn() -> Moment + Sync)) -> Result<Option<Ended>, Fault> {
        let failed = |why: String| Ok(Some(Ended::Failed(why)));
        let before = match schemes.pinned(&mut self.db.reader().await?, self.order.before).await {
            Ok(before) => before,
            Err(error) => return failed(error.to_string()),
        };
        let after = match Scheme::read(&self.order.after) {
            Ok(after) => Arc::new(after),
            Err(faults) => return failed(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
        };
        let rehearsal = match Rehearsal::new(&before, &after, self.order.on) {
            Ok(rehearsal) => rehearsal,
            Err(error) => return failed(error.to_string()),
        };
        let held = match self.order.portfolio.take() {
            None => self.recorded(&rehearsal, clock).await?,
            Some(portfolio) => match crate::rehearsal::cases(&portfolio, rehearsal.texts()) {
                Err(error) => return failed(error),
                Ok(cases) => {
                    let cases = cases.into_iter().zip(1_u64..).map(|(case, line)| match case {
                        Ok(case) => Case {
                            name: case.id.unwrap_or_else(|| line.to_string()),
                            organisation: None,
                            request: Ok(case.request),
                        },
                        Err(fault) => {
                            Case { name: line.to_string(), organisation: None, request: Err(vec![fault]) }
                        }
                    });
                    let cases = cases.collect::<Vec<_>>();
                    self.total = i64::try_from(cases.len()).unwrap_or(i64::MAX);
                    self.portfolio(&rehearsal, cases, clock).await?
                }
            },
        };
        let result = json!({ "totals": self.totals, "envelope": rehearsal.envelope(&self.totals) });
        Ok(held.then_some(Ended::Done(result)))
    }

    async fn portfolio(
        &mut self,
        rehearsal: &Rehearsal<'_>,
        cases: Vec<Case>,
        clock: &(impl Fn() -> Moment + Sync),
    ) -> Result<bool, Fault> {
        for piece in cases.chunks(AT_ONCE) {
            if !self.piece(rehearsal, piece, clock()).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn recorded(
        &mut self,
        rehearsal: &Rehearsal<'_>,
        clock: &(impl Fn() -> Moment + Sync),
    ) -> Result<bool, Fault> {
        let limit = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
        self.total = rehearsals::count_recorded(&mut self.db.reader().await?, &self.order.code).await?;
        let mut after = None;
        loop {
            let mut reader = self.db.reader().await?;
            let rows = rehearsals::recorded(&mut reader, &self.order.code, after, limit).await?;
            drop(reader);
            let Some(last) = rows.last() else { return Ok(true) };
            after = Some(ApplicationId(last.id));
            let cases = rows.into_iter().map(Case::from).collect::<Vec<_>>();
            if !self.piece(rehearsal, &cases, clock()).await? {
                return Ok(false);
            }
        }
    }

    /// Works some cases out, and writes down what came of them and how far it has come. `false` when somebody else has taken over.
    async fn piece(&mut self, rehearsal: &Rehearsal<'_>, cases: &[Case], moment: Moment) -> Result<bool, Fault> {
        let mut rows = Vec::new();
        for case in cases {
            self.done = self.done.saturating_add(1);
            let verdict = match &case.request {
                Ok(request) => rehearsal.verdict(request),
                Err(faults) => Err(faults.clone()),
            };
            let (change, verdict) = match verdict {
                Ok(verdict) => {
                    self.totals.add(&verdict);
                    if verdict.change == Change::Same {
                        continue;
                    }
                    (verdict.change.code(), told(&verdict)?)
                }
                Err(faults) => {
                    self.totals.add_fault();
                    (FAULTY, json!({ "faults": faults }))
                }
            };
            rows.push(CaseRow {
                rehearsal_id: self.order.id.0,
                sequence: self.done,
                name: case.name.clone(),
                organisation_id: case.organisation,
                change: change.to_owned(),
                verdict,
            });
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
        let held = held.await?;
        self.leased_until = longer;
        Ok(held)
    }
}

fn told(verdict: &Verdict) -> Result<Value, Fault> {
    serde_json::to_value(verdict).map_err(|error| Fault::Corrupt(error.to_string()))
}

impl From<Recorded> for Case {
    fn from(row: Recorded) -> Self {
        let request = serde_json::from_str::<Request>(&row.request);
        let request = request.map_err(|error| vec![RequestFault::malformed("", error.to_string())]);
        let on = row.submitted_on.map(Day::from);
        let request = request.map(|request| Request { on, ..request });
        Self { name: row.reference, organisation: Some(row.organisation_id), request }
    }
}
