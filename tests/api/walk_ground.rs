//! The ground of the walk: a case in each state of its life, claims and batches in each of theirs, and everybody who walks.

use crate::attaching::attach;
use crate::case::Case;
use crate::proposals::{accelerator, accelerator_actual};
use crate::ranking::reserve;
use crate::site::{Site, morning};
use crate::walk_beside::{AUTHORITIES, Beside, invite_stranger, recuse};
use crate::walk_holds::hold;
use crate::walk_others::{conflict_override, debarment, delegation, panel, payee_account, recovery, rehearsal};
use crate::walk_table::{Row, WALKERS, rows};
use crate::world::{Applicant, Staff, World, at, text_of};
use rules::actor::Role;
use rules::application::State;
use rules::change_request::ChangeKind;
use rules::decision::Screening;
use rules::ids::{ApplicationId, PersonId};
use serde_json::json;
use uuid::Uuid;

pub const CODE: &str = "ACCELERATOR-PILOT";
pub const DAY: &str = "2026-02-02";
/// The day of the walk, five weeks later.
const TODAY: &str = "2026-03-09";

/// What the committee recommends: less than was asked for. Where an applicant must not know it, it is found in no other case.
pub fn recommended(state: State) -> &'static str {
    match state {
        State::Recommended => "700001.01",
        State::OnReserve => "700005.05",
        State::Refused => "700006.06",
        State::Rejected => "700002.02",
        State::Approved => "700003.03",
        State::Withdrawn => "700004.04",
        _ => "777777.77",
    }
}

/// Why a case is refused of which nobody has told its applicant, although they might by now.
pub const UNTOLD: &str = "the site is under water";

/// Something that a door is about.
#[derive(Clone, Debug)]
pub struct Target {
    /// Which row of the table it is: a state, or oneself or another.
    pub kind: &'static str,
    pub id: Uuid,
    /// Which row of sight it is, where it belongs to a case.
    pub sight: Option<&'static str>,
}

/// A case that stands somewhere.
pub struct Kept {
    /// Its state, or what is special about it.
    pub name: &'static str,
    pub state: &'static str,
    pub sight: &'static str,
    pub id: ApplicationId,
    /// Whether it is the walked organisation's, or another's.
    pub own: bool,
}

pub struct Walker {
    pub who: &'static str,
    pub column: usize,
    pub person: PersonId,
    /// The version of their account.
    pub version: i64,
    pub token: String,
}

pub struct Ground {
    pub rows: Vec<Row>,
    pub site: Site,
    pub world: World,
    pub walkers: Vec<Walker>,
    pub cases: Vec<Kept>,
    pub claims: Vec<Target>,
    pub assessments: Vec<Target>,
    pub batches: Vec<Target>,
    /// An invitation of the viewer to a walked case that was taken back.
    pub withdrawn: Target,
    /// A file of each walked case.
    pub attachments: Vec<Target>,
    pub drafts: Vec<Target>,
    pub rehearsal: Uuid,
    pub relation: Uuid,
    /// Between two who do not walk.
    pub delegation: Uuid,
    /// Both of the walked organisation.
    pub debarment: Uuid,
    pub payee_account: Uuid,
    /// On the walked organisation; it is lifted.
    pub hold: Uuid,
    /// Of the completed case; nobody has confirmed it, and it is withdrawn.
    pub recovery: Uuid,
    pub panel: Uuid,
    pub conflict_override: Uuid,
    /// Two organisations that are related, the walked one among them.
    pub related: [Uuid; 2],
    pub notice: Uuid,
    pub organisation: Uuid,
}

