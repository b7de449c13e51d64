//! The facts of a letter: what the event said when it happened, and the names that go with it.

mod of_claims;

use super::letters::{CameBack, Case, Holds, Instalment, Inviting, Matter};
use super::mail::Addressee;
use crate::actions::Error;
use crate::actions::schemes::Schemes;
use crate::store::outbox::Claimed;
use crate::store::{Connected, Fault, Reader, applications, audit, awards, claims, members, people};
use of_claims::{claim_of, instalment_name, instalment_of, obligation_name};
use rules::application::{Application, field_name};
use rules::blind::hides_applicant;
use rules::calendar::Day;
use rules::change_request::{ChangeDecision, ChangeKind};
use rules::dated::Dated;
use rules::event::Event;
use rules::notification::Letter;
use rules::person::Language;
use rules::reminder::Reminder;
use rules::review::{ReviewDecision, first};
use rules::scheme::{Grade, Scheme};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Gathers what a letter to a reader of a language says, for every letter but the one with a password link.
///
/// # Errors
/// When the database fails, or the letter does not fit the event that it is to tell.
#[expect(clippy::too_many_lines, reason = "an arm for each letter")]
pub(super) async fn gather(
    reader: &mut Reader,
    schemes: &Schemes,
    claimed: &Claimed,
    letter: Letter,
    language: Language,
) -> Result<Matter, Error> {
    let (event, on) = event(reader, claimed).await?;
    match letter {
        Letter::RoundExtended | Letter::AgendaConvened => return of_scheme(reader, schemes, event, on, language).await,
        Letter::PayeeAccountProposed | Letter::PayeeAccountConfirmed | Letter::PayeeAccountEnded => {
            return of_payee(reader, event, on).await;
        }
        Letter::AuthorityDelegated | Letter::DelegationEnded => return delegated(reader, event).await,
        _ => {}
    }
    let Told { application, scheme } = told(reader, schemes, &event, on).await?;
    let case = Case {
        reference: application.reference.clone(),
        title: application.content.title.clone(),
        scheme: scheme.file.name.of(language).to_owned(),
    };
    let submitted_on = application.submission.as_ref().map_or(on, |submission| submission.on);
    let days = [submitted_on, on, reader.today()?];
    let (case, event) = match of_refusal(letter, event, (case, days), (&scheme, language)) {
        Ok(matter) => return Ok(matter),
        Err(others) => *others,
    };
    let (case, event) = match of_case(letter, event, (case, on), (&scheme, language)) {
        Ok(matter) => return Ok(matter),
        Err(others) => *others,
    };
    Ok(match (letter, event) {
        (Letter::ApplicationReceived, Event::ApplicationSubmitted { grant, .. }) => {
            let requested = application.submission.as_ref().map(|submission| submission.requested);
            Matter::ApplicationReceived { case, on, requested: requested.unwrap_or_default(), allowed: grant }
        }
        (Letter::AssessmentAssigned, Event::AssessmentAssigned { .. }) => {
            let blind = hides_applicant(&scheme, &application);
            Matter::AssessmentAssigned { reference: case.reference, scheme: case.scheme, blind }
        }
        (_, Event::ReminderWritten { reminder, .. }) => reminded(reminder, &scheme, (case, language)),
        (Letter::AwardOffered, Event::AwardOffered { amount, expires_on, .. }) => {
            let offer_days = &scheme.procedure()?.approval.offer_days.is;
            let days = offer_days.value_on(submitted_on).copied().unwrap_or_default();
            let house_days = is_house(&scheme, offer_days, submitted_on);
            Matter::AwardOffered { case, amount, expires_on, days, house_days }
        }
        (Letter::AwardAccepted, Event::AwardAccepted { amount, .. }) => {
            let plan = awards::plan(reader, application.id).await?.into_iter();
            let instalment = |part: rules::award::Instalment| Instalment {
                name: instalment_name(&scheme, &part.code, language),
                amount: part.amount,
            };
            let parts = &scheme.procedure()?.payment.instalment;
            let house_plan = parts.values().any(|part| is_house(&scheme, &part.is, submitted_on));
            Matter::AwardAccepted { case, on, amount, instalments: plan.map(instalment).collect(), house_plan }
        }
        (Letter::AwardLapsed, Event::AwardLapsed { amount, .. }) => {
            let expired_on = awards::find(reader, application.id).await?.and_then(|award| award.expires_on);
            Matter::AwardLapsed { case, amount, expired_on }
        }
        (Letter::ClaimQueried, Event::ClaimQueried { claim, question, .. }) => {
            let instalment = instalment_of(reader, (application.id, claim), (&scheme, language)).await?;
            Matter::ClaimQueried { case, on, instalment, question }
        }
        (Letter::ClaimReturned, Event::ClaimReturned { claim, reason, .. }) => {
            let claim = claim_of(reader, application.id, claim).await?;
            let instalment = instalment_name(&scheme, &claim.instalment, language);
            Matter::ClaimReturned { case, on, instalment, amount: claim.claimed, reason }
        }
        (Letter::ObligationReturned, Event::ObligationReturned { obligation, reason, .. }) => {
            Matter::ObligationReturned { case, on, obligation: obligation_name(&scheme, &obligation, language), reason }
        }
        (Letter::PaymentReleased, Event::PaymentReleased { claim, batch, amount, set_off, .. }) => {
            let instalment = instalment_of(reader, (application.id, claim), (&scheme, language)).await?;
            let batch = claims::find_batch(reader, batch).await?.ok_or_else(|| missing("batch"))?.reference;
            let set_off = of_claims::set_off(amount, set_off);
            Matter::PaymentReleased { case, on, instalment, amount, batch, set_off }
        }
        (_, Event::PaymentCameBack { claim, payment, amount, rejected, reason, .. }) => {
            let instalment = instalment_of(reader, (application.id, claim), (&scheme, language)).await?;
            Matter::PaymentCameBack { case, on, instalment, amount, back: CameBack { payment, rejected, reason } }
        }
        (letter, event) => return Err(Fault::Corrupt(format!("{letter:?} is not a letter of {event:?}")).into()),
    })
}

