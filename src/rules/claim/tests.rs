use super::*;
use crate::award::AwardState;
use crate::change_request::Figures;
use crate::ids::AttachmentId;
use crate::ledger::{Balance, Balances};
use crate::permission::Verb;
use crate::sample::{NIAS, application, award, cents, day, instant, permit, person, scheme};
use uuid::Uuid;

/// 25, 50 and 25 per cent of 200 million.
fn plan() -> Vec<Instalment> {
    let parts = [
        ("initial", DueOn::Acceptance, "50000000.00"),
        ("final", DueOn::Completion, "100000000.00"),
        ("accounts", DueOn::FinalAccounts, "50000000.00"),
    ];
    parts.map(|(code, due, amount)| Instalment::on(code.to_owned(), due, cents(amount))).to_vec()
}

/// A cost of 600 million is worth 200.
fn actual(cost: &str) -> Option<Request> {
    let request = format!(
        r#"{{ "project": {{ "stages": [{{ "stage": "project", "costs": [{{ "category": "equipment", "amount": "{cost}" }}] }}] }} }}"#
    );
    Some(serde_json::from_str(&request).unwrap())
}

fn claim(instalment: &str, state: ClaimState, amount: &str) -> Claim {
    let certified = matches!(state, ClaimState::Certified | ClaimState::Paid).then(|| cents(amount));
    Claim {
        id: ClaimId(Uuid::from_u128(u128::from(
            instalment.bytes().fold(0_u64, |id, byte| id.rotate_left(7) ^ u64::from(byte)),
        ))),
        application: application(State::Accepted).id,
        instalment: instalment.to_owned(),
        state,
        claimed: cents(amount),
        evidence: "invoices".to_owned(),
        actual: actual("600000000.00"),
        certified,
        reason: None,
        shown: BTreeMap::new(),
        costs: None,
        queries: Vec::new(),
    }
}

/// Of an award of 200 million; no file is on the case.
fn ground<'a>(scheme: &'a Scheme, figures: &'a Figures, claims: &'a [Claim]) -> Ground<'a> {
    static NO_FILES: BTreeSet<AttachmentId> = BTreeSet::new();
    Ground { scheme, on: day("2025-02-05"), award: cents("200000000.00"), figures, claims, files: &NO_FILES }
}

fn submit_for(
    state: State,
    claims: &[Claim],
    instalment: &str,
    amount: &str,
    cost: Option<Request>,
) -> Option<Refusal> {
    let new = NewClaim {
        id: ClaimId(Uuid::from_u128(7)),
        instalment: instalment.to_owned(),
        claimed: cents(amount),
        evidence: "invoices".to_owned(),
        actual: cost,
        shown: BTreeMap::new(),
        lines: Vec::new(),
    };
    submit_of(&application(state), (&plan(), claims), "2025-03-01", new).err()
}

/// Claims of a plan whose offer was accepted on 31 January 2025.
fn submit_of(
    application: &Application,
    (plan, claims): (&[Instalment], &[Claim]),
    today: &str,
    new: NewClaim,
) -> Result<(Change, Claim), Refusal> {
    let (accepted_on, today, scheme) = (Some(day("2025-01-31")), day(today), scheme(NIAS));
    let figures = Figures::of(application, &award(application), &[]);
    let costs = ground(&scheme, &figures, claims);
    let claiming = Claiming { application, scheme: &scheme, plan, claims, costs, accepted_on, today };
    submit(&permit(Verb::ClaimSubmit), claiming, new)
}