impl Ground {
    pub async fn laid() -> Self {
        let world = World::with(&[CODE], at(DAY, 0)).await;
        let (staff, own, other) = (world.staff().await, world.applicant().await, world.applicant().await);
        let beside = Beside::come(&world).await;
        let mut cases = Vec::new();
        for (state, sight) in State::ALL.map(|state| (state, sight(state))) {
            let case = Self::case(&world, &staff, (&own, Some(&beside)), state).await;
            cases.push(Kept { name: state.code(), state: state.code(), sight, id: case.id, own: true });
        }
        for (name, state) in [("foreign_draft", State::Draft), ("foreign_submitted", State::Submitted)] {
            let case = Self::case(&world, &staff, (&other, None), state).await;
            cases.push(Kept { name, state: state.code(), sight: sight(state), id: case.id, own: false });
        }
        special(&world, &staff, (&own, Some(&beside)), &mut cases).await;
        invite_stranger(&world, cases[0].id, &own, &other).await;
        let site = Site::open(&world.database, &[]);
        site.clock.set(morning(TODAY));
        let walkers = walkers(&world, &site, &staff, (&own, &other, &beside)).await;
        let drafts = drafts(&world).await;
        let mut ground = Self {
            rehearsal: rehearsal(&world, drafts[0].id).await,
            rows: rows(),
            conflict_override: conflict_override(&world, &staff, &cases, &own).await,
            delegation: delegation(&world, &staff).await,
            payee_account: payee_account(&world, &staff, &own).await,
            debarment: debarment(&world, &own).await,
            hold: hold(&world, &staff, &own).await,
            recovery: recovery(&world, &staff, &cases).await,
            relation: world.relate(&staff.officer, (&own, &other), (DAY, None), at(DAY, 0)).await.id.0,
            panel: panel(&world, &staff).await,
            related: [own.organisation.0, other.organisation.0],
            organisation: own.organisation.0,
            notice: id(&world, "SELECT id::text AS line FROM outbox LIMIT 1").await,
            claims: Vec::new(),
            assessments: Vec::new(),
            batches: Vec::new(),
            attachments: Vec::new(),
            withdrawn: Target { kind: "withdrawn", id: Uuid::nil(), sight: Some("assessed") },
            drafts,
            site,
            walkers,
            cases,
            world,
        };
        ground.find(&staff).await;
        ground
    }

    async fn case<'w>(
        world: &'w World,
        staff: &'w Staff,
        (applicant, beside): (&Applicant, Option<&Beside>),
        state: State,
    ) -> Case<'w> {
        let proposal = accelerator("2000000.00", "1000000.00");
        let case = world.draft(staff, applicant, (CODE, proposal), at(DAY, 0)).await;
        attach(&case, at(DAY, 0), "plan.txt").await;
        if let Some(beside) = beside {
            beside.join(&case, applicant).await;
        }
        bring(&case, beside, state).await;
        case
    }

    /// What has come to be in the cases, by its state.
    async fn find(&mut self, staff: &Staff) {
        let database = &self.world.database;
        for case in self.cases.iter().filter(|case| case.own && case.name == case.state) {
            let sql = format!("SELECT id::text AS line FROM attachments WHERE application_id = '{}'", case.id);
            let target = Target { kind: case.state, id: id(&self.world, &sql).await, sight: Some(case.sight) };
            self.attachments.push(target);
        }
        let assessed = self.cases.iter().find(|case| case.name == "in_assessment").unwrap().id;
        let sql = format!(
            "SELECT id::text AS line FROM application_members WHERE application_id = '{assessed}' AND state = 'withdrawn'"
        );
        self.withdrawn.id = id(&self.world, &sql).await;
        for state in ["submitted", "returned", "certified", "paid"] {
            // Of two certified claims, the older one is in no batch.
            let sql = format!("SELECT id::text AS line FROM claims WHERE state = '{state}' ORDER BY id LIMIT 1");
            self.claims.push(Target { kind: state, id: id(&self.world, &sql).await, sight: Some("assessed") });
        }
        for state in ["prepared", "released", "dissolved"] {
            let sql = format!("SELECT id::text AS line FROM batches WHERE state = '{state}' LIMIT 1");
            self.batches.push(Target { kind: state, id: id(&self.world, &sql).await, sight: None });
        }
        for (kind, assessor) in [("at_work", &staff.assessors[0]), ("conflicted", &staff.assessors[2])] {
            let person = assessor.person().unwrap();
            let sql = format!("SELECT id::text AS line FROM assessments WHERE assessor_id = '{person}' ORDER BY id");
            let ids = database.lines(&sql).await;
            let target = |id: String| Target { kind, id: id.parse().unwrap(), sight: Some("assessed") };
            self.assessments.extend(ids.into_iter().map(target));
        }
    }

    /// The hash of every table, and its name: what nobody was let do has changed nothing.
    pub async fn everything(&self) -> Vec<String> {
        let sql = "SELECT table_name || ' ' || md5(query_to_xml('SELECT * FROM ' || quote_ident(table_name) || ' t ORDER BY t::text',
                     true, false, '')::text) AS line FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1";
        self.world.database.lines(sql).await
    }
}

