//! Cases for the tests of the rules: a scheme as it is shipped, an application in any state, and permits for it.

use crate::actor::{Actor, Role, Who};
use crate::application::{Application, Content, Revision, State, Submission};
use crate::award::{Award, AwardState};
use crate::bank_answer::{Closed, ItemOnFile, Side, Standing, UnmatchedItem, Why};
use crate::batch::{Batch, BatchState, Payment};
use crate::calculation::{History, calculate};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::claim::{Claim, ClaimState};
use crate::duty::Duties;
use crate::ids::{
    ApplicationId, BankAnswerId, BatchId, ClaimId, LetterId, OrganisationId, PayeeAccountId, PersonId, SchemeTextId,
    UnmatchedItemId,
};
use crate::interest::Assessing;
use crate::ledger::{ApplicantGuard, Balances};
use crate::letter::{Amending, Telling, Writing};
use crate::money::Cents;
use crate::payee_account::{Confirmed, PayeeAccount, PayeeAccountKind, Sealed};
use crate::permission::{Permit, Verb};
use crate::refusal::Refusal;
use crate::route::{Held, Route};
use crate::scheme::Scheme;
use crate::text::Text;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The text of NIAS: assistant commissioner up to 15 million, two assessors, 40/30/30 per cent, pass mark 60.
pub(crate) const NIAS: &str = include_str!("../../seeds/schemes/nias.toml");

pub(crate) fn scheme(text: &str) -> Scheme {
    Scheme::read(text).unwrap()
}

pub(crate) fn cents(text: &str) -> Cents {
    Cents::parse(text).unwrap()
}

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

pub(crate) fn instant(day: &str) -> DateTime<Utc> {
    format!("{day}T10:00:00+08:00").parse().unwrap()
}

pub(crate) const fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

/// A case of NIAS in a state, submitted on 5 February 2025 with 200 million asked for and allowed.
pub(crate) fn application(state: State) -> Application {
    let content = r#"{ "title": "A line", "summary": "For cells", "request": { "project": { "stages": [{ "stage": "project",
        "costs": [{ "category": "equipment", "amount": "600000000.00" }] }] }, "requested": "200000000.00" } }"#;
    let submission = Submission {
        by: person(1),
        at: instant("2025-02-05"),
        on: day("2025-02-05"),
        scheme_text: SchemeTextId(Uuid::from_u128(3)),
        round: None,
        year: None,
        requested: cents("200000000.00"),
        allowed: cents("200000000.00"),
        revision: 1,
    };
    Application {
        id: ApplicationId(Uuid::from_u128(1)),
        reference: "NIAS-2025-000001".to_owned(),
        scheme: "NIAS".to_owned(),
        organisation: OrganisationId(Uuid::from_u128(2)),
        organisation_name: "Organisation 2".to_owned(),
        organisation_ubi: "00000002".to_owned(),
        author: person(1),
        state,
        content: serde_json::from_str::<Content>(content).unwrap(),
        revision: Revision { number: 1, by: person(1), at: instant("2025-02-01"), version: 1 },
        submission: (state != State::Draft).then_some(submission),
        sealed_until: None,
        recommended: (state >= State::Recommended).then(|| cents("200000000.00")),
        reserved: Cents::ZERO,
        reason: None,
        embargo_until: (state == State::Refused).then(|| day("2025-03-06")),
        created_at: instant("2025-02-01"),
        version: 1,
        told_version: 1,
    }
}

/// An award of 100.00 to a case, decided on 5 March 2025 and told to nobody.
pub(crate) fn award(case: &Application) -> Award {
    Award {
        application: case.id,
        scheme: case.scheme.clone(),
        organisation: case.organisation,
        amount: cents("100.00"),
        originally: cents("100.00"),
        carried_over: Cents::ZERO,
        revision: 0,
        stages: Vec::new(),
        authority: "commissioner".to_owned(),
        conditions: Vec::new(),
        embargo_until: None,
        counts_as: ApplicantGuard::Lifetime,
        state: AwardState::Decided,
        decided_at: instant("2025-03-05"),
        offered_at: None,
        expires_on: Some(day("2025-04-05")),
        accepted_at: None,
        agreement: None,
        settled: None,
    }
}

/// What the letters of the case are made of beside its award: its calculation on the day of its submission.
pub(crate) fn writing(case: &Application, scheme: &Scheme) -> Writing {
    let request = &case.content.request;
    let answer = calculate(scheme, request, day("2025-02-05")).unwrap().answer(request);
    Writing { offer: LetterId(Uuid::from_u128(11)), agreement: LetterId(Uuid::from_u128(12)), agency: agency(), answer }
}

/// The agency that writes them.
pub(crate) fn agency() -> Text {
    let [en, zh_hant, zh_hans] = ["Grants Office", "資助辦事處", "资助办事处"].map(str::to_owned);
    Text { en, zh_hant, zh_hans }
}

/// What the letter of a refusal on 6 March 2025 is made of beside its case.
pub(crate) fn telling<'a>(agency: &'a Text, scheme: &'a Scheme) -> Telling<'a> {
    let at = instant("2025-03-06");
    Telling { letter: LetterId(Uuid::from_u128(13)), agency, scheme, decided_on: Day::in_hong_kong(at), at }
}

