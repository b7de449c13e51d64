//! What a file says, beside what is on file: what follows of it, or why all of it is refused.

#![expect(clippy::arithmetic_side_effects, reason = "small numbers of a test")]

use super::*;
use crate::application::State;
use crate::batch::BatchState;
use crate::change::{Change, Write};
use crate::claim::{Claim, ClaimState};
use crate::ids::{ApplicationId, UnmatchedItemId};
use crate::ledger::Account;
use crate::permission::Verb;
use crate::sample::{self, cents, day, instant, permit, person};
use uuid::Uuid;

/// A released batch of three payments of three cases: 100, 200 and 300.
pub(super) fn three() -> (Batch, Vec<Case>) {
    let case = sample::application(State::Accepted);
    let (mut batch, claim) = sample::paid(&case);
    let payment = batch.payments[0].clone();
    let mut cases = Vec::new();
    batch.payments.clear();
    for number in 1..=3 {
        let mut application = case.clone();
        application.id = ApplicationId(Uuid::from_u128(100 + number));
        let id = ClaimId(Uuid::from_u128(200 + number));
        let amount = Cents::new(i64::try_from(number).unwrap() * 10_000);
        batch.payments.push(Payment { claim: id, application: application.id, amount, ..payment.clone() });
        let claim =
            Claim { id, application: application.id, certified: Some(amount), claimed: amount, ..claim.clone() };
        cases.push(Case { application, claims: vec![claim], left: amount });
    }
    batch.total = cents("600.00");
    (batch, cases)
}

pub(super) fn kinds() -> BTreeMap<PayeeAccountId, PayeeAccountKind> {
    BTreeMap::from([(sample::payee_account().id, PayeeAccountKind::Account)])
}

pub(super) fn new(known: Option<&str>) -> NewAnswer {
    let id = BankAnswerId(Uuid::from_u128(9));
    let known = known.map(str::to_owned);
    NewAnswer { id, sha256: "0".repeat(64), by: person(8), at: instant("2025-05-07"), known }
}

pub(super) fn item() -> UnmatchedItemId {
    UnmatchedItemId(Uuid::from_u128(10))
}

fn at<T>(line: u32, is: T) -> At<T> {
    At { line, is }
}

pub(super) fn line(number: u32, status: &str) -> StatusLine {
    let (payment, status) = (format!("PAY-2025-000001-{number:03}"), Some(status.to_owned()));
    StatusLine { line: 10 + number, payment, status, ..StatusLine::default() }
}

pub(super) fn given(counts: Counts, lines: Vec<StatusLine>) -> Report {
    let reference = Some(at(8, "PAY-2025-000001-A".to_owned()));
    Report {
        kind: AnswerKind::StatusReport,
        message: Some("M1".to_owned()),
        batch: at(5, "PAY-2025-000001".to_owned()),
        counts,
        parts: vec![Part { reference, counts: Counts::default(), lines }],
    }
}

fn status(code: &str) -> Counts {
    Counts { status: Some(at(6, code.to_owned())), reason: Some("AM04".to_owned()), ..Counts::default() }
}

fn decided(report: Report) -> Result<(Change, BankAnswer), Refusal> {
    let (batch, cases) = three();
    super::report(&permit(Verb::BankAnswerRecord), new(None), report, (&batch, &kinds()), cases, item)
}

/// What is told of each payment, in short.
pub(super) fn told(answer: &BankAnswer) -> Vec<(u128, &'static str, Cents)> {
    let told = answer.told.iter().map(|told| (told.claim.0.as_u128() - 200, told.status.code(), told.returned));
    told.collect()
}

/// What is posted, and which claims wait again.
pub(super) fn effects(change: &Change) -> (Vec<(Account, Account, Cents)>, Vec<u128>) {
    let posted = change.writes().iter().filter_map(|write| match write {
        Write::Posting(posting) => Some((posting.from, posting.to, posting.amount)),
        _ => None,
    });
    let claims = change.writes().iter().filter_map(|write| match write {
        Write::Claim(claim) if claim.state == ClaimState::Certified => Some(claim.id.0.as_u128() - 200),
        _ => None,
    });
    (posted.collect(), claims.collect())
}

