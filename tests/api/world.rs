//! A small world for journeys: people with roles, organisations, published schemes and cases, all made by the real rules and
//! actions. Every step is told its moment.

use crate::case::Case;
use crate::database::TestDatabase;
use crate::paying::accounts;
use almoner::actions::schemes::{Schemes, publish};
use almoner::actions::{Error, applications, assessors, batches, rehearsals, relations, scheme_drafts};
use almoner::store::rehearsals::Progress;
use almoner::store::{Db, Fault, Moment, Tx, people};
use chrono::{DateTime, Days, Utc};
use rules::actor::{Actor, Role};
use rules::application::Content;
use rules::batch::Batch;
use rules::calendar::Day;
use rules::ids::{BatchId, ClaimId, OrganisationId, PersonId, RelationId, SchemeDraftId};
use rules::money::Cents;
use rules::permission::Verb;
use rules::person::{Language, Newcomer, Organisation, Registration, change_roles, confirm};
use rules::person::{grant_authorities, invite, register};
use rules::rehearsal::Portfolio;
use rules::relation::{NewRelation, Pair, Relation};
use rules::scheme_draft::{SchemeDraft, Written};
use rules::scheme_text::SchemeText;
use rules::text::Text;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use uuid::Uuid;

/// Schemes by their codes, as they are shipped.
const TEXTS: [(&str, &str); 7] = [
    ("NIAS", include_str!("../../seeds/schemes/nias.toml")),
    ("NIFS", include_str!("../../seeds/schemes/nifs.toml")),
    ("TVP", include_str!("../../seeds/schemes/tvp.toml")),
    ("RAISE-PLUS", include_str!("../../seeds/schemes/raise-plus.toml")),
    ("DBGS", include_str!("../../seeds/schemes/dbgs.toml")),
    ("SKL", include_str!("../../seeds/schemes/skl.toml")),
    ("ACCELERATOR-PILOT", include_str!("../../seeds/schemes/accelerator-pilot.toml")),
];

/// The text of a scheme as it is shipped.
pub fn text_of(code: &str) -> &'static str {
    TEXTS.iter().find(|(known, _)| *known == code).map(|(_, text)| *text).unwrap()
}

/// Ten in the morning in Hong Kong, so many days after a day; the system clock runs a second behind.
pub fn at(day: &str, days_later: u64) -> Moment {
    let morning: DateTime<Utc> = format!("{day}T10:00:00+08:00").parse().unwrap();
    let now = morning.checked_add_days(Days::new(days_later)).unwrap();
    Moment { now, recorded_at: now - chrono::TimeDelta::seconds(1) }
}

/// The agency, as the shipped settings have it.
pub fn agency() -> Text {
    let [en, zh_hant, zh_hans] = ["Grants Office", "資助辦事處", "资助办事处"].map(str::to_owned);
    Text { en, zh_hant, zh_hans }
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
        Err(Error::Fault(Fault::Taken(_))) => "taken",
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

/// Ends every connection with a transaction that waits for more.
const OPEN_ENDED: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'";

/// What becomes of an act that is done and not committed: nothing, it is taken back, or its connection is ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    None,
    RollsBack,
    Dies,
}

/// A database with published schemes and an administrator.
pub struct World {
    pub db: Db,
    pub schemes: Schemes,
    pub began: Moment,
    pub administrator: Actor,
    counter: AtomicU32,
    trouble: Mutex<Trouble>,
    pub database: TestDatabase,
}

impl World {
    /// A world in which these schemes are published.
    pub async fn with(codes: &[&str], began: Moment) -> Self {
        let database = TestDatabase::migrated().await;
        // Opened as they are needed: a race needs many, a journey one.
        let db = Db::new(&database.url(), 24).unwrap();
        let mut world = Self {
            db,
            schemes: Schemes::of_agency(agency()),
            began,
            administrator: Actor::console(),
            counter: AtomicU32::new(0),
            trouble: Mutex::new(Trouble::None),
            database,
        };
        world.administrator = world.person(&[Role::Administrator], &[]).await;
        for code in codes {
            world.publish(text_of(code).to_owned(), began).await;
        }
        world
    }

