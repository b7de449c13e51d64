//! The steps of one case, each an action of the house. Every step is told its moment.

use crate::paying::owes_no_report;
use crate::world::{Staff, World, cents};
use almoner::actions::{
    Error, applications, approvals, assessments, awards, change_requests, claims, decisions, feedback, returns, reviews,
};
use almoner::store::{Moment, Tx};
use rules::actor::Actor;
use rules::application::{Application, Content};
use rules::approval::{Approve, Approved};
use rules::assessment::Assessment;
use rules::award::{Award, Instalment};
use rules::batch::Batch;
use rules::calculation::Answer;
use rules::calendar::Day;
use rules::change_request::{ChangeKind, ChangeRequest, NewChangeRequest, Verdict};
use rules::claim::{Claim, NewClaim};
use rules::decision::{Rejecting, Screening};
use rules::feedback::Feedback;
use rules::ids::{ApplicationId, ClaimId};
use rules::money::Cents;
use rules::review::{Review, Verdict as ReviewVerdict};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// An approval without conditions of the only part that is open.
pub const NOTHING_MORE: Approve =
    Approve { part: None, amount: Cents::ZERO, reduced_from: None, conditions: Vec::new(), embargo_until: None };

/// One application, and who runs it.
#[derive(Clone)]
pub struct Case<'w> {
    pub world: &'w World,
    pub staff: &'w Staff,
    pub applicant: Actor,
    pub code: &'static str,
    pub id: ApplicationId,
}

