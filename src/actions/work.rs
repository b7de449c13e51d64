//! What waits for somebody: the acts that the policy allows them and that a case is ready for.
//!
//! Who may do what is asked of the same rules as the act itself; they are put to the database as limits, so that each list is found
//! by one query, however many cases there are.

mod on_changes;
mod on_claims;
mod on_money;
mod on_reviews;
mod on_routes;

use super::schemes::Schemes;
use super::{Error, case};
use crate::store::debarments::{Reading, waiting as unconfirmed};
use crate::store::members::{drafts_among, returned_among, waiting_for as invited};
use crate::store::work::{
    Before, Narrowed, OfText, Waiting, Whom, cases, given_up, owed_assessments, owed_feedback, pinned_texts,
    proposed_texts,
};
use crate::store::{Connected, Reader, assessment_steps, assessments, panels};
use chrono::{DateTime, Utc};
use rules::actor::{Actor, Role};
use rules::application::State;
use rules::assessment::AssessmentState;
use rules::calendar::Day;
use rules::debarment::Against;
use rules::duty::{Duties, Duty};
use rules::event::Subject;
use rules::ids::{
    ApplicationId, BatchId, HoldId, MemberId, NoticeId, OrganisationId, PersonId, RecoveryId, SchemeDraftId,
    SchemeTextId,
};
use rules::interest::Assessing;
use rules::member::{MemberRole, Tie};
use rules::permission::Verb;
use rules::scheme::Scheme;
use rules::work::{Scored, Span, Wanted, wanted};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Something that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// What is to be done.
    pub act: Verb,
    /// The reference of the case or batch; the code of a scheme, also of the one of an invitation; the authority of a debarment; the name of an organisation; of a demand its own; of a hold, what it is on; the id of a notice.
    pub reference: String,
    /// On what.
    pub on: WorkOn,
    /// Whether it cannot be done now, since a payment is held.
    pub held: bool,
}

impl Work {
    const fn of(act: Verb, reference: String, on: WorkOn) -> Self {
        Self { act, reference, on, held: false }
    }
}

/// On what something is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkOn {
    /// A case.
    Application(ApplicationId),
    /// A batch.
    Batch(BatchId),
    /// A text that was proposed.
    SchemeDraft(SchemeDraftId),
    /// What is on file of somebody.
    Debarment(Against),
    /// What is not paid for now.
    Hold(HoldId),
    /// Where an organisation is to be paid.
    PayeeAccount(OrganisationId),
    /// A demand of money back.
    Recovery(RecoveryId),
    /// An invitation to an application.
    Invitation(MemberId),
    /// A notice that was given up.
    Notice(NoticeId),
}

/// What waits for the actor, in the order of the case, and of each kind the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn waiting_for(
    reader: &mut Reader,
    actor: &Actor,
    schemes: &Schemes,
    now: DateTime<Utc>,
) -> Result<Vec<Work>, Error> {
    let Some(person) = actor.person() else { return Ok(Vec::new()) };
    let tied = case::tied(actor);
    let mut desk = Desk { reader, actor, person, schemes, now, tied: &tied, work: Vec::new() };
    desk.of_members().await?;
    desk.returned().await?;
    let today = desk.reader.today()?;
    desk.cases(Verb::ApplicationEndReturn, State::Returned, Narrowed::IsUnanswered(today)).await?;
    desk.cases(Verb::ApplicationScreen, State::Submitted, Narrowed::No).await?;
    desk.in_assessment().await?;
    desk.recommended().await?;
    desk.cases(Verb::ReserveMoveUp, State::OnReserve, Narrowed::IsPassedOver(today)).await?;
    desk.on_reserve_too_long(today).await?;
    desk.cases(Verb::RefusalTell, State::Refused, Narrowed::IsToBeTold(today)).await?;
    desk.cases(Verb::AwardOffer, State::Approved, Narrowed::IsUnderNoEmbargo(today)).await?;
    desk.feedback().await?;
    desk.changes().await?;
    desk.reviews().await?;
    desk.queried().await?;
    desk.money().await?;
    desk.recoveries().await?;
    desk.holds(today).await?;
    desk.texts_of_others().await?;
    desk.debarments(today).await?;
    desk.payee_accounts().await?;
    desk.given_up().await?;
    Ok(desk.work)
}

/// Where it is gathered.
struct Desk<'a> {
    reader: &'a mut Reader,
    actor: &'a Actor,
    person: PersonId,
    schemes: &'a Schemes,
    now: DateTime<Utc>,
    tied: &'a [ApplicationId],
    work: Vec<Work>,
}

/// What a proposal that has its scores may be ready for, and which of it is its decision.
const AFTER_SCORES: [Verb; 4] =
    [Verb::PanelOpen, Verb::AssessmentStepRecord, Verb::ApplicationRecommend, Verb::ApplicationReject];