    /// An officer records that two applicants are related companies, from a day until another one or for good.
    pub async fn relate(
        &self,
        officer: &Actor,
        (one, other): (&Applicant, &Applicant),
        (from, until): (&str, Option<&str>),
        moment: Moment,
    ) -> Relation {
        let new = NewRelation {
            id: RelationId(Uuid::now_v7()),
            between: Pair::of(one.organisation, other.organisation).unwrap(),
            group: "related_company".to_owned(),
            from: Day::parse(from).unwrap(),
            until: until.map(|until| Day::parse(until).unwrap()),
            evidence: "annual return".to_owned(),
        };
        self.act(moment, async |tx| relations::record(tx, officer, new).await).await.unwrap()
    }

    /// An officer ends a relation.
    pub async fn end_relation(&self, officer: &Actor, id: RelationId, until: &str, moment: Moment) {
        let until = Day::parse(until).unwrap();
        self.act(moment, async |tx| relations::end(tx, officer, id, (until, "sold")).await).await.unwrap();
    }

    /// Publishes a text.
    pub async fn publish(&self, text: String, moment: Moment) {
        self.act(moment, async |tx| publish(tx, &Actor::console(), text, moment.today()).await).await.unwrap();
    }

    /// An officer begins a draft of a text.
    pub async fn begin_draft(&self, officer: &Actor, text: &str, moment: Moment) -> SchemeDraftId {
        let begun =
            self.act(moment, async |tx| scheme_drafts::create(tx, officer, Written::of(text.to_owned())?).await).await;
        begun.unwrap().0.id
    }

    /// The draft as it stands.
    pub async fn scheme_draft(&self, id: SchemeDraftId) -> SchemeDraft {
        almoner::store::scheme_drafts::find(&mut self.db.reader().await.unwrap(), id).await.unwrap().unwrap()
    }

    /// An officer proposes a draft as it stands, from a day.
    pub async fn propose(
        &self,
        officer: &Actor,
        id: SchemeDraftId,
        from: &str,
        moment: Moment,
    ) -> Result<SchemeDraft, Error> {
        let (from, version) = (Day::parse(from).unwrap(), self.scheme_draft(id).await.version);
        let proposed = self.act(moment, async |tx| scheme_drafts::propose(tx, officer, id, version, from).await).await;
        proposed.map(|(draft, _)| draft)
    }

    /// An officer asks for a rehearsal of a draft as it stands.
    pub async fn rehearse(
        &self,
        officer: &Actor,
        id: SchemeDraftId,
        (on, portfolio): (Option<Day>, Option<Portfolio>),
        moment: Moment,
    ) -> Result<Progress, Error> {
        self.act(moment, async |tx| rehearsals::ask(tx, officer, id, on, portfolio).await).await
    }

    /// An officer publishes a draft as it stands.
    pub async fn discard_draft(
        &self,
        officer: &Actor,
        id: SchemeDraftId,
        version: i32,
        moment: Moment,
    ) -> Result<(), Error> {
        self.act(moment, async |tx| scheme_drafts::discard(tx, officer, id, version).await).await
    }

    pub async fn publish_draft(&self, officer: &Actor, id: SchemeDraftId, moment: Moment) -> Result<SchemeText, Error> {
        let version = self.scheme_draft(id).await.version;
        self.act(moment, async |tx| scheme_drafts::publish(tx, officer, id, version).await).await
    }

    pub async fn act<T>(
        &self,
        moment: Moment,
        act: impl AsyncFnOnce(&mut Tx<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let trouble = *self.trouble.lock().unwrap();
        let done = async |tx: &mut Tx<'_>| {
            let done = act(tx).await?;
            if trouble == Trouble::RollsBack {
                return Err(Error::Stale);
            }
            if trouble == Trouble::Dies {
                self.database.run(OPEN_ENDED).await;
            }
            Ok(done)
        };
        self.db.write(moment, done).await
    }

