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

fn coordinates(number: &str) -> Coordinates {
    read(PayeeAccountKind::Account, "Peak Labs", Some("004"), number).unwrap()
}

/// Proposed was the account that ends in 001.
fn confirm(
    account: &PayeeAccount,
    (by, on): (u128, &str),
    (number, check): (&str, &str),
) -> Result<PayeeAccount, Refusal> {
    let (acting, proposed, typed) = ((person(by), instant(on)), coordinates("123456001"), coordinates(number));
    let confirmed = account.clone().confirm(&permit(Verb::PayeeAccountConfirm), (&proposed, &typed, check), 5, acting);
    confirmed.map(|(_, account)| account)
}

fn end(account: &PayeeAccount, on: &str) -> Result<PayeeAccount, Refusal> {
    let ended = account.clone().end(&permit(Verb::PayeeAccountEnd), (None, "closed"), (person(1), instant(on)));
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
        (Account, "Pe\u{ffff}ak", Some("004"), "123456", Some("payee_account.holder")),
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
        (1, ("123456001", "called back"), "payee_account.same_person"),
        (2, ("123456002", "called back"), "payee_account.differs"),
        (2, ("123456001", " "), "text.length"),
        (2, ("123456001", "statement of 004 123-456 001"), "payee_account.in_words"),
    ] {
        assert_eq!(code(confirm(&account, (by, TODAY), typed)), Some(told));
    }
    let confirmed = confirm(&account, (2, TODAY), ("123456001", "called back")).unwrap();
    assert_eq!(code(confirm(&confirmed, (3, TODAY), ("123456001", "again"))), Some("payee_account.confirmed"));
    let accounts = [confirmed];
    for (on, state, used) in [
        ("2026-02-06", PayeeAccountState::Waiting, false),
        ("2026-02-07", PayeeAccountState::InForce, true),
        ("2027-02-07", PayeeAccountState::InForce, true),
    ] {
        assert_eq!((accounts[0].state(day(on)), in_force(&accounts, day(on)).is_some()), (state, used), "{on}");
    }
    let ended = end(&accounts[0], "2026-02-07").unwrap();
    assert_eq!(ended.state(day("2026-02-07")), PayeeAccountState::Ended);
    assert_eq!(in_force(std::slice::from_ref(&ended), day("2026-02-07")), None);
    assert_eq!(code(end(&ended, TODAY)), Some("payee_account.over"));
    assert_eq!(
        code(confirm(&end(&account, TODAY).unwrap(), (2, TODAY), ("123456001", "x"))),
        Some("payee_account.over")
    );
}

#[test]
fn the_one_before_is_used_until_the_next_one_is_and_one_change_is_under_way_at_a_time() {
    let first = confirm(&proposed(1, "f", &[], TODAY).unwrap(), (2, TODAY), ("123456001", "seen")).unwrap();
    let waits = std::slice::from_ref(&first);
    assert_eq!(code(proposed(2, "g", waits, "2026-02-06")), Some("payee_account.under_way"));
    assert_eq!(code(proposed(2, "f", waits, "2026-02-07")), Some("payee_account.unchanged"));
    let second = proposed(2, "g", waits, "2026-02-07").unwrap();
    let both = [first.clone(), second.clone()];
    assert_eq!(code(proposed(3, "h", &both, "2026-02-07")), Some("payee_account.under_way"));
    let second = confirm(&second, (2, "2026-02-08"), ("123456001", "seen")).unwrap();
    let both = [first.clone(), second.clone()];
    for (on, used) in [("2026-02-12", first.id), ("2026-02-13", second.id)] {
        assert_eq!(in_force(&both, day(on)).map(|account| account.id), Some(used), "{on}");
    }
    // What is stopped while it waits replaces nothing; what was used and is over is not replaced by what it had replaced.
    for (on, used) in [("2026-02-12", Some(first.id)), ("2026-02-13", None)] {
        let both = [first.clone(), end(&second, on).unwrap()];
        assert_eq!(in_force(&both, day("2026-02-13")).map(|account| account.id), used, "{on}");
    }
    let both = [end(&first, "2026-02-13").unwrap(), second.clone()];
    assert_eq!(in_force(&both, day("2026-02-13")).map(|account| account.id), Some(second.id));
}

#[test]
fn the_holder_is_typed_in_again_as_well_in_any_case_and_an_end_repeats_no_account() {
    let holds = |holder: &str| read(PayeeAccountKind::Account, holder, Some("004"), "123456001").unwrap();
    for (typed, same) in [("peak  LABS", true), ("Peak Lab", false), ("Peaklabs", false)] {
        assert_eq!(holds("Peak Labs").is_same_as(&holds(typed)), same, "{typed}");
    }
    let account = proposed(1, "f", &[], TODAY).unwrap();
    let (permit, opened) = (permit(Verb::PayeeAccountEnd), coordinates("123456001"));
    let ended = account.end(&permit, (Some(&opened), "no more 123 456 001"), (person(1), instant(TODAY)));
    assert_eq!(code(ended), Some("payee_account.in_words"));
}

#[test]
fn only_the_same_account_is_sealed_anew() {
    let account = proposed(1, "f", &[], TODAY).unwrap();
    let permit = Actor::console().may(Verb::PayeeAccountReseal, Subject::Organisation(OWN)).unwrap();
    assert_eq!(code(account.clone().reseal(&permit, sealed("g"))), Some("payee_account.differs"));
    let (_, resealed) = account.reseal(&permit, Sealed { key: "new".into(), ..sealed("f") }).unwrap();
    assert_eq!(resealed.sealed.key, "new");
}