/// What the letter of a change is made of beside its case, of an applicant that has been told of no other award: the amount rests on the
/// calculation of its submission.
pub(crate) fn amending<'a>(agency: &'a Text, case: &Application, scheme: &Scheme) -> Amending<'a> {
    let history = History { awards: Some(Vec::new()), ..History::default() };
    let rests_on = Some(writing(case, scheme).answer);
    Amending { letter: LetterId(Uuid::from_u128(14)), agency, history, rests_on }
}

/// A permit for the case: by somebody of the applicant for what applicants do, by somebody of the agency otherwise.
pub(crate) fn permit(verb: Verb) -> Permit {
    let application = application(State::Submitted);
    let organisations =
        if verb.is_for_the_agency() { BTreeSet::new() } else { BTreeSet::from([application.organisation]) };
    let actor = Actor {
        who: Who::Person(person(9)),
        roles: Role::ALL.into_iter().collect(),
        organisations,
        ..Actor::visitor()
    };
    let of_assessors =
        [Verb::AssessmentAccept, Verb::AssessmentDecline, Verb::AssessmentDeclareConflict, Verb::AssessmentScore];
    let assessing = if of_assessors.contains(&verb) { Assessing::Accepted } else { Assessing::No };
    actor.may_to_application(verb, &application, assessing, instant("2025-02-06")).unwrap()
}

/// Somebody whose word is the last one on any amount of NIAS.
pub(crate) fn commissioner() -> Held {
    Held { own: BTreeSet::from(["commissioner".to_owned()]), ..Held::default() }
}

/// The route of NIAS, of which nothing is passed.
pub(crate) fn route(amount: &str) -> Route {
    Route::start(&scheme(NIAS), day("2025-02-05"), cents(amount), 1).unwrap()
}

/// Nobody has had any duty.
pub(crate) fn nobody() -> Duties {
    Duties::default()
}

/// What the money of a change makes of the balances.
pub(crate) fn met(change: &Change, balances: Balances) -> Result<Balances, Refusal> {
    change.writes().iter().try_fold(balances, |balances, write| match write {
        Write::Movement(movement) => movement.on(balances),
        _ => Ok(balances),
    })
}

/// An account in force, agreed by two who have nothing else to do with it.
pub(crate) fn payee_account() -> PayeeAccount {
    let (kind, text) = (PayeeAccountKind::Account, Vec::new());
    let [ending, fingerprint, key] = ["001", "f", "k"].map(str::to_owned);
    let usable_from = day("2025-01-02");
    let confirmed = Confirmed { by: person(72), at: instant("2025-01-02"), check: "seen".to_owned(), usable_from };
    PayeeAccount {
        id: PayeeAccountId(Uuid::from_u128(70)),
        organisation: OrganisationId(Uuid::from_u128(2)),
        sealed: Sealed { kind, ending, fingerprint, key, text },
        proposed_by: person(71),
        proposed_at: instant("2025-01-01"),
        confirmed: Some(confirmed),
        ended: None,
    }
}

/// A released batch with one payment of 100 of a case, and its claim, which is paid.
pub(crate) fn paid(case: &Application) -> (Batch, Claim) {
    let (id, amount, at) = (ClaimId(Uuid::from_u128(5)), cents("100.00"), instant("2025-05-06"));
    let payment = Payment {
        claim: id,
        application: case.id,
        amount,
        account: Some(payee_account().id),
        set_off: None,
        standing: Standing::default(),
    };
    let batch = Batch {
        id: BatchId(Uuid::from_u128(6)),
        reference: "PAY-2025-000001".to_owned(),
        state: BatchState::Released,
        prepared_by: person(7),
        prepared_at: at,
        released: Some((person(8), at)),
        pay_on: Some(day("2025-05-06")),
        released_under: None,
        dissolved: None,
        payments: vec![payment],
        total: amount,
    };
    let claim = Claim {
        id,
        application: case.id,
        instalment: "final".to_owned(),
        state: ClaimState::Paid,
        claimed: amount,
        evidence: "invoices".to_owned(),
        actual: None,
        certified: Some(amount),
        reason: None,
        shown: BTreeMap::new(),
        costs: None,
        queries: Vec::new(),
    };
    (batch, claim)
}

/// Money that came in and matches nothing, on the first line of a statement.
pub(crate) fn unmatched_item() -> UnmatchedItem {
    UnmatchedItem {
        id: UnmatchedItemId(Uuid::from_u128(12)),
        place: 1,
        line: 1,
        side: Side::Credit,
        amount: cents("100.00"),
        currency: "HKD".to_owned(),
        on: None,
        payment: None,
        bank_reference: None,
        reason: None,
        why: Why::Unknown,
    }
}

/// An item of a statement that the eighth person has recorded.
pub(crate) fn item_on_file(item: UnmatchedItem, closed: Option<Closed>) -> ItemOnFile {
    let answer = BankAnswerId(Uuid::from_u128(9));
    let recorded_at = instant("2026-03-02");
    ItemOnFile {
        item,
        answer,
        recorded_by: person(8),
        recorded_at,
        received: Cents::ZERO,
        is_used_elsewhere: false,
        closed,
    }
}