/// What a letter says about a refusal, or about looking at one again, of a case that was submitted on the first of three days, where it
/// happened on the second; both back where it is another letter. One that goes out on the third names no day that is over by then.
fn of_refusal(
    letter: Letter,
    event: Event,
    (case, [submitted_on, on, today]): (Case, [Day; 3]),
    (scheme, language): (&Scheme, Language),
) -> Result<Matter, Box<(Case, Event)>> {
    let still = |last_day: Option<Day>| last_day.filter(|last_day| today <= *last_day);
    let review_by = || still(first(scheme, submitted_on, on).map(|(_, last_day)| last_day));
    let instance = |code: &str| {
        let step = scheme.file.review.step.get(code);
        step.map_or_else(|| code.to_owned(), |step| step.name.of(language).to_owned())
    };
    Ok(match (letter, event) {
        (Letter::ApplicationIneligible, Event::ApplicationFoundIneligible { reason, .. }) => {
            Matter::ApplicationIneligible { case, on, reason, review_by: review_by() }
        }
        (Letter::ApplicationRejected, Event::ApplicationRejected { reason, .. }) => {
            let house_marks = are_house_marks(scheme, submitted_on);
            Matter::ApplicationRejected { case, on, reason, house_marks, review_by: review_by() }
        }
        (Letter::ApplicationRejected, Event::RefusalTold { decided_on, reason, .. }) => {
            let (house_marks, review_by) = (are_house_marks(scheme, submitted_on), review_by());
            Matter::ApplicationRejected { case, on: decided_on, reason, house_marks, review_by }
        }
        (Letter::ReviewReceived, Event::ReviewRequested { step, grounds, .. }) => {
            Matter::ReviewReceived { case, on, step: instance(&step), grounds }
        }
        (Letter::ReviewDecided, Event::ReviewDismissed { decision, next_by, .. }) => {
            let ReviewDecision { step, reason, .. } = decision;
            let (step, next_by) = (instance(&step), still(next_by));
            Matter::ReviewDecided { case, on, step, set_aside: false, reason, next_by }
        }
        (Letter::ReviewDecided, Event::ReviewSetAside { decision, .. }) => {
            let ReviewDecision { step, reason, .. } = decision;
            Matter::ReviewDecided { case, on, step: instance(&step), set_aside: true, reason, next_by: None }
        }
        (_, event) => return Err(Box::new((case, event))),
    })
}

