//! Who waits for whom, and in which words the database says so.

use crate::database::TestDatabase;
use crate::desk::Desk;
use crate::proposals::accelerator;
use crate::site::morning;
use crate::world::{World, at, refused, text_of};
use almoner::actions::people::change_roles;
use almoner::store::{Connected, people};
use diesel_async::SimpleAsyncConnection;
use rules::actor::Role;
use rules::decision::Screening;
use serde_json::json;
use std::collections::BTreeSet;
use tokio::sync::oneshot;

pub const CODES: &[&str] = &["approval.authority_too_low", "caller.changed", "permission.denied", "unauthenticated"];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

#[tokio::test]
async fn a_case_is_not_given_to_somebody_whose_account_is_being_closed() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let administrator = world.person(&[Role::Administrator], &[]).await;
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    let assessor = &staff.assessors[0];
    let id = assessor.person().unwrap();
    let (closing, begun) = oneshot::channel();
    let close = world.act(at(DAY, 2), async |tx| {
        let version = people::find(tx, id).await?.unwrap().version;
        change_roles(tx, &administrator, id, version, BTreeSet::new(), false).await?;
        closing.send(()).unwrap();
        world.database.until_waiting(1).await;
        Ok(())
    });
    let assign = async {
        begun.await.unwrap();
        case.assign(at(DAY, 2), assessor).await
    };
    let (closed, assigned) = tokio::join!(close, assign);
    closed.unwrap();
    assert_eq!(refused(assigned), "assessment.not_an_assessor");
}

#[tokio::test]
async fn the_database_is_asked_to_speak_english_whatever_language_it_has() {
    let database = TestDatabase::migrated().await;
    let other =
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET lc_messages = %L', current_database(), 'POSIX'); END $$";
    database.run(other).await;
    let mut reader = database.db().reader().await.unwrap();
    let asked = "DO $$ BEGIN ASSERT current_setting('lc_messages') = 'C', current_setting('lc_messages'); END $$";
    reader.connection().batch_execute(asked).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_from_somebody_while_they_wait_for_a_lock_is_not_done_by_them_once_more() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let administrator = desk.sign_in(&world.person(&[Role::Administrator], &[]).await).await;
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    case.to_recommended(at(DAY, 0), "30000000.00").await;
    let approval = format!("/api/v1/applications/{}/approval", case.id);
    // The case itself is waited for, or the money of the scheme, which is locked last of all.
    let locks = [
        format!("SELECT 1 FROM applications WHERE id = '{}' FOR UPDATE", case.id),
        format!("SELECT 1 FROM envelopes WHERE scheme_code = '{CODE}' FOR UPDATE"),
    ];
    world.database.run(&format!("INSERT INTO envelopes VALUES ('{CODE}', NULL, 0)")).await;
    let taken = [
        ("roles", json!({ "roles": ["officer"], "active": true })),
        ("roles", json!({ "roles": ["approver"], "active": false })),
        ("authorities", json!({ "authorities": ["assistant_commissioner"] })),
    ];
    for (lock, (what, instead)) in locks.iter().flat_map(|lock| taken.iter().map(move |taken| (lock, taken))) {
        let approver = world.person(&[Role::Approver], &["commissioner"]).await;
        let caller = desk.sign_in(&approver).await;
        let (before, held) = (case.read().await, world.database.hold(lock).await);
        let late = desk.site.send_while(&caller.post(&*approval, &json!({ "amount": "30000000.00" })), async {
            world.database.until_waiting(1).await;
            let path = format!("/api/v1/people/{}/{what}", approver.person().unwrap().0);
            let version = i64::from(approver.version);
            assert_eq!(administrator.send(&administrator.put(path, instead, version)).told(), (200, ""));
            held.let_go().await;
        });
        assert_eq!(desk.noted(late).refused(), (409, "caller.changed"), "{instead}");
        assert_eq!(case.read().await, before);
        let again = desk.send(&caller.post(&*approval, &json!({ "amount": "30000000.00" })));
        assert!(matches!(again.refused(), (401 | 403, _)), "{again:?}");
    }
    let commissioner = desk.sign_in(&staff.commissioner).await;
    assert_eq!(
        commissioner.send(&commissioner.post(&*approval, &json!({ "amount": "30000000.00" }))).told(),
        (200, "")
    );
    world.prove().await;
    desk.told_exactly(CODES);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_lent_or_limited_otherwise_while_an_approval_waits_is_asked_again_before_it_counts() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let administrator = desk.sign_in(&world.person(&[Role::Administrator], &[]).await).await;
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    case.to_recommended(at(DAY, 0), "30000000.00").await;
    world.database.run(&format!("INSERT INTO envelopes VALUES ('{CODE}', NULL, 0)")).await;
    let money = format!("SELECT 1 FROM envelopes WHERE scheme_code = '{CODE}' FOR UPDATE");
    let (path, body) = (format!("/api/v1/applications/{}/approval", case.id), json!({ "amount": "30000000.00" }));

    // The authority of somebody absent is taken from them while their deputy waits.
    let deputy = world.person(&[Role::Approver], &["assistant_commissioner"]).await;
    let absent = desk.sign_in(&staff.commissioner).await;
    let leave = json!({ "to": deputy.person().unwrap(), "from": DAY, "until": "2026-02-11", "reason": "annual leave" });
    assert_eq!(absent.send(&absent.post("/api/v1/delegations", &leave)).told(), (201, ""));
    let acting = desk.sign_in(&deputy).await;
    let (before, held) = (case.read().await, world.database.hold(&money).await);
    let late = desk.site.send_while(&acting.post(&*path, &body), async {
        world.database.until_waiting(1).await;
        let authorities = format!("/api/v1/people/{}/authorities", staff.commissioner.person().unwrap().0);
        let (instead, version) = (json!({ "authorities": ["secretary"] }), i64::from(staff.commissioner.version));
        assert_eq!(administrator.send(&administrator.put(authorities, &instead, version)).told(), (200, ""));
        held.let_go().await;
    });
    assert_eq!(late.refused(), (409, "caller.changed"));
    assert_eq!(case.read().await, before);

    // Another text of the scheme comes into force, and another day begins, while somebody waits with what held before.
    let other = world.person(&[Role::Approver], &["commissioner"]).await;
    let other = desk.sign_in(&other).await;
    let held = world.database.hold(&money).await;
    let late = desk.site.send_while(&other.post(&*path, &body), async {
        world.database.until_waiting(1).await;
        world.publish(format!("{}\n# Another one.\n", text_of(CODE)), at(DAY, 0)).await;
        held.let_go().await;
    });
    assert_eq!(late.refused(), (503, "unavailable"));
    let held = world.database.hold(&format!("UPDATE envelopes SET limit_on = '{DAY}'::date + 1")).await;
    let late = desk.site.send_while(&other.post(&*path, &body), async {
        world.database.until_waiting(1).await;
        held.let_go().await;
    });
    assert_eq!(late.refused(), (503, "unavailable"));
    assert_eq!((case.read().await, world.committed(CODE).await), (before, 0));
    world.database.run("UPDATE envelopes SET limit_on = NULL").await;
    assert_eq!(other.send(&other.post(&*path, &body)).told(), (200, ""));
    world.prove().await;
}
