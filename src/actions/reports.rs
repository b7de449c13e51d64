//! Reports: permit, then read. A report reads one snapshot, and fails rather than disagree with the ledger.

use super::Error;
use super::schemes::Schemes;
use crate::store::{Connected, Reader, reports, scheme_texts};
use rules::actor::Actor;
use rules::calendar::Day;
use rules::dated::Known;
use rules::decision::envelope_on;
use rules::event::Subject;
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

/// The money of every published scheme, or of one: the limit is what the text in force says today, whether anything was approved since
/// it was published or not; all else comes from the ledger.
///
/// # Errors
/// When the actor may not, the scheme is not published, the database fails, or an envelope and the ledger do not agree.
pub async fn envelopes(
    reader: &mut Reader,
    actor: &Actor,
    (schemes, today): (&Schemes, Day),
    scheme: Option<&str>,
) -> Result<Vec<Envelope>, Error> {
    permit(reader, actor, scheme).await?;
    let in_force = schemes.all_in_force(reader, scheme).await?;
    let mut given = reports::given(reader, scheme).await?;
    let mut envelopes = Vec::new();
    for scheme in in_force {
        let code = scheme.file.code.get_ref();
        let found = given.iter().position(|given| given.scheme == *code).map(|place| given.swap_remove(place));
        let (committed, paid, awards) =
            found.map(|given| (given.committed, given.paid, given.awards)).unwrap_or_default();
        envelopes.push(Envelope { scheme: code.clone(), limit: envelope_on(&scheme, today), committed, paid, awards });
    }
    // Money that was given is in the report, whatever became of the text.
    envelopes.extend(given.into_iter().map(|given| {
        let (committed, paid, awards) = (given.committed, given.paid, given.awards);
        Envelope { scheme: given.scheme, limit: Known::Unknown, committed, paid, awards }
    }));
    Ok(envelopes)
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