/// What a letter says of which nothing else than the case and its event must be known; both back where it is another letter.
fn of_case(
    letter: Letter,
    event: Event,
    (case, on): (Case, Day),
    (scheme, language): (&Scheme, Language),
) -> Result<Matter, Box<(Case, Event)>> {
    let name = |field: String| field_name(&field, scheme).map_or(field, |name| name.of(language).to_owned());
    Ok(match (letter, event) {
        // Neither who applies nor the officer's reason, which may name them.
        (Letter::AssessmentWithdrawn, Event::AssessmentWithdrawn { .. }) => {
            Matter::AssessmentWithdrawn { reference: case.reference, scheme: case.scheme }
        }
        // Nor the officer's reason for giving it up, which members read where they sign in.
        (Letter::SittingGivenUp, Event::SittingGivenUp { .. }) => {
            Matter::SittingGivenUp { reference: case.reference, scheme: case.scheme }
        }
        (Letter::SittingConvened, Event::SittingConvened { way, held_on, .. }) => {
            Matter::SittingConvened { reference: case.reference, scheme: case.scheme, way, held_on }
        }
        (Letter::ChangeOpened, Event::ChangeRequested { change, reason, .. }) => {
            Matter::ChangeOpened { case, on, change, reason }
        }
        (Letter::ChangeWithdrawn, Event::ChangeWithdrawn { change: Some(change), reason, .. }) => {
            Matter::ChangeWithdrawn { case, on, change, reason }
        }
        (Letter::ChangeReturned, Event::ChangeReturned { change, question, .. }) => {
            Matter::ChangeReturned { case, on, change, question }
        }
        (Letter::ChangeDecided, Event::ChangeGranted { before, after, decision, .. }) => {
            let ChangeDecision { change, reason, .. } = decision;
            // What was paid of an award that has ended is in its letter.
            let amounts = before.amount.zip(after.amount).filter(|_| change == ChangeKind::Amount);
            let holds = Holds { amounts: amounts.map(<[_; 2]>::from), ends_on: after.ends_on };
            Matter::ChangeDecided { case, on, change, reason, granted: Some(holds) }
        }
        (Letter::ChangeDecided, Event::ChangeRefused { decision, .. }) => {
            let ChangeDecision { change, reason, .. } = decision;
            Matter::ChangeDecided { case, on, change, reason, granted: None }
        }
        (Letter::ApplicationReturned, Event::ApplicationReturned { reason, fields, answer_by, .. }) => {
            let fields = fields.into_iter().map(name).collect();
            Matter::ApplicationReturned { case, on, reason, fields, answer_by }
        }
        (Letter::ApplicationResubmitted, Event::ApplicationResubmitted { .. }) => {
            Matter::ApplicationResubmitted { case, on }
        }
        (Letter::ApplicationReturnEnded, Event::ApplicationReturnEnded { reason, .. }) => {
            Matter::ApplicationReturnEnded { case, on, reason }
        }
        (Letter::ApplicationWithdrawn, Event::ApplicationWithdrawn { reason, .. }) => {
            Matter::ApplicationWithdrawn { case, on, reason }
        }
        (Letter::ApplicationOnReserve, Event::ApplicationPutOnReserve { until, .. }) => {
            Matter::ApplicationOnReserve { case, on, until }
        }
        (Letter::ApplicationReinstated, Event::ApplicationReinstated { reason, .. }) => {
            Matter::ApplicationReinstated { case, on, reason }
        }
        (Letter::RecoveryDemanded, Event::RecoveryConfirmed { reference, principal, due_on, .. }) => {
            Matter::RecoveryDemanded { case, on, demand: reference, amount: principal, due_on }
        }
        (Letter::FeedbackReleased, Event::FeedbackReleased { .. }) => Matter::FeedbackReleased { case, on },
        (_, event) => return Err(Box::new((case, event))),
    })
}

