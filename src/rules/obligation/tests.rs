//! What is owed when, what is handed in for it, and what it keeps from being paid.

use super::*;
use crate::permission::Verb;
use crate::sample::{NIAS, application, cents, day, instant, permit, person, scheme};
use crate::scheme::DueOn;
use uuid::Uuid;

/// NIAS with a yearly report, accounts on which the last instalment waits, what follows the accounts, and books.
fn text() -> String {
    let named = "name = { en = \"A\", zh-Hant = \"甲\", zh-Hans = \"甲\" }";
    let dated = |is: &str| format!("[{{ from = \"2024-09-16\", is = {is}, source = \"house\" }}]");
    let yearly = format!(
        "[obligation.yearly]\n{named}\nkind = \"report\"\nafter = \"acceptance\"\nis = {}\nevery_months = {}\nblocks_when_late = {}\n\n",
        dated("2"),
        dated("12"),
        dated("true")
    );
    let accounts = format!(
        "[obligation.accounts]\n{named}\nkind = \"audited_accounts\"\nafter = \"completion\"\nis = {}\nneeded_for = [\"final\"]\n\n",
        dated("3")
    );
    let follow = format!("[obligation.refund]\n{named}\nafter = \"final_accounts\"\nis = {}\n\n", dated("1"));
    let books =
        format!("[obligation.books]\n{named}\nkind = \"books\"\nafter = \"completion\"\nis = {}\n\n", dated("84"));
    NIAS.replacen(
        "[obligation.final_report]",
        &format!("{yearly}{accounts}{follow}{books}[obligation.final_report]"),
        1,
    )
}

fn anchors(ends_on: Option<&str>, accounts_on: Option<&str>) -> Anchors {
    Anchors { accepted_on: day("2025-03-31"), ends_on: ends_on.map(day), accounts_on: accounts_on.map(day) }
}

fn derived(anchors: Anchors) -> Vec<Derived> {
    let plan = [("initial", DueOn::Acceptance), ("final", DueOn::Completion)];
    let plan = plan.map(|(code, due)| Instalment::on(code.to_owned(), due, cents("100.00")));
    derive(&scheme(&text()), day("2025-02-05"), anchors, &plan)
}

#[test]
fn what_is_owed_is_counted_from_the_days_of_the_case() {
    let told = |anchors| {
        let all = derived(anchors).into_iter();
        all.map(|one| (one.code, one.due_on.map(|day| day.to_string()))).collect::<Vec<_>>()
    };
    let due = |code: &str, day: &str| (code.to_owned(), Some(day.to_owned()));
    let open = |code: &str| (code.to_owned(), None);
    assert_eq!(
        told(anchors(Some("2027-03-30"), None)),
        [
            due("yearly_1", "2026-05-31"),
            due("accounts", "2027-06-30"),
            open("refund"),
            due("books", "2034-03-30"),
            due("final_report", "2027-06-30"),
        ]
    );
    // On its last day a whole year is over: that one is owed as well. And what follows the accounts has its day.
    let longer = told(anchors(Some("2027-03-31"), Some("2027-05-05")));
    assert_eq!(longer[..2], [due("yearly_1", "2026-05-31"), due("yearly_2", "2027-05-31")]);
    assert_eq!(longer[3], due("refund", "2027-06-05"));
    // Nobody has said when the project ends.
    assert_eq!(told(anchors(None, None)), [open("accounts"), open("refund"), open("books"), open("final_report")]);
    let all = derived(anchors(Some("2027-03-30"), None));
    let [yearly, accounts, ..] = all.as_slice() else { panic!("{all:?}") };
    assert!(yearly.blocks_when_late && yearly.needed_for.is_empty());
    assert!(!accounts.blocks_when_late && accounts.needed_for == ["final"]);
}

fn owed(code: &str, state: ObligationState) -> Obligation {
    Obligation {
        application: application(State::Accepted).id,
        code: code.to_owned(),
        kind: ObligationKind::AuditedAccounts,
        state,
        due_on: Some(day("2025-06-30")),
        blocks_when_late: true,
        needed_for: vec!["final".to_owned()],
        submissions: Vec::new(),
    }
}

