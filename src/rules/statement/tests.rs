//! A statement adds up to the cent, whatever has happened to a case, and is none where the ledger says something else.

use super::*;
use crate::application::State;
use crate::award::{Award, AwardState, Instalment, Settlement};
use crate::change_request::{AwardChange, ChangeKind, Terms};
use crate::ids::{RecoveryEntryId, RecoveryId};
use crate::recovery::{Entry, EntryKind, RecoveryState};
use crate::sample::{application, award, cents, day, instant, person};
use crate::scheme::DueOn;
use uuid::Uuid;

/// An award of 1000.00 that was accepted on 10 March 2025, in two instalments: 250.00 at once, and the rest on completion.
fn accepted() -> Books {
    let part = |code: &str, due, amount| Instalment::on(code.to_owned(), due, cents(amount));
    let award = Award {
        amount: cents("1000.00"),
        originally: cents("1000.00"),
        state: AwardState::Accepted,
        accepted_at: Some(instant("2025-03-10")),
        ..award(&application(State::Accepted))
    };
    Books {
        award,
        given_back_at: None,
        plan: vec![part("initial", DueOn::Acceptance, "250.00"), part("final", DueOn::Completion, "750.00")],
        changes: Vec::new(),
        claims: Vec::new(),
        payments: Vec::new(),
        returns: Vec::new(),
        recoveries: Vec::new(),
        posted: Posted { commitment: cents("1000.00"), ..Posted::default() },
    }
}

fn claimed(instalment: &str, on: &str, certified: Option<&str>) -> ClaimOnFile {
    let certified = certified.map(|amount| (instant(on), cents(amount)));
    let (instalment, submitted_at) = (instalment.to_owned(), instant(on));
    ClaimOnFile { instalment, claimed: cents("250.00"), submitted_at, returned_at: None, certified }
}

fn paid(instalment: &str, on: &str, amount: &str) -> PaymentOnFile {
    let (instalment, batch) = (instalment.to_owned(), format!("PAY-{on}"));
    PaymentOnFile { instalment, batch, amount: cents(amount), released_at: instant(on), pay_on: None }
}

fn came_back(instalment: &str, on: &str, amount: &str) -> ReturnOnFile {
    let (instalment, batch) = (instalment.to_owned(), "PAY-1".to_owned());
    ReturnOnFile { instalment, batch, amount: cents(amount), at: instant(on), booked_on: Some(day("2025-04-02")) }
}

fn posted(commitment: &str, paid: &str) -> Posted {
    Posted { commitment: cents(commitment), paid: cents(paid), recovered: Cents::ZERO }
}

/// The first instalment certified and paid on the first of April.
fn first_paid() -> Books {
    Books {
        claims: vec![claimed("initial", "2025-04-01", Some("250.00"))],
        payments: vec![paid("initial", "2025-04-01", "250.00")],
        posted: posted("750.00", "250.00"),
        ..accepted()
    }
}

fn change(number: i32, on: &str, (before, after): (&str, &str), carried: [&str; 2]) -> AwardChange {
    let [before_carried, after_carried] = carried.map(|amount| Some(cents(amount)).filter(|sum| *sum > Cents::ZERO));
    AwardChange {
        number,
        request: number.saturating_add(6),
        kind: ChangeKind::Amount,
        before: Terms { carried_over: before_carried, ..Terms::default() },
        after: Terms { carried_over: after_carried, ..Terms::default() },
        project: None,
        authority: None,
        amount: (cents(before), cents(after)),
        stages: Vec::new(),
        at: instant(on),
    }
}

/// Cut to 200.00 below the 250.00 that are paid, and raised again to 230.00.
fn cut_and_raised() -> Books {
    let mut books = first_paid();
    books.award = Award { amount: cents("230.00"), carried_over: cents("20.00"), revision: 2, ..books.award };
    books.changes = vec![
        change(1, "2025-05-01", ("1000.00", "200.00"), ["0.00", "50.00"]),
        change(2, "2025-06-01", ("200.00", "230.00"), ["50.00", "20.00"]),
    ];
    books.plan[1].amount = Cents::ZERO;
    books.posted = posted("0.00", "250.00");
    books
}

/// The payment came back and was made again; actual cost allows 200.00, so that 50.00 are overpaid.
fn settled() -> Books {
    let mut books = first_paid();
    books.payments.push(paid("initial", "2025-04-05", "250.00"));
    books.returns = vec![came_back("initial", "2025-04-03", "250.00")];
    books.claims.push(claimed("final", "2026-03-01", Some("0.00")));
    let settlement = Settlement { amount: cents("250.00"), overpaid: cents("50.00"), on: day("2026-03-01") };
    books.award.settled = Some(settlement);
    books.posted = posted("0.00", "250.00");
    books
}