/// A draft in each state, by officers who do not walk; what is published is not in force yet.
async fn drafts(world: &World) -> Vec<Target> {
    let officers = [world.person(&[Role::Officer], &[]).await, world.person(&[Role::Officer], &[]).await];
    let mut drafts = Vec::new();
    for (kind, from) in
        [("draft", None), ("proposed", Some("2098-01-01")), ("published", Some("2099-01-01")), ("discarded", None)]
    {
        let text = format!("{}\n# {kind}\n", text_of(CODE));
        let draft = world.begin_draft(&officers[0], &text, at(DAY, 0)).await;
        if let Some(from) = from {
            world.propose(&officers[0], draft, from, at(DAY, 1)).await.unwrap();
        }
        if kind == "published" {
            world.publish_draft(&officers[1], draft, at(DAY, 1)).await.unwrap();
        }
        if kind == "discarded" {
            world.discard_draft(&officers[0], draft, 1, at(DAY, 1)).await.unwrap();
        }
        drafts.push(Target { kind, id: draft.0, sight: None });
    }
    drafts
}

async fn id(world: &World, sql: &str) -> Uuid {
    world.database.lines(sql).await[0].parse().unwrap()
}

/// Who sees a case in this state, as it comes to be here: by then it was submitted, or assessors were at work on it.
fn sight(state: State) -> &'static str {
    match state {
        State::Draft => "draft",
        State::Submitted | State::Returned | State::Ineligible => "submitted",
        _ => "assessed",
    }
}

/// From a draft to a state: two assessors at work, one off for a conflict; what was recommended is less than was asked for.
async fn bring(case: &Case<'_>, beside: Option<&Beside>, state: State) {
    if state == State::Draft {
        return;
    }
    case.submit(at(DAY, 1)).await.unwrap();
    match state {
        State::Submitted => return,
        State::Returned => {
            case.give_back_for(at(DAY, 1), &["/summary"], "2026-03-02").await.unwrap();
            return;
        }
        State::Ineligible => {
            case.screen(at(DAY, 1), Screening::Ineligible("no start-ups".to_owned())).await.unwrap();
            return;
        }
        _ => case.screen(at(DAY, 1), Screening::Eligible).await.unwrap(),
    };
    let [first, second, conflicted] = &case.staff.assessors;
    let off = case.assign(at(DAY, 1), conflicted).await.unwrap();
    case.declare_conflict(at(DAY, 1), conflicted, &off).await.unwrap();
    recuse(case, beside, at(DAY, 1)).await;
    let work = [case.assign(at(DAY, 1), first).await.unwrap(), case.assign(at(DAY, 1), second).await.unwrap()];
    if state == State::InAssessment {
        return;
    }
    for (assessor, assessment) in [first, second].into_iter().zip(&work) {
        case.score(at(DAY, 1), assessor, assessment, 8).await.unwrap();
    }
    if state == State::OnReserve {
        return reserve(case, at(DAY, 1), recommended(state)).await;
    }
    case.recommend(at(DAY, 1), &case.staff.committee, recommended(state)).await.unwrap();
    match state {
        State::Recommended => {}
        State::Refused => {
            case.refuse(at(DAY, 1), &case.staff.commissioner, (UNTOLD, Some("2026-03-02"))).await.unwrap();
        }
        State::Rejected => {
            case.reject(at(DAY, 1), &case.staff.commissioner, "too much").await.unwrap();
        }
        _ => decide(case, state).await,
    }
}

async fn decide(case: &Case<'_>, state: State) {
    case.approve(at(DAY, 1), &case.staff.commissioner).await.unwrap();
    match state {
        State::Approved => return,
        State::Withdrawn => {
            case.withdraw(at(DAY, 1), "other plans").await.unwrap();
            return;
        }
        // The offer of one case has expired by the day of the walk, those of the others stand.
        State::Lapsed => case.offer(at(DAY, 1)).await.unwrap(),
        _ => case.offer(at(DAY, 10)).await.unwrap(),
    };
    match state {
        State::Declined => drop(case.decline(at(DAY, 11), "other plans").await.unwrap()),
        State::Lapsed => drop(case.lapse(at(DAY, 32), &case.staff.officer).await.unwrap()),
        State::Accepted | State::Suspended | State::Terminated | State::Completed => {
            case.accept(at(DAY, 11)).await.unwrap();
        }
        _ => {}
    }
    let moved_by = match state {
        State::Suspended => Some(ChangeKind::Suspension),
        State::Terminated => Some(ChangeKind::Termination),
        _ => None,
    };
    if let Some(kind) = moved_by {
        case.change(at(DAY, 12), kind, json!({})).await.unwrap();
    }
    if state == State::Completed {
        case.pay(at(DAY, 12), "initial", "194444.44", None).await;
        case.pay(at(DAY, 20), "final", "583333.33", Some(accelerator_actual("2000000.00"))).await;
    }
}

