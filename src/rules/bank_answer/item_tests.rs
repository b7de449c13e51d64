//! What waits because it matches nothing, and what must wait because it came back already.

use super::tests::{effects, entry, given, item, kinds, line, new, of, stated, three, told};
use super::*;
use crate::application::State;
use crate::ledger::Account;
use crate::permission::Verb;
use crate::sample::{self, cents, instant, permit, person};

#[test]
fn what_comes_back_of_an_award_that_has_ended_waits_and_is_owed_to_nobody() {
    let (batch, mut cases) = three();
    cases[0].application.state = State::Terminated;
    let report = given(Counts::default(), vec![line(1, "RJCT")]);
    let permit = permit(Verb::BankAnswerRecord);
    let (change, answer) = super::report(&permit, new(None), report, (&batch, &kinds()), cases, item).unwrap();
    assert_eq!(effects(&change), (vec![], vec![]));
    assert_eq!(answer.items.iter().map(|item| item.why.code()).collect::<Vec<_>>(), ["award_ended"]);
}

#[test]
fn an_item_is_closed_once_by_somebody_else_as_a_return_or_set_aside() {
    let (mut batch, cases) = three();
    batch.payments[0].standing.returns.push((Some("B7".to_owned()), cents("50.00"), None));
    let (_, answer) = stated(&batch, of(vec![Entry { details: vec![], ..entry(1, Side::Credit, "50.00") }])).unwrap();
    let found = &answer.items[0];
    let permit = permit(Verb::UnmatchedItemClose);
    let close = |item: &UnmatchedItem, closed: Option<&Closed>, payment: Option<&str>, by: u128| {
        let found = sample::item_on_file(item.clone(), closed.cloned());
        let named = payment.filter(|payment| payment.starts_with("PAY-2025-000001")).map(|_| &batch);
        let case = payment.and(cases.first().cloned());
        let by = (person(by), instant("2025-05-09"));
        super::close(&permit, &found, (payment, "as the bank says"), (named, case), by)
    };
    let (change, closed) = close(found, None, Some("PAY-2025-000001-001"), 7).unwrap();
    assert_eq!(effects(&change), (vec![(Account::Paid, Account::Commitment, cents("50.00"))], vec![1]));
    let (change, _) = close(found, None, None, 7).unwrap();
    assert_eq!(effects(&change), (vec![], vec![]));
    let debit = UnmatchedItem { side: Side::Debit, ..found.clone() };
    let foreign = UnmatchedItem { currency: "USD".to_owned(), ..found.clone() };
    let nothing = UnmatchedItem { amount: Cents::ZERO, ..found.clone() };
    let on_file = UnmatchedItem { bank_reference: Some("B7".to_owned()), ..found.clone() };
    let more = UnmatchedItem { amount: cents("100.01"), ..found.clone() };
    let ours = Some("PAY-2025-000001-001");
    for (item, closed, payment, by, code) in [
        (found, Some(&closed), None, 7, "unmatched_item.closed"),
        (found, None, None, 8, "unmatched_item.own"),
        (found, None, Some("PAY-2025-000001-009"), 7, "unmatched_item.payment"),
        (found, None, Some("PAY-2025-000002-001"), 7, "unmatched_item.payment"),
        (&debit, None, ours, 7, "unmatched_item.no_return"),
        (&foreign, None, ours, 7, "unmatched_item.no_return"),
        (&nothing, None, ours, 7, "unmatched_item.no_return"),
        (&on_file, None, ours, 7, "unmatched_item.no_return"),
        (&more, None, ours, 7, "bank_answer.above_out"),
    ] {
        assert_eq!(close(item, closed, payment, by).unwrap_err().code(), code);
    }
}

#[test]
fn what_a_demand_has_brought_back_no_bank_brings_back_again() {
    let (batch, mut cases) = three();
    // Of the 200.00 of the second case a demand has brought back 150.00.
    cases[1].left = cents("50.00");
    let bank = permit(Verb::BankAnswerRecord);
    let report = |status| {
        let report = given(Counts::default(), vec![line(2, status)]);
        super::report(&bank, new(None), report, (&batch, &kinds()), cases.clone(), item)
            .map(|(_, answer)| told(&answer))
    };
    assert_eq!(report("RJCT").unwrap(), [], "it waits");
    assert_eq!(report("ACSC").unwrap(), [(2, "executed", Cents::ZERO)]);
    let entries = ["50.00", "0.01"].into_iter().zip(["B8", "B9"]).map(|(amount, reference)| {
        let bank_reference = Some(reference.to_owned());
        Entry { bank_reference, ..entry(2, Side::Credit, amount) }
    });
    let accounts = vec![of(entries.collect())];
    let given = Statement { kind: AnswerKind::Statement, message: Some("S1".to_owned()), accounts };
    let batches = std::slice::from_ref(&batch);
    let (change, answer) = super::statement(&bank, new(None), given, (batches, &kinds()), cases.clone(), item).unwrap();
    assert_eq!(effects(&change).0, [(Account::Paid, Account::Commitment, cents("50.00"))]);
    assert_eq!(answer.items.iter().map(|item| item.why.code()).collect::<Vec<_>>(), ["recovered"]);
    let waits = sample::item_on_file(UnmatchedItem { amount: cents("50.01"), ..answer.items[0].clone() }, None);
    let close = |found: &ItemOnFile, payment: Option<&str>| {
        let of = (Some(&batch), Some(cases[1].clone()));
        let by = (person(7), instant("2025-05-09"));
        super::close(&permit(Verb::UnmatchedItemClose), found, (payment, "as the bank says"), of, by)
    };
    let ours = Some("PAY-2025-000001-002");
    assert_eq!(close(&waits, ours).unwrap_err().code(), "bank_answer.recovered");
    let met = ItemOnFile { received: cents("0.01"), ..waits };
    assert_eq!(close(&met, ours).unwrap_err().code(), "unmatched_item.received");
    assert!(close(&met, None).is_ok(), "what is left of it is set aside");
}