#[test]
fn an_instalment_of_a_later_day_waits_for_it_and_for_what_it_needs() {
    let application = application(State::Accepted);
    let first = Instalment {
        after_months: Some(1),
        needs: vec!["account".to_owned(), "match".to_owned()],
        ..Instalment::on("initial".to_owned(), DueOn::Acceptance, cents("10.00"))
    };
    let plan = [first, Instalment::on("final".to_owned(), DueOn::Completion, cents("90.00"))];
    let claim_on = |today: &str, shown: &[(&str, &str)]| {
        let shown = shown.iter().map(|(need, words)| ((*need).to_owned(), (*words).to_owned())).collect();
        let (id, claimed) = (ClaimId(Uuid::from_u128(7)), cents("10.00"));
        let (instalment, evidence) = ("initial".to_owned(), "an invoice".to_owned());
        let new = NewClaim { id, instalment, claimed, evidence, actual: None, shown, lines: Vec::new() };
        submit_of(&application, (&plan, &[]), today, new)
    };
    let all = [("account", "a letter of the bank"), ("match", "a statement")];
    // The last day of a shorter month.
    let due_on = day("2025-02-28");
    let not_due = Refusal::Claim(ClaimRefusal::InstalmentNotDue { instalment: "initial".to_owned(), due_on });
    assert_eq!(claim_on("2025-02-27", &all).err(), Some(not_due));
    let not_shown = Refusal::Claim(ClaimRefusal::NeedsNotShown { needs: "account, match".to_owned() });
    for shown in [&[][..], &all[..1], &[all[0], all[1], ("more", "words")]] {
        assert_eq!(claim_on("2025-02-28", shown).err(), Some(not_shown.clone()));
    }
    let blank = Refusal::TextLength { field: "/shown", characters_max: 2000 };
    assert_eq!(claim_on("2025-02-28", &[all[0], ("match", " ")]).err(), Some(blank));
    let (_, claim) = claim_on("2025-02-28", &all).unwrap();
    assert_eq!(claim.shown["match"], "a statement");
}

#[test]
fn only_a_running_case_is_claimed_for_and_the_applicant_is_told_in_their_own_words() {
    for state in State::ALL {
        let refused = submit_for(state, &[], "initial", "1.00", None);
        let expected = Refusal::ApplicationWrongState { state: state.public_code() };
        assert_eq!(refused, (state != State::Accepted).then_some(expected), "{state:?}");
    }
}

#[test]
fn an_instalment_waits_until_all_before_it_have_been_certified() {
    let (initial, last) = ("50000000.00", "100000000.00");
    let too_early = |instalment: &str, first: &str| {
        Some(Refusal::Claim(ClaimRefusal::InstalmentTooEarly {
            instalment: instalment.to_owned(),
            first: first.to_owned(),
        }))
    };
    let running = |claims: &[Claim], instalment: &str| {
        submit_for(State::Accepted, claims, instalment, "1.00", actual("600000000.00"))
    };
    assert_eq!(running(&[], "final"), too_early("final", "initial"));
    assert_eq!(running(&[], "accounts"), too_early("accounts", "initial"));
    for waiting in [ClaimState::Submitted, ClaimState::Returned] {
        assert_eq!(running(&[claim("initial", waiting, initial)], "final"), too_early("final", "initial"));
    }
    for settled in [ClaimState::Certified, ClaimState::Paid] {
        let claims = [claim("initial", settled, initial)];
        assert_eq!(running(&claims, "final"), None);
        assert_eq!(running(&claims, "accounts"), too_early("accounts", "final"));
        let claims = [claim("initial", settled, initial), claim("final", settled, last)];
        assert_eq!(running(&claims, "accounts"), None);
        let claimed = Refusal::Claim(ClaimRefusal::InstalmentClaimed { instalment: "final".to_owned() });
        assert_eq!(running(&claims, "final"), Some(claimed));
    }
    let certified = [claim("initial", ClaimState::Certified, initial)];
    let without = submit_for(State::Accepted, &certified, "final", "1.00", None);
    assert_eq!(without, Some(Refusal::Claim(ClaimRefusal::ActualCostMissing)));
}

/// Certifies an amount of a claim that waits, after others.
fn certify(waiting: Claim, others: &[Claim], amount: &str) -> Result<(Vec<Write>, Award), Refusal> {
    let case = application(State::Accepted);
    let award = Award {
        amount: cents("200000000.00"),
        state: AwardState::Accepted,
        expires_on: None,
        accepted_at: Some(instant("2025-03-06")),
        ..award(&case)
    };
    let claims = [others.to_vec(), vec![waiting.clone()]].concat();
    let (scheme, figures) = (scheme(NIAS), Figures::of(&case, &award, &[]));
    let certifying = Certifying {
        application: &case,
        award,
        plan: &plan(),
        claims: &claims,
        scheme: &scheme,
        lines: Vec::new(),
        costs: ground(&scheme, &figures, &claims),
        obligations: &[],
        amount: cents(amount),
        today: day("2027-03-05"),
    };
    let (change, _, award) = waiting.certify(&permit(Verb::ClaimCertify), certifying)?;
    Ok((change.writes().to_vec(), award))
}