/// What a reminder says.
fn reminded(reminder: Reminder, scheme: &Scheme, (case, language): (Case, Language)) -> Matter {
    match reminder {
        Reminder::AssessmentDue { due, .. } => {
            Matter::AssessmentDue { reference: case.reference, scheme: case.scheme, due }
        }
        Reminder::AssessmentLate { due, .. } => {
            Matter::AssessmentLate { reference: case.reference, scheme: case.scheme, due }
        }
        Reminder::ReturnDue { answer_by, .. } => Matter::ReturnDue { case, answer_by },
        Reminder::RecoveryOverdue { reference, due_on, outstanding, .. } => {
            Matter::RecoveryOverdue { case, demand: reference, outstanding, due_on }
        }
        Reminder::Obligation { obligation, due_on, late } => {
            Matter::ObligationDue { case, obligation: obligation_name(scheme, &obligation, language), due_on, late }
        }
        Reminder::AwardExpires { expires_on } => Matter::AwardExpires { case, expires_on },
        Reminder::RoundCloses { round, closes_at } => {
            let name = scheme.file.intake(&round).map(|intake| intake.name.of(language).to_owned());
            Matter::RoundCloses { case, round: name.unwrap_or(round), closes_at }
        }
    }
}

/// What a letter about a round or an agenda says, which is about no single case.
async fn of_scheme(
    reader: &mut Reader,
    schemes: &Schemes,
    event: Event,
    on: Day,
    language: Language,
) -> Result<Matter, Error> {
    let (Event::ExtensionGranted { scheme, .. } | Event::AgendaConvened { scheme, .. }) = &event else {
        return Err(missing("scheme").into());
    };
    let in_force = schemes.in_force(reader, scheme, on).await?.scheme;
    let scheme = in_force.file.name.of(language).to_owned();
    match event {
        Event::ExtensionGranted { round, until, reason, .. } => {
            let name = in_force.file.intake(&round).map(|intake| intake.name.of(language).to_owned());
            Ok(Matter::RoundExtended { scheme, round: name.unwrap_or(round), until, reason })
        }
        Event::AgendaConvened { lines, way, held_on, .. } => Ok(Matter::AgendaConvened { scheme, lines, way, held_on }),
        _ => Err(missing("scheme").into()),
    }
}

/// What a letter says about where an organisation is paid.
async fn of_payee(reader: &mut Reader, event: Event, on: Day) -> Result<Matter, Error> {
    let rules::event::Subject::Organisation(id) = event.subject() else { return Err(missing("organisation").into()) };
    let organisation = people::organisation(reader, id).await?.ok_or_else(|| missing("organisation"))?.name;
    match event {
        Event::PayeeAccountProposed { ending, .. } => Ok(Matter::PayeeAccountProposed { organisation, on, ending }),
        Event::PayeeAccountConfirmed { ending, usable_from, .. } => {
            Ok(Matter::PayeeAccountConfirmed { organisation, on, ending, usable_from })
        }
        Event::PayeeAccountEnded { ending, reason, .. } => {
            Ok(Matter::PayeeAccountEnded { organisation, on, ending, reason })
        }
        _ => Err(missing("payee account").into()),
    }
}

