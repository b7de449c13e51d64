//! What happens because time has passed: offers that nobody accepted lapse, and what has expired is deleted.

use crate::actions::{Error, awards as act};
use crate::store::{Db, Fault, Moment, awards, idempotency, rehearsals, sessions};
use rules::actor::Actor;

/// How many offers lapse in one go, so that other work is not kept waiting.
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

/// Deletes sessions, links and idempotency keys that nobody can use any more, and old rehearsals.
///
/// # Errors
/// When the database fails.
pub async fn sweep(db: &Db, moment: Moment) -> Result<(), Fault> {
    sessions::delete_expired(db, moment.recorded_at).await?;
    idempotency::delete_expired(db, moment.recorded_at).await?;
    rehearsals::delete_expired(db, moment.recorded_at).await
}
