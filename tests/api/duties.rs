//! One person has at most one of the separated duties of a case: every pair is tried, through the actions and at the database.

use crate::case::Case;
use crate::proposals::accelerator;
use crate::world::{Applicant, Staff, World, at, refused};
use rules::actor::{Actor, Role};
use rules::claim::Claim;
use rules::decision::Screening;
use rules::duty::Duty;
use std::collections::BTreeSet;

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
const AUTHORITIES: [&str; 2] = ["assistant_commissioner", "commissioner"];

/// Every pair, the duty that comes first in the case first.
fn pairs() -> Vec<(Duty, Duty)> {
    // Whoever reviews is tried in `reviews`: a case that was refused takes another way.
    let tried = Duty::ALL.into_iter().filter(|duty| *duty != Duty::Reviewer);
    let after = |held: Duty| tried.clone().filter(move |wanted| *wanted > held).map(move |wanted| (held, wanted));
    tried.clone().flat_map(after).collect()
}

#[tokio::test]
async fn whoever_has_one_duty_of_a_case_is_refused_every_other_one() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    assert_eq!(pairs().len(), 15);
    for (held, wanted) in pairs().into_iter().filter(|(held, _)| *held != Duty::Author) {
        let applicant = world.applicant().await;
        let everything = world.person(&Role::ALL, &AUTHORITIES).await;
        Trial { world: &world, staff: &staff, everything, held, wanted, told: &["duty.separated"] }
            .run(&applicant)
            .await;
    }
    world.prove().await;
}

#[tokio::test]
async fn whoever_wrote_the_application_is_refused_every_duty_even_after_leaving_the_organisation() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    for (held, wanted) in pairs().into_iter().filter(|(held, _)| *held == Duty::Author) {
        let author = world.with_roles(&world.applicant().await, &Role::ALL).await;
        let member = author.actor.clone();
        let told = &["person.own_organisation", "assessment.assessor_of_applicant"];
        Trial { world: &world, staff: &staff, everything: member, held, wanted, told }.run(&author).await;
        let left = Actor { organisations: BTreeSet::new(), ..author.actor.clone() };
        let told = &["duty.separated", "assessment.assessor_of_applicant"];
        Trial { world: &world, staff: &staff, everything: left, held, wanted, told }.run(&author).await;
    }
    world.prove().await;
}

/// One person who may everything has one duty of a case and tries another.
struct Trial<'w> {
    world: &'w World,
    staff: &'w Staff,
    everything: Actor,
    held: Duty,
    wanted: Duty,
    /// The codes with which that may be refused.
    told: &'static [&'static str],
}

impl Trial<'_> {
    /// Who does this duty.
    fn who<'t>(&'t self, duty: Duty, otherwise: &'t Actor) -> &'t Actor {
        if duty == self.held { &self.everything } else { otherwise }
    }

    fn refused<T: std::fmt::Debug>(&self, result: Result<T, almoner::actions::Error>) {
        let code = refused(result);
        assert!(self.told.contains(&code), "{:?} then {:?}: {code}", self.held, self.wanted);
    }

    async fn run(&self, applicant: &Applicant) {
        let proposal = accelerator("2000000.00", "1000000.00");
        let case = self.world.draft(self.staff, applicant, (CODE, proposal), at(DAY, 0)).await;
        case.submit(at(DAY, 1)).await.unwrap();
        case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
        self.assess(&case).await;
        self.decide(&case).await;
        if self.wanted > Duty::Approver {
            case.offer(at(DAY, 7)).await.unwrap();
            case.accept(at(DAY, 7)).await.unwrap();
            let claim = case.claim(at(DAY, 8), "initial", "250000.00", None).await.unwrap();
            let (claim, _) = case.certify(at(DAY, 8), claim.id, "250000.00").await.unwrap();
            self.pay(claim).await;
        }
    }

    async fn assess(&self, case: &Case<'_>) {
        if self.wanted == Duty::Assessor {
            self.refused(case.assign(at(DAY, 2), &self.everything).await);
        }
        let [first, second, _] = &self.staff.assessors;
        for assessor in [self.who(Duty::Assessor, first), second] {
            let assessment = case.assign(at(DAY, 2), assessor).await.unwrap();
            case.score(at(DAY, 3), assessor, &assessment, 8).await.unwrap();
        }
    }

    async fn decide(&self, case: &Case<'_>) {
        let everything = &self.everything;
        if self.wanted == Duty::Recommender {
            self.refused(case.recommend(at(DAY, 4), everything, "1000000.00").await);
            self.refused(case.reject(at(DAY, 4), everything, "no").await);
        }
        let committee = self.who(Duty::Recommender, &self.staff.committee);
        case.recommend(at(DAY, 4), committee, "1000000.00").await.unwrap();
        if self.wanted == Duty::Approver {
            self.refused(case.approve(at(DAY, 5), everything).await);
            self.refused(case.reject(at(DAY, 5), everything, "no").await);
        }
        case.approve(at(DAY, 5), self.who(Duty::Approver, &self.staff.assistant)).await.unwrap();
    }

    async fn pay(&self, claim: Claim) {
        let (world, everything) = (self.world, &self.everything);
        if self.wanted == Duty::PaymentPreparer {
            self.refused(world.prepare(at(DAY, 9), everything, &[claim.id]).await);
        }
        let preparer = self.who(Duty::PaymentPreparer, &self.staff.preparer);
        let batch = world.prepare(at(DAY, 9), preparer, &[claim.id]).await.unwrap();
        if self.wanted == Duty::PaymentReleaser {
            self.refused(world.release(at(DAY, 10), everything, batch.id).await);
        }
        world.release(at(DAY, 10), &self.staff.releaser, batch.id).await.unwrap();
    }
}

