//! What happens because time has passed: offers that nobody accepted lapse, refusals are told whose embargo is over, and what has expired is
//! deleted.

use crate::actions::reserve_lists::{self as reserve, MovedUp};
use crate::actions::round_decisions::Which;
use crate::actions::schemes::Schemes;
use crate::actions::{Error, awards as act, decisions};
use crate::files::{self, Files};
use crate::store::{
    Db, Fault, Moment, Tx, applications, attachments, awards, exports, idempotency, ledger, rehearsals, sessions,
};
use chrono::{DateTime, Utc};
use rules::actor::Actor;

/// How many offers lapse, and refusals are told, in one go, so that other work is not kept waiting.
const AT_ONCE: i64 = 100;

/// Lapses the offers whose last day is over, each in a transaction of its own. Says how many have lapsed.
///
/// # Errors
/// When the database fails. An offer that cannot lapse is left, and told to the log.
pub async fn tick(db: &Db, moment: Moment) -> Result<usize, Fault> {
    let expired = awards::expired(&mut db.reader().await?, moment.today(), AT_ONCE).await?;
    let mut lapsed = 0_usize;
    for application in expired {
        match db.write(moment, async |tx| act::lapse(tx, &Actor::worker(), application).await).await {
            Ok(_) => {
                tracing::info!(%application, "an offer has lapsed");
                lapsed = lapsed.saturating_add(1);
            }
            // Somebody else was faster: accepted, declined, or another worker.
            Err(Error::Refused(refusal)) => {
                tracing::info!(%application, code = refusal.code(), "an offer did not lapse")
            }
            Err(error) => tracing::error!(%application, %error, "an offer could not lapse"),
        }
    }
    Ok(lapsed)
}

/// Tells the refusals whose embargo is over, each in a transaction of its own. Says how many were told.
///
/// # Errors
/// When the database fails. A refusal that cannot be told is left, and told to the log.
pub async fn tell(db: &Db, schemes: &Schemes, moment: Moment) -> Result<usize, Fault> {
    let untold = applications::refusals_to_tell(&mut db.reader().await?, moment.today(), AT_ONCE).await?;
    let mut told = 0_usize;
    for application in untold {
        let telling = async |tx: &mut Tx<'_>| decisions::tell_refusal(tx, &Actor::worker(), schemes, application).await;
        match db.write(moment, telling).await {
            Ok(_) => {
                tracing::info!(%application, "a refusal has been told");
                told = told.saturating_add(1);
            }
            // Somebody else was faster: withdrawn, reinstated, or told by another worker or an officer.
            Err(Error::Refused(refusal)) => {
                tracing::info!(%application, code = refusal.code(), "a refusal was not told")
            }
            Err(error) => tracing::error!(%application, %error, "a refusal could not be told"),
        }
    }
    Ok(told)
}

/// How many move up on one list in one go, so that other work is not kept waiting.
const UP_AT_ONCE: usize = 50;

/// Moves up, on each reserve list, those for whom money has freed up, each in a transaction of its own. It is asked each time whether there is
/// money, and not who has given it back: so nothing is lost where a worker dies, and two at once move nobody up twice. Says how many have.
///
/// # Errors
/// When the database fails. A list on which nobody can be moved up is left, and told to the log.
pub async fn move_up(db: &Db, schemes: &Schemes, clock: &impl Fn() -> Moment) -> Result<usize, Fault> {
    let lists = reserve::alive(&mut db.reader().await?, clock().today()).await?;
    let mut moved = 0_usize;
    for list in lists {
        match move_up_on(db, schemes, &list, clock).await {
            Ok(more) => moved = moved.saturating_add(more),
            Err(error) => tracing::error!(scheme = list.scheme, %error, "a reserve list could not move up"),
        }
    }
    Ok(moved)
}

/// Each decides as of its own moment: after midnight other limits hold, and other days are over.
async fn move_up_on(db: &Db, schemes: &Schemes, list: &Which, clock: &impl Fn() -> Moment) -> Result<usize, Error> {
    for moved in 0..UP_AT_ONCE {
        let moment = clock();
        if !reserve::may_move_up(&mut db.reader().await?, schemes, list, moment.today()).await? {
            return Ok(moved);
        }
        let met = db.write(moment, async |tx: &mut Tx<'_>| act_on(tx, schemes, list).await).await?;
        let Some(application) = met.moved else { return Ok(moved) };
        tracing::info!(reference = application.reference, "a case has moved up from its reserve list");
    }
    Ok(UP_AT_ONCE)
}

async fn act_on(tx: &mut Tx<'_>, schemes: &Schemes, list: &Which) -> Result<MovedUp, Error> {
    reserve::move_up(tx, &Actor::worker(), schemes, list).await
}

/// Deletes sessions, links and idempotency keys that nobody can use any more, and old rehearsals.
///
/// # Errors
/// When the database fails.
pub async fn sweep(db: &Db, moment: Moment) -> Result<(), Fault> {
    sessions::delete_expired(db, moment.recorded_at).await?;
    idempotency::delete_expired(db, moment.recorded_at).await?;
    rehearsals::delete_expired(db, moment.recorded_at).await
}

/// How many files are asked about at once.
const ASKED_AT_ONCE: usize = 1000;

/// Why files cannot be swept.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// Nobody can say what belongs to an application.
    #[error(transparent)]
    Database(#[from] Fault),
    /// The files cannot be reached.
    #[error(transparent)]
    Files(#[from] files::Fault),
}

/// Adds the ledger up and compares it with what is kept beside it; names what does not agree in the log. Says how much that is.
///
/// # Errors
/// When the database fails.
pub async fn verify_books(db: &Db) -> Result<usize, Fault> {
    let found = ledger::verify(&mut db.reader().await?).await?;
    for disagreement in &found {
        tracing::error!(law = disagreement.law, place = %disagreement.place, "the books do not agree");
    }
    Ok(found.len())
}

/// Deletes the files that were written more than a day ago and belong to no application and to no export that is kept. Says how many.
///
/// # Errors
/// When the database fails, or the files cannot be reached.
pub async fn sweep_files(db: &Db, files: &Files, now: DateTime<Utc>) -> Result<usize, SweepError> {
    let mut swept = files.sweep_parts(now).await?;
    for some in files.left_since(now).await?.chunks(ASKED_AT_ONCE) {
        let mut known = attachments::known(&mut db.reader().await?, some).await?;
        known.extend(exports::known(&mut db.reader().await?, some, now).await?);
        for id in some.iter().filter(|id| !known.contains(id)) {
            files.delete(*id).await?;
            swept = swept.saturating_add(1);
        }
    }
    Ok(swept)
}
