//! Who decides a change, and what is so afterwards.

mod asking;
mod committee;
mod told;

use super::*;
use crate::approval::Acting;
use crate::award::{Award, Instalment};
use crate::basis::Earlier;
use crate::calculation::History;
use crate::claim::{Claim, ClaimState};
use crate::ids::ClaimId;
use crate::ledger::{Account, Balance, Balances, Posting};
use crate::money::Cents;
use crate::permission::Verb;
use crate::route::Held;
use crate::sample::{
    NIAS, agency, amending, application, award, cents, commissioner, day, instant, met, nobody, permit, person, scheme,
};
use crate::scheme::DueOn;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use uuid::Uuid;

/// The award of 150 million to a case of NIAS, accepted on 5 March 2025, with its plan and its claims.
pub(super) fn standing(claims: Vec<Claim>) -> Standing {
    let case = application(State::Accepted);
    let amount = cents("150000000.00");
    let stages = vec![("project".to_owned(), amount)];
    let award = Award { amount, originally: amount, stages, accepted_at: Some(instant("2025-03-05")), ..award(&case) };
    Standing {
        state: State::Accepted,
        figures: Figures::of(&case, &award, &[]),
        award,
        plan: plan(&["37500000.00", "75000000.00", "37500000.00"]),
        claims,
        part_paid: Cents::ZERO,
        demanded: Cents::ZERO,
    }
}

/// NIAS that pays a half on completion and the last quarter on the final accounts.
fn three() -> String {
    let dated = |share: &str| format!("is = [{{ from = \"2024-09-16\", is = \"{share}\", source = \"house\" }}]");
    let name = "name = { en = \"Accounts\", zh-Hant = \"帳目\", zh-Hans = \"账目\" }";
    let accounts = format!("[payment.instalment.accounts]\ndue = \"final_accounts\"\n{}\n{name}\n\n", dated("25%"));
    let (before, after) = NIAS.split_once("[payment.instalment.final]").unwrap();
    let (last, rest) = after.split_once("\n\n").unwrap();
    format!("{before}[payment.instalment.final]{}\n\n{accounts}{rest}", last.replace("75%", "50%"))
}

/// The same, read once.
pub(super) fn nias() -> &'static Scheme {
    static READ: OnceLock<Scheme> = OnceLock::new();
    READ.get_or_init(|| scheme(&three()))
}

pub(super) fn plan(amounts: &[&str]) -> Vec<Instalment> {
    let parts = [("initial", DueOn::Acceptance), ("final", DueOn::Completion), ("accounts", DueOn::FinalAccounts)];
    let part = |((code, due), amount): ((&str, DueOn), &&str)| Instalment::on(code.to_owned(), due, cents(amount));
    parts.into_iter().zip(amounts).map(part).collect()
}

pub(super) fn claim(instalment: &str, state: ClaimState, amount: Cents) -> Claim {
    Claim {
        id: ClaimId(Uuid::from_u128(7)),
        application: application(State::Accepted).id,
        instalment: instalment.to_owned(),
        state,
        claimed: amount,
        evidence: "invoices".to_owned(),
        actual: None,
        certified: matches!(state, ClaimState::Certified | ClaimState::Paid | ClaimState::Nil).then_some(amount),
        reason: None,
        shown: BTreeMap::new(),
        costs: None,
        queries: Vec::new(),
    }
}

pub(super) fn wanted(json: &str) -> Wanted {
    serde_json::from_str(json).unwrap()
}

pub(super) fn to_amount(amount: Cents) -> Wanted {
    Wanted { amount: Some(amount), ..Wanted::default() }
}

/// Asked for by person 1 of the applicant on 1 April 2025.
pub(super) fn asked(standing: &Standing, kind: ChangeKind, wanted: Wanted) -> Result<ChangeRequest, Refusal> {
    asked_under(nias(), standing, (kind, wanted), &[])
}

pub(super) fn asked_under(
    scheme: &Scheme,
    standing: &Standing,
    (kind, wanted): (ChangeKind, Wanted),
    requests: &[ChangeRequest],
) -> Result<ChangeRequest, Refusal> {
    let duties = nobody();
    let case = Application { state: standing.state, ..application(State::Accepted) };
    let asking = Asking { scheme, standing, requests, duties: &duties, sight: Sight::Public };
    let new = NewChangeRequest { kind, wanted, reason: "as things are".to_owned() };
    let by = (person(1), instant("2025-04-01"));
    request(&permit(Verb::ChangeRequest), &case, asking, new, by).map(|(_, request)| request)
}

pub(super) struct By<'a> {
    pub(super) held: Held,
    pub(super) duties: &'a Duties,
    pub(super) is_officer: bool,
    pub(super) by: u128,
}