#[test]
fn what_is_said_of_all_of_a_part_or_of_one_is_told_of_each_payment() {
    let zero = Cents::ZERO;
    let [one, two, three] = ["100.00", "200.00", "300.00"].map(cents);
    let part = |code: &str| {
        let mut report = given(Counts::default(), Vec::new());
        report.parts[0].counts = status(code);
        report
    };
    let lines = |of: &[(u32, &str)]| of.iter().map(|(number, code)| line(*number, code)).collect::<Vec<_>>();
    let no_status = StatusLine { status: None, ..line(2, "") };
    for (report, expected) in [
        (given(status("ACSC"), vec![]), vec![(1, "executed", zero), (2, "executed", zero), (3, "executed", zero)]),
        (given(status("RJCT"), vec![]), vec![(1, "rejected", one), (2, "rejected", two), (3, "rejected", three)]),
        (part("ACSP"), vec![(1, "accepted", zero), (2, "accepted", zero), (3, "accepted", zero)]),
        (
            given(status("PART"), lines(&[(1, "ACSC"), (2, "RJCT"), (3, "PDNG")])),
            vec![(1, "executed", zero), (2, "rejected", two), (3, "pending", zero)],
        ),
        (given(Counts::default(), lines(&[(3, "RJCT")])), vec![(3, "rejected", three)]),
        (
            given(status("ACCP"), lines(&[(2, "RJCT")])),
            vec![(1, "accepted", zero), (2, "rejected", two), (3, "accepted", zero)],
        ),
        (
            given(status("RJCT"), vec![no_status]),
            vec![(1, "rejected", one), (2, "rejected", two), (3, "rejected", three)],
        ),
    ] {
        let (change, answer) = decided(report).unwrap();
        assert_eq!(told(&answer), expected);
        let back = expected.iter().filter(|(_, _, amount)| *amount > zero);
        let (posted, claims) = effects(&change);
        let postings = back.clone().map(|(_, _, amount)| (Account::Paid, Account::Commitment, *amount));
        assert_eq!(posted, postings.collect::<Vec<_>>());
        assert_eq!(claims, back.map(|(claim, ..)| *claim).collect::<Vec<_>>());
    }
}

#[test]
fn a_report_that_does_not_agree_is_refused_whole_with_its_line() {
    let ok = || vec![line(1, "ACSC"), line(2, "RJCT")];
    let with = |change: fn(&mut Report)| {
        let mut report = given(Counts::default(), ok());
        change(&mut report);
        report
    };
    for (report, code, line) in [
        (with(|report| report.batch.is = "PAY-2025-000002".to_owned()), "bank_answer.other_batch", 5),
        (with(|report| report.counts.count = Some(at(6, 2))), "bank_answer.totals", 6),
        (with(|report| report.counts.total = Some(at(7, cents("600.01")))), "bank_answer.totals", 7),
        (with(|report| report.parts[0].counts.count = Some(at(9, 4))), "bank_answer.totals", 9),
        (
            with(|report| {
                let status = "RJCT".to_owned();
                report.counts.tallies = vec![Tally { status, count: at(4, 2) }];
            }),
            "bank_answer.totals",
            4,
        ),
        (with(|report| report.parts[0].lines.push(line(4, "ACSC"))), "bank_answer.payment_unknown", 14),
        (with(|report| report.parts[0].reference = Some(at(8, "X".to_owned()))), "bank_answer.payment_unknown", 8),
        (with(|report| report.parts[0].lines.push(line(1, "ACSC"))), "bank_answer.payment_twice", 11),
        (with(|report| report.parts[0].lines[1].amount = Some(cents("100.00"))), "bank_answer.amount", 12),
        (with(|report| report.parts[0].lines[1].currency = Some("USD".to_owned())), "bank_answer.currency", 12),
        (with(|report| report.parts[0].lines[0].status = Some("CANC".to_owned())), "bank_answer.status", 11),
        (with(|report| report.counts = status("WHAT")), "bank_answer.status", 6),
        (with(|report| report.counts = status("RJCT")), "bank_answer.contradicts", 11),
        (with(|report| report.parts.push(report.parts[0].clone())), "bank_answer.payment_twice", 8),
        (
            with(|report| {
                report.counts = status("RJCT");
                report.parts[0] = Part { counts: status("ACSC"), lines: vec![], ..report.parts[0].clone() };
            }),
            "bank_answer.contradicts",
            6,
        ),
    ] {
        let refusal = decided(report).unwrap_err();
        assert_eq!(refusal.code(), code);
        assert!(refusal.to_string().starts_with(&format!("line {line}: ")), "{refusal}");
    }
    assert_eq!(decided(given(Counts::default(), vec![])).unwrap_err().code(), "bank_answer.empty");
    let (batch, cases) = three();
    let recorded = |batch: &Batch, known: Option<&str>| {
        let report = given(Counts::default(), ok());
        super::report(&permit(Verb::BankAnswerRecord), new(known), report, (batch, &kinds()), cases.clone(), item)
    };
    assert_eq!(recorded(&batch, Some("that one")).unwrap_err().code(), "bank_answer.twice");
    let dissolved = Batch { state: BatchState::Dissolved, ..batch };
    assert_eq!(recorded(&dissolved, None).unwrap_err().code(), "bank_answer.not_released");
}

