//! Every act from every state: the steps that are taken are the steps that are listed.

use super::*;
use crate::approval::{Acting, Approve, Approving};
use crate::assessment::{Assessment, AssessmentState};
use crate::award::{Award, AwardState, Ending, Instalment};
use crate::bank_answer::{self, AnswerKind, At, Counts, NewAnswer, Part, Report, StatusLine};
use crate::basis::Earlier;
use crate::batch::{Batch, BatchState, Debts, Payee, Payment, Releasing};
use crate::calculation::{History, Request};
use crate::change_request::{
    Asking as AskingForChange, ChangeKind, Deciding, Figures, NewChangeRequest, Standing, Verdict, Wanted,
    request as ask,
};
use crate::claim::{Claim, ClaimState};
use crate::decision::{Grounds, Screening};
use crate::duty::Duties;
use crate::ids::{AssessmentId, BatchId, ClaimId, SchemeTextId};
use crate::panel::Departing;
use crate::permission::Verb;
use crate::reserve_list::{Place, ReserveEntry};
use crate::route::{Approval, Held, Route};
use crate::sample::{self, NIAS, application, cents, day, instant, nobody, paid, permit, person, scheme, writing};
use crate::scheme::DueOn;
use crate::scoring::Marks;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

type After = Result<State, Refusal>;

fn state<T>(decided: Result<(Change, T), Refusal>, of: impl Fn(T) -> State) -> After {
    decided.map(|(_, decided)| of(decided))
}

fn submit(mut case: Application, scheme: &Scheme) -> After {
    let facts = r#"{ "applicant": { "facts": { "incorporated_in_hong_kong": true, "government_subvented": false } },
        "project": { "facts": { "sector": "life_and_health", "high_end_technology": true, "smart_production": true }, "stages": [] } }"#;
    let facts = serde_json::from_str::<Request>(facts).unwrap();
    case.content.request.applicant = facts.applicant;
    case.content.request.project.facts = facts.project.facts;
    let submitting = Submitting {
        scheme,
        scheme_text: SchemeTextId(Uuid::from_u128(3)),
        history: History::default(),
        earlier: Vec::new(),
        extended: crate::round::Extended::new(),
        attachments: Vec::new(),
        debarred: Vec::new(),
        by: person(1),
        at: instant("2025-02-05"),
    };
    case.submit(&permit(Verb::ApplicationSubmit), &submitting).map(|(_, case, _)| case.state)
}

fn recommend(case: Application, scheme: &Scheme) -> After {
    let assessment = |number| Assessment {
        id: AssessmentId(Uuid::from_u128(number)),
        application: case.id,
        assessor: person(number),
        state: AssessmentState::Scored,
        due: day("2025-03-01"),
        blind_to_applicant: false,
        reason: None,
        marks: Marks::new(),
        comment: String::new(),
        feedback: None,
        score: Some(9_000),
    };
    let (assessments, by) = ([20, 21].map(assessment), (person(9), &nobody()));
    state(
        case.recommend(
            &permit(Verb::ApplicationRecommend),
            scheme,
            by,
            &assessments,
            &Grounds::default(),
            (cents("1.00"), None),
        ),
        |case| case.state,
    )
}

fn approve(case: Application, scheme: &Scheme) -> After {
    let amount = case.recommended.unwrap_or_default();
    let approving = Approving {
        scheme,
        in_force: scheme,
        route: sample::route("1.00"),
        earlier: Earlier::default(),
        debarred: Vec::new(),
    };
    let asked = Approve { part: None, amount, reduced_from: None, conditions: Vec::new(), embargo_until: None };
    let (held, duties) = (sample::commissioner(), nobody());
    let approved = case.approve(&permit(Verb::ApplicationApprove), &asked, acting(&held, &duties), approving);
    state(approved, |approved| approved.application.state)
}

fn acting<'a>(held: &'a Held, duties: &'a Duties) -> Acting<'a> {
    Acting { by: person(9), held, duties, at: instant("2025-03-05") }
}

fn award(case: &Application) -> Award {
    Award { state: AwardState::Offered, ..sample::award(case) }
}

