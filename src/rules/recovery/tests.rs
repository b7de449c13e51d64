use super::*;
use crate::award::Settlement;
use crate::bank_answer::{Closed, ItemOnFile, Side, UnmatchedItem};
use crate::ids::{LetterId, RecoveryEntryId};
use crate::ledger::ApplicantGuard;
use crate::movement::Limits;
use crate::permission::Verb;
use crate::sample::{self, NIAS, agency, application, award, cents, day, instant, permit, person, scheme};
use uuid::Uuid;

pub(super) const TODAY: &str = "2026-03-02";

pub(super) fn entry_id(number: u128) -> RecoveryEntryId {
    RecoveryEntryId(Uuid::from_u128(number))
}

pub(super) fn code(refused: Refusal) -> &'static str {
    refused.code()
}

/// 1000.00 misspent, at 10% from the first of January.
pub(super) fn new(kind: RecoveryKind, principal: &str) -> NewRecovery {
    let interest = Some((Share { numerator: 1, denominator: 10 }, day("2026-01-01"), "Clause 12".to_owned()));
    NewRecovery {
        id: RecoveryId(Uuid::from_u128(50)),
        serial: 7,
        kind,
        principal: Some(cents(principal)),
        reason: "a car".to_owned(),
        due_on: None,
        interest: interest.filter(|_| kind == RecoveryKind::Misspent),
        income: None,
    }
}

fn raised(new: NewRecovery, paid: &str, others: &[Recovery]) -> Result<Recovery, Refusal> {
    let case = application(State::Completed);
    let mut award = award(&case);
    award.settled = Some(Settlement { amount: cents(paid), overpaid: cents("300.00"), on: day("2026-02-01") });
    let raising = Raising { application: &case, award: &award, paid: cents(paid), others, due_days: 30 };
    raise(&permit(Verb::RecoveryRaise), raising, new, (person(1), instant(TODAY))).map(|(_, recovery)| recovery)
}

pub(super) fn confirmed(new: NewRecovery) -> Recovery {
    let (case, scheme, agency) = (application(State::Completed), scheme(NIAS), agency());
    let demanding = Demanding { letter: LetterId(Uuid::from_u128(51)), agency: &agency, scheme: &scheme };
    let raised = raised(new, "5000.00", &[]).unwrap();
    let by = (person(2), instant(TODAY));
    raised.confirm(&permit(Verb::RecoveryConfirm), (&case, &demanding), by).unwrap().1
}

pub(super) fn receive(recovery: Recovery, amount: &str, on: &str, ids: u128) -> Result<(Change, Recovery), Refusal> {
    let item = credit(on, "9999.00");
    let receiving = Receiving { item: &item, amount: Some(cents(amount)), left: cents("5000.00") };
    let case = application(State::Completed);
    let ids = [entry_id(ids), entry_id(ids.saturating_add(1))];
    let by = (person(3), instant(on));
    recovery.receive(&permit(Verb::RecoveryReceive), (&case, ApplicantGuard::Lifetime), (ids, receiving), by)
}

/// Money that came on a day, in a statement that the eighth person has recorded.
fn credit(on: &str, amount: &str) -> ItemOnFile {
    let item = UnmatchedItem { amount: cents(amount), on: Some(day(on)), ..sample::unmatched_item() };
    ItemOnFile { recorded_at: instant(on), ..sample::item_on_file(item, None) }
}

pub(super) fn charge(recovery: Recovery, until: &str, id: u128) -> Result<Recovery, Refusal> {
    let by = (person(3), instant("2027-12-31"));
    let until = (entry_id(id), Some(day(until)));
    recovery.charge(&permit(Verb::RecoveryCharge), until, by).map(|(_, recovery)| recovery)
}

