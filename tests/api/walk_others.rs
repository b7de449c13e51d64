//! What stands on the ground of the walk between people who do not walk.

use crate::debarring::{Two, against_organisation};
use crate::payee_accounts::written;
use crate::site::settings;
use crate::walk_ground::{CODE, DAY, Kept};
use crate::world::{Applicant, Staff, World, at, cents};
use almoner::access::Access;
use almoner::actions::panels::{self, Opening};
use almoner::actions::{assessors, delegations, payee_accounts, recoveries};
use almoner::store::Tx;
use rules::actor::Role;
use rules::assessor::{Interest, Tie};
use rules::calendar::Day;
use rules::debarment::{DebarmentKind, NewDebarment};
use rules::delegation::NewDelegation;
use rules::ids::{DelegationId, RecoveryId, SchemeDraftId};
use rules::recovery::{NewRecovery, RecoveryKind};
use uuid::Uuid;

/// That somebody who does not walk assesses a case although they work for the applicant.
pub async fn conflict_override(world: &World, staff: &Staff, cases: &[Kept], own: &Applicant) -> Uuid {
    let (second, assessor) = (world.person(&[Role::Officer], &[]).await, world.person(&[Role::Assessor], &[]).await);
    let case = cases.iter().find(|case| case.name == "screened").unwrap().id;
    let (id, sql) = (assessor.person().unwrap(), "SELECT name AS line FROM organisations WHERE id");
    let name = world.database.lines(&format!("{sql} = '{}'", own.organisation)).await.remove(0);
    let interest = Interest { tie: Tie::Employment, organisation: Some(name), ubi: None, person: None };
    let declared = world.act(at(DAY, 1), async |tx| {
        assessors::declare(tx, &assessor, id, (vec![interest], false)).await?;
        let wanted = (id, "the only expert");
        let proposed = assessors::propose_override(tx, &staff.officer, case, wanted).await?;
        assessors::confirm_override(tx, &second, proposed.id).await
    });
    declared.await.unwrap().id.0
}

/// A delegation between two who do not walk.
pub async fn delegation(world: &World, staff: &Staff) -> Uuid {
    let (of, to) = (staff.commissioner.person().unwrap(), staff.assistant.person().unwrap());
    let [from, until] = ["2026-02-03", "2026-12-31"].map(|day| Day::parse(day).unwrap());
    let id = DelegationId(Uuid::now_v7());
    let new = NewDelegation { id, of, to, from, until, scheme: None, reason: "leave".to_owned() };
    let recorded = world.act(at(DAY, 1), async |tx| delegations::record(tx, &staff.commissioner, new).await);
    recorded.await.unwrap().id.0
}

/// An adverse record of the walked organisation, by two who do not walk: with it, nothing of the walk is refused.
pub async fn debarment(world: &World, own: &Applicant) -> Uuid {
    let adverse = NewDebarment { kind: DebarmentKind::Adverse, ..against_organisation(own, DAY) };
    Two::of(world).await.debar(adverse, at(DAY, 1)).await.0
}

/// An account of the walked organisation that is over: what is paid goes where it went.
pub async fn payee_account(world: &World, staff: &Staff, own: &Applicant) -> Uuid {
    let access = Access::new(&settings(&world.database.url(), &[])).unwrap();
    let act = world.act(at(DAY, 1), async |tx| {
        let account = (own.organisation, &written("123456"));
        let proposed = payee_accounts::propose(tx, &staff.preparer, &access, account).await?;
        payee_accounts::end(tx, &staff.releaser, &access, (proposed.id, "a slip")).await
    });
    act.await.unwrap().id.0
}

/// A demand on the completed case, withdrawn before anybody confirmed it: nothing more becomes of it.
pub async fn recovery(world: &World, staff: &Staff, cases: &[Kept]) -> Uuid {
    let case = cases.iter().find(|case| case.name == "completed").unwrap().id;
    let (kind, principal, reason) = (RecoveryKind::Unspent, Some(cents("1.00")), "left".to_owned());
    let id = RecoveryId(Uuid::now_v7());
    let new = NewRecovery { id, serial: 0, kind, principal, reason, due_on: None, interest: None, income: None };
    let act = world.act(at(DAY, 30), async |tx| {
        recoveries::raise(tx, &staff.officer, case, (new, 30)).await?;
        recoveries::withdraw(tx, &staff.officer, id, "a slip").await
    });
    act.await.unwrap().id.0
}

/// A rehearsal of a draft, by an officer who does not walk; it waits.
pub async fn rehearsal(world: &World, draft: Uuid) -> Uuid {
    let officer = world.person(&[Role::Officer], &[]).await;
    world.rehearse(&officer, SchemeDraftId(draft), (None, None), at(DAY, 1)).await.unwrap().id
}

/// What ranks the scored cases.
pub async fn panel(world: &World, staff: &Staff) -> Uuid {
    let opening = Opening { scheme: CODE.to_owned(), round: None, name: "The first".to_owned(), applications: None };
    let opened = async |tx: &mut Tx<'_>| panels::open(tx, &staff.officer, &world.schemes, opening.clone()).await;
    world.act(at(DAY, 1), opened).await.unwrap().id.0
}
