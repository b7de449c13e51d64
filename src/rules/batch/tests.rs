//! What becomes of a batch in each of its states.

use super::*;
use crate::permission::Verb;
use crate::sample::{application, cents, instant, permit, person};
use uuid::Uuid;

fn batch(state: BatchState) -> Batch {
    let (claim, application) = (ClaimId(Uuid::from_u128(5)), application(State::Suspended).id);
    Batch {
        id: BatchId(Uuid::from_u128(6)),
        reference: "PAY-2025-000001".to_owned(),
        state,
        prepared_by: person(7),
        prepared_at: instant("2025-05-05"),
        released: None,
        pay_on: None,
        released_under: None,
        dissolved: None,
        payments: vec![Payment {
            claim,
            application,
            amount: cents("100.00"),
            account: None,
            set_off: None,
            standing: Standing::default(),
        }],
        total: cents("100.00"),
    }
}

#[test]
fn a_batch_that_waits_is_dissolved_by_anybody_of_finance_for_a_reason_and_only_once() {
    let permit = permit(Verb::BatchDissolve);
    let dissolve = |state, by: u128, reason: &str| {
        batch(state).dissolve(&permit, (person(by), instant("2025-05-06")), reason).map(|(change, batch)| {
            // Nothing else is written: no duty, no claim, no posting.
            assert!(matches!(change.writes(), [Write::Batch(written)] if *written == batch));
            (batch.state, batch.released, batch.dissolved.map(|dissolution| (dissolution.by, dissolution.reason)))
        })
    };
    for by in [7, 8] {
        let dissolved = dissolve(BatchState::Prepared, by, " no more ").unwrap();
        assert_eq!(dissolved, (BatchState::Dissolved, None, Some((person(by), "no more".to_owned()))));
    }
    for (state, reason, code) in [
        (BatchState::Prepared, " ", "text.length"),
        (BatchState::Released, "too late", "batch.released"),
        (BatchState::Dissolved, "again", "batch.dissolved"),
    ] {
        assert_eq!(dissolve(state, 8, reason).unwrap_err().code(), code);
    }
}

#[test]
fn what_was_dissolved_is_not_released_and_every_state_is_known_by_its_code() {
    let held = BTreeSet::new();
    let (by, at) = (person(8), instant("2025-05-06"));
    let by = Releasing { by, at, held: &held, limits: &[], pay_on: None };
    let released =
        batch(BatchState::Dissolved).release(&permit(Verb::BatchRelease), by, (Vec::new(), Debts::default()));
    assert_eq!(released.unwrap_err().code(), "batch.dissolved");
    for state in [BatchState::Prepared, BatchState::Released, BatchState::Dissolved] {
        assert_eq!(BatchState::from_code(state.code()), Some(state));
    }
}