pub(super) fn reverse(recovery: Recovery, entry: u128, id: u128) -> Result<(Change, Recovery), Refusal> {
    let case = application(State::Completed);
    let of = (&case, ApplicantGuard::Lifetime, Limits::default());
    let ids = (entry_id(entry), entry_id(id));
    recovery.reverse(&permit(Verb::RecoveryReverse), of, ids, (person(4), instant("2027-12-31")), "it bounced")
}

#[test]
fn what_was_paid_is_demanded_once_and_what_was_overpaid_no_further_than_it_was() {
    let other = |kind, principal: &str, state| {
        let raised = raised(new(kind, principal), "5000.00", &[]).unwrap();
        Recovery { state, ..raised }
    };
    let live = other(RecoveryKind::Unspent, "400.00", RecoveryState::Settled);
    let gone = other(RecoveryKind::Overpaid, "300.00", RecoveryState::Withdrawn);
    for (kind, principal, others, refused) in [
        (RecoveryKind::Overpaid, "300.00", vec![], None),
        (RecoveryKind::Overpaid, "300.01", vec![], Some("recovery.above_overpaid")),
        (RecoveryKind::Overpaid, "300.00", vec![gone], None),
        (
            RecoveryKind::Overpaid,
            "0.01",
            vec![other(RecoveryKind::Overpaid, "300.00", RecoveryState::Raised)],
            Some("recovery.above_overpaid"),
        ),
        (RecoveryKind::Misspent, "1000.00", vec![], None),
        (RecoveryKind::Misspent, "1000.01", vec![], Some("recovery.above_paid")),
        (RecoveryKind::Unspent, "600.00", vec![live.clone()], None),
        (RecoveryKind::Unspent, "600.01", vec![live], Some("recovery.above_paid")),
        (RecoveryKind::Unspent, "0.00", vec![], Some("recovery.nothing_demanded")),
    ] {
        let told = raised(new(kind, principal), "1000.00", &others).err().map(code);
        assert_eq!(told, refused, "{kind:?} {principal}");
    }
    let recovery = raised(new(RecoveryKind::Overpaid, "1.00"), "5000.00", &[]).unwrap();
    assert_eq!((&*recovery.reference, recovery.due_on), ("REC-2026-000007", day("2026-04-01")));
    let mut settled = award(&application(State::Completed));
    settled.settled = Some(Settlement { amount: cents("5.00"), overpaid: cents("3.00"), on: day(TODAY) });
    assert_eq!(not_demanded(&settled, std::slice::from_ref(&recovery)), cents("2.00"));
    assert_eq!(not_demanded(&settled, &[Recovery { state: RecoveryState::Withdrawn, ..recovery }]), cents("3.00"));
}

#[test]
fn recoupment_is_worked_out_and_says_on_what() {
    let share = Share { numerator: 1, denominator: 3 };
    let of = |principal: Option<&str>, income: Option<(&str, &str)>| {
        let income = income.map(|(income, clause)| (cents(income), share, clause.to_owned()));
        let principal = principal.map(cents);
        NewRecovery { principal, income, ..new(RecoveryKind::Recoupment, "1.00") }
    };
    for (new, told) in [
        (of(None, Some(("100.00", "9"))), Ok("33.33")),
        (of(Some("33.33"), Some(("100.00", "9"))), Ok("33.33")),
        (of(Some("33.34"), Some(("100.00", "9"))), Err("recovery.amount_not_worked_out")),
        (of(None, Some(("0.02", "9"))), Err("recovery.nothing_demanded")),
        (of(None, Some(("100.00", " "))), Err("text.length")),
        (of(Some("1.00"), None), Err("recovery.income_missing")),
        (
            NewRecovery { kind: RecoveryKind::Unspent, ..of(None, Some(("100.00", "9"))) },
            Err("recovery.income_unwanted"),
        ),
    ] {
        // More than was paid: income is no part of it.
        let raised = raised(new, "10.00", &[]).map(|recovery| recovery.principal.to_string());
        assert_eq!(raised.as_deref().map_err(Refusal::code), told);
    }
}

