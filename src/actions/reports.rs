//! Reports: permit, then read. A report reads one snapshot, and fails rather than disagree with the ledger.

use super::Error;
use crate::store::{Connected, Reader, reports, scheme_texts};
use rules::actor::Actor;
use rules::event::Subject;
use rules::money::Cents;
use rules::permission::Verb;
use rules::refusal::Refusal;
use rules::report::{Envelope, Filter};
use rules::scheme::{CODE_CHARACTERS_MAX, is_code};

pub use crate::store::reports::Disbursements;

/// The released payments that a filter means, as they come; the first of them have been read when this returns.
///
/// # Errors
/// When the actor may not, the scheme is not published, no day lies in the period, or the database fails.
pub async fn disbursements(mut reader: Reader, actor: &Actor, filter: Filter) -> Result<Disbursements, Error> {
    permit(&mut reader, actor, filter.scheme.as_deref()).await?;
    let window = filter.window()?;
    Ok(reports::disbursements(reader, filter, window).await?)
}

/// What the ledger says was paid, for the same filter.
///
/// # Errors
/// As [`disbursements`].
pub async fn ledger_paid_total(reader: &mut Reader, actor: &Actor, filter: &Filter) -> Result<Cents, Error> {
    permit(reader, actor, filter.scheme.as_deref()).await?;
    Ok(reports::ledger_paid_total(reader, filter, filter.window()?).await?)
}

/// The money of every scheme, or of one.
///
/// # Errors
/// When the actor may not, the scheme is not published, the database fails, or an envelope and the ledger do not agree.
pub async fn envelopes(reader: &mut Reader, actor: &Actor, scheme: Option<&str>) -> Result<Vec<Envelope>, Error> {
    permit(reader, actor, scheme).await?;
    Ok(reports::envelopes(reader, scheme).await?)
}

/// A scheme that nobody has published is refused: a slip of the pen must not look like a scheme without payments.
async fn permit(reader: &mut impl Connected, actor: &Actor, scheme: Option<&str>) -> Result<(), Error> {
    actor.may(Verb::ReportRead, Subject::House)?;
    match scheme {
        Some(code) if !is_code(code) || scheme_texts::in_force(reader, code).await?.is_none() => {
            Err(Refusal::SchemeNotPublished { code: code.chars().take(CODE_CHARACTERS_MAX).collect() }.into())
        }
        _ => Ok(()),
    }
}
