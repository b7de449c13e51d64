use super::*;
use crate::actor::{Actor, Role, Who};
use crate::event::Subject;
use crate::permission::Verb;
use crate::sample::{day, instant, person};
use std::collections::BTreeSet;
use uuid::Uuid;

const OWN: OrganisationId = OrganisationId(Uuid::from_u128(2));
const TODAY: &str = "2026-02-02";

fn permit(verb: Verb) -> Permit {
    let roles = BTreeSet::from([Role::FinancePreparer]);
    let actor = Actor { who: Who::Person(person(1)), roles, ..Actor::visitor() };
    actor.may(verb, Subject::Organisation(OWN)).unwrap()
}

fn sealed(fingerprint: &str) -> Sealed {
    let text = Vec::new();
    Sealed {
        kind: PayeeAccountKind::Account,
        ending: "001".into(),
        fingerprint: fingerprint.into(),
        key: "k".into(),
        text,
    }
}

fn proposed(id: u128, fingerprint: &str, others: &[PayeeAccount], on: &str) -> Result<PayeeAccount, Refusal> {
    let id = PayeeAccountId(Uuid::from_u128(id));
    let acting = (person(1), instant(on));
    let account = propose(&permit(Verb::PayeeAccountPropose), (id, OWN), sealed(fingerprint), others, acting);
    account.map(|(_, account)| account)
}

fn confirm(account: &PayeeAccount, (by, on): (u128, &str), typed: (&str, &str)) -> Result<PayeeAccount, Refusal> {
    let acting = (person(by), instant(on));
    let confirmed = account.clone().confirm(&permit(Verb::PayeeAccountConfirm), typed, 5, acting);
    confirmed.map(|(_, account)| account)
}

fn end(account: &PayeeAccount) -> Result<PayeeAccount, Refusal> {
    let ended = account.clone().end(&permit(Verb::PayeeAccountEnd), "closed", (person(1), instant(TODAY)));
    ended.map(|(_, account)| account)
}

fn read(kind: PayeeAccountKind, holder: &str, bank: Option<&str>, number: &str) -> Result<Coordinates, Refusal> {
    let [holder, number] = [holder, number].map(str::to_owned);
    Written { kind, holder, bank: bank.map(str::to_owned), number }.read()
}

fn code<T: fmt::Debug>(told: Result<T, Refusal>) -> Option<&'static str> {
    told.err().map(|refusal| refusal.code())
}