    /// What acts meet from now on.
    pub fn meets(&self, trouble: Trouble) {
        *self.trouble.lock().unwrap() = trouble;
    }
    fn newcomer(&self) -> (Newcomer, u32) {
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        let id = PersonId(Uuid::now_v7());
        // Each of an employer of their own.
        let email = format!("person{number}@mail{number}.example");
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
        let actor = self.actor(id).await;
        self.declare(self.began, &actor).await;
        actor
    }

    /// Whoever assesses has declared that they have no interests, in the year of a moment and the next one.
    pub async fn declare(&self, moment: Moment, actor: &Actor) {
        let (Some(id), true) = (actor.person(), actor.is(Role::Assessor)) else { return };
        let declared = self.act(moment, async |tx| {
            let known = almoner::store::assessors::find(tx, id).await?;
            if known.is_some_and(|known| known.declared_until.is_none()) {
                for next_year in [false, true] {
                    assessors::declare(tx, actor, id, (Vec::new(), next_year)).await?;
                }
            }
            Ok(())
        });
        declared.await.unwrap();
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

    /// Somebody who has registered with an organisation of their own and used the link.
    pub async fn applicant(&self) -> Applicant {
        let (newcomer, number) = self.newcomer();
        let (id, organisation) = (newcomer.id, OrganisationId(Uuid::now_v7()));
        let (name, ubi) = (format!("Organisation {number}"), format!("{number:08}"));
        self.act(self.began, async |tx| {
            let permit = Actor::visitor().may_to_person(Verb::PersonRegister, id)?;
            let registration = Registration::read(newcomer, Some((organisation, &name, &ubi)))?;
            tx.record(&register(&permit, registration, None)).await?;
            let registered = Organisation { id: organisation, name, ubi };
            Ok(tx.record(&confirm(&permit, id, registered)).await?)
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
        let actor = self.actor(id).await;
        self.declare(self.began, &actor).await;
        Applicant { actor, organisation: applicant.organisation }
    }

    /// Somebody gets other roles and authorities.
    pub async fn change(&self, id: PersonId, roles: &[Role], authorities: &[&str]) -> Actor {
        self.act(self.began, async |tx| {
            let permit = self.administrator.may_to_person(Verb::PersonChangeRoles, id)?;
            let person = people::lock(tx, id).await?.unwrap().person;
            Ok(tx.record(&change_roles(&permit, person, roles.iter().copied().collect(), true)?).await?)
        })
        .await
        .unwrap();
        self.grant(id, authorities).await;
        self.actor(id).await
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

    /// Whoever would be paid has an account.
    pub async fn prepare(&self, moment: Moment, actor: &Actor, claims: &[ClaimId]) -> Result<Batch, Error> {
        accounts(self, claims).await;
        self.act(moment, async |tx| batches::prepare(tx, actor, claims, &[]).await).await
    }

    pub async fn release(&self, moment: Moment, actor: &Actor, batch: BatchId) -> Result<Batch, Error> {
        self.act(moment, async |tx| batches::release(tx, actor, (batch, None), &[]).await).await
    }

    pub async fn dissolve(&self, moment: Moment, actor: &Actor, batch: BatchId) -> Result<Batch, Error> {
        self.act(moment, async |tx| batches::dissolve(tx, actor, batch, "another one").await).await
    }

    /// Prepares a batch, dissolves it, and prepares another one of the same claims.
    pub async fn prepare_twice(&self, moment: Moment, actor: &Actor, claims: &[ClaimId]) {
        let first = self.prepare(moment, actor, claims).await.unwrap();
        self.dissolve(moment, actor, first.id).await.unwrap();
        self.prepare(moment, actor, claims).await.unwrap();
    }
}