#[test]
fn the_days_and_the_interest_of_a_demand_are_bounded() {
    let base = || new(RecoveryKind::Misspent, "1000.00");
    let rate = |numerator, from| Some((Share { numerator, denominator: 10 }, day(from), "12".to_owned()));
    for (new, refused) in [
        (NewRecovery { due_on: Some(day(TODAY)), ..base() }, None),
        (NewRecovery { due_on: Some(day("2026-03-01")), ..base() }, Some("recovery.due_day")),
        (NewRecovery { due_on: Some(day("2027-03-02")), ..base() }, None),
        (NewRecovery { due_on: Some(day("2027-03-03")), ..base() }, Some("recovery.due_day")),
        (NewRecovery { interest: rate(0, "2026-01-01"), ..base() }, Some("recovery.interest_terms")),
        (NewRecovery { interest: rate(1, "2026-03-03"), ..base() }, Some("recovery.interest_terms")),
        (NewRecovery { interest: rate(1, TODAY), ..base() }, None),
        (NewRecovery { reason: String::new(), ..base() }, Some("text.length")),
    ] {
        assert_eq!(raised(new, "5000.00", &[]).err().map(code), refused);
    }
}

#[test]
fn another_person_confirms_and_what_is_confirmed_is_not_withdrawn() {
    let raised = raised(new(RecoveryKind::Misspent, "1000.00"), "5000.00", &[]).unwrap();
    let (case, scheme, agency) = (application(State::Completed), scheme(NIAS), agency());
    let demanding = Demanding { letter: LetterId(Uuid::from_u128(51)), agency: &agency, scheme: &scheme };
    let confirm = |recovery: &Recovery, by| {
        let verb = permit(Verb::RecoveryConfirm);
        recovery.clone().confirm(&verb, (&case, &demanding), (person(by), instant(TODAY)))
    };
    assert_eq!(confirm(&raised, 1).err().map(code), Some("recovery.same_person"));
    let (change, confirmed) = confirm(&raised, 2).unwrap();
    assert!(change.permit().is_some() && confirmed.is_told() && !raised.is_told());
    let letter = change.writes().iter().find_map(|write| match write {
        Write::NewLetter(letter) => Some(letter),
        _ => None,
    });
    let letter = letter.unwrap();
    for word in ["REC-2026-000007", "a car", "1,000.00", "1/10", "Clause 12"] {
        assert!(letter.text.contains(word), "{word}: {}", letter.text);
    }
    let withdraw = |recovery: &Recovery, reason| {
        recovery.clone().withdraw(&permit(Verb::RecoveryWithdraw), (person(1), instant(TODAY)), reason)
    };
    assert_eq!(withdraw(&raised, "").err().map(code), Some("text.length"));
    let withdrawn = withdraw(&raised, "a mistake").unwrap().1;
    for refused in [confirm(&withdrawn, 2).err(), confirm(&confirmed, 3).err(), withdraw(&confirmed, "no").err()] {
        assert_eq!(refused.map(code), Some("recovery.wrong_state"));
    }
}

#[test]
fn a_receipt_meets_interest_until_its_day_then_the_principal_and_interest_last() {
    let owed = confirmed(new(RecoveryKind::Misspent, "1000.00"));
    // 60 days at 10%: 16.438 cents down.
    let (change, part) = receive(owed.clone(), "400.00", TODAY, 60).unwrap();
    let sums = part.sums().unwrap();
    assert_eq!((sums.principal, sums.interest), (cents("600.00"), cents("16.43")));
    assert!(change.writes().iter().any(|write| matches!(write, Write::Movement(_))));
    let (_, over) = receive(part.clone(), "605.00", TODAY, 70).unwrap();
    let sums = over.sums().unwrap();
    assert_eq!((sums.principal, sums.interest, sums.received), (Cents::ZERO, cents("11.43"), cents("1005.00")));
    let (change, settled) = receive(over, "11.43", TODAY, 80).unwrap();
    assert_eq!(settled.state, RecoveryState::Settled);
    let moved = change.writes().iter().any(|write| matches!(write, Write::Movement(_)));
    assert!(!moved, "interest is none of the scheme's money");
    for (amount, on, refused) in [
        ("616.44", TODAY, "recovery.above_outstanding"),
        ("0.00", TODAY, "recovery.above_outstanding"),
        ("1.00", "2026-03-01", "recovery.receipt_day"),
    ] {
        assert_eq!(receive(part.clone(), amount, on, 90).err().map(code), Some(refused), "{amount} {on}");
    }
    let raised = raised(new(RecoveryKind::Misspent, "1000.00"), "5000.00", &[]).unwrap();
    assert_eq!(receive(raised, "1.00", TODAY, 90).err().map(code), Some("recovery.wrong_state"));
}