#[test]
fn what_is_asked_on_a_claim_is_answered_before_it_is_certified() {
    let case = application(State::Accepted);
    let (scheme, award) = (scheme(NIAS), award(&case));
    let figures = Figures::of(&case, &award, &[]);
    let ask = |state, case: &Application, question: &str| {
        let by = (person(5), instant("2025-04-01"));
        claim("initial", state, "1.00").ask(&permit(Verb::ClaimQuery), case, question, by).map(|(_, claim)| claim)
    };
    for (characters, refused) in [(0, true), (1, false), (1_000, false), (1_001, true)] {
        let too_long = Refusal::TextLength { field: "/question", characters_max: 1_000 };
        let asked = ask(ClaimState::Submitted, &case, &"w".repeat(characters));
        assert_eq!(asked.err(), refused.then_some(too_long), "{characters}");
    }
    for state in ClaimState::ALL.into_iter().filter(|state| *state != ClaimState::Submitted) {
        let refused = Refusal::Claim(ClaimRefusal::ClaimWrongState { state: state.code() });
        assert_eq!(ask(state, &case, "why?"), Err(refused));
    }
    let on_hold = Refusal::ApplicationWrongState { state: "suspended" };
    assert_eq!(ask(ClaimState::Submitted, &application(State::Suspended), "why?"), Err(on_hold));
    let queried = ask(ClaimState::Submitted, &case, "why?").unwrap();
    let refused = Refusal::Claim(ClaimRefusal::ClaimWrongState { state: "queried" });
    assert_eq!(certify(queried.clone(), &[], "1.00").unwrap_err(), refused);
    assert_eq!(
        queried.clone().give_back(&permit(Verb::ClaimReturn), "no answer").unwrap().1.state,
        ClaimState::Returned
    );
    let plan = plan();
    let answer = |claimed: Option<&str>| {
        let (accepted_on, today, claims) = (None, day("2025-04-02"), std::slice::from_ref(&queried));
        let costs = ground(&scheme, &figures, claims);
        let claiming = Claiming { application: &case, scheme: &scheme, plan: &plan, claims, costs, accepted_on, today };
        let claimed = claimed.map(|claimed| (cents(claimed), Vec::new()));
        let answering = Answering { answer: "as agreed".to_owned(), claimed };
        let by = (person(1), instant("2025-04-02"));
        queried.clone().answer(&permit(Verb::ClaimAnswer), claiming, answering, by).map(|(_, claim)| claim)
    };
    let answered = answer(None).unwrap();
    assert_eq!((answered.state, answered.claimed), (ClaimState::Submitted, cents("1.00")));
    assert_eq!(
        answered.queries[0].answered.as_ref().map(|(by, _, words)| (*by, &**words)),
        Some((person(1), "as agreed"))
    );
    assert_eq!(answer(Some("50000000.00")).unwrap().claimed, cents("50000000.00"));
    let limit = cents("50000000.00");
    assert_eq!(answer(Some("50000000.01")), Err(Refusal::Claim(ClaimRefusal::ClaimAbovePlan { limit })));
}

#[test]
fn what_was_not_certified_is_claimed_later_where_the_scheme_says_so() {
    let again = "[claim.again]\nis = [{ from = \"2024-09-16\", is = true, source = \"house\" }]\n\n[change.budget]";
    let case = application(State::Accepted);
    let figures = Figures::of(&case, &award(&case), &[]);
    let initial = [claim("initial", ClaimState::Paid, "40000000.00")];
    for (text, limit) in [(NIAS.to_owned(), "100000000.00"), (NIAS.replace("[change.budget]", again), "110000000.00")] {
        let scheme = scheme(&text);
        let costs = ground(&scheme, &figures, &initial);
        let (plan, accepted_on, today) = (plan(), None, day("2025-04-02"));
        let claiming =
            Claiming { application: &case, scheme: &scheme, plan: &plan, claims: &initial, costs, accepted_on, today };
        assert_eq!(claiming.must_hold("final", cents(limit)), Ok(()));
        let above = Cents::new(cents(limit).get() + 1);
        let refused = Refusal::Claim(ClaimRefusal::ClaimAbovePlan { limit: cents(limit) });
        assert_eq!(claiming.must_hold("final", above), Err(refused));
    }
}