/// Releases the last payment of the case.
fn pay(case: &Application) -> After {
    let (claim, amount) = (ClaimId(Uuid::from_u128(5)), cents("100.00"));
    let account = sample::payee_account();
    let batch = Batch {
        id: BatchId(Uuid::from_u128(6)),
        reference: "PAY-2025-000001".to_owned(),
        state: BatchState::Prepared,
        prepared_by: person(7),
        prepared_at: instant("2025-05-05"),
        released: None,
        pay_on: None,
        released_under: None,
        dissolved: None,
        payments: vec![Payment {
            claim,
            application: case.id,
            amount,
            account: Some(account.id),
            set_off: None,
            standing: Default::default(),
        }],
        total: amount,
    };
    let waiting = ClaimState::Certified;
    let certified = Claim { id: claim, state: waiting, claimed: amount, certified: Some(amount), ..paid(case).1 };
    let payee = Payee {
        application: case.clone(),
        duties: nobody(),
        plan: vec![Instalment::on("final".to_owned(), DueOn::Completion, amount)],
        claims: vec![certified],
        out: BTreeMap::new(),
        returns_told_by: BTreeMap::new(),
        debarred: Vec::new(),
        holds: Vec::new(),
        obligations: Vec::new(),
        accounts: vec![account],
    };
    let (by, at, held) = (person(8), instant("2025-05-06"), BTreeSet::new());
    let released = Releasing { by, at, held: &held, limits: &[], pay_on: None };
    let (change, _) = batch.release(&permit(Verb::BatchRelease), released, (vec![payee], Debts::default()))?;
    let after = change.writes().iter().find_map(|write| match write {
        Write::Application(case) => Some(case.state),
        _ => None,
    });
    Ok(after.unwrap())
}

/// The bank rejects the last payment of the case.
fn come_back(case: &Application) -> After {
    let (batch, claim) = sample::paid(case);
    let id = crate::ids::BankAnswerId(Uuid::from_u128(11));
    let new = NewAnswer { id, sha256: String::new(), by: person(8), at: instant("2025-05-07"), known: None };
    let payment = format!("{}-001", batch.reference);
    let line = StatusLine { line: 1, payment, status: Some("RJCT".to_owned()), ..StatusLine::default() };
    let report = Report {
        kind: AnswerKind::StatusTable,
        message: None,
        batch: At { line: 1, is: batch.reference.clone() },
        counts: Counts::default(),
        parts: vec![Part { lines: vec![line], ..Part::default() }],
    };
    let cases = vec![bank_answer::Case { application: case.clone(), claims: vec![claim], left: batch.total }];
    let permit = permit(Verb::BankAnswerRecord);
    let item = || crate::ids::UnmatchedItemId(Uuid::from_u128(12));
    let (change, _) = bank_answer::report(&permit, new, report, (&batch, &BTreeMap::new()), cases, item)?;
    let after = change.writes().iter().find_map(|write| match write {
        Write::Application(case) => Some(case.state),
        _ => None,
    });
    after.ok_or(Refusal::ApplicationWrongState { state: case.state.code() })
}