const DECISIONS: [Verb; 2] = [Verb::ApplicationRecommend, Verb::ApplicationReject];

type Texts = HashMap<SchemeTextId, Arc<Scheme>>;

impl<'a> Desk<'a> {
    fn may(&self, verb: Verb) -> bool {
        self.actor.may(verb, Subject::House).is_ok()
    }

    const fn whom(&self, duty: Option<Duty>) -> Whom<'a> {
        Whom { person: self.person, organisations: &self.actor.organisations, tied: self.tied, now: self.now, duty }
    }

    fn add(&mut self, act: Verb, waiting: Vec<Waiting>) {
        let on_case =
            |Waiting { application, reference, .. }| Work::of(act, reference, WorkOn::Application(application));
        self.work.extend(waiting.into_iter().map(on_case));
    }

    /// Invitations to the person's address, and the drafts that they may edit, or submit, as a member.
    async fn of_members(&mut self) -> Result<(), Error> {
        for waiting in invited(self.reader, self.person).await? {
            let on = WorkOn::Invitation(waiting.member.id);
            self.work.push(Work::of(Verb::MemberAccept, waiting.scheme, on));
        }
        let shared = self.actor.scope().shared;
        if shared.is_empty() {
            return Ok(());
        }
        for (id, reference) in drafts_among(self.reader, &shared).await? {
            let act = match self.actor.ties.get(&id) {
                Some(Tie::Member(MemberRole::Sign)) => Verb::ApplicationSubmit,
                Some(Tie::Member(MemberRole::Edit)) => Verb::ApplicationEdit,
                _ => continue,
            };
            self.work.push(Work::of(act, reference, WorkOn::Application(id)));
        }
        Ok(())
    }

    /// What was returned for more information waits for whoever may send it again, or may write what is asked.
    async fn returned(&mut self) -> Result<(), Error> {
        if !self.actor.is(Role::Applicant) {
            return Ok(());
        }
        let shared = self.actor.scope().shared;
        for (id, reference) in returned_among(self.reader, &self.actor.organisations, &shared).await? {
            let act = match self.actor.ties.get(&id) {
                Some(Tie::Member(MemberRole::View)) => continue,
                Some(Tie::Member(MemberRole::Edit)) => Verb::ApplicationEdit,
                _ => Verb::ApplicationResubmit,
            };
            self.work.push(Work::of(act, reference, WorkOn::Application(id)));
        }
        Ok(())
    }

    async fn cases(&mut self, act: Verb, state: State, narrowed: Narrowed<'_>) -> Result<(), Error> {
        if self.may(act) {
            let waiting = cases(self.reader, self.whom(None), state, narrowed).await?;
            self.add(act, waiting);
        }
        Ok(())
    }

    /// The texts that the cases in a state have pinned, read.
    async fn texts(&mut self, state: State) -> Result<Texts, Error> {
        let mut texts = Texts::new();
        for (text, hash) in pinned_texts(self.reader, state).await? {
            texts.insert(text, self.schemes.read(self.reader, text, &hash).await?);
        }
        Ok(texts)
    }

    /// Proposals that still want an assessor, whose assessor is late, or in spite of whose conflict somebody is to assess, wait for an
    /// officer; those that are not scored for their assessors, and those that are for what comes next.
    async fn in_assessment(&mut self) -> Result<(), Error> {
        let assigns = self.may(Verb::AssessmentAssign);
        let decides_or_prepares = AFTER_SCORES.into_iter().any(|act| self.may_when_scored(act));
        let reads_texts = assigns || decides_or_prepares;
        let texts = if reads_texts { self.texts(State::InAssessment).await? } else { Texts::new() };
        let wanted = of_texts(&texts, wanted);
        self.cases(Verb::AssessmentAssign, State::InAssessment, Narrowed::WantsAssessors(&wanted)).await?;
        let late = Narrowed::IsLate(self.reader.today()?);
        self.cases(Verb::AssessmentWithdraw, State::InAssessment, late).await?;
        self.cases(Verb::ConflictOverrideConfirm, State::InAssessment, Narrowed::IsToBeConfirmed).await?;
        if self.actor.is(Role::Assessor) {
            // What somebody must not read does not wait for them.
            let assessed = case::assessing(self.reader, self.actor, None).await?;
            for (act, state, standing) in [
                (Verb::AssessmentAccept, AssessmentState::Invited, Assessing::Invited),
                (Verb::AssessmentScore, AssessmentState::Accepted, Assessing::Accepted),
            ] {
                let whom = self.whom(Some(Duty::Assessor));
                let mut waiting = owed_assessments(self.reader, whom, state).await?;
                waiting.retain(|waiting| assessed.get(&waiting.application) == Some(&standing));
                self.add(act, waiting);
            }
        }
        if decides_or_prepares {
            self.scored(&texts, &wanted).await?;
        }
        Ok(())
    }

    /// What has its scores waits for what the scheme wants next: to be ranked, for a step to be held and recorded, or for its decision.
    async fn scored(&mut self, texts: &Texts, wanted: &[OfText<Wanted>]) -> Result<(), Error> {
        for (before, duty, acts) in [
            (Before::Panel, None, &[Verb::PanelOpen][..]),
            (Before::Step, None, &[Verb::AssessmentStepRecord, Verb::ApplicationReject]),
            (Before::Decision, Some(Duty::Recommender), &[Verb::ApplicationRecommend, Verb::ApplicationReject]),
        ] {
            let acts = acts.iter().copied().filter(|act| self.may_when_scored(*act)).collect::<Vec<_>>();
            if acts.is_empty() {
                continue;
            }
            let narrowed = Narrowed::IsScored(wanted, before);
            let waiting = cases(self.reader, self.whom(duty), State::InAssessment, narrowed).await?;
            self.ready(texts, waiting, &acts).await?;
        }
        Ok(())
    }

    /// Adds those of the acts for which each case is ready and the person free.
    async fn ready(&mut self, texts: &Texts, waiting: Vec<Waiting>, acts: &[Verb]) -> Result<(), Error> {
        let ids = waiting.iter().map(|waiting| waiting.application).collect::<Vec<_>>();
        let scores = assessments::scores(self.reader, &ids).await?;
        let held = assessment_steps::held(self.reader, &ids).await?;
        let ranked = panels::ranked(self.reader, &ids).await?;
        let duties = assessments::duties_of(self.reader, &ids.iter().map(|id| id.0).collect::<Vec<_>>()).await?;
        let (nothing, nobody) = (BTreeSet::new(), Duties::default());
        for waiting in waiting {
            let Some(scheme) = texts.get(&waiting.scheme_text) else { continue };
            let id = waiting.application;
            let scored = Scored {
                scheme,
                on: waiting.submitted_on,
                given: scores.get(&id).map(Vec::as_slice).unwrap_or_default(),
                held: held.get(&id).unwrap_or(&nothing),
                ranked: ranked.contains(&id),
            };
            let is_free = duties.get(&id).unwrap_or(&nobody).take(id, self.person, Duty::Recommender).is_ok();
            for act in scored.ready_for().into_iter().filter(|act| acts.contains(act)) {
                if is_free || !DECISIONS.contains(&act) {
                    self.add(act, vec![waiting.clone()]);
                }
            }
        }
        Ok(())
    }

    /// Whether the person may do it to what has its scores: an approver rejects only what is recommended.
    fn may_when_scored(&self, act: Verb) -> bool {
        self.may(act) && (act != Verb::ApplicationReject || self.actor.rejects_as(State::InAssessment).is_ok())
    }

    /// What assessors have released for an applicant who has been told of the decision.
    async fn feedback(&mut self) -> Result<(), Error> {
        if self.may(Verb::FeedbackRelease) {
            let waiting = owed_feedback(self.reader, self.whom(None)).await?;
            self.add(Verb::FeedbackRelease, waiting);
        }
        Ok(())
    }

    /// Texts of schemes that somebody else has proposed.
    async fn texts_of_others(&mut self) -> Result<(), Error> {
        if self.may(Verb::SchemePublish) {
            let proposed = proposed_texts(self.reader, self.person).await?;
            let publish = |(id, code)| Work::of(Verb::SchemePublish, code, WorkOn::SchemeDraft(id));
            self.work.extend(proposed.into_iter().map(publish));
        }
        Ok(())
    }

    /// Debarments that somebody else has recorded, or whose end somebody else has proposed.
    async fn debarments(&mut self, today: Day) -> Result<(), Error> {
        if self.may(Verb::DebarmentConfirm) && self.may(Verb::DebarmentConfirmEnd) {
            let sides = case::sides(self.reader, self.actor).await?;
            let reading = Reading { sides: &sides, person: Some(self.person), unconfirmed: true };
            for debarment in unconfirmed(self.reader, &reading).await? {
                let on = WorkOn::Debarment(debarment.against);
                let act = debarment.waits_for(self.person, today);
                self.work.extend(act.map(|act| Work::of(act, debarment.authority, on)));
            }
        }
        Ok(())
    }

    /// Letters that could not be sent.
    async fn given_up(&mut self) -> Result<(), Error> {
        if self.may(Verb::OutboxPutBack) {
            let dead = given_up(self.reader).await?;
            let put_back = |id: NoticeId| Work::of(Verb::OutboxPutBack, id.to_string(), WorkOn::Notice(id));
            self.work.extend(dead.into_iter().map(put_back));
        }
        Ok(())
    }
}

fn of_texts<T>(texts: &Texts, spans: impl Fn(&Scheme) -> Vec<Span<T>>) -> Vec<OfText<T>> {
    texts.iter().flat_map(|(text, scheme)| spans(scheme).into_iter().map(|span| (*text, span))).collect()
}
