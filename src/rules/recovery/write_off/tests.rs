use super::*;
use crate::permission::Verb;
use crate::recovery::RecoveryKind;
use crate::recovery::tests::{TODAY, charge, code, confirmed, entry_id, new, receive};
use crate::sample::{cents, instant, permit, person};
use uuid::Uuid;

fn limits() -> Vec<ReleaseLimit> {
    ["clerk:100.00", "director:none"].map(|text| text.parse().unwrap()).to_vec()
}

fn asked(recovery: &Recovery, amount: &str, by: u128, duties: &Duties) -> Result<Recovery, Refusal> {
    let number = u128::try_from(recovery.write_offs.len()).unwrap().saturating_add(200);
    let asked = (WriteOffId(Uuid::from_u128(number)), cents(amount), "gone");
    let by = (person(by), instant(TODAY));
    recovery.clone().ask_write_off(&permit(Verb::RecoveryAskWriteOff), asked, by, duties).map(|(_, asked)| asked)
}

#[test]
fn a_write_off_is_by_two_within_an_authority_and_by_nobody_who_has_paid() {
    let owed = charge(confirmed(new(RecoveryKind::Misspent, "1000.00")), TODAY, 60).unwrap();
    let paid = |duty| Duties { held: [(person(5), duty)].into(), ..Duties::default() };
    for duty in Duty::ALL {
        let has_paid = matches!(duty, Duty::PaymentPreparer | Duty::PaymentReleaser);
        let told = asked(&owed, "1.00", 5, &paid(duty)).err().map(code);
        assert_eq!(told, has_paid.then_some("recovery.has_paid"), "{duty:?}");
    }
    for amount in ["0.00", "1016.44"] {
        let told = asked(&owed, amount, 6, &Duties::default()).err().map(code);
        assert_eq!(told, Some("recovery.above_outstanding"), "{amount}");
    }
    let waits = asked(&owed, "100.01", 6, &Duties::default()).unwrap();
    let approve_on = |on: &str, recovery: &Recovery, id, by, held: &str, limits: &[ReleaseLimit], duties: &Duties| {
        let held = BTreeSet::from([held.to_owned()]);
        let approving = Approving { by: person(by), at: instant(on), held: &held, limits, duties };
        let ids = (WriteOffId(Uuid::from_u128(id)), [entry_id(89), entry_id(90)]);
        recovery.clone().write_off(&permit(Verb::RecoveryWriteOff), ids, approving).map(|(_, written)| written)
    };
    let approve = |recovery: &Recovery, id, by, held: &str, limits: &[ReleaseLimit], duties: &Duties| {
        approve_on(TODAY, recovery, id, by, held, limits, duties)
    };
    let none = Duties::default();
    let again = asked(&waits, "50.00", 6, &none).unwrap();
    for (recovery, id, by, held, limits, duties, refused) in [
        (&waits, 200, 6, "director", &limits()[..], &none, "recovery.own_write_off"),
        (&waits, 200, 7, "director", &[], &none, "recovery.no_limits"),
        (&waits, 200, 7, "clerk", &limits(), &none, "recovery.write_off_above_limit"),
        (&waits, 200, 7, "nobody", &limits(), &none, "recovery.write_off_above_limit"),
        (&waits, 200, 5, "director", &limits(), &paid(Duty::PaymentReleaser), "recovery.has_paid"),
        (&waits, 201, 7, "director", &limits(), &none, "not_found"),
        (&again, 200, 7, "director", &limits(), &none, "recovery.write_off_over"),
    ] {
        assert_eq!(approve(recovery, id, by, held, limits, duties).err().map(code), Some(refused), "{id} {by} {held}");
    }
    // Interest is given up before the principal.
    let written = approve(&waits, 200, 7, "director", &limits(), &none).unwrap();
    let sums = written.sums().unwrap();
    assert_eq!((sums.principal, sums.interest, sums.written_off), (cents("916.42"), Cents::ZERO, cents("100.01")));
    // What has run up until that day is charged first: 30 days more at 10% are 8.21.
    let later = approve_on("2026-04-01", &waits, 200, 7, "director", &limits(), &none).unwrap().sums().unwrap();
    assert_eq!((later.charged, later.principal, later.interest), (cents("24.64"), cents("924.63"), Cents::ZERO));
    let over = approve(&written, 200, 7, "director", &limits(), &none).err();
    assert_eq!(over.map(code), Some("recovery.write_off_over"));
    let (_, less) = receive(waits, "1000.00", TODAY, 91).unwrap();
    let late = approve(&less, 200, 7, "director", &limits(), &none).err();
    assert_eq!(late.map(code), Some("recovery.above_outstanding"));
}