fn file(number: u128, document: &str) -> Attachment {
    Attachment {
        id: AttachmentId(Uuid::from_u128(number)),
        application: application(State::Accepted).id,
        document: Some(document.to_owned()),
        name: "accounts.pdf".to_owned(),
        media_type: MediaType::Pdf,
        bytes: 10,
        sha256: "0".repeat(64),
        scan: crate::attachment::Scan::NotScanned,
        attached_by: person(1),
        attached_at: instant("2025-06-01"),
        in_answer_to: None,
    }
}

fn submitted(obligation: Obligation, number: u128, words: &str, state: State) -> Result<Obligation, Refusal> {
    let (case, files) = (application(state), [file(1, "accounts"), file(2, "plan"), file(3, "accounts")]);
    let sent = (AttachmentId(Uuid::from_u128(number)), words);
    let by = (person(1), instant("2025-06-02"));
    obligation.submit(&permit(Verb::ObligationSubmit), (&case, &files), sent, by).map(|(_, obligation)| obligation)
}

fn given_back(obligation: Obligation, reason: &str) -> Result<Obligation, Refusal> {
    let by = (person(2), instant("2025-06-03"));
    let (scheme, anchors) = (scheme(&text()), anchors(Some("2025-03-30"), None));
    let accepting = Accepting { scheme: &scheme, on: day("2025-02-05"), anchors, plan: &[], all: &[] };
    obligation.give_back(&permit(Verb::ObligationReturn), by, reason, accepting).map(|(_, obligation)| obligation)
}

#[test]
fn what_is_handed_in_has_a_file_of_its_own_and_is_accepted_or_sent_back_with_a_reason() {
    let open = || owed("accounts", ObligationState::Open);
    for (obligation, number, words, state, code) in [
        (open(), 2, "as audited", State::Accepted, "obligation.attachment"),
        (open(), 9, "as audited", State::Accepted, "obligation.attachment"),
        (open(), 1, " ", State::Accepted, "text.length"),
        (open(), 1, "as audited", State::Offered, "application.wrong_state"),
        (owed("accounts", ObligationState::Accepted), 1, "again", State::Accepted, "obligation.wrong_state"),
    ] {
        assert_eq!(submitted(obligation, number, words, state).unwrap_err().code(), code);
    }
    assert_eq!(given_back(open(), "none").unwrap_err().code(), "obligation.wrong_state");
    let first = submitted(open(), 1, " as audited ", State::Completed).unwrap();
    assert_eq!((first.state, first.submissions[0].words.as_str()), (ObligationState::Submitted, "as audited"));
    assert_eq!(given_back(first.clone(), " ").unwrap_err().code(), "text.length");
    let back = given_back(first, "not signed").unwrap();
    assert_eq!(back.state, ObligationState::Open);
    assert_eq!(submitted(back.clone(), 1, "again", State::Accepted).unwrap_err().code(), "obligation.attachment");
    let second = submitted(back, 3, "signed", State::Suspended).unwrap();
    let scheme = scheme(&text());
    let anchors = anchors(Some("2025-03-30"), None);
    let accepting = Accepting { scheme: &scheme, on: day("2025-02-05"), anchors, plan: &[], all: &[] };
    let by = (person(2), instant("2025-06-05"));
    let (change, accepted) = second.accept(&permit(Verb::ObligationAccept), by, accepting).unwrap();
    assert_eq!((accepted.state, accepted.submissions.len()), (ObligationState::Accepted, 2));
    // What follows the accounts has its day from now on.
    let refund = change.writes().iter().find_map(|write| match write {
        Write::OnObligation { write: ObligationWrite::Derived(all), .. } => all.iter().find(|one| one.code == "refund"),
        _ => None,
    });
    assert_eq!(refund.and_then(|refund| refund.due_on), Some(day("2025-07-05")));
    assert_eq!(
        accepted.accept(&permit(Verb::ObligationAccept), by, accepting).unwrap_err().code(),
        "obligation.wrong_state"
    );
    let books = Obligation { kind: ObligationKind::Books, ..owed("books", ObligationState::Open) };
    assert_eq!(named(vec![books], "books").unwrap_err().code(), "obligation.unknown");
}

