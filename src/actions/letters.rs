//! The letters of a case: read as they were sent; and what those of an offer, a refusal and a change are made of.

use super::schemes::Schemes;
use super::{Error, case, standing};
use crate::store::awards::Looks;
use crate::store::{Reader, Tx, applications, awards, letters};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::application::Application;
use rules::award::Award;
use rules::calculation::History;
use rules::calendar::Day;
use rules::ids::{ApplicationId, LetterId};
use rules::letter::{Amending, Letter, Telling, Writing};
use rules::money::Cents;
use rules::permission::Verb;
use rules::refusal::{LetterRefusal, Refusal};
use rules::scheme::Scheme;
use rules::sight::Sight;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The letters of a case, the last first: there are none before something is told.
///
/// # Errors
/// When the case is out of sight, or its letters are not the actor's business.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    id: ApplicationId,
    now: DateTime<Utc>,
) -> Result<Vec<Letter>, Error> {
    case::seen(reader, actor, Verb::LetterRead, (id, now)).await?;
    Ok(letters::of_application(reader, id).await?)
}

/// One letter of a case.
///
/// # Errors
/// When the case is out of sight, its letters are not the actor's business, or this is none of them.
pub async fn read(
    reader: &mut Reader,
    actor: &Actor,
    (id, letter): (ApplicationId, LetterId),
    now: DateTime<Utc>,
) -> Result<Letter, Error> {
    case::seen(reader, actor, Verb::LetterRead, (id, now)).await?;
    Ok(letters::find(reader, id, letter).await?.ok_or(LetterRefusal::NotFound).map_err(Refusal::from)?)
}

/// What the letters of an offer are made of: ids for them, and the calculation behind the award as far as its applicant is told.
pub(super) async fn writing(
    tx: &mut Tx<'_>,
    (application, award): (&Application, &Award),
    (schemes, scheme): (&Schemes, &Scheme),
) -> Result<Writing, Error> {
    let kept = applications::calculations(tx, application.id).await?;
    let answer = standing::answer_told(tx, (application, award), scheme, kept).await?;
    let [offer, agreement] = [Uuid::now_v7(), Uuid::now_v7()].map(LetterId);
    Ok(Writing { offer, agreement, agency: schemes.agency().clone(), answer })
}

/// What the letter of a refusal is made of that is told when it is decided: an id for it, who sends it, and the text that the case has
/// pinned.
pub(super) fn telling<'a>(schemes: &'a Schemes, scheme: &'a Scheme, at: DateTime<Utc>) -> Telling<'a> {
    let (letter, decided_on) = (LetterId(Uuid::now_v7()), Day::in_hong_kong(at));
    Telling { letter, agency: schemes.agency(), scheme, decided_on, at }
}

/// What the letter of a change is made of: an id for it, who sends it, and of another amount what there is to tell of its calculation: of
/// more what the applicant knows that it was granted beside it, of less the calculation behind the award until now.
pub(super) async fn amending<'a>(
    tx: &mut Tx<'_>,
    (application, award): (&Application, &Award),
    (schemes, scheme): (&'a Schemes, &Scheme),
    amount: Option<Cents>,
) -> Result<Amending<'a>, Error> {
    let (mut history, mut rests_on) = (History::default(), None);
    match amount {
        Some(amount) if amount > award.amount => {
            let as_applicant = Looks { sight: Sight::Public, acts_for: &BTreeSet::new() };
            let today = tx.moment.today();
            history = awards::earlier(tx, application, scheme, as_applicant, today).await?.history;
        }
        Some(_) => {
            let kept = applications::calculations(tx, application.id).await?;
            rests_on = Some(standing::answer_told(tx, (application, award), scheme, kept).await?);
        }
        None => {}
    }
    Ok(Amending { letter: LetterId(Uuid::now_v7()), agency: schemes.agency(), history, rests_on })
}