/// Decided on 2 April 2025, with as much of every limit committed as the award holds.
pub(super) fn decided(
    request: ChangeRequest,
    standing: &Standing,
    by: &By<'_>,
    balances: Balances,
) -> Result<(Change, Decided), Refusal> {
    let case = Application { state: standing.state, ..application(State::Accepted) };
    let agency = agency();
    let deciding = Deciding {
        scheme: nias(),
        in_force: nias(),
        standing: standing.clone(),
        earlier: Earlier { history: History { awards: Some(Vec::new()), ..History::default() }, cases: Vec::new() },
        debarred: Vec::new(),
        batch: None,
        is_officer: by.is_officer,
        last_step: Some("approval".to_owned()),
        amending: amending(&agency, &case, nias()),
    };
    let acting = Acting { by: person(by.by), held: &by.held, duties: by.duties, at: instant("2025-04-02") };
    let verdict = (Verdict::Granted, "as agreed");
    let (change, decided) = request.decide(&permit(Verb::ChangeDecide), case, acting, deciding, verdict)?;
    met(&change, balances)?;
    Ok((change, decided))
}

pub(super) fn forwarded(request: ChangeRequest) -> ChangeRequest {
    request.forward(&permit(Verb::ChangeForward), (person(5), instant("2025-04-02"))).unwrap().1
}

fn of_commissioner(duties: &Duties) -> By<'_> {
    By { held: commissioner(), duties, is_officer: false, by: 9 }
}

pub(super) fn code<T>(result: Result<T, Refusal>) -> Option<&'static str> {
    result.err().map(|refusal| refusal.code())
}

#[test]
fn what_is_certified_stays_and_the_rest_is_planned_again_to_the_cent() {
    let scheme = nias();
    let paid = |amount: &str| vec![claim("initial", ClaimState::Paid, cents(amount))];
    for (claims, amount, expected) in [
        (vec![], "200000000.00", &["50000000.00", "100000000.00", "50000000.00"][..]),
        (vec![], "100000000.01", &["25000000.00", "50000000.00", "25000000.01"]),
        (paid("37500000.00"), "200000000.00", &["37500000.00", "100000000.00", "62500000.00"]),
        (paid("30000000.00"), "200000000.00", &["30000000.00", "100000000.00", "70000000.00"]),
        // What is certified is more than its share by now: the coming one pays nothing, and the last one what is left.
        (paid("37500000.00"), "40000000.00", &["37500000.00", "2500000.00"]),
        (paid("37500000.00"), "37500000.00", &["37500000.00", "0.00"]),
        (paid("37500000.00"), "30000000.00", &["37500000.00", "0.00"]),
        (vec![claim("initial", ClaimState::Returned, cents("1.00"))], "0.03", &["0.01", "0.02"]),
    ] {
        let planned =
            planned_again(scheme, day("2025-02-05"), (cents(amount), None), (&standing(vec![]).plan, &claims)).unwrap();
        let amounts = planned.plan.iter().map(|part| part.amount.to_string()).collect::<Vec<_>>();
        assert_eq!(amounts, expected, "{claims:?} {amount}");
    }
    let again = |claims: &[Claim], amount: &str| {
        code(planned_again(scheme, day("2025-02-05"), (cents(amount), None), (&standing(vec![]).plan, claims)))
    };
    assert_eq!(again(&paid("37500000.00"), "37500000.01"), None);
    assert_eq!(again(&[claim("initial", ClaimState::Submitted, cents("1.00"))], "2.00"), Some("change.claim_waits"));
}