#[test]
fn interest_is_charged_once_for_a_day_and_not_for_one_to_come() {
    let owed = confirmed(new(RecoveryKind::Misspent, "1000.00"));
    let charged = charge(owed.clone(), "2026-12-31", 60).unwrap();
    assert_eq!(charged.sums().unwrap().interest, cents("99.72"));
    assert_eq!(charge(charged.clone(), "2026-12-31", 61).unwrap(), charged);
    for (until, refused) in [("2026-12-30", "recovery.interest_day"), ("2028-01-01", "recovery.interest_day")] {
        assert_eq!(charge(charged.clone(), until, 62).err().map(code), Some(refused), "{until}");
    }
    let without = confirmed(new(RecoveryKind::Unspent, "1000.00"));
    assert_eq!(charge(without, "2026-12-31", 60).err().map(code), Some("recovery.no_interest"));
    assert_eq!(receive(charged, "1.00", "2026-12-30", 63).err().map(code), Some("recovery.receipt_day"));
}

#[test]
fn an_entry_is_reversed_once_and_not_while_another_rests_on_it() {
    let owed = confirmed(new(RecoveryKind::Misspent, "1000.00"));
    let (_, part) = receive(owed, "400.00", TODAY, 60).unwrap();
    let later = charge(part.clone(), "2026-06-01", 70).unwrap();
    for (recovery, entry, refused) in [
        (&part, 60, "recovery.reverse_later_first"),
        (&later, 61, "recovery.reverse_later_first"),
        (&part, 99, "not_found"),
    ] {
        assert_eq!(reverse(recovery.clone(), entry, 80).err().map(code), Some(refused), "{entry}");
    }
    let (_, without_interest) = reverse(later, 70, 80).unwrap();
    let (change, back) = reverse(without_interest, 61, 81).unwrap();
    assert_eq!(back.sums().unwrap().principal, cents("1000.00"));
    assert!(change.writes().iter().any(|write| matches!(write, Write::Movement(moved) if moved.limits.is_some())));
    for entry in [61, 81] {
        assert_eq!(reverse(back.clone(), entry, 82).err().map(code), Some("recovery.reversed"), "{entry}");
    }
    assert_eq!(reverse(back, 60, 82).unwrap().1.outstanding(), Ok(cents("1000.00")));
}

