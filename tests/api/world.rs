//! A small world for journeys: people with roles, organisations, published schemes and cases, all made by the real rules and
//! actions. Every step is told its moment.

use crate::database::TestDatabase;
use almoner::actions::schemes::{Schemes, publish};
use almoner::actions::{Error, applications, assessments, awards, batches, claims, decisions};
use almoner::store::{Db, Moment, Tx, people};
use chrono::{DateTime, Days, Utc};
use rules::actor::{Actor, Role};
use rules::application::{Application, Content};
use rules::assessment::Assessment;
use rules::award::{Award, Instalment};
use rules::batch::Batch;
use rules::calculation::Answer;
use rules::claim::{Claim, NewClaim};
use rules::decision::Screening;
use rules::ids::{ApplicationId, BatchId, ClaimId, OrganisationId, PersonId};
use rules::money::Cents;
use rules::permission::Verb;
use rules::person::{Language, Newcomer, change_roles, grant_authorities, invite, register};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::atomic::{AtomicU32, Ordering};
use uuid::Uuid;

/// Five schemes by their codes, as they are shipped.
const TEXTS: [(&str, &str); 5] = [
    ("NIAS", include_str!("../../seeds/schemes/nias.toml")),
    ("NIFS", include_str!("../../seeds/schemes/nifs.toml")),
    ("TVP", include_str!("../../seeds/schemes/tvp.toml")),
    ("RAISE-PLUS", include_str!("../../seeds/schemes/raise-plus.toml")),
    ("ACCELERATOR-PILOT", include_str!("../../seeds/schemes/accelerator-pilot.toml")),
];

/// Ten in the morning in Hong Kong, so many days after a day; the system clock runs a second behind.
pub fn at(day: &str, days_later: u64) -> Moment {
    let morning: DateTime<Utc> = format!("{day}T10:00:00+08:00").parse().unwrap();
    let now = morning.checked_add_days(Days::new(days_later)).unwrap();
    Moment { now, recorded_at: now - chrono::TimeDelta::seconds(1) }
}

/// An amount.
pub fn cents(text: &str) -> Cents {
    Cents::parse(text).unwrap()
}

/// The code of the refusal that an act has met.
pub fn refused<T: Debug>(result: Result<T, Error>) -> &'static str {
    match result {
        Err(Error::Refused(refusal)) => refusal.code(),
        Err(Error::Stale) => "stale",
        other => panic!("no refusal: {other:?}"),
    }
}

/// Who runs the cases.
pub struct Staff {
    pub officer: Actor,
    pub assessors: [Actor; 3],
    pub committee: Actor,
    pub assistant: Actor,
    pub commissioner: Actor,
    pub preparer: Actor,
    pub releaser: Actor,
}

/// Somebody who applies for an organisation.
#[derive(Clone)]
pub struct Applicant {
    pub actor: Actor,
    pub organisation: OrganisationId,
}

/// A database with published schemes and an administrator.
pub struct World {
    pub db: Db,
    pub schemes: Schemes,
    pub began: Moment,
    administrator: Actor,
    counter: AtomicU32,
    pub database: TestDatabase,
}

impl World {
    /// A world in which these schemes are published.
    pub async fn with(codes: &[&str], began: Moment) -> Self {
        let database = TestDatabase::migrated().await;
        let db = database.db();
        for (code, text) in TEXTS {
            if codes.contains(&code) {
                let text = text.to_owned();
                db.write(began, async |tx| publish(tx, &Actor::console(), text).await).await.unwrap();
            }
        }
        let mut world = Self {
            db,
            schemes: Schemes::default(),
            began,
            administrator: Actor::console(),
            counter: AtomicU32::new(0),
            database,
        };
        world.administrator = world.person(&[Role::Administrator], &[]).await;
        world
    }