/// What a letter about a delegation says, which is about no case either.
async fn delegated(reader: &mut Reader, event: Event) -> Result<Matter, Error> {
    let (Event::DelegationRecorded { person, .. } | Event::DelegationEnded { person, .. }) = event else {
        return Err(missing("delegation").into());
    };
    let absent = people::names(reader, &BTreeSet::from([person])).await?.remove(&person);
    let absent = absent.ok_or_else(|| missing("person"))?;
    Ok(match event {
        Event::DelegationRecorded { from, until, scheme, .. } => {
            Matter::AuthorityDelegated { absent, from, last: until.previous(), scheme }
        }
        _ => Matter::DelegationEnded { absent },
    })
}

/// What a letter to somebody says who is invited to an application. One whom the house does not know is told nothing that a stranger has
/// written, not even the title.
///
/// # Errors
/// When the database fails, or the letter does not fit the event that it is to tell.
pub(super) async fn member_invited(
    reader: &mut Reader,
    schemes: &Schemes,
    claimed: &Claimed,
    to: &Addressee,
) -> Result<Matter, Error> {
    let (event, on) = event(reader, claimed).await?;
    let Event::MemberInvited { member, .. } = event else { return Err(missing("invitation").into()) };
    let Told { application, scheme } = told(reader, schemes, &event, on).await?;
    let scheme = scheme.file.name.of(to.language).to_owned();
    let member = members::find(reader, member).await?.ok_or_else(|| missing("invitation"))?;
    let role = member.role;
    if to.person.is_none() {
        return Ok(Matter::MemberInvited { scheme, role, told: None });
    }
    let inviter = people::names(reader, &[member.invited_by].into()).await?.remove(&member.invited_by);
    let told = Inviting {
        title: application.content.title,
        inviter: inviter.ok_or_else(|| missing("inviter"))?,
        organisation: member.co_applicant.map(|named| named.name),
    };
    Ok(Matter::MemberInvited { scheme, role, told: Some(told) })
}

/// The event that a notice tells, and its day.
///
/// # Errors
/// When the database fails, or the event is not there or cannot be read.
pub(super) async fn event(reader: &mut Reader, claimed: &Claimed) -> Result<(Event, Day), Fault> {
    let entry = audit::find(reader, claimed.subject_id, claimed.sequence).await?;
    let entry = entry.ok_or_else(|| missing("audit entry"))?;
    Ok((entry.event()?, Day::in_hong_kong(entry.happened_at)))
}

/// The case that an event belongs to.
struct Told {
    application: Application,
    /// As the application has pinned it; a draft has pinned none.
    scheme: Arc<Scheme>,
}

async fn told(reader: &mut Reader, schemes: &Schemes, event: &Event, on: Day) -> Result<Told, Error> {
    let rules::event::Subject::Application(id) = event.subject() else { return Err(missing("application").into()) };
    let application = applications::find(reader, id).await?.ok_or_else(|| missing("application"))?;
    let scheme = match &application.submission {
        Some(_) => schemes.pinned_by(reader, &application).await?,
        None => schemes.in_force(reader, &application.scheme, on).await?.scheme,
    };
    Ok(Told { application, scheme })
}

fn missing(what: &str) -> Fault {
    Fault::Corrupt(format!("the {what} of a notice is missing"))
}

/// Whether what holds on a day is a default of the agency and not a rule of the scheme.
fn is_house<T>(scheme: &Scheme, dated: &Dated<T>, on: Day) -> bool {
    let source = dated.on(on).and_then(|entry| scheme.source(&entry.source));
    source.is_some_and(|source| source.grade == Grade::House)
}

fn are_house_marks(scheme: &Scheme, on: Day) -> bool {
    scheme.file.assessment.as_ref().is_some_and(|assessment| {
        is_house(scheme, &assessment.pass_mark.is, on)
            || assessment.criterion.values().any(|criterion| is_house(scheme, &criterion.is, on))
    })
}