/// What every act makes of a case, or why it refuses.
fn acts(case: &Application, scheme: &Scheme) -> Vec<After> {
    let now = || case.clone();
    let agency = sample::agency();
    let telling = sample::telling(&agency, scheme);
    let screen = |screening| {
        let by = (person(2), &nobody());
        state(now().screen(&permit(Verb::ApplicationScreen), by, screening, telling), |case| case.state)
    };
    let (held, duties, route) = (sample::commissioner(), nobody(), sample::route("1.00"));
    let acting = acting(&held, &duties);
    let reject = |route: Option<&Route>, until| {
        let (permit, standing) = (permit(Verb::ApplicationReject), Departing::default());
        state(now().reject(&permit, acting, route, &standing, ("no", until), telling), |case| case.state)
    };
    let later = Some(day("2025-03-06"));
    let on_route = route.clone();
    let send_back = now().send_back(&permit(Verb::ApplicationSendBack), acting, on_route, "which year?");
    let end = |verb, ending| {
        let ended = award(case).end(&permit(verb), now(), ending);
        state(ended, |case| case.state)
    };
    let at = instant("2025-03-06");
    let [of_submitted, of_assessed] = [State::Submitted, State::InAssessment].map(|from| asked_for(case, from));
    let end_return = |open: &Return| {
        let (content, by) = (case.content.clone(), (person(9), at, "no answer"));
        let ended = now().end_return(&permit(Verb::ApplicationEndReturn), (open.clone(), content), (&[], &[]), by);
        state(ended, |case| case.state)
    };
    vec![
        submit(now(), scheme),
        give_back(now(), scheme),
        end_return(&of_submitted),
        end_return(&of_assessed),
        state(
            now().withdraw(&permit(Verb::ApplicationWithdraw), "no", (person(1), instant("2025-02-06")), (None, &[])),
            |case| case.state,
        ),
        screen(Screening::Eligible),
        screen(Screening::Ineligible("no".to_owned())),
        state(
            now().reinstate(&permit(Verb::ApplicationReinstate), (person(2), &Duties::default()), "a mistake"),
            |case| case.state,
        ),
        recommend(now(), scheme),
        reject(None, None),
        reject(None, later),
        reject(Some(&route), None),
        reject(Some(&route), later),
        state(now().tell_refusal(&permit(Verb::RefusalTell), telling), |case| case.state),
        state(send_back, |case| case.state),
        approve(now(), scheme),
        award(case)
            .offer(&permit(Verb::AwardOffer), now(), (scheme, &writing(case, scheme)), at)
            .map(|(_, case, _)| case.state),
        award(case)
            .accept(&permit(Verb::AwardAccept), now(), (scheme, &[]), (None, None), at)
            .map(|(_, case, _)| case.state),
        end(Verb::ApplicationWithdraw, Ending::Withdrawn("no")),
        end(Verb::AwardDecline, Ending::Declined("no")),
        end(Verb::AwardLapse, Ending::Lapsed(day("2025-04-06"))),
        reserve(case, scheme),
        move_up(case, scheme),
        close_reserve(case, scheme, None),
        close_reserve(case, scheme, later),
        pay(case),
        come_back(case),
        change(case, scheme, ChangeKind::Suspension),
        change(case, scheme, ChangeKind::Resumption),
        change(case, scheme, ChangeKind::Termination),
    ]
}

/// On the reserve list of its scheme.
fn reserve(case: &Application, scheme: &Scheme) -> After {
    let (held, duties, at) = (sample::commissioner(), nobody(), instant("2025-03-05"));
    let acting = Acting { by: person(9), held: &held, duties: &duties, at };
    let amount = cents("200000000.00");
    let asked = Approve { part: None, amount, reduced_from: None, conditions: Vec::new(), embargo_until: None };
    let route = Route::start(scheme, day("2025-02-05"), amount, 1)?;
    let place = (&Departing::default(), Place { position: 1, until: day("2025-12-31") });
    let put = case.clone().put_on_reserve(&permit(Verb::ApplicationApprove), &asked, acting, route, place);
    state(put, |case| case.state)
}

fn entry(case: &Application) -> ReserveEntry {
    ReserveEntry {
        application: case.id,
        route: 1,
        scheme: case.scheme.clone(),
        round: None,
        position: 1,
        amount: cents("200000000.00"),
        until: day("2025-12-31"),
        embargo_until: None,
        placed_by: person(9),
        placed_at: instant("2025-03-05"),
        skipped: None,
    }
}

/// Up from the reserve list, by the approval that is on file.
fn move_up(case: &Application, scheme: &Scheme) -> After {
    let (amount, at) = (cents("200000000.00"), instant("2025-03-05"));
    let mut route = Route::start(scheme, day("2025-02-05"), amount, 1)?;
    let part = route.parts[0].code().to_owned();
    route.given.push(Approval {
        part,
        by: person(9),
        on_behalf_of: None,
        authority: "commissioner".to_owned(),
        amount,
        conditions: Vec::new(),
        at,
        void: None,
    });
    let earlier = Earlier { history: History { awards: Some(Vec::new()), ..History::default() }, cases: Vec::new() };
    let approving = Approving { scheme, in_force: scheme, route, earlier, debarred: Vec::new() };
    let moved = case.clone().move_up(&permit(Verb::ReserveMoveUp), &entry(case), &approving, at);
    state(moved, |case| case.state)
}

