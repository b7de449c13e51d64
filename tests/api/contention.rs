//! Who waits for whom, and in which words the database says so.

use crate::database::TestDatabase;
use crate::proposals::accelerator;
use crate::world::{World, at, refused};
use almoner::actions::people::change_roles;
use almoner::store::{Connected, people};
use diesel_async::SimpleAsyncConnection;
use rules::actor::Role;
use rules::decision::Screening;
use std::collections::BTreeSet;
use tokio::sync::oneshot;

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