#[tokio::test]
async fn the_database_refuses_a_second_duty_of_a_case_by_itself() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("2.00", "1.00")), at(DAY, 0)).await;
    let person = world.person(&Role::ALL, &AUTHORITIES).await.person().unwrap();
    let take = |duty: Duty| format!("INSERT INTO case_duties VALUES ('{}', '{person}', '{}');", case.id, duty.code());
    for held in Duty::ALL {
        for wanted in Duty::ALL {
            let both = format!("BEGIN; {} {}", take(held), take(wanted));
            let told = world.database.as_server(&both).await.unwrap_err();
            assert!(told.contains("case_duties_pkey"), "{held:?} then {wanted:?}: {told}");
        }
        // One alone is taken; the transaction is given up, so that the next one can be tried.
        world.database.as_server(&format!("BEGIN; {} ROLLBACK;", take(held))).await.unwrap();
    }
}

#[tokio::test]
async fn the_database_takes_no_act_of_somebody_without_its_duty() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    let other = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    // A broken server, which writes down that somebody else has the duty.
    let stranger = world.person(&[Role::Auditor], &[]).await.person().unwrap();
    let confuse = format!("BEGIN NEW.person_id := ''{stranger}''; RETURN NEW; END");
    world.database.run(&format!("CREATE FUNCTION confuse() RETURNS trigger LANGUAGE plpgsql AS '{confuse}'")).await;
    let forgets = "CREATE TRIGGER confuses BEFORE INSERT ON case_duties FOR EACH ROW EXECUTE FUNCTION confuse()";
    let lacks = |done: String, duty: &str| assert!(done.contains(&format!("has not the duty {duty}")), "{done}");
    let remembers = "DROP TRIGGER confuses ON case_duties";
    world.database.run(forgets).await;
    lacks(format!("{:?}", case.invite(at(DAY, 2), &staff.assessors[0]).await), "assessor");
    let authors = format!("DELETE FROM case_duties WHERE application_id = '{}'", other.id);
    let kept = "ALTER TABLE case_duties DISABLE TRIGGER case_duties_append_only";
    world.database.run(&format!("{kept}; {authors}; {}", kept.replace("DISABLE", "ENABLE"))).await;
    lacks(format!("{:?}", other.submit(at(DAY, 2)).await), "author");
    world.database.run(remembers).await;

    let case = crate::change_requests::awarded(&world, &staff, &applicant, "20000000.00").await;
    let claim = case.claim(at(DAY, 8), "initial", "5000000.00", None).await.unwrap().id;
    case.certify(at(DAY, 8), claim, "5000000.00").await.unwrap();
    world.database.run(forgets).await;
    lacks(format!("{:?}", world.prepare(at(DAY, 9), &staff.preparer, &[claim]).await), "payment_preparer");
    world.database.run(remembers).await;
    let batch = world.prepare(at(DAY, 9), &staff.preparer, &[claim]).await.unwrap();
    world.database.run(forgets).await;
    lacks(format!("{:?}", world.release(at(DAY, 10), &staff.releaser, batch.id).await), "payment_releaser");
    world.database.run(remembers).await;
    world.release(at(DAY, 10), &staff.releaser, batch.id).await.unwrap();
    world.prove().await;
}

#[tokio::test]
async fn nobody_takes_a_duty_on_a_case_of_an_organisation_that_they_act_for() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("2.00", "1.00")), at(DAY, 0)).await;
    let member = world.with_roles(&applicant, &Role::ALL).await.actor.person().unwrap();
    for duty in Duty::ALL.into_iter().filter(|duty| *duty != Duty::Author) {
        let take = format!("INSERT INTO case_duties VALUES ('{}', '{member}', '{}')", case.id, duty.code());
        let told = world.database.as_server(&take).await.unwrap_err();
        assert!(told.contains("on the side of the applicant"), "{duty:?}: {told}");
    }
}