fn close_reserve(case: &Application, scheme: &Scheme, until: Option<Day>) -> After {
    let (held, duties, at) = (sample::commissioner(), nobody(), instant("2025-03-05"));
    let acting = Acting { by: person(9), held: &held, duties: &duties, at };
    let route = Route::start(scheme, day("2025-02-05"), cents("200000000.00"), 1)?;
    let (closing, agency) = ((&Departing::default(), "The money is spent.", until), sample::agency());
    let telling = sample::telling(&agency, scheme);
    let closed = case.clone().close_reserve(&permit(Verb::ApplicationReject), acting, &route, closing, telling);
    state(closed, |case| case.state)
}

/// A change that moves the case, forwarded and decided by the commissioner.
fn change(case: &Application, scheme: &Scheme, kind: ChangeKind) -> After {
    let (held, duties) = (sample::commissioner(), nobody());
    let standing = Standing {
        state: case.state,
        award: award(case),
        plan: Vec::new(),
        claims: Vec::new(),
        part_paid: Cents::ZERO,
        demanded: Cents::ZERO,
        figures: Figures::of(case, &award(case), &[]),
    };
    let wanted = Wanted::default();
    let asking = AskingForChange { scheme, standing: &standing, requests: &[], duties: &duties, sight: Sight::Staff };
    let new = NewChangeRequest { kind, wanted, reason: "as agreed".to_owned() };
    let at = instant("2025-05-05");
    let (_, request) = ask(&permit(Verb::ChangeOpen), case, asking, new, (person(8), at))?;
    let (_, request) = request.forward(&permit(Verb::ChangeForward), (person(7), at))?;
    let agency = sample::agency();
    let deciding = Deciding {
        scheme,
        in_force: scheme,
        standing,
        earlier: Earlier::default(),
        debarred: Vec::new(),
        batch: None,
        is_officer: false,
        last_step: None,
        amending: sample::amending(&agency, case, scheme),
    };
    let acting = Acting { by: person(9), held: &held, duties: &duties, at };
    let permit = permit(Verb::ChangeDecide);
    let (_, decided) = request.decide(&permit, case.clone(), acting, deciding, (Verdict::Granted, "as agreed"))?;
    Ok(decided.application.state)
}

/// What is asked of a case that was returned from a state.
fn asked_for(case: &Application, from: State) -> Return {
    Return {
        application: case.id,
        number: 1,
        from,
        revision: 1,
        fields: BTreeSet::from(["/summary".to_owned()]),
        reason: "more".to_owned(),
        answer_by: day("2025-03-05"),
        by: person(9),
        at: instant("2025-02-06"),
        ended: None,
    }
}

fn give_back(case: Application, scheme: &Scheme) -> After {
    let asking = Asking {
        scheme,
        fields: BTreeSet::from(["/summary".to_owned()]),
        reason: "more",
        answer_by: day("2025-03-06"),
        before: 0,
        is_scored: false,
        by: person(9),
        at: instant("2025-03-06"),
    };
    state(case.return_for_information(&permit(Verb::ApplicationReturn), asking), |case| case.state)
}

#[test]
fn a_case_takes_the_steps_that_are_listed_and_no_others() {
    let scheme = scheme(NIAS);
    let mut taken = BTreeSet::new();
    for before in State::ALL {
        for after in acts(&application(before), &scheme) {
            match after {
                Ok(after) => drop(taken.insert((before, after))),
                Err(refusal) => {
                    let of_state = ["application.wrong_state", "approval.decided", "approval.withdrawn"];
                    assert!(of_state.contains(&refusal.code()), "{before:?}: {refusal:?}")
                }
            }
        }
    }
    assert_eq!(taken, BTreeSet::from(State::STEPS));
}