#[test]
fn a_receipt_is_of_a_credit_that_somebody_else_has_recorded_and_of_no_more_than_is_left() {
    let owed = confirmed(new(RecoveryKind::Unspent, "1000.00"));
    let base = credit(TODAY, "400.00");
    let with = |change: fn(&mut ItemOnFile)| {
        let mut item = base.clone();
        change(&mut item);
        item
    };
    let closed = |item: &mut ItemOnFile| {
        let (by, at, reason) = (person(3), instant(TODAY), "a gift".to_owned());
        item.closed = Some(Closed { item: item.item.id, by, at, reason, payment: None, set_aside: item.item.amount });
    };
    // 300.00 of it had met another demand when the rest was set aside, and that was reversed.
    let freed = |item: &mut ItemOnFile| {
        let (by, at, reason) = (person(3), instant(TODAY), "a gift".to_owned());
        item.closed = Some(Closed { item: item.item.id, by, at, reason, payment: None, set_aside: cents("100.00") });
    };
    for (item, amount, left, told) in [
        (base.clone(), None, "5000.00", Ok("600.00")),
        (base.clone(), Some("400.00"), "400.00", Ok("600.00")),
        (base.clone(), Some("400.01"), "5000.00", Err("recovery.above_item")),
        (base.clone(), None, "399.99", Err("recovery.receipt_above_paid")),
        (base.clone(), Some("0.00"), "5000.00", Err("recovery.above_outstanding")),
        (with(|item| item.received = cents("300.00")), None, "5000.00", Ok("900.00")),
        (with(|item| item.received = cents("400.00")), None, "5000.00", Err("recovery.above_item")),
        (with(|item| item.recorded_by = person(3)), None, "5000.00", Err("unmatched_item.own")),
        (with(closed), None, "5000.00", Err("unmatched_item.closed")),
        (with(freed), None, "5000.00", Ok("700.00")),
        (with(freed), Some("300.01"), "5000.00", Err("recovery.above_item")),
        (with(|item| item.item.side = Side::Debit), None, "5000.00", Err("unmatched_item.no_receipt")),
        (with(|item| item.item.currency = "USD".to_owned()), None, "5000.00", Err("unmatched_item.no_receipt")),
    ] {
        let case = application(State::Completed);
        let receiving = Receiving { item: &item, amount: amount.map(cents), left: cents(left) };
        let of = (&case, ApplicantGuard::Lifetime);
        let ids = ([entry_id(60), entry_id(61)], receiving);
        let received =
            owed.clone().receive(&permit(Verb::RecoveryReceive), of, ids, (person(3), instant("2026-03-09")));
        let sums = received.map(|(_, received)| received.outstanding().unwrap().to_string());
        assert_eq!(sums.as_deref().map_err(Refusal::code), told, "{item:?}");
    }
    // It came before it was demanded and bears no interest: it counts from the day on which it came.
    let (_, early) = receive(confirmed(new(RecoveryKind::Misspent, "1000.00")), "1000.00", "2025-12-31", 60).unwrap();
    assert_eq!((early.state, early.entries.len()), (RecoveryState::Settled, 1));
    for booked in [None, Some("2026-03-03")] {
        let mut item = base.clone();
        item.item.on = booked.map(day);
        assert_eq!(item.came_on(), day(TODAY), "{booked:?}: no later than it was recorded");
    }
}

#[test]
fn parts_come_to_what_is_outstanding_and_the_last_one_has_the_cents_that_are_left() {
    let owed = confirmed(new(RecoveryKind::Unspent, "100.00"));
    let arrange = |recovery: &Recovery, arranging, reason| {
        let by = (person(3), instant(TODAY));
        recovery.clone().arrange(&permit(Verb::RecoveryArrange), (arranging, reason), by).map(|(_, arranged)| arranged)
    };
    let even = |parts, every_months| Arranging::Even { parts, first_due_on: day("2026-03-31"), every_months };
    let held = arrange(&owed, even(3, 1), "slow trade").unwrap().arrangement.unwrap();
    let parts = held.parts.iter().map(|part| format!("{} {}", part.due_on, part.amount)).collect::<Vec<_>>();
    assert_eq!(parts, ["2026-03-31 33.33", "2026-04-30 33.33", "2026-05-31 33.34"]);
    let parts = |parts: &[(&str, &str)]| {
        let part = |(due_on, amount): &(&str, &str)| Part { due_on: day(due_on), amount: cents(amount) };
        Arranging::Parts(parts.iter().map(part).collect())
    };
    for (arranging, refused) in [
        (parts(&[("2026-03-02", "60.00"), ("2026-03-03", "40.00")]), None),
        (parts(&[("2026-03-02", "60.00"), ("2026-03-03", "39.99")]), Some("recovery.parts_differ")),
        (parts(&[("2026-03-01", "60.00"), ("2026-03-03", "40.00")]), Some("recovery.part_days")),
        (parts(&[("2026-03-03", "60.00"), ("2026-03-03", "40.00")]), Some("recovery.part_days")),
        (parts(&[("2026-03-02", "0.00"), ("2026-03-03", "100.00")]), Some("recovery.part_days")),
        (parts(&[]), Some("recovery.parts")),
        (even(0, 1), Some("recovery.parts")),
        (even(61, 1), Some("recovery.parts")),
        (even(3, 0), Some("recovery.parts")),
        (even(3, 13), Some("recovery.parts")),
    ] {
        assert_eq!(arrange(&owed, arranging, "slow trade").err().map(code), refused);
    }
    assert_eq!(arrange(&owed, even(3, 1), "").err().map(code), Some("text.length"));
    let (_, settled) = receive(owed, "100.00", TODAY, 60).unwrap();
    assert_eq!(arrange(&settled, even(3, 1), "late").err().map(code), Some("recovery.wrong_state"));
}