/// Cases that wait for something which those in each state do not.
async fn special(world: &World, staff: &Staff, own: (&Applicant, Option<&Beside>), cases: &mut Vec<Kept>) {
    let mut keep = |name, state: State, sight, id| {
        cases.push(Kept { name, state: state.code(), sight, id, own: true });
    };
    let screened = Ground::case(world, staff, own, State::Submitted).await;
    screened.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    keep("screened", State::InAssessment, "submitted", screened.id);
    let scored = Ground::case(world, staff, own, State::Submitted).await;
    scored.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    recuse(&scored, own.1, at(DAY, 1)).await;
    for assessor in staff.assessors.iter().take(2) {
        let assessment = scored.assign(at(DAY, 1), assessor).await.unwrap();
        scored.score(at(DAY, 1), assessor, &assessment, 8).await.unwrap();
    }
    keep("scored", State::InAssessment, "assessed", scored.id);
    // The committee has refused it while an assessor was still at work.
    let unscored = Ground::case(world, staff, own, State::InAssessment).await;
    unscored.reject(at(DAY, 1), &staff.committee, "weak").await.unwrap();
    keep("unscored", State::Rejected, "assessed", unscored.id);
    for name in ["claimed", "returned", "certified", "batched"] {
        let case = Ground::case(world, staff, own, State::Accepted).await;
        let claim = case.claim(at(DAY, 12), "initial", "194444.44", None).await.unwrap().id;
        if name == "returned" {
            case.give_back(at(DAY, 13), claim, "no invoices").await.unwrap();
        } else if name != "claimed" {
            case.certify(at(DAY, 13), claim, "194444.44").await.unwrap();
        }
        if name == "batched" {
            world.prepare_twice(at(DAY, 14), &staff.preparer, &[claim]).await;
        }
        keep(name, State::Accepted, "assessed", case.id);
    }
}

/// Everybody, signed in.
async fn walkers(
    world: &World,
    site: &Site,
    staff: &Staff,
    applicants: (&Applicant, &Applicant, &Beside),
) -> Vec<Walker> {
    let mut walkers = Vec::new();
    for (column, who) in WALKERS.into_iter().enumerate() {
        let role = match who {
            "free" => Role::Assessor,
            "preparer" => Role::FinancePreparer,
            "releaser" => Role::FinanceReleaser,
            code => Role::from_code(code).unwrap_or(Role::Applicant),
        };
        let actor = match who {
            "own" => applicants.0.actor.clone(),
            "other" => applicants.1.actor.clone(),
            "assessor" => staff.assessors[0].clone(),
            "fellow" => staff.assessors[1].clone(),
            "conflicted" => staff.assessors[2].clone(),
            "viewer" | "editor" | "signer" => {
                let members = &applicants.2.members;
                members[["viewer", "editor", "signer"].iter().position(|known| *known == who).unwrap()].clone()
            }
            "partner" => applicants.2.partner.actor.clone(),
            "recused" => applicants.2.recused.clone(),
            "all" | "insider" => world.person(&Role::ALL, &AUTHORITIES).await,
            _ => world.person(&[role], if role == Role::Approver { &AUTHORITIES } else { &[] }).await,
        };
        let person = actor.person().unwrap();
        if who == "insider" {
            // No act of the house adds a second member to an organisation.
            let organisation = applicants.0.organisation;
            world.database.run(&format!("INSERT INTO memberships VALUES ('{person}', '{organisation}')")).await;
        }
        let sql = format!("SELECT version::text AS line FROM people WHERE id = '{person}'");
        let version = world.database.lines(&sql).await[0].parse().unwrap();
        walkers.push(Walker { who, column, person, version, token: site.token_of(person).await });
    }
    walkers
}