fn entry(number: i32, kind: EntryKind, (principal, interest): (&str, &str), reverses: Option<u128>) -> Entry {
    Entry {
        id: RecoveryEntryId(Uuid::from_u128(number.unsigned_abs().into())),
        number,
        kind,
        principal: cents(principal),
        interest: cents(interest),
        on: day("2026-04-01"),
        from: None,
        reverses: reverses.map(|id| RecoveryEntryId(Uuid::from_u128(id))),
        payment: None,
        item: None,
        words: "a reference of the bank".to_owned(),
        by: person(3),
        at: instant("2026-04-02"),
    }
}

fn demand(kind: RecoveryKind, principal: &str, is_confirmed: bool, entries: Vec<Entry>) -> Recovery {
    Recovery {
        id: RecoveryId(Uuid::from_u128(50)),
        reference: "REC-2026-000007".to_owned(),
        application: application(State::Completed).id,
        kind,
        state: if is_confirmed { RecoveryState::Confirmed } else { RecoveryState::Raised },
        principal: cents(principal),
        reason: "the accounts allow less".to_owned(),
        due_on: day("2026-04-01"),
        interest: None,
        income: None,
        raised_by: person(1),
        raised_at: instant("2026-03-02"),
        confirmed: is_confirmed.then(|| (person(2), instant("2026-03-03"))),
        withdrawn: None,
        entries,
        write_offs: Vec::new(),
        arrangement: None,
    }
}

/// 40.00 of the 50.00 are demanded: 1.00 of interest, 30.00 that bounced, 35.50 that did not, and 2.25 given up.
pub(crate) fn recovered() -> Books {
    let mut books = settled();
    let entries = vec![
        entry(1, EntryKind::Interest, ("0.00", "1.00"), None),
        entry(2, EntryKind::Receipt, ("30.00", "0.00"), None),
        entry(3, EntryKind::Reversal, ("30.00", "0.00"), Some(2)),
        entry(4, EntryKind::Receipt, ("35.50", "0.00"), None),
        entry(5, EntryKind::WriteOff, ("1.25", "1.00"), None),
    ];
    let unconfirmed = demand(RecoveryKind::Overpaid, "10.00", false, Vec::new());
    books.recoveries = vec![demand(RecoveryKind::Overpaid, "40.00", true, entries), unconfirmed];
    books.posted.recovered = Cents::new(-3_550);
    books
}

/// A share of income, which the scheme's money has no part in.
fn of_income() -> Books {
    let receipt = vec![entry(1, EntryKind::Receipt, ("10.00", "0.00"), None)];
    Books { recoveries: vec![demand(RecoveryKind::Recoupment, "12.00", true, receipt)], ..first_paid() }
}

fn declined() -> Books {
    let mut books = accepted();
    books.award = Award { state: AwardState::Released, accepted_at: None, ..books.award };
    (books.plan, books.given_back_at) = (Vec::new(), Some(instant("2025-03-20")));
    books.posted = Posted::default();
    books
}

/// Ended before its time, after the first payment of which 25.00 are to come back.
fn terminated() -> Books {
    let mut books = first_paid();
    let settlement = Settlement { amount: cents("250.00"), overpaid: cents("25.00"), on: day("2025-05-01") };
    books.award.settled = Some(settlement);
    books.changes = vec![AwardChange {
        kind: ChangeKind::Termination,
        ..change(1, "2025-05-01", ("1000.00", "1000.00"), ["0.00"; 2])
    }];
    books.posted = posted("0.00", "250.00");
    books
}

/// The lines of a statement, each as its kind, amount and what stands after it.
fn said(statement: &Statement) -> Vec<String> {
    let line = |line: &Line| {
        let kind = line.kind.code();
        format!("{} {kind} {} {} {}", line.on(), line.amount, line.outstanding, line.owed_back)
    };
    statement.lines.iter().map(line).collect()
}