/// What is given back, and what every limit then holds of 200 million.
fn given_back(writes: &[Write]) -> Vec<(Cents, Balances)> {
    let held = Balance { committed: cents("200000000.00"), ..Balance::default() };
    let held = Balances { envelope: held, round: held, year: held, applicant: held };
    let movements = writes.iter().filter_map(|write| match write {
        Write::Movement(movement) => Some((movement.postings.first()?.amount, movement.on(held).unwrap())),
        _ => None,
    });
    movements.collect()
}

#[test]
fn certification_is_bounded_by_the_claim_and_by_what_actual_cost_leaves() {
    let initial = claim("initial", ClaimState::Paid, "50000000.00");
    let waiting = |cost: &str| {
        let actual = actual(cost);
        Claim { actual, ..claim("final", ClaimState::Submitted, "100000000.00") }
    };
    let above = |due: &str| Refusal::Claim(ClaimRefusal::CertifiedAboveDue { due: cents(due) });
    for (cost, amount, refused) in [
        ("600000000.00", "100000000.01", above("100000000.00")),
        ("600000000.00", "0.00", above("100000000.00")),
        // A third of 390 million is 130, of which 50 are paid.
        ("390000000.00", "80000000.01", above("80000000.00")),
        (
            "150000000.00",
            "0.01",
            Refusal::Claim(ClaimRefusal::NothingDue { certified: cents("50000000.00"), allowed: cents("50000000.00") }),
        ),
    ] {
        assert_eq!(certify(waiting(cost), std::slice::from_ref(&initial), amount).unwrap_err(), refused);
    }
    for state in [ClaimState::Returned, ClaimState::Certified, ClaimState::Paid] {
        let refused = Refusal::Claim(ClaimRefusal::ClaimWrongState { state: state.code() });
        assert_eq!(certify(claim("final", state, "1.00"), &[], "1.00").unwrap_err(), refused);
        let back = claim("final", state, "1.00").give_back(&permit(Verb::ClaimReturn), "no invoice");
        assert_eq!(back.unwrap_err(), refused);
    }
}

#[test]
fn only_the_last_instalment_settles_the_case_and_gives_the_rest_back() {
    let paid =
        [claim("initial", ClaimState::Paid, "50000000.00"), claim("final", ClaimState::Certified, "100000000.00")];
    let (writes, award) = certify(claim("initial", ClaimState::Submitted, "50000000.00"), &[], "40000000.00").unwrap();
    assert_eq!((given_back(&writes), award.settled), (Vec::new(), None));
    let middle = claim("final", ClaimState::Submitted, "100000000.00");
    let (writes, award) = certify(middle, paid.get(..1).unwrap_or_default(), "90000000.00").unwrap();
    assert_eq!((given_back(&writes), award.settled), (Vec::new(), None));
    let last = || claim("accounts", ClaimState::Submitted, "50000000.00");
    let (writes, award) = certify(last(), &paid, "45000000.00").unwrap();
    let held = Balance { committed: cents("195000000.00"), ..Balance::default() };
    assert_eq!(
        given_back(&writes),
        [(cents("5000000.00"), Balances { envelope: held, round: held, year: held, applicant: held })]
    );
    let settlement = |amount: &str, overpaid: &str| {
        Some(Settlement { amount: cents(amount), overpaid: cents(overpaid), on: day("2027-03-05") })
    };
    assert_eq!(award.settled, settlement("195000000.00", "0.00"));
    let (writes, award) = certify(last(), &paid, "50000000.00").unwrap();
    assert_eq!((given_back(&writes), award.settled), (Vec::new(), settlement("200000000.00", "0.00")));
}