#[test]
fn what_is_on_file_is_not_spoken_against() {
    for (known, told, fits) in [
        (PaymentStatus::Accepted, "RJCT", true),
        (PaymentStatus::Executed, "RJCT", false),
        (PaymentStatus::Returned, "RJCT", false),
        (PaymentStatus::Rejected, "RJCT", false),
        (PaymentStatus::Rejected, "ACSC", false),
        (PaymentStatus::Returned, "ACSC", true),
        (PaymentStatus::Executed, "ACSC", true),
        (PaymentStatus::Executed, "ACSP", true),
    ] {
        let (mut batch, cases) = three();
        batch.payments[0].standing.status = Some(known);
        let report = given(Counts::default(), vec![line(1, told)]);
        let permit = permit(Verb::BankAnswerRecord);
        let decided = super::report(&permit, new(None), report, (&batch, &kinds()), cases, item);
        let code = decided.err().map(|refusal| refusal.code());
        assert_eq!(code, (!fits).then_some("bank_answer.contradicts"), "{known:?} {told}");
    }
}

pub(super) fn entry(number: u32, side: Side, amount: &str) -> Entry {
    let payment = Some(format!("PAY-2025-000001-{number:03}"));
    Entry {
        line: 20 + number,
        side,
        is_reversal: false,
        is_booked: true,
        amount: cents(amount),
        currency: "HKD".to_owned(),
        on: Some(day("2025-05-08")),
        bank_reference: Some(format!("B{number}")),
        details: vec![Detail { line: 20 + number, payment, ..Detail::default() }],
    }
}

pub(super) fn stated(batch: &Batch, account: Entries) -> Result<(Change, BankAnswer), Refusal> {
    let (_, cases) = three();
    let accounts = vec![account];
    let given = Statement { kind: AnswerKind::Statement, message: Some("S1".to_owned()), accounts };
    let permit = permit(Verb::BankAnswerRecord);
    super::statement(&permit, new(None), given, (std::slice::from_ref(batch), &kinds()), cases, item)
}

pub(super) fn of(entries: Vec<Entry>) -> Entries {
    Entries { entries, ..Entries::default() }
}

#[test]
fn a_statement_tells_of_our_payments_and_lets_the_rest_wait() {
    let (batch, _) = three();
    let mut unknown = entry(1, Side::Debit, "12.00");
    unknown.details.clear();
    let reversal = Entry { is_reversal: true, ..entry(3, Side::Debit, "5.00") };
    let announced = Entry { is_booked: false, ..entry(3, Side::Credit, "9.00") };
    let mut whole = entry(1, Side::Debit, "600.00");
    whole.details[0] = Detail { line: 30, part: Some("PAY-2025-000001-A".to_owned()), ..Detail::default() };
    let entries =
        vec![whole, entry(2, Side::Credit, "40.00"), entry(2, Side::Credit, "60.00"), unknown, reversal, announced];
    let mut entries = of(entries);
    entries.entries[2].bank_reference = Some("B4".to_owned());
    let (change, answer) = stated(&batch, entries).unwrap();
    let zero = Cents::ZERO;
    let [some, rest] = ["40.00", "60.00"].map(cents);
    assert_eq!(
        told(&answer),
        [
            (1, "executed", zero),
            (2, "executed", zero),
            (3, "executed", zero),
            (2, "returned", some),
            (2, "returned", rest)
        ]
    );
    let waiting = answer.items.iter().map(|item| (item.why.code(), item.amount)).collect::<Vec<_>>();
    assert_eq!(waiting, [("unknown", cents("12.00")), ("reversal", cents("5.00"))]);
    let (posted, _) = effects(&change);
    assert_eq!(posted, [(Account::Paid, Account::Commitment, some), (Account::Paid, Account::Commitment, rest)]);
    assert_eq!(answer.returned, cents("100.00"));
}

