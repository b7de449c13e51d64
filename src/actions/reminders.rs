//! Reminders: each is decided with the case locked, so that it is given once, and to nobody who owes nothing any more.

use super::schemes::Schemes;
use super::{Error, case};
use crate::store::reminders::Open;
use crate::store::{
    Connected, Moment, Reader, Tx, applications, assessments, awards, extensions, interests, members, obligations,
    people, recoveries, reminders, returns,
};
use rules::actor::Actor;
use rules::application::Application;
use rules::assessment::Assessment;
use rules::ids::{ApplicationId, AssessmentId, RecoveryId};
use rules::interest::Assessing;
use rules::obligation::reminder as of_obligation;
use rules::permission::{Permit, Verb};
use rules::recovery::overdue_reminder;
use rules::refusal::Refusal;
use rules::reminder::{Ahead, Owing, Reminder, closes_soon, of_assessment, of_award, of_draft, of_return, owes};
use rules::round::closes_for;
use rules::scheme::IntakeState;

/// Reminds an assessor of an assessment that is due soon or late. `false` where there is nothing to be reminded of any more.
///
/// # Errors
/// When the case or the assessment is not there, or the database fails.
pub async fn of_one_assessment(tx: &mut Tx<'_>, ahead: Ahead, open: Open) -> Result<bool, Error> {
    let (application, permit) = lock(tx, open.application).await?;
    let assessment = find(tx, application.id, open.assessment).await?;
    // Whoever closes the account at this moment comes before or after it.
    people::hold(tx, assessment.assessor).await?;
    let (assessor, assessing) = standing(tx, &application, &assessment).await?;
    let owing = Owing { assessor: assessor.as_ref(), assessing, asked_on: open.asked_on };
    let today = tx.moment.today();
    write(tx, &permit, &application, of_assessment((&application, &assessment), owing, (ahead, today))).await
}

/// Reminds an applicant of an offer that expires soon.
///
/// # Errors
/// When the case is not there, or the database fails.
pub async fn of_one_award(tx: &mut Tx<'_>, ahead: Ahead, application: ApplicationId) -> Result<bool, Error> {
    let (application, permit) = lock(tx, application).await?;
    let award = awards::find(tx, application.id).await?.ok_or(Refusal::NotFound)?;
    let reminder = of_award(&award, (ahead, tx.moment.today()));
    let reminder = somebody_reads(tx, &application, reminder).await?;
    write(tx, &permit, &application, reminder).await
}

/// Reminds an applicant of what was asked of them.
///
/// # Errors
/// When the case is not there, or the database fails.
pub async fn of_one_return(tx: &mut Tx<'_>, ahead: Ahead, application: ApplicationId) -> Result<bool, Error> {
    let (application, permit) = lock(tx, application).await?;
    let open = returns::open(tx, &application).await?;
    let reminder = open.and_then(|open| of_return(&open, (ahead, tx.moment.today())));
    let reminder = somebody_reads(tx, &application, reminder).await?;
    write(tx, &permit, &application, reminder).await
}

/// Reminds an applicant of what is to be paid back and overdue.
///
/// # Errors
/// When the case or the demand is not there, or the database fails.
pub async fn of_one_recovery(
    tx: &mut Tx<'_>,
    (recovery, application): (RecoveryId, ApplicationId),
) -> Result<bool, Error> {
    let (application, permit) = lock(tx, application).await?;
    let recovery = recoveries::find(tx, recovery).await?.ok_or(Refusal::NotFound)?;
    let reminder = overdue_reminder(&recovery, tx.moment.today());
    let reminder = somebody_reads(tx, &application, reminder).await?;
    write(tx, &permit, &application, reminder).await
}

/// Reminds a recipient of what is owed beside the project, and due soon or late.
///
/// # Errors
/// When the case is not there, or the database fails.
pub async fn of_one_obligation(tx: &mut Tx<'_>, (application, code): (ApplicationId, &str)) -> Result<bool, Error> {
    let (application, permit) = lock(tx, application).await?;
    let owed = obligations::of_application(tx, application.id).await?;
    let owed = owed.iter().find(|owed| owed.code == code);
    let reminder = owed.and_then(|owed| of_obligation(&application, owed, tx.moment.today()));
    let reminder = somebody_reads(tx, &application, reminder).await?;
    write(tx, &permit, &application, reminder).await
}

/// Reminds an applicant of a draft whose round closes soon, for them.
///
/// # Errors
/// When the case is not there, its scheme is not in force, or the database fails.
pub async fn of_one_draft(
    tx: &mut Tx<'_>,
    schemes: &Schemes,
    ahead: Ahead,
    (application, round): (ApplicationId, &str),
) -> Result<bool, Error> {
    let (application, permit) = lock(tx, application).await?;
    let scheme = schemes.in_force(tx, &application.scheme, tx.moment.today()).await?.scheme;
    let Some(intake) = scheme.file.intake(round) else { return Ok(false) };
    let extended = extensions::of(tx, &application.scheme, application.organisation).await?;
    let closes_at = closes_for(&extended, round, intake.closes_at);
    let reminder = of_draft(&application, (&intake, closes_at), (ahead, tx.moment.now));
    let reminder = somebody_reads(tx, &application, reminder).await?;
    write(tx, &permit, &application, reminder).await
}