#[test]
fn how_late_it_is_goes_by_the_oldest_part_that_is_not_met() {
    let owed = confirmed(new(RecoveryKind::Unspent, "100.00"));
    let at = |recovery: &Recovery, today| recovery.overdue(day(today)).unwrap().map(|late| (late.days, late.bucket));
    for (today, days, bucket) in [
        ("2026-04-01", 0, Bucket::NotDue),
        ("2026-04-02", 1, Bucket::To30),
        ("2026-05-01", 30, Bucket::To30),
        ("2026-05-02", 31, Bucket::To90),
        ("2026-06-30", 90, Bucket::To90),
        ("2026-07-01", 91, Bucket::To180),
        ("2026-09-28", 180, Bucket::To180),
        ("2026-09-29", 181, Bucket::To365),
        ("2027-04-01", 365, Bucket::To365),
        ("2027-04-02", 366, Bucket::Over365),
    ] {
        assert_eq!(at(&owed, today), Some((days, bucket)), "{today}");
    }
    let even = Arranging::Even { parts: 2, first_due_on: day("2026-06-30"), every_months: 1 };
    let by = (person(3), instant(TODAY));
    let arranged = owed.arrange(&permit(Verb::RecoveryArrange), (even, "slow trade"), by).unwrap().1;
    assert_eq!(at(&arranged, "2026-07-01"), Some((1, Bucket::To30)));
    let (_, part) = receive(arranged.clone(), "49.99", "2026-06-30", 60).unwrap();
    assert_eq!(at(&part, "2026-07-01"), Some((1, Bucket::To30)));
    let (_, met) = receive(arranged, "50.00", "2026-06-30", 60).unwrap();
    assert_eq!(at(&met, "2026-07-30"), Some((0, Bucket::NotDue)));
    assert_eq!(at(&met, "2026-07-31"), Some((1, Bucket::To30)));
    let (_, over) = receive(met, "50.00", "2026-07-31", 70).unwrap();
    assert_eq!(at(&over, "2027-07-31"), None);
}

#[test]
fn a_debtor_is_reminded_of_each_day_once_after_each_of_some_days() {
    let owed = confirmed(new(RecoveryKind::Unspent, "100.00"));
    let told = |today| overdue_reminder(&owed, day(today)).map(|reminder| reminder.about());
    for (today, after) in [
        ("2026-04-01", None),
        ("2026-04-02", Some("REC-2026-000007 2026-04-01 1")),
        ("2026-04-30", Some("REC-2026-000007 2026-04-01 1")),
        ("2026-05-01", Some("REC-2026-000007 2026-04-01 30")),
        ("2027-05-01", Some("REC-2026-000007 2026-04-01 90")),
    ] {
        assert_eq!(told(today).as_deref(), after, "{today}");
    }
}