    pub async fn act<T>(
        &self,
        moment: Moment,
        act: impl AsyncFnOnce(&mut Tx<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.db.write(moment, act).await
    }

    fn newcomer(&self) -> (Newcomer, u32) {
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        let id = PersonId(Uuid::now_v7());
        let email = format!("person{number}@example.hk");
        (Newcomer { id, email, name: format!("Person {number}"), language: Language::English }, number)
    }

    /// Somebody with roles, and with authorities where they approve.
    pub async fn person(&self, roles: &[Role], authorities: &[&str]) -> Actor {
        let (newcomer, _) = self.newcomer();
        let id = newcomer.id;
        self.act(self.began, async |tx| {
            let permit = self.administrator.may_to_person(Verb::PersonInvite, id)?;
            Ok(tx.record(&invite(&permit, newcomer, roles.iter().copied().collect())?).await?)
        })
        .await
        .unwrap();
        if !authorities.is_empty() {
            self.grant(id, authorities).await;
        }
        self.actor(id).await
    }

    async fn grant(&self, id: PersonId, authorities: &[&str]) {
        let authorities = authorities.iter().map(|code| (*code).to_owned()).collect::<BTreeSet<_>>();
        self.act(self.began, async |tx| {
            let permit = self.administrator.may_to_person(Verb::PersonGrantAuthorities, id)?;
            let person = people::lock(tx, id).await?.unwrap().person;
            Ok(tx.record(&grant_authorities(&permit, &person, authorities)?).await?)
        })
        .await
        .unwrap();
    }

    /// Somebody who registers with an organisation of their own.
    pub async fn applicant(&self) -> Applicant {
        let (newcomer, number) = self.newcomer();
        let (id, organisation) = (newcomer.id, OrganisationId(Uuid::now_v7()));
        let (name, ubi) = (format!("Organisation {number}"), format!("{number:08}"));
        self.act(self.began, async |tx| {
            let permit = Actor::visitor().may_to_person(Verb::PersonRegister, id)?;
            Ok(tx.record(&register(&permit, newcomer, (organisation, &name, &ubi))?).await?)
        })
        .await
        .unwrap();
        Applicant { actor: self.actor(id).await, organisation }
    }

    /// The same applicant with other roles and every authority.
    pub async fn with_roles(&self, applicant: &Applicant, roles: &[Role]) -> Applicant {
        let id = applicant.actor.person().unwrap();
        self.act(self.began, async |tx| {
            let permit = self.administrator.may_to_person(Verb::PersonChangeRoles, id)?;
            let person = people::lock(tx, id).await?.unwrap().person;
            Ok(tx.record(&change_roles(&permit, person, roles.iter().copied().collect(), true)?).await?)
        })
        .await
        .unwrap();
        self.grant(id, &["assistant_commissioner", "commissioner"]).await;
        Applicant { actor: self.actor(id).await, organisation: applicant.organisation }
    }

    async fn actor(&self, id: PersonId) -> Actor {
        people::actor(&mut self.db.reader().await.unwrap(), id).await.unwrap().unwrap()
    }

    /// One person for each duty, and three assessors.
    pub async fn staff(&self) -> Staff {
        Staff {
            officer: self.person(&[Role::Officer], &[]).await,
            assessors: [
                self.person(&[Role::Assessor], &[]).await,
                self.person(&[Role::Assessor], &[]).await,
                self.person(&[Role::Assessor], &[]).await,
            ],
            committee: self.person(&[Role::Committee], &[]).await,
            assistant: self.person(&[Role::Approver], &["assistant_commissioner"]).await,
            commissioner: self.person(&[Role::Approver], &["commissioner"]).await,
            preparer: self.person(&[Role::FinancePreparer], &[]).await,
            releaser: self.person(&[Role::FinanceReleaser], &[]).await,
        }
    }

    /// Begins a draft.
    pub async fn draft<'w>(
        &'w self,
        staff: &'w Staff,
        applicant: &Applicant,
        (code, content): (&'static str, Value),
        moment: Moment,
    ) -> Case<'w> {
        let content = serde_json::from_value::<Content>(content).unwrap();
        let Applicant { actor, organisation } = applicant.clone();
        let drafted = self
            .act(moment, async |tx| applications::create(tx, &actor, &self.schemes, code, organisation, content).await)
            .await
            .unwrap();
        Case { world: self, staff, applicant: actor, code, id: drafted.id }
    }

    pub async fn prepare(&self, moment: Moment, actor: &Actor, claims: &[ClaimId]) -> Result<Batch, Error> {
        self.act(moment, async |tx| batches::prepare(tx, actor, claims).await).await
    }