impl Case<'_> {
    pub async fn read(&self) -> Application {
        let mut reader = self.world.db.reader().await.unwrap();
        applications::read(&mut reader, &self.applicant, self.id, self.world.began.now).await.unwrap()
    }

    pub async fn edit(&self, moment: Moment, content: Value) -> Result<Application, Error> {
        let content = serde_json::from_value::<Content>(content).unwrap();
        let version = self.read().await.told_version;
        self.world
            .act(moment, async |tx| applications::edit(tx, &self.applicant, self.id, version, content).await)
            .await
    }

    pub async fn submit(&self, moment: Moment) -> Result<(Application, Answer), Error> {
        let version = self.read().await.told_version;
        self.world
            .act(moment, async |tx| {
                applications::submit(tx, &self.applicant, &self.world.schemes, self.id, version).await
            })
            .await
    }

    pub async fn withdraw(&self, moment: Moment, reason: &str) -> Result<Application, Error> {
        self.withdraw_version(moment, self.read().await.told_version, reason).await
    }

    pub async fn withdraw_version(&self, moment: Moment, version: i32, reason: &str) -> Result<Application, Error> {
        self.world
            .act(moment, async |tx| {
                let read = (self.id, version);
                applications::withdraw(tx, &self.applicant, read, reason).await
            })
            .await
    }

    pub async fn screen(&self, moment: Moment, screening: Screening) -> Result<Application, Error> {
        self.world
            .act(moment, async |tx| {
                decisions::screen(tx, &self.staff.officer, &self.world.schemes, self.id, screening).await
            })
            .await
    }

    /// An officer returns it for more information.
    pub async fn give_back_for(&self, moment: Moment, fields: &[&str], by: &str) -> Result<Application, Error> {
        let version = self.read().await.version;
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        let asked = (fields, "Say more of it.", Day::parse(by).unwrap());
        let (officer, schemes) = (&self.staff.officer, &self.world.schemes);
        self.world.act(moment, async |tx| returns::ask(tx, officer, schemes, (self.id, version), asked).await).await
    }

    /// The applicant sends what was asked for.
    pub async fn resubmit(&self, moment: Moment) -> Result<Application, Error> {
        let version = self.read().await.told_version;
        let schemes = &self.world.schemes;
        let sent = self
            .world
            .act(moment, async |tx| returns::answer(tx, &self.applicant, schemes, (self.id, version)).await)
            .await;
        sent.map(|(application, _)| application)
    }

    pub async fn reinstate(&self, moment: Moment, reason: &str) -> Result<Application, Error> {
        self.world.act(moment, async |tx| decisions::reinstate(tx, &self.staff.officer, self.id, reason).await).await
    }

    /// An officer asks an assessor, who has declared their interests.
    pub async fn invite(&self, moment: Moment, assessor: &Actor) -> Result<Assessment, Error> {
        self.world.declare(moment, assessor).await;
        let (officer, assessor) = (&self.staff.officer, (assessor.person().unwrap(), None));
        self.world
            .act(moment, async |tx| assessments::assign(tx, officer, &self.world.schemes, self.id, assessor).await)
            .await
    }

    pub async fn accept_invitation(
        &self,
        moment: Moment,
        assessor: &Actor,
        assessment: &Assessment,
    ) -> Result<Assessment, Error> {
        self.world.act(moment, async |tx| assessments::accept(tx, assessor, assessment.id).await).await
    }

    /// An officer asks an assessor, who says yes.
    pub async fn assign(&self, moment: Moment, assessor: &Actor) -> Result<Assessment, Error> {
        let invited = self.invite(moment, assessor).await?;
        self.accept_invitation(moment, assessor, &invited).await
    }

    pub async fn declare_conflict(
        &self,
        moment: Moment,
        assessor: &Actor,
        assessment: &Assessment,
    ) -> Result<Assessment, Error> {
        self.world
            .act(moment, async |tx| assessments::declare_conflict(tx, assessor, assessment.id, "my brother").await)
            .await
    }

    /// The same mark for every criterion of the scheme.
    pub async fn score(
        &self,
        moment: Moment,
        assessor: &Actor,
        assessment: &Assessment,
        mark: u32,
    ) -> Result<u32, Error> {
        let mut reader = self.world.db.reader().await.unwrap();
        let in_force = self.world.schemes.in_force(&mut reader, self.code, moment.today()).await?;
        let criteria = in_force.scheme.procedure()?.assessment.criterion.keys();
        let marks = criteria.map(|name| (name.clone(), Some(mark))).collect::<BTreeMap<_, _>>();
        let (_, score) = self
            .world
            .act(moment, async |tx| {
                assessments::score(
                    tx,
                    assessor,
                    &self.world.schemes,
                    assessment.id,
                    marks,
                    ("sound", Some("Clear aims.")),
                )
                .await
            })
            .await?;
        Ok(score.hundredths_of_percent)
    }

    pub async fn recommend(&self, moment: Moment, actor: &Actor, amount: &str) -> Result<Application, Error> {
        let amount = cents(amount);
        self.world
            .act(moment, async |tx| decisions::recommend(tx, actor, &self.world.schemes, self.id, (amount, None)).await)
            .await
    }

    pub async fn reject(&self, moment: Moment, actor: &Actor, reason: &str) -> Result<Application, Error> {
        self.refuse(moment, actor, (reason, None)).await
    }

    /// The same, which is not told before a day.
    pub async fn refuse(
        &self,
        moment: Moment,
        actor: &Actor,
        (reason, until): (&str, Option<&str>),
    ) -> Result<Application, Error> {
        let embargo_until = until.map(|until| Day::parse(until).unwrap());
        let rejecting = Rejecting { reason: reason.to_owned(), departure: None, embargo_until };
        self.world
            .act(moment, async |tx| decisions::reject(tx, actor, &self.world.schemes, self.id, &rejecting).await)
            .await
    }

    /// An officer tells a refusal that was kept back.
    pub async fn tell_refusal(&self, moment: Moment) -> Result<Application, Error> {
        let (officer, schemes) = (&self.staff.officer, &self.world.schemes);
        self.world.act(moment, async |tx| decisions::tell_refusal(tx, officer, schemes, self.id).await).await
    }

    pub async fn approve(&self, moment: Moment, actor: &Actor) -> Result<(Application, Award), Error> {
        let asked = Approve { amount: self.recommended().await, ..NOTHING_MORE };
        let Approved { application, award, .. } = self.pass(moment, actor, &asked).await?;
        Ok((application, award.unwrap()))
    }

    /// Passes a part of the route.
    pub async fn pass(&self, moment: Moment, actor: &Actor, asked: &Approve) -> Result<Approved, Error> {
        self.world
            .act(moment, async |tx| approvals::approve(tx, actor, &self.world.schemes, self.id, asked).await)
            .await
    }

    /// What whoever approves has read as recommended.
    pub async fn recommended(&self) -> Cents {
        let sql =
            format!("SELECT coalesce(recommended_cents, 1)::text AS line FROM applications WHERE id = '{}'", self.id);
        Cents::new(self.world.database.lines(&sql).await[0].parse().unwrap())
    }

    pub async fn offer(&self, moment: Moment) -> Result<(Application, Award), Error> {
        self.world
            .act(moment, async |tx| awards::offer(tx, &self.staff.officer, &self.world.schemes, self.id).await)
            .await
    }

    /// An officer writes a note on the decision that stands, without what assessors have released.
    pub async fn release_feedback(&self, moment: Moment) -> Result<Feedback, Error> {
        let officer = &self.staff.officer;
        self.world
            .act(moment, async |tx| feedback::release(tx, officer, self.id, &BTreeSet::new(), "Thank you.").await)
            .await
    }

    pub async fn accept(&self, moment: Moment) -> Result<(Application, Vec<Instalment>), Error> {
        self.world
            .act(moment, async |tx| awards::accept(tx, &self.applicant, &self.world.schemes, (self.id, None)).await)
            .await
    }

    pub async fn decline(&self, moment: Moment, reason: &str) -> Result<Application, Error> {
        self.world.act(moment, async |tx| awards::decline(tx, &self.applicant, self.id, reason).await).await
    }

    pub async fn lapse(&self, moment: Moment, actor: &Actor) -> Result<Application, Error> {
        self.world.act(moment, async |tx| awards::lapse(tx, actor, self.id).await).await
    }

    /// Claims an amount of an instalment; `actual` is the project with what it really cost.
    pub async fn claim(
        &self,
        moment: Moment,
        instalment: &str,
        amount: &str,
        actual: Option<Value>,
    ) -> Result<Claim, Error> {
        let new = NewClaim {
            id: ClaimId(Uuid::now_v7()),
            instalment: instalment.to_owned(),
            claimed: cents(amount),
            evidence: "the invoices of the project".to_owned(),
            actual: actual.map(|actual| serde_json::from_value(actual).unwrap()),
            shown: BTreeMap::new(),
            lines: Vec::new(),
        };
        self.world
            .act(moment, async |tx| claims::submit(tx, &self.applicant, &self.world.schemes, self.id, new).await)
            .await
    }

    pub async fn give_back(&self, moment: Moment, claim: ClaimId, reason: &str) -> Result<Claim, Error> {
        self.world.act(moment, async |tx| claims::give_back(tx, &self.staff.officer, claim, reason).await).await
    }

    pub async fn certify(&self, moment: Moment, claim: ClaimId, amount: &str) -> Result<(Claim, Award), Error> {
        let amount = (cents(amount), Vec::new());
        owes_no_report(self).await;
        self.world
            .act(moment, async |tx| {
                claims::certify(tx, &self.staff.officer, &self.world.schemes, claim, amount.clone()).await
            })
            .await
    }

    /// The applicant asks for a change.
    pub async fn ask_for_change(
        &self,
        moment: Moment,
        (kind, wanted): (ChangeKind, Value),
    ) -> Result<ChangeRequest, Error> {
        self.ask_for_change_as(moment, &self.applicant, (kind, wanted)).await
    }

    /// Somebody does.
    pub async fn ask_for_change_as(
        &self,
        moment: Moment,
        actor: &Actor,
        (kind, wanted): (ChangeKind, Value),
    ) -> Result<ChangeRequest, Error> {
        let wanted = serde_json::from_value(wanted).unwrap();
        let new = NewChangeRequest { kind, wanted, reason: "as things are".to_owned() };
        let schemes = &self.world.schemes;
        self.world
            .act(moment, async |tx| change_requests::request(tx, actor, schemes, self.id, new.clone()).await)
            .await
    }

    /// An officer puts it forward.
    pub async fn forward_change(&self, moment: Moment, number: i32) -> Result<ChangeRequest, Error> {
        let officer = &self.staff.officer;
        self.world.act(moment, async |tx| change_requests::forward(tx, officer, (self.id, number)).await).await
    }

    pub async fn decide_change(
        &self,
        moment: Moment,
        actor: &Actor,
        (number, verdict): (i32, Verdict),
    ) -> Result<ChangeRequest, Error> {
        let schemes = &self.world.schemes;
        let decided = self.world.act(moment, async |tx| {
            change_requests::decide(tx, actor, schemes, (self.id, number), (verdict, "as agreed")).await
        });
        decided.await.map(|(request, _)| request)
    }

    /// Asked for, put forward where an authority decides, and granted by the commissioner or the officer.
    pub async fn change(&self, moment: Moment, kind: ChangeKind, wanted: Value) -> Result<ChangeRequest, Error> {
        let request = self.ask_for_change(moment, (kind, wanted)).await?;
        let decider = if request.route.is_some() { &self.staff.commissioner } else { &self.staff.officer };
        if request.route.is_some() {
            self.forward_change(moment, request.number).await?;
        }
        self.decide_change(moment, decider, (request.number, Verdict::Granted)).await
    }

    /// The applicant asks that a refusal be looked at again.
    pub async fn ask_again(&self, moment: Moment) -> Result<Review, Error> {
        let schemes = &self.world.schemes;
        let asks = async |tx: &mut Tx<'_>| reviews::request(tx, &self.applicant, schemes, self.id, "wrong").await;
        self.world.act(moment, asks).await
    }

    pub async fn withdraw_review(&self, moment: Moment, number: i32) -> Result<Review, Error> {
        let of = (self.id, number);
        self.world.act(moment, async |tx| reviews::withdraw(tx, &self.applicant, of, "other plans").await).await
    }

    pub async fn decide_review(
        &self,
        moment: Moment,
        actor: &Actor,
        (number, verdict): (i32, ReviewVerdict),
    ) -> Result<Review, Error> {
        let (schemes, of) = (&self.world.schemes, (self.id, number));
        self.world.act(moment, async |tx| reviews::decide(tx, actor, schemes, of, (verdict, "as shown")).await).await
    }

    /// From the draft to the committee's recommendation, by two assessors.
    pub async fn to_recommended(&self, moment: Moment, amount: &str) {
        self.submit(moment).await.unwrap();
        self.screen(moment, Screening::Eligible).await.unwrap();
        for assessor in self.staff.assessors.iter().take(2) {
            let assessment = self.assign(moment, assessor).await.unwrap();
            self.score(moment, assessor, &assessment, 8).await.unwrap();
        }
        self.recommend(moment, &self.staff.committee, amount).await.unwrap();
    }

    /// On to the accepted offer, approved by the commissioner.
    pub async fn to_accepted(&self, moment: Moment, amount: &str) {
        self.to_recommended(moment, amount).await;
        self.approve(moment, &self.staff.commissioner).await.unwrap();
        self.offer(moment).await.unwrap();
        self.accept(moment).await.unwrap();
    }

    /// Claims, certifies and pays one instalment.
    pub async fn pay(&self, moment: Moment, instalment: &str, amount: &str, actual: Option<Value>) -> Batch {
        let claim = self.claim(moment, instalment, amount, actual).await.unwrap();
        self.certify(moment, claim.id, amount).await.unwrap();
        let batch = self.world.prepare(moment, &self.staff.preparer, &[claim.id]).await.unwrap();
        self.world.release(moment, &self.staff.releaser, batch.id).await.unwrap()
    }

    /// The events of the case's chain, by name.
    pub async fn events(&self) -> Vec<String> {
        let mut reader = self.world.db.reader().await.unwrap();
        let entries = almoner::store::audit::of_subject(&mut reader, self.id.0, 0, 1_000).await.unwrap();
        let event = |entry: &almoner::store::audit::Entry| serde_json::from_str::<Value>(&entry.event).unwrap();
        entries.iter().map(|entry| event(entry)["event"].as_str().unwrap().to_owned()).collect()
    }
}