#[test]
fn of_accounts_that_are_owed_every_year_the_last_ones_accepted_are_the_final_ones() {
    let every = "every_months = [{ from = \"2024-09-16\", is = 12, source = \"house\" }]";
    let (kind, after) = ("kind = \"audited_accounts\"", "after = \"completion\"");
    let yearly = text().replacen(&format!("{kind}\n{after}"), &format!("{kind}\n{every}\nafter = \"acceptance\""), 1);
    let yearly = scheme(&yearly.replacen("needed_for = [\"final\"]\n", "", 1));
    let by = (person(2), instant("2027-06-05"));
    let accepts = |ends_on: &str, all: &[Obligation]| {
        let handed_in = Obligation {
            code: "accounts_1".to_owned(),
            ..submitted(owed("accounts", ObligationState::Open), 1, "as audited", State::Completed).unwrap()
        };
        let anchors = anchors(Some(ends_on), None);
        let accepting = Accepting { scheme: &yearly, on: day("2025-02-05"), anchors, plan: &[], all };
        let (change, accepted) = handed_in.accept(&permit(Verb::ObligationAccept), by, accepting).unwrap();
        let refund = change.writes().iter().find_map(|write| match write {
            Write::OnObligation { write: ObligationWrite::Derived(all), .. } => {
                all.iter().find(|one| one.code == "refund").and_then(|refund| refund.due_on)
            }
            _ => None,
        });
        (refund, accepted)
    };
    let second = |state| Obligation { code: "accounts_2".to_owned(), ..owed("accounts", state) };
    let (refund, accepted) = accepts("2027-04-30", &[second(ObligationState::Open)]);
    assert_eq!(refund, None, "accounts of another year are owed still");
    let later = Obligation { code: "accounts_2".to_owned(), ..accepted };
    assert_eq!(accepts("2027-04-30", &[later]).0, Some(day("2027-07-05")));
    assert_eq!(accepts("2026-04-30", &[second(ObligationState::Dropped)]).0, Some(day("2027-07-05")));
}

#[test]
fn what_is_not_accepted_keeps_its_instalments_and_what_is_late_keeps_all_of_them() {
    let case = application(State::Accepted);
    let told = |state, blocks_when_late, instalment: &str, today: &str| {
        let all = [Obligation { blocks_when_late, ..owed("accounts", state) }];
        let certified = must_be_met(&all, &case, (instalment, day(today))).err().map(|refusal| refusal.code());
        (certified, none_late(&all, &case, day(today)).err().map(|refusal| refusal.code()))
    };
    let (unmet, late) = (Some("obligation.not_accepted"), Some("obligation.late"));
    for (state, blocks, instalment, today, expected) in [
        (ObligationState::Open, true, "final", "2025-06-30", (unmet, None)),
        (ObligationState::Submitted, true, "final", "2025-09-30", (unmet, None)),
        (ObligationState::Accepted, true, "final", "2025-09-30", (None, None)),
        (ObligationState::Dropped, true, "final", "2025-09-30", (None, None)),
        (ObligationState::Open, true, "initial", "2025-06-30", (None, None)),
        (ObligationState::Open, true, "initial", "2025-07-01", (late, late)),
        (ObligationState::Open, false, "initial", "2025-07-01", (None, None)),
        (ObligationState::Submitted, true, "initial", "2025-07-01", (None, None)),
    ] {
        assert_eq!(told(state, blocks, instalment, today), expected, "{state:?} {instalment} {today}");
    }
}

#[test]
fn a_recipient_is_reminded_before_the_day_and_after_it_while_it_is_open() {
    let told = |state, owed: &Obligation, today: &str| {
        reminder(&application(state), owed, day(today)).map(|reminder| reminder.code())
    };
    let open = owed("accounts", ObligationState::Open);
    for (today, expected) in [
        ("2025-06-15", None),
        ("2025-06-16", Some("obligation_due")),
        ("2025-06-30", Some("obligation_due")),
        ("2025-07-01", Some("obligation_late")),
    ] {
        assert_eq!(told(State::Completed, &open, today), expected, "{today}");
    }
    assert_eq!(told(State::Terminated, &open, "2025-07-01"), None);
    assert_eq!(told(State::Accepted, &owed("accounts", ObligationState::Submitted), "2025-07-01"), None);
    let books = Obligation { kind: ObligationKind::Books, ..open };
    assert_eq!(told(State::Accepted, &books, "2025-07-01"), None);
}