#[test]
fn every_line_says_what_is_promised_and_not_paid_and_what_is_owed_back_after_it() {
    let began = [
        "2025-03-05 award 1000.00 1000.00 0.00",
        "2025-03-10 planned 250.00 1000.00 0.00",
        "2025-03-10 planned 750.00 1000.00 0.00",
    ];
    let first = [
        "2025-04-01 claimed 250.00 1000.00 0.00",
        "2025-04-01 certified 250.00 1000.00 0.00",
        "2025-04-01 paid 250.00 750.00 0.00",
    ];
    let to_settlement = [
        "2025-04-03 came_back 250.00 1000.00 0.00",
        "2025-04-05 paid 250.00 750.00 0.00",
        "2026-03-01 claimed 250.00 750.00 0.00",
        "2026-03-01 certified 0.00 750.00 0.00",
        "2026-03-01 settled 250.00 750.00 0.00",
        "2026-03-01 given_back 750.00 0.00 0.00",
        "2026-03-01 overpaid 50.00 0.00 0.00",
    ];
    for (books, more) in [
        (accepted(), vec![]),
        (first_paid(), first.to_vec()),
        (settled(), [&first[..], &to_settlement].concat()),
        (
            recovered(),
            [
                &first[..],
                &to_settlement,
                &[
                    "2026-03-03 demanded 40.00 0.00 40.00",
                    "2026-04-02 interest 1.00 0.00 41.00",
                    "2026-04-02 received 30.00 0.00 11.00",
                    "2026-04-02 receipt_reversed 30.00 0.00 41.00",
                    "2026-04-02 received 35.50 0.00 5.50",
                    "2026-04-02 written_off 2.25 0.00 3.25",
                ],
            ]
            .concat(),
        ),
        (
            of_income(),
            [&first[..], &["2026-03-03 demanded 12.00 750.00 12.00", "2026-04-02 received 10.00 750.00 2.00"]].concat(),
        ),
        (
            terminated(),
            [
                &first[..],
                &[
                    "2025-05-01 settled 250.00 750.00 0.00",
                    "2025-05-01 given_back 750.00 0.00 0.00",
                    "2025-05-01 overpaid 25.00 0.00 0.00",
                ],
            ]
            .concat(),
        ),
    ] {
        assert_eq!(said(&statement(&books).unwrap()), [&began[..], &more].concat());
    }
    assert_eq!(said(&statement(&declined()).unwrap()), [began[0], "2025-03-20 given_back 1000.00 0.00 0.00"]);
    let changed = [
        "2025-05-01 carried_over 50.00 800.00 0.00",
        "2025-05-01 cut 800.00 0.00 0.00",
        "2025-06-01 raised 30.00 30.00 0.00",
        "2025-06-01 carried_over_less 30.00 0.00 0.00",
        "2025-06-01 planned 250.00 0.00 0.00",
        "2025-06-01 planned 0.00 0.00 0.00",
    ];
    let lines = said(&statement(&cut_and_raised()).unwrap());
    assert_eq!(lines, [&began[..1], &first, &changed].concat());
}

#[test]
fn the_totals_are_what_the_lines_come_to_and_nothing_is_lost() {
    for (books, expected) in [
        (accepted(), ["1000.00", "0.00", "0.00", "1000.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00"]),
        (first_paid(), ["1000.00", "250.00", "250.00", "750.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00"]),
        (cut_and_raised(), ["250.00", "250.00", "250.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "20.00"]),
        (settled(), ["250.00", "250.00", "250.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "50.00"]),
        (recovered(), ["250.00", "250.00", "250.00", "0.00", "40.00", "1.00", "35.50", "2.25", "3.25", "10.00"]),
        (of_income(), ["1000.00", "250.00", "250.00", "750.00", "12.00", "0.00", "10.00", "0.00", "2.00", "0.00"]),
        (declined(), ["0.00"; 10]),
        (terminated(), ["250.00", "250.00", "250.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "25.00"]),
    ] {
        let statement = statement(&books).unwrap();
        let StatementTotals { award, certified, paid, outstanding, demanded, interest, .. } = statement.totals;
        let StatementTotals { received, written_off, owed_back, not_demanded, .. } = statement.totals;
        let all = [award, certified, paid, outstanding, demanded, interest, received, written_off, owed_back];
        let all = all.into_iter().chain([not_demanded]).map(|amount| amount.to_string()).collect::<Vec<_>>();
        assert_eq!(all, expected);
        let planned = Cents::sum(statement.plan.iter().map(|part| part.planned)).unwrap();
        assert!(books.plan.is_empty() || books.award.held() == planned, "{planned}");
    }
}

#[test]
fn an_instalment_has_a_day_where_it_follows_the_acceptance_and_what_is_paid_outside_the_plan_is_not_left_out() {
    let mut books = first_paid();
    books.plan[1].after_months = Some(12);
    books.plan[0].code = "early".to_owned();
    let plan = statement(&books).unwrap().plan;
    let told = plan.iter().map(|part| (&*part.instalment, part.due_on, part.planned, part.paid)).collect::<Vec<_>>();
    let expected = [
        ("early", Some(day("2025-03-10")), cents("250.00"), Cents::ZERO),
        ("final", Some(day("2026-03-10")), cents("750.00"), Cents::ZERO),
        ("initial", None, Cents::ZERO, cents("250.00")),
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_statement_that_does_not_agree_with_the_ledger_is_none() {
    for (books, spoilt) in [
        (first_paid(), posted("749.99", "250.00")),
        (first_paid(), posted("750.00", "250.01")),
        (recovered(), posted("0.00", "250.00")),
        (declined(), posted("1000.00", "0.00")),
    ] {
        let refused = statement(&Books { posted: spoilt, ..books });
        assert!(matches!(refused, Err(Disagrees::Another { .. })), "{refused:?}");
    }
    let mut books = accepted();
    books.award.originally = Cents::new(i64::MAX);
    books.changes = vec![change(1, "2025-05-01", ("1.00", "2.00"), ["0.00"; 2])];
    assert_eq!(statement(&books), Err(Disagrees::Money(MoneyError::Overflow)));
}
