//! Signals of a case, worked out when somebody asks from what is on file at that moment.

use super::returns::as_sent;
use super::{Error, attachments, case};
use crate::store::signals::{self, Hidden};
use crate::store::{Fault, Reader, applications, interests, particulars};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::ids::ApplicationId;
use rules::permission::Verb;
use rules::refusal::Refusal;
use rules::signal::{Key, OnFile, Signal, domains, keys, signals as worked_out};
use std::collections::BTreeSet;

/// What is the same behind a case and behind others. Of organisations and cases on whose side the actor is, nothing
/// is said.
///
/// # Errors
/// When the case is out of sight, or its signals are not the actor's business.
pub async fn of_case(
    reader: &mut Reader,
    actor: &Actor,
    (application, now): (ApplicationId, DateTime<Utc>),
) -> Result<Vec<Signal>, Error> {
    let application = applications::find(reader, application).await?.ok_or(Refusal::NotFound)?;
    case::permit(reader, actor, Verb::SignalRead, &application, now).await?;
    let id = application.id;
    // What is not sent is the applicant's own: nothing is worked out from it.
    let attachments = attachments::seen_by(reader, actor, &application).await?;
    let application = as_sent(reader, actor, application).await?;
    let missing = || Fault::Corrupt(format!("application {id} is not on file"));
    let mut case = interests::on_file(reader, &[], &[id]).await?.cases.remove(&id).ok_or_else(missing)?;
    let sides = case::sides(reader, actor).await?;
    case.related.retain(|related| !sides.contains(&related.party.id));
    let hidden = Hidden::of(application.organisation, (&sides, &case::tied(actor)), now);
    let particulars = particulars::find(reader, application.organisation).await?;
    // Where a co-applicant is found is nothing to somebody who is on the side of another case of it.
    let co_applicants = case.co_applicants.iter().map(|party| party.id).filter(|id| !sides.contains(id));
    let of_co_applicants = particulars::of(reader, &co_applicants.collect::<Vec<_>>()).await?;
    let domains = domains(&application, &case, &particulars);
    let mut links = signals::by_people(reader, &case, &hidden).await?;
    links.extend(signals::by_particulars(reader, (&particulars, &of_co_applicants), &domains, &hidden).await?);
    let mut asked = keys(&application).into_iter().collect::<BTreeSet<_>>();
    asked.extend(domains.iter().map(|domain| Key::of_domain(domain)));
    let matches = signals::matches(reader, &asked, &hidden).await?;
    let hashes = attachments.iter().map(|attachment| attachment.sha256.clone()).collect();
    let documents = signals::documents(reader, &hashes, &hidden).await?;
    Ok(worked_out(
        &application,
        &OnFile { case, particulars, of_co_applicants, attachments, links, matches, documents },
    ))
}