#[test]
fn an_account_is_read_as_its_digits_and_what_is_none_is_refused_without_being_repeated() {
    use PayeeAccountKind::{Account, FpsId};
    let long = "x".repeat(141);
    for (kind, holder, bank, number, told) in [
        (Account, "Peak", Some("004"), "123-456 789-001", None),
        (Account, "Peak", Some("004"), "123456", None),
        (Account, "Peak", Some("0-04"), "12345678901234", None),
        (FpsId, "Peak", None, "1234567", None),
        (FpsId, "Peak", None, "123456789", None),
        (Account, " ", Some("004"), "123456", Some("payee_account.holder")),
        (Account, "=Peak", Some("004"), "123456", Some("payee_account.holder")),
        (Account, "Pe\nak", Some("004"), "123456", Some("payee_account.holder")),
        (Account, long.as_str(), Some("004"), "123456", Some("payee_account.holder")),
        (Account, "Peak", None, "123456", Some("payee_account.bank")),
        (Account, "Peak", Some("04"), "123456", Some("payee_account.bank")),
        (Account, "Peak", Some("0O4"), "123456", Some("payee_account.bank")),
        (FpsId, "Peak", Some("004"), "1234567", Some("payee_account.bank")),
        (Account, "Peak", Some("004"), "12345", Some("payee_account.number")),
        (Account, "Peak", Some("004"), "123456789012345", Some("payee_account.number")),
        (Account, "Peak", Some("004"), "12345６", Some("payee_account.number")),
        (Account, "Peak", Some("004"), "--", Some("payee_account.number")),
        (FpsId, "Peak", None, "12345678", Some("payee_account.number")),
    ] {
        let read = read(kind, holder, bank, number);
        if let Err(refusal) = &read {
            assert!(!refusal.to_string().contains(number), "{refusal}");
        }
        assert_eq!(code(read), told, "{kind:?} {bank:?} {number}");
    }
    let account = read(Account, " Peak ", Some("004"), "123-456789-001").unwrap();
    assert_eq!(
        (account.digits().as_str(), account.ending().as_str(), account.holder.as_str()),
        ("004123456789001", "001", "Peak")
    );
    assert_eq!(format!("{account:?} {:?}", sealed("f")), r#"Coordinates Sealed { kind: Account, key: "k", .. }"#);
    let fps = read(FpsId, "Peak", None, "1234567").unwrap();
    assert_eq!(fps.digits(), "fps_id 1234567");
}

#[test]
fn it_is_confirmed_by_another_who_types_in_the_same_and_is_used_after_its_wait() {
    let account = proposed(1, "f", &[], TODAY).unwrap();
    assert_eq!(account.state(day(TODAY)), PayeeAccountState::Proposed);
    for (by, typed, told) in [
        (1, ("f", "called back"), "payee_account.same_person"),
        (2, ("g", "called back"), "payee_account.differs"),
        (2, ("f", " "), "text.length"),
    ] {
        assert_eq!(code(confirm(&account, (by, TODAY), typed)), Some(told));
    }
    let confirmed = confirm(&account, (2, TODAY), ("f", "called back")).unwrap();
    assert_eq!(code(confirm(&confirmed, (3, TODAY), ("f", "again"))), Some("payee_account.confirmed"));
    let accounts = [confirmed];
    for (on, state, used) in [
        ("2026-02-06", PayeeAccountState::Waiting, false),
        ("2026-02-07", PayeeAccountState::InForce, true),
        ("2027-02-07", PayeeAccountState::InForce, true),
    ] {
        assert_eq!((accounts[0].state(day(on)), in_force(&accounts, day(on)).is_some()), (state, used), "{on}");
    }
    let ended = end(&accounts[0]).unwrap();
    assert_eq!(ended.state(day("2026-02-07")), PayeeAccountState::Ended);
    assert_eq!(in_force(std::slice::from_ref(&ended), day("2026-02-07")), None);
    assert_eq!(code(end(&ended)), Some("payee_account.over"));
    assert_eq!(code(confirm(&end(&account).unwrap(), (2, TODAY), ("f", "x"))), Some("payee_account.over"));
}

#[test]
fn the_one_before_is_used_until_the_next_one_is_and_one_change_is_under_way_at_a_time() {
    let first = confirm(&proposed(1, "f", &[], TODAY).unwrap(), (2, TODAY), ("f", "seen")).unwrap();
    let waits = std::slice::from_ref(&first);
    assert_eq!(code(proposed(2, "g", waits, "2026-02-06")), Some("payee_account.under_way"));
    assert_eq!(code(proposed(2, "f", waits, "2026-02-07")), Some("payee_account.unchanged"));
    let second = proposed(2, "g", waits, "2026-02-07").unwrap();
    let both = [first.clone(), second.clone()];
    assert_eq!(code(proposed(3, "h", &both, "2026-02-07")), Some("payee_account.under_way"));
    let second = confirm(&second, (2, "2026-02-08"), ("g", "seen")).unwrap();
    let both = [first.clone(), second.clone()];
    for (on, used) in [("2026-02-12", first.id), ("2026-02-13", second.id)] {
        assert_eq!(in_force(&both, day(on)).map(|account| account.id), Some(used), "{on}");
    }
    // What is stopped while it waits replaces nothing.
    let both = [first.clone(), end(&second).unwrap()];
    assert_eq!(in_force(&both, day("2026-02-13")).map(|account| account.id), Some(first.id));
}

#[test]
fn only_the_same_account_is_sealed_anew() {
    let account = proposed(1, "f", &[], TODAY).unwrap();
    let permit = Actor::console().may(Verb::PayeeAccountReseal, Subject::Organisation(OWN)).unwrap();
    assert_eq!(code(account.clone().reseal(&permit, sealed("g"))), Some("payee_account.differs"));
    let (_, resealed) = account.reseal(&permit, Sealed { key: "new".into(), ..sealed("f") }).unwrap();
    assert_eq!(resealed.sealed.key, "new");
}
