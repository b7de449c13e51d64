//! Whom each change waits for, and what cannot be asked for.

use super::super::*;
use super::{asked, asked_under, claim, code, nias, standing, to_amount, wanted};
use crate::award::Settlement;
use crate::claim::ClaimState;
use crate::money::Cents;
use crate::permission::Verb;
use crate::sample::{NIAS, application, cents, day, instant, nobody, permit, person, scheme};

fn budget(lines: &[(&str, &str)]) -> Wanted {
    let line = |(category, amount): &(&str, &str)| BudgetLine {
        stage: "project".to_owned(),
        category: (*category).to_owned(),
        amount: cents(amount),
    };
    Wanted { budget: Some(lines.iter().map(line).collect()), ..Wanted::default() }
}

#[test]
fn each_kind_goes_its_way_and_small_moves_of_the_budget_are_an_officers() {
    let standing = standing(vec![]);
    let other = |amount: &str, rest: &str| budget(&[("equipment", amount), ("staff", rest)]);
    let both = ["assistant_commissioner", "commissioner"];
    for (kind, wanted, by) in [
        (ChangeKind::Dates, wanted(r#"{ "ends_on": "2028-03-05" }"#), &[][..]),
        (ChangeKind::People, wanted(r#"{ "text": "Dr Chan leads it" }"#), &[]),
        (ChangeKind::Scope, wanted(r#"{ "text": "two lines" }"#), &both),
        (ChangeKind::Amount, to_amount(cents("160000000.00")), &both),
        (ChangeKind::Suspension, Wanted::default(), &both),
        (ChangeKind::Termination, Wanted::default(), &both),
        // A tenth of 600 million is 60.
        (ChangeKind::Budget, other("540000000.00", "60000000.00"), &[]),
        (ChangeKind::Budget, other("539999999.99", "60000000.01"), &both),
    ] {
        let request = asked(&standing, kind, wanted).unwrap();
        let named = request.route.as_ref().map(Part::authorities).unwrap_or_default();
        assert_eq!(named, by, "{kind:?}");
    }
    // Two small moves are measured together, until an authority has approved what they come to.
    let mut moved = standing;
    let once = asked(&moved, ChangeKind::Budget, other("550000000.00", "50000000.00")).unwrap();
    moved.figures.project = moved.project_of(once.wanted.budget.as_deref().unwrap()).unwrap();
    let again = || asked(&moved, ChangeKind::Budget, other("500000000.00", "100000000.00")).unwrap().route;
    assert!(again().is_some());
    let approved = Standing {
        figures: Figures { approved: moved.figures.project.clone(), ..moved.figures.clone() },
        ..moved.clone()
    };
    assert_eq!(asked(&approved, ChangeKind::Budget, other("500000000.00", "100000000.00")).unwrap().route, None);
}

#[test]
fn what_cannot_be_asked_for_is_told_why() {
    let open = |kind| asked(&standing(vec![]), kind, wanted(r#"{ "text": "two lines" }"#)).unwrap();
    let paid = || standing(vec![claim("initial", ClaimState::Paid, cents("37500000.00"))]);
    let settled = || {
        let mut settled = standing(vec![]);
        let amount = settled.award.amount;
        settled.award.settled = Some(Settlement { amount, overpaid: Cents::ZERO, on: day("2025-04-01") });
        settled
    };
    let moved = |state| Standing { state, ..standing(vec![]) };
    let text = |text: &str| Wanted { text: Some(text.to_owned()), ..Wanted::default() };
    for (standing, kind, wanted, expected) in [
        (moved(State::Suspended), ChangeKind::Scope, text("x"), "application.wrong_state"),
        (moved(State::Completed), ChangeKind::Termination, Wanted::default(), "application.wrong_state"),
        (standing(vec![]), ChangeKind::Resumption, Wanted::default(), "application.wrong_state"),
        (standing(vec![]), ChangeKind::Scope, Wanted::default(), "change.fields"),
        (standing(vec![]), ChangeKind::Suspension, text("x"), "change.fields"),
        (
            standing(vec![]),
            ChangeKind::Dates,
            Wanted { amount: Some(cents("1.00")), ..Wanted::default() },
            "change.fields",
        ),
        (standing(vec![]), ChangeKind::Scope, text(" For cells "), "change.nothing"),
        (standing(vec![]), ChangeKind::Scope, text("  "), "text.length"),
        (standing(vec![]), ChangeKind::Amount, to_amount(cents("150000000.00")), "change.nothing"),
        (standing(vec![]), ChangeKind::Amount, to_amount(Cents::ZERO), "change.to_nothing"),
        (paid(), ChangeKind::Termination, wanted(r#"{ "recover": "37500000.01" }"#), "change.recover_above_paid"),
        (standing(vec![]), ChangeKind::Dates, wanted(r#"{ "ends_on": "2025-04-01" }"#), "change.end_day"),
        (standing(vec![]), ChangeKind::Dates, wanted(r#"{ "ends_on": "2045-04-01" }"#), "change.end_day"),
        (standing(vec![]), ChangeKind::Budget, budget(&[("equipment", "600000000.00")]), "change.nothing"),
        (standing(vec![]), ChangeKind::Budget, budget(&[("equipment", "599999999.99")]), "change.budget_total"),
        (
            standing(vec![]),
            ChangeKind::Budget,
            budget(&[("equipment", "1.00"), ("equipment", "2.00")]),
            "change.budget_lines",
        ),
        (settled(), ChangeKind::Termination, Wanted::default(), "change.settled"),
    ] {
        let refused = code(asked(&standing, kind, wanted.clone()));
        assert_eq!(refused, Some(expected), "{kind:?} {wanted:?}");
    }
    let of_agency = |kind| {
        let (scheme, duties, standing) = (scheme(NIAS), nobody(), standing(vec![]));
        let asking =
            Asking { scheme: &scheme, standing: &standing, requests: &[], duties: &duties, sight: Sight::Staff };
        let new = NewChangeRequest { kind, wanted: Wanted::default(), reason: "fraud".to_owned() };
        let by = (person(5), instant("2025-04-01"));
        code(request(&permit(Verb::ChangeOpen), &application(State::Accepted), asking, new, by))
    };
    assert_eq!(of_agency(ChangeKind::Amount), Some("change.of_applicant"));
    assert_eq!(of_agency(ChangeKind::Suspension), None);
    let kind = (ChangeKind::Scope, text("three lines"));
    assert_eq!(
        code(asked_under(nias(), &standing(vec![]), kind.clone(), &[open(ChangeKind::Scope)])),
        Some("change.open")
    );
    assert_eq!(code(asked_under(nias(), &standing(vec![]), kind.clone(), &[open(ChangeKind::People)])), None);
    let many = vec![open(ChangeKind::People); REQUESTS_MAX];
    assert_eq!(code(asked_under(nias(), &standing(vec![]), kind.clone(), &many)), Some("change.too_many"));
    // A text without a word of changes takes none but those without which nothing could be stopped.
    let (before, after) = NIAS.split_once("[change.dates]").unwrap();
    let silent = format!("{before}[payment{}", after.split_once("[payment").unwrap().1);
    assert_eq!(code(asked_under(&scheme(&silent), &standing(vec![]), kind, &[])), Some("change.kind_not_taken"));
    let stop =
        asked_under(&scheme(&silent), &standing(vec![]), (ChangeKind::Suspension, Wanted::default()), &[]).unwrap();
    assert_eq!(stop.route.as_ref().map(Part::authorities), Some(vec!["assistant_commissioner", "commissioner"]));
}