#[test]
fn a_statement_that_does_not_agree_is_refused_whole_with_its_line() {
    let (batch, _) = three();
    let paid = || entry(1, Side::Debit, "100.00");
    let sum = |side, count, amount| Entries {
        sums: vec![Sum { line: 4, side, count, amount }],
        ..of(vec![paid(), entry(2, Side::Credit, "40.00")])
    };
    let held = |closing: &str| Entries {
        opening: Some(at(2, (Side::Credit, cents("1000.00")))),
        closing: Some(at(3, (Side::Credit, cents(closing)))),
        ..of(vec![paid(), entry(2, Side::Credit, "40.00")])
    };
    let foreign = Entry { currency: "USD".to_owned(), ..paid() };
    let mut parts = paid();
    parts.details[0].amount = Some((cents("99.00"), "HKD".to_owned()));
    for (account, refused) in [
        (sum(None, Some(2), Some(cents("140.00"))), None),
        (sum(None, Some(3), None), Some(("bank_answer.totals", 4))),
        (sum(Some(Side::Credit), Some(1), Some(cents("41.00"))), Some(("bank_answer.totals", 4))),
        (sum(Some(Side::Debit), Some(2), None), Some(("bank_answer.totals", 4))),
        (held("940.00"), None),
        (held("941.00"), Some(("bank_answer.totals", 3))),
        (of(vec![parts]), Some(("bank_answer.totals", 21))),
        (of(vec![entry(2, Side::Debit, "100.00")]), Some(("bank_answer.amount", 22))),
        (of(vec![entry(2, Side::Credit, "200.01")]), Some(("bank_answer.above_out", 22))),
        (
            of(vec![entry(2, Side::Credit, "150.00"), entry(2, Side::Credit, "50.01")]),
            Some(("bank_answer.above_out", 22)),
        ),
        (of(vec![paid(), paid()]), Some(("bank_answer.payment_twice", 21))),
        (of(vec![foreign]), Some(("bank_answer.currency", 21))),
    ] {
        match (stated(&batch, account), refused) {
            (Ok(_), None) => {}
            (Err(refusal), Some((code, line))) => {
                assert_eq!(refusal.code(), code);
                assert!(refusal.to_string().starts_with(&format!("line {line}: ")), "{refusal}");
            }
            (decided, refused) => panic!("{refused:?}: {:?}", decided.map(|(_, answer)| answer)),
        }
    }
    assert_eq!(stated(&batch, Entries::default()).unwrap_err().code(), "bank_answer.empty");
}

#[test]
fn a_return_that_is_told_of_twice_comes_back_once() {
    let (mut batch, _) = three();
    let standing = &mut batch.payments[1].standing;
    (standing.status, standing.returned) = (Some(PaymentStatus::Returned), cents("40.00"));
    standing.returns.push((Some("B2".to_owned()), cents("40.00"), Some(day("2025-05-08"))));
    // Beside it stands what is new, so that the file says something.
    let beside = || entry(1, Side::Debit, "100.00");
    let again = |reference: Option<&str>, on: &str| {
        let (bank_reference, on) = (reference.map(str::to_owned), Day::parse(on).ok());
        let entry = Entry { bank_reference, on, ..entry(2, Side::Credit, "40.00") };
        let (_, answer) = stated(&batch, of(vec![beside(), entry])).unwrap();
        (answer.returned, answer.items.first().map(|item| item.why.code()))
    };
    assert_eq!(again(Some("B2"), "2025-05-08"), (Cents::ZERO, None));
    assert_eq!(again(None, "2025-05-08"), (Cents::ZERO, Some("seen_before")));
    assert_eq!(again(Some("B9"), "2025-05-08"), (cents("40.00"), None));
    assert_eq!(again(None, "2025-05-09"), (cents("40.00"), None));
    assert_eq!(again(None, "no day"), (Cents::ZERO, Some("seen_before")));
    let (_, answer) = stated(&batch, of(vec![beside(), entry(2, Side::Credit, "0.00")])).unwrap();
    assert_eq!((answer.returned, answer.items[0].why.code()), (Cents::ZERO, "unknown"));
}

#[test]
fn everything_is_known_by_its_code() {
    for status in PaymentStatus::ALL {
        assert_eq!(PaymentStatus::from_code(status.code()), Some(status));
    }
    for kind in AnswerKind::ALL {
        assert_eq!(AnswerKind::from_code(kind.code()), Some(kind));
    }
}