#[test]
fn nobody_decides_who_has_another_part_in_it_or_another_duty() {
    let standing = standing(vec![]);
    let request = || forwarded(asked(&standing, ChangeKind::Amount, to_amount(cents("160000000.00"))).unwrap());
    let nobody = nobody();
    let decide = |by: &By<'_>| code(decided(request(), &standing, by, Balances::default()));
    for (by, expected) in [(1, Some("change.own")), (5, Some("change.own")), (9, None)] {
        assert_eq!(decide(&By { by, ..of_commissioner(&nobody) }), expected, "{by}");
    }
    for duty in Duty::ALL {
        let duties = Duties { held: BTreeMap::from([(person(9), duty)]), ..Duties::default() };
        let expected = (duty != Duty::Approver).then_some("duty.separated");
        assert_eq!(decide(&of_commissioner(&duties)), expected, "{duty:?}");
        // And in the absence of somebody who has had it.
        let delegated = BTreeMap::from([(person(9), BTreeSet::from(["commissioner".to_owned()]))]);
        let held = Held { delegated, ..Held::default() };
        assert_eq!(decide(&By { held, duties: &duties, is_officer: false, by: 10 }), expected, "{duty:?} absent");
    }
    for absent in [1, 5] {
        let delegated = BTreeMap::from([(person(absent), BTreeSet::from(["commissioner".to_owned()]))]);
        let held = Held { delegated, ..Held::default() };
        assert_eq!(decide(&By { held, duties: &nobody, is_officer: false, by: 10 }), Some("change.own"));
    }
    // Where one of two who are absent has put it forward, the other is acted for.
    let lent = |absent: u128| (person(absent), BTreeSet::from(["commissioner".to_owned()]));
    let held = Held { delegated: [lent(5), lent(6)].into(), ..Held::default() };
    assert_eq!(decide(&By { held, duties: &nobody, is_officer: false, by: 10 }), None);
    // Another amount is the last word, and not that of whoever has passed what came before it.
    for (part, expected) in [("approval", None), ("finance", Some("approval.another_part"))] {
        let duties = Duties {
            held: BTreeMap::from([(person(9), Duty::Approver)]),
            parts: BTreeMap::from([(person(9), part.to_owned())]),
        };
        assert_eq!(decide(&of_commissioner(&duties)), expected, "{part}");
    }
    let assistant = Held { own: BTreeSet::from(["assistant_commissioner".to_owned()]), ..Held::default() };
    assert_eq!(decide(&By { held: assistant, ..of_commissioner(&nobody) }), Some("approval.authority_too_low"));
    assert_eq!(
        decide(&By { held: Held::default(), is_officer: true, ..of_commissioner(&nobody) }),
        Some("change.not_yours")
    );
    let early = asked(&standing, ChangeKind::Amount, to_amount(cents("160000000.00"))).unwrap();
    assert_eq!(
        code(decided(early, &standing, &of_commissioner(&nobody), Balances::default())),
        Some("change.not_forwarded")
    );
    let small = asked(&standing, ChangeKind::People, wanted(r#"{ "text": "Dr Chan" }"#)).unwrap();
    assert_eq!(
        code(decided(small.clone(), &standing, &of_commissioner(&nobody), Balances::default())),
        Some("change.not_yours")
    );
    assert_eq!(
        code(small.clone().forward(&permit(Verb::ChangeForward), (person(5), instant("2025-04-02")))),
        Some("change.officer_decides")
    );
    let officer = By { held: Held::default(), is_officer: true, ..of_commissioner(&nobody) };
    let (_, done) = decided(small, &standing, &officer, Balances::default()).unwrap();
    assert_eq!(done.request.state, ChangeState::Granted);
    assert_eq!(code(decided(done.request, &standing, &officer, Balances::default())), Some("change.wrong_state"));
}

/// The postings of a change.
pub(super) fn postings(change: &Change) -> Vec<(Account, Account, Cents)> {
    let movements = change.writes().iter().filter_map(|write| match write {
        Write::Movement(movement) => Some(&movement.postings),
        _ => None,
    });
    movements.flatten().map(|Posting { from, to, amount, .. }| (*from, *to, *amount)).collect()
}

#[test]
fn a_raise_meets_every_limit_again_and_is_refused_with_what_is_left() {
    let standing = standing(vec![]);
    let duties = nobody();
    let request = |amount: &str| forwarded(asked(&standing, ChangeKind::Amount, to_amount(cents(amount))).unwrap());
    let balance = |committed: &str| Balance { committed: cents(committed), ..Balance::default() };
    let with = |committed: &str| Balances {
        envelope: balance(committed),
        applicant: balance("150000000.00"),
        ..Balances::default()
    };
    let decide =
        |amount: &str, committed: &str| decided(request(amount), &standing, &of_commissioner(&duties), with(committed));
    let (change, _) = decide("200000000.00", "150000000.00").unwrap();
    assert_eq!(postings(&change), [(Account::Envelope, Account::Commitment, cents("50000000.00"))]);
    assert!(change.writes().iter().any(|write| matches!(write, Write::Calculation { .. })));
    // The pinned rules allow 200 million on a cost of 600.
    assert_eq!(code(decide("200000000.01", "150000000.00")), Some("change.above_allowed"));
    let refused = decide("160000000.00", "9999999999.00").unwrap_err();
    let Refusal::CeilingExceeded { ceiling, wanted, left } = refused else { panic!("{refused:?}") };
    assert_eq!((ceiling.as_str(), wanted, left), ("envelope", cents("10000000.00"), cents("1.00")));
    let mut stale = standing.clone();
    stale.award.amount = cents("140000000.00");
    let late = decided(request("160000000.00"), &stale, &of_commissioner(&duties), with("150000000.00"));
    assert_eq!(code(late), Some("change.stale"));
    let (change, _) = decide("100000000.00", "150000000.00").unwrap();
    assert_eq!(postings(&change), [(Account::Commitment, Account::Envelope, cents("50000000.00"))]);
}

#[test]
fn a_termination_releases_what_is_not_paid_and_notes_what_is_to_be_recovered() {
    let claims = vec![
        claim("initial", ClaimState::Paid, cents("37500000.00")),
        claim("final", ClaimState::Certified, cents("75000000.00")),
    ];
    let standing = standing(claims);
    let duties = nobody();
    let wanted = wanted(r#"{ "recover": "1000000.00" }"#);
    let request = forwarded(asked(&standing, ChangeKind::Termination, wanted).unwrap());
    let held = Balance { committed: cents("150000000.00"), ..Balance::default() };
    let balances = Balances { envelope: held, round: held, year: held, applicant: held };
    let (change, done) = decided(request, &standing, &of_commissioner(&duties), balances).unwrap();
    assert_eq!(done.application.state, State::Terminated);
    assert_eq!(postings(&change), [(Account::Commitment, Account::Envelope, cents("112500000.00"))]);
    let settled = change.writes().iter().find_map(|write| match write {
        Write::Award(award) => award.settled,
        _ => None,
    });
    let settled = settled.unwrap();
    assert_eq!((settled.amount, settled.overpaid), (cents("37500000.00"), cents("1000000.00")));
}

#[test]
fn it_is_withdrawn_by_whoever_asked_and_answered_when_something_was_asked() {
    let standing = standing(vec![]);
    let request = || asked(&standing, ChangeKind::Scope, wanted(r#"{ "text": "two lines" }"#)).unwrap();
    let at = instant("2025-04-02");
    let withdraw = |request: ChangeRequest, by, sight| {
        let verb = if sight == Sight::Staff { Verb::ChangeOpen } else { Verb::ChangeRequest };
        request.withdraw(&permit(verb), (person(by), at), sight, "other plans").map(|(_, request)| request)
    };
    assert_eq!(withdraw(request(), 2, Sight::Public).unwrap().state, ChangeState::Withdrawn);
    assert_eq!(code(withdraw(request(), 5, Sight::Staff)), Some("change.of_others"));
    let opened = ChangeRequest { by_agency: true, requested_by: person(5), ..request() };
    assert_eq!(code(withdraw(opened.clone(), 1, Sight::Public)), Some("change.of_others"));
    assert_eq!(code(withdraw(opened.clone(), 6, Sight::Staff)), Some("change.of_others"));
    assert_eq!(withdraw(opened.clone(), 5, Sight::Staff).unwrap().state, ChangeState::Withdrawn);
    assert_eq!(code(opened.clone().give_back(&permit(Verb::ChangeReturn), "why?")), Some("change.of_others"));
    assert_eq!(code(opened.forward(&permit(Verb::ChangeForward), (person(5), at))), Some("change.own"));
    let answer = |request: ChangeRequest| request.answer(&permit(Verb::ChangeAnswer), "because");
    assert_eq!(code(answer(request())), Some("change.wrong_state"));
    let (_, returned) = request().give_back(&permit(Verb::ChangeReturn), "why?").unwrap();
    assert_eq!(
        code(returned.clone().forward(&permit(Verb::ChangeForward), (person(5), at))),
        Some("change.wrong_state")
    );
    let (_, answered) = answer(returned).unwrap();
    assert_eq!((answered.state, answered.answer.as_deref()), (ChangeState::Requested, Some("because")));
}

#[test]
fn what_holds_is_what_the_changes_have_made_of_it_in_their_order() {
    let case = application(State::Accepted);
    let award = Award { accepted_at: Some(instant("2025-03-05")), ..award(&case) };
    let mut planned = case.clone();
    planned.content.request.project.stages.iter_mut().for_each(|stage| stage.months = Some(36));
    assert_eq!(Figures::of(&planned, &award, &[]).ends_on, Some(day("2028-03-04")));
    assert_eq!(Figures::of(&case, &award, &[]).ends_on, None);
    let made = |number, kind, after: &str| AwardChange {
        number,
        request: number,
        kind,
        before: Terms::default(),
        after: serde_json::from_str(after).unwrap(),
        project: None,
        authority: None,
        amount: (award.amount, award.amount),
        stages: Vec::new(),
        at: instant("2025-04-01"),
    };
    let changes = [
        made(1, ChangeKind::Dates, r#"{ "ends_on": "2029-01-01" }"#),
        made(2, ChangeKind::People, r#"{ "text": "Dr Chan" }"#),
        made(3, ChangeKind::Dates, r#"{ "ends_on": "2030-01-01" }"#),
    ];
    let figures = Figures::of(&planned, &award, &changes);
    assert_eq!((figures.ends_on, figures.changes), (Some(day("2030-01-01")), 3));
    assert_eq!(figures.texts.get(&ChangeKind::People).map(String::as_str), Some("Dr Chan"));
    assert_eq!(figures.texts.get(&ChangeKind::Scope).map(String::as_str), Some("For cells"));
    for (code, due) in figures.obligations(&planned, &scheme(NIAS)) {
        assert!(due > day("2030-01-01"), "{code} {due}");
    }
}
