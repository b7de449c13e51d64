//! Reminders: the worker looks who owes something soon or late, and has each of them reminded once.

use crate::actions::schemes::Schemes;
use crate::actions::{Error, reminders as act};
use crate::store::{Db, Fault, Moment, Tx, obligations as beside, recoveries as owed, reminders};
use rules::ids::ApplicationId;
use rules::obligation::DAYS_AHEAD;
use rules::reminder::Ahead;

/// How many demands are looked at at once.
const LOOKED_AT: i64 = 100;

/// Writes the reminders that are due, each in a transaction of its own. Says how many.
///
/// # Errors
/// When the database fails. A reminder that cannot be written is left for the next look, and told to the log.
pub async fn tick(db: &Db, schemes: &Schemes, ahead: Ahead, moment: Moment) -> Result<usize, Error> {
    let mut written = Written::default();
    assessments(db, ahead, moment, &mut written).await?;
    returns(db, ahead, moment, &mut written).await?;
    awards(db, ahead, moment, &mut written).await?;
    recoveries(db, moment, &mut written).await?;
    obligations(db, moment, &mut written).await?;
    drafts(db, schemes, ahead, moment, &mut written).await?;
    Ok(written.0)
}

/// How many have been written.
#[derive(Default)]
struct Written(usize);

impl Written {
    /// Notes what came of one. Who was faster, or does not owe it any more, is no fault.
    fn note(&mut self, application: ApplicationId, met: Result<bool, Error>) {
        match met {
            Ok(true) => {
                tracing::info!(%application, "a reminder has been written");
                self.0 = self.0.saturating_add(1);
            }
            Ok(false) | Err(Error::Fault(Fault::Taken(_))) => {}
            Err(Error::Refused(refusal)) => {
                tracing::info!(%application, code = refusal.code(), "a reminder was not written");
            }
            Err(error) => tracing::error!(%application, %error, "a reminder could not be written"),
        }
    }
}

async fn assessments(db: &Db, ahead: Ahead, moment: Moment, written: &mut Written) -> Result<(), Fault> {
    let days = (moment.today(), moment.today().plus_days(ahead.assessment_days));
    let mut after = None;
    loop {
        let open = reminders::assessments(&mut db.reader().await?, days, after).await?;
        let Some(last) = open.last() else { return Ok(()) };
        after = Some((last.due, last.assessment));
        for one in open {
            let met = db.write(moment, async |tx: &mut Tx<'_>| act::of_one_assessment(tx, ahead, one).await).await;
            written.note(one.application, met);
        }
    }
}

async fn returns(db: &Db, ahead: Ahead, moment: Moment, written: &mut Written) -> Result<(), Fault> {
    let days = (moment.today(), moment.today().plus_days(ahead.return_days));
    let mut after = None;
    loop {
        let asked = reminders::returns(&mut db.reader().await?, days, after).await?;
        let Some(last) = asked.last() else { return Ok(()) };
        after = Some(*last);
        for application in asked {
            let met = db.write(moment, async |tx: &mut Tx<'_>| act::of_one_return(tx, ahead, application).await).await;
            written.note(application, met);
        }
    }
}

async fn awards(db: &Db, ahead: Ahead, moment: Moment, written: &mut Written) -> Result<(), Fault> {
    let days = (moment.today(), moment.today().plus_days(ahead.award_days));
    let mut after = None;
    loop {
        let offered = reminders::awards(&mut db.reader().await?, days, after).await?;
        let Some(last) = offered.last() else { return Ok(()) };
        after = Some(*last);
        for application in offered {
            let met = db.write(moment, async |tx: &mut Tx<'_>| act::of_one_award(tx, ahead, application).await).await;
            written.note(application, met);
        }
    }
}

/// What is to be paid back and overdue.
async fn recoveries(db: &Db, moment: Moment, written: &mut Written) -> Result<(), Fault> {
    let mut after = None;
    loop {
        let overdue = owed::overdue(&mut db.reader().await?, moment.today(), after, LOOKED_AT).await?;
        let Some((last, _)) = overdue.last() else { return Ok(()) };
        after = Some(*last);
        for one in overdue {
            let met = db.write(moment, async |tx: &mut Tx<'_>| act::of_one_recovery(tx, one).await).await;
            written.note(one.1, met);
        }
    }
}

/// What is owed beside projects, and due soon or late.
async fn obligations(db: &Db, moment: Moment, written: &mut Written) -> Result<(), Fault> {
    let days = (moment.today(), moment.today().plus_days(DAYS_AHEAD));
    let mut after = None;
    loop {
        let open = beside::to_be_reminded(&mut db.reader().await?, days, after).await?;
        let Some(last) = open.last() else { return Ok(()) };
        after = Some(last.clone());
        for (_, application, code) in open {
            let one = (application, code.as_str());
            let met = db.write(moment, async |tx: &mut Tx<'_>| act::of_one_obligation(tx, one).await).await;
            written.note(application, met);
        }
    }
}

/// The open rounds that close within the days, and the drafts that could still be submitted to each.
async fn drafts(db: &Db, schemes: &Schemes, ahead: Ahead, moment: Moment, written: &mut Written) -> Result<(), Error> {
    for (scheme, round) in act::rounds_that_close(&mut db.reader().await?, schemes, ahead, moment).await? {
        let mut after = None;
        loop {
            let drafts = reminders::drafts(&mut db.reader().await?, (&scheme, &round), after).await?;
            let Some(last) = drafts.last() else { break };
            after = Some(*last);
            for application in drafts {
                let which = (application, round.as_str());
                let met =
                    db.write(moment, async |tx: &mut Tx<'_>| act::of_one_draft(tx, schemes, ahead, which).await).await;
                written.note(application, met);
            }
        }
    }
    Ok(())
}