    pub async fn release(&self, moment: Moment, actor: &Actor, batch: BatchId) -> Result<Batch, Error> {
        self.act(moment, async |tx| batches::release(tx, actor, batch).await).await
    }
}

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
        applications::read(&mut reader, &self.applicant, self.id).await.unwrap()
    }

    pub async fn edit(&self, moment: Moment, content: Value) -> Result<Application, Error> {
        let content = serde_json::from_value::<Content>(content).unwrap();
        let version = self.read().await.version;
        self.world
            .act(moment, async |tx| applications::edit(tx, &self.applicant, self.id, version, content).await)
            .await
    }

    pub async fn submit(&self, moment: Moment) -> Result<(Application, Answer), Error> {
        let version = self.read().await.version;
        self.world
            .act(moment, async |tx| {
                applications::submit(tx, &self.applicant, &self.world.schemes, self.id, version).await
            })
            .await
    }

    pub async fn withdraw(&self, moment: Moment, reason: &str) -> Result<Application, Error> {
        let version = self.read().await.version;
        self.world
            .act(moment, async |tx| applications::withdraw(tx, &self.applicant, self.id, version, reason).await)
            .await
    }

    pub async fn screen(&self, moment: Moment, screening: Screening) -> Result<Application, Error> {
        self.world.act(moment, async |tx| decisions::screen(tx, &self.staff.officer, self.id, screening).await).await
    }

    pub async fn reinstate(&self, moment: Moment, reason: &str) -> Result<Application, Error> {
        self.world.act(moment, async |tx| decisions::reinstate(tx, &self.staff.officer, self.id, reason).await).await
    }

    pub async fn assign(&self, moment: Moment, assessor: &Actor) -> Result<Assessment, Error> {
        let (officer, assessor) = (&self.staff.officer, assessor.person().unwrap());
        self.world
            .act(moment, async |tx| assessments::assign(tx, officer, &self.world.schemes, self.id, assessor).await)
            .await
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
        let in_force = self.world.schemes.in_force(&mut self.world.db.reader().await.unwrap(), self.code).await?;
        let criteria = in_force.scheme.file.assessment.criterion.keys();
        let marks = criteria.map(|name| (name.clone(), mark)).collect::<BTreeMap<_, _>>();
        let (_, score) = self
            .world
            .act(moment, async |tx| {
                assessments::score(tx, assessor, &self.world.schemes, assessment.id, marks, "sound").await
            })
            .await?;
        Ok(score.hundredths_of_percent)
    }

    pub async fn recommend(&self, moment: Moment, actor: &Actor, amount: &str) -> Result<Application, Error> {
        let amount = cents(amount);
        self.world
            .act(moment, async |tx| decisions::recommend(tx, actor, &self.world.schemes, self.id, amount).await)
            .await
    }

    pub async fn reject(&self, moment: Moment, actor: &Actor, reason: &str) -> Result<Application, Error> {
        self.world.act(moment, async |tx| decisions::reject(tx, actor, self.id, reason).await).await
    }

    pub async fn approve(&self, moment: Moment, actor: &Actor) -> Result<(Application, Award), Error> {
        self.world.act(moment, async |tx| decisions::approve(tx, actor, &self.world.schemes, self.id).await).await
    }

    pub async fn offer(&self, moment: Moment) -> Result<(Application, Award), Error> {
        self.world
            .act(moment, async |tx| awards::offer(tx, &self.staff.officer, &self.world.schemes, self.id).await)
            .await
    }

    pub async fn accept(&self, moment: Moment) -> Result<(Application, Vec<Instalment>), Error> {
        self.world.act(moment, async |tx| awards::accept(tx, &self.applicant, &self.world.schemes, self.id).await).await
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
        };
        self.world.act(moment, async |tx| claims::submit(tx, &self.applicant, self.id, new).await).await
    }

    pub async fn give_back(&self, moment: Moment, claim: ClaimId, reason: &str) -> Result<Claim, Error> {
        self.world.act(moment, async |tx| claims::give_back(tx, &self.staff.officer, claim, reason).await).await
    }

    pub async fn certify(&self, moment: Moment, claim: ClaimId, amount: &str) -> Result<(Claim, Award), Error> {
        let amount = cents(amount);
        self.world
            .act(moment, async |tx| claims::certify(tx, &self.staff.officer, &self.world.schemes, claim, amount).await)
            .await
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
        let entries = almoner::store::audit::of_subject(&mut reader, self.id.0).await.unwrap();
        entries.iter().map(|entry| entry.event_json()["event"].as_str().unwrap().to_owned()).collect()
    }
}