/// The schemes with an open round that closes within the days, and which round. It may close later for some.
///
/// # Errors
/// When a text cannot be read, or the database fails.
pub async fn rounds_that_close(
    reader: &mut Reader,
    schemes: &Schemes,
    ahead: Ahead,
    moment: Moment,
) -> Result<Vec<(String, String)>, Error> {
    let mut closing = Vec::new();
    for (_, scheme) in schemes.all_in_force(reader, moment.today()).await? {
        let open = scheme.file.intakes().into_iter().filter(|intake| intake.state(moment.now) == IntakeState::Open);
        let soon = open.filter(|intake| closes_soon(intake, (ahead, moment.now)));
        closing.extend(soon.map(|intake| (scheme.file.code.get_ref().clone(), intake.path)));
    }
    Ok(closing)
}

/// Whether what somebody is reminded of still stands when the letter is to be sent.
///
/// # Errors
/// When the case is not there, or the database fails.
pub async fn still_stands(
    reader: &mut Reader,
    schemes: &Schemes,
    moment: Moment,
    (application, reminder): (ApplicationId, &Reminder),
) -> Result<bool, Error> {
    // As far ahead as it may be: it has been decided that it was time.
    let days = u32::MAX;
    let ahead = Ahead { assessment_days: days, return_days: days, award_days: days, round_days: days };
    let (now, today) = (moment.now, moment.today());
    let application = applications::find(reader, application).await?.ok_or(Refusal::NotFound)?;
    Ok(match reminder {
        Reminder::AssessmentDue { assessment, .. } | Reminder::AssessmentLate { assessment, .. } => {
            let assessment = find(reader, application.id, *assessment).await?;
            let (assessor, assessing) = standing(reader, &application, &assessment).await?;
            owes(&application, &assessment, Owing { assessor: assessor.as_ref(), assessing, asked_on: today })
        }
        Reminder::ReturnDue { number, .. } => {
            let open = returns::open(reader, &application).await?;
            open.is_some_and(|open| open.number == *number && of_return(&open, (ahead, today)).is_some())
        }
        Reminder::AwardExpires { .. } => {
            let award = awards::find(reader, application.id).await?;
            award.is_some_and(|award| of_award(&award, (ahead, today)).is_some())
        }
        Reminder::RecoveryOverdue { recovery, due_on, .. } => {
            let recovery = recoveries::find(reader, *recovery).await?.ok_or(Refusal::NotFound)?;
            recovery.overdue(today)?.is_some_and(|overdue| overdue.due_on == *due_on)
        }
        Reminder::Obligation { obligation, due_on, .. } => {
            let owed = obligations::of_application(reader, application.id).await?;
            let owed = owed.iter().find(|owed| owed.code == *obligation && owed.due_on == Some(*due_on));
            owed.is_some_and(|owed| of_obligation(&application, owed, today).is_some())
        }
        Reminder::RoundCloses { round, closes_at: told } => {
            let scheme = schemes.in_force(reader, &application.scheme, today).await?.scheme;
            let Some(intake) = scheme.file.intake(round) else { return Ok(false) };
            of_draft(&application, (&intake, *told), (ahead, now)).is_some()
        }
    })
}

async fn lock(tx: &mut Tx<'_>, application: ApplicationId) -> Result<(Application, Permit), Error> {
    case::lock(tx, &Actor::worker(), Verb::ReminderWrite, application).await
}

async fn find(reader: &mut impl Connected, application: ApplicationId, id: AssessmentId) -> Result<Assessment, Error> {
    let all = assessments::of_application(reader, application).await?;
    Ok(all.into_iter().find(|assessment| assessment.id == id).ok_or(Refusal::NotFound)?)
}

/// Who the assessor is, where the account is open, and how they stand to the case.
async fn standing(
    reader: &mut impl Connected,
    application: &Application,
    assessment: &Assessment,
) -> Result<(Option<Actor>, Assessing), Error> {
    let assessor = people::actor(reader, assessment.assessor).await?;
    let on_file = interests::on_file(reader, &[assessment.assessor], &[application.id]).await?;
    Ok((assessor, on_file.assessing(application.id, assessment.assessor, assessment.state)))
}

/// Nobody is written to where nobody whose account is open acts for the applicant, or is a member.
async fn somebody_reads(
    tx: &mut Tx<'_>,
    application: &Application,
    reminder: Option<Reminder>,
) -> Result<Option<Reminder>, Error> {
    let Some(reminder) = reminder else { return Ok(None) };
    let reads = !members::applicants(tx, (application.id, application.organisation)).await?.is_empty();
    Ok(reads.then_some(reminder))
}

async fn write(
    tx: &mut Tx<'_>,
    permit: &Permit,
    application: &Application,
    reminder: Option<Reminder>,
) -> Result<bool, Error> {
    let Some(reminder) = reminder else { return Ok(false) };
    if reminders::is_written(tx, application.id, &reminder).await? {
        return Ok(false);
    }
    tx.record(&reminder.written(permit, application.id)).await?;
    Ok(true)
}
