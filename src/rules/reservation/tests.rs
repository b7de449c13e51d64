use super::*;
use crate::application::State;
use crate::approval::{Acting, Approve, Approving};
use crate::assessment::{Assessment, AssessmentState};
use crate::basis::Earlier;
use crate::change::Change;
use crate::decision::Grounds;
use crate::ids::AssessmentId;
use crate::ledger::{Balance, Balances, Posting};
use crate::panel::Departing;
use crate::permission::Verb;
use crate::route::Route;
use crate::sample::{
    NIAS, agency, application, cents, commissioner, day, instant, met, nobody, permit, person, scheme, telling,
};
use crate::scoring::Marks;
use uuid::Uuid;

/// NIAS, which reserves from a day on.
fn reserving(from: &str) -> Scheme {
    let rule = format!("[approval.reserve]\nis = [{{ from = \"{from}\", is = true, source = \"house\" }}]\n");
    scheme(&NIAS.replacen("[approval.offer_days]", &format!("{rule}[approval.offer_days]"), 1))
}

/// Of every limit so much, in dollars.
fn held(committed: i64, reserved: i64) -> Balances {
    let [committed, reserved] = [committed, reserved].map(|dollars| cents(&format!("{dollars}.00")));
    let balance = Balance { limit: None, committed, reserved };
    Balances { envelope: balance, round: balance, year: balance, applicant: balance }
}

/// What every limit then holds, and the postings.
type Money = (Balances, Vec<(&'static str, &'static str, String)>);

/// What a change does to the money.
fn money(change: &Change, before: Balances) -> Result<Money, Refusal> {
    let unlimited = |balance: Balance| Balance { limit: None, ..balance };
    let Balances { envelope, round, year, applicant } = met(change, before)?;
    let movements = change.writes().iter().filter_map(|write| match write {
        Write::Movement(movement) => Some(&movement.postings),
        _ => None,
    });
    let postings =
        movements.flatten().map(|Posting { from, to, amount, .. }| (from.code(), to.code(), amount.to_string()));
    let [envelope, round, year, applicant] = [envelope, round, year, applicant].map(unlimited);
    let after = Balances { envelope, round, year, applicant };
    Ok((after, postings.collect()))
}

fn recommend(scheme: &Scheme, looks: bool) -> Result<(Change, Application), Refusal> {
    let assessment = |number| Assessment {
        id: AssessmentId(Uuid::from_u128(number)),
        application: application(State::InAssessment).id,
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
    let in_force = reserving("2024-09-16");
    let today = looks.then(|| (&in_force, instant("2025-03-05")));
    application(State::InAssessment).recommend(
        &permit(Verb::ApplicationRecommend),
        scheme,
        (person(8), &nobody()),
        &[20, 21].map(assessment),
        &Grounds::default(),
        (cents("200.00"), today),
    )
}

#[test]
fn a_recommendation_reserves_where_the_pinned_text_says_so_on_the_day_of_the_submission() {
    // Submitted on 5 February 2025.
    for (from, reserves) in [("2025-02-05", true), ("2025-02-06", false)] {
        let (change, case) = recommend(&reserving(from), true).unwrap();
        let expected = (held(50, 230), vec![("envelope", "reservation", "200.00".to_owned())]);
        let expected = if reserves { expected } else { (held(50, 30), Vec::new()) };
        assert_eq!(money(&change, held(50, 30)), Ok(expected), "{from}");
        assert_eq!(
            (case.reserved, case.recommended),
            (cents(if reserves { "200.00" } else { "0.00" }), Some(cents("200.00")))
        );
    }
    let (change, case) = recommend(&scheme(NIAS), false).unwrap();
    assert_eq!((money(&change, held(1, 2)), case.reserved), (Ok((held(1, 2), Vec::new())), Cents::ZERO));
}

#[test]
fn what_no_longer_fits_is_not_recommended_and_what_is_left_is_told() {
    let text = reserving("2024-09-16");
    // The applicant may have 200 million, the scheme ten thousand million.
    for (committed, reserved, refused) in [
        (199_999_800, 0, None),
        (0, 199_999_800, None),
        (100_000_000, 99_999_801, Some(("ceiling.grant_per_enterprise", "199.00"))),
        (9_999_999_900, 0, Some(("envelope", "100.00"))),
        (9_000_000_000, 1_000_000_000, Some(("envelope", "0.00"))),
    ] {
        let refused = refused.map(|(ceiling, left)| Refusal::CeilingExceeded {
            ceiling: ceiling.to_owned(),
            wanted: cents("200.00"),
            left: cents(left),
        });
        let (change, _) = recommend(&text, true).unwrap();
        assert_eq!(money(&change, held(committed, reserved)).err(), refused, "{committed} {reserved}");
    }
    let unread = Refusal::LimitUnknown { path: "envelope".to_owned() };
    assert_eq!(recommend(&text, false).err(), Some(unread), "nobody has looked");
}

/// A case with 200.00 recommended, and reserved where the scheme does.
fn recommended(reserved: &str) -> Application {
    let case = application(State::Recommended);
    Application { recommended: Some(cents("200.00")), reserved: cents(reserved), ..case }
}

fn approve(text: &Scheme, amount: &str, case: Application) -> Result<(Change, Application), Refusal> {
    let (authorities, duties) = (commissioner(), nobody());
    let acting = Acting { by: person(9), held: &authorities, duties: &duties, at: instant("2025-03-05") };
    let recommended = case.recommended.unwrap_or_default();
    let approving = Approving {
        scheme: text,
        in_force: text,
        route: Route::start(text, day("2025-02-05"), recommended, 1)?,
        earlier: Earlier::default(),
        debarred: Vec::new(),
    };
    let amount = cents(amount);
    let reduced_from = (amount < recommended).then_some(recommended);
    let asked = Approve { part: None, amount, reduced_from, conditions: Vec::new(), embargo_until: None };
    let (change, approved) = case.approve(&permit(Verb::ApplicationApprove), &asked, acting, approving)?;
    Ok((change, approved.application))
}

#[test]
fn an_approval_commits_what_is_reserved_and_gives_back_what_it_does_not_approve() {
    let text = reserving("2024-09-16");
    let [taken, back] = [("reservation", "commitment"), ("reservation", "envelope")];
    let posting = |(from, to), amount: &str| (from, to, amount.to_owned());
    for (amount, after, postings) in [
        ("200.00", held(250, 30), vec![posting(taken, "200.00")]),
        ("120.00", held(170, 30), vec![posting(taken, "120.00"), posting(back, "80.00")]),
    ] {
        let (change, case) = approve(&text, amount, recommended("200.00")).unwrap();
        assert_eq!(money(&change, held(50, 230)), Ok((after, postings)), "{amount}");
        assert_eq!((case.state, case.reserved, case.recommended), (State::Approved, Cents::ZERO, Some(cents(amount))));
    }
    let (change, _) = approve(&text, "200.00", recommended("0.00")).unwrap();
    let committed = (held(250, 30), vec![posting(("envelope", "commitment"), "200.00")]);
    assert_eq!(money(&change, held(50, 30)), Ok(committed));
}

#[test]
fn its_own_reservation_never_blocks_an_approval_and_that_of_others_does() {
    let text = reserving("2024-09-16");
    // All that the applicant may have, of which 200.00 is its own.
    let (all, own) = (200_000_000, "200.00");
    let meets = |reserved: &str| {
        let (change, _) = approve(&text, "200.00", recommended(reserved)).unwrap();
        money(&change, held(0, all)).err()
    };
    assert_eq!(meets(own), None);
    let left = Refusal::CeilingExceeded {
        ceiling: "ceiling.grant_per_enterprise".to_owned(),
        wanted: cents("200.00"),
        left: Cents::ZERO,
    };
    assert_eq!(meets("0.00"), Some(left));
}

#[test]
fn a_step_that_reduces_gives_back_the_difference_and_one_that_does_not_moves_no_money() {
    let name = "name = { en = \"A\", zh-Hant = \"甲\", zh-Hans = \"甲\" }\n";
    let is = "is = [{ from = \"2024-09-16\", is = true, source = \"house\" }]\n";
    let steps = ["first", "second"].map(|step| format!("[approval.step.{step}]\n{is}{name}")).concat();
    let text = format!("[approval.reserve]\n{is}{steps}[approval.offer_days]");
    let text = scheme(&NIAS.replacen("[approval.offer_days]", &text, 1));
    let (change, case) = approve(&text, "120.00", recommended("200.00")).unwrap();
    let back = vec![("reservation", "envelope", "80.00".to_owned())];
    assert_eq!(money(&change, held(50, 230)), Ok((held(50, 150), back)));
    assert_eq!((case.state, case.reserved), (State::Recommended, cents("120.00")));
    let (change, case) = approve(&text, "200.00", recommended("200.00")).unwrap();
    assert_eq!((money(&change, held(50, 230)), case.reserved), (Ok((held(50, 230), Vec::new())), cents("200.00")));
}

#[test]
fn whatever_ends_a_recommendation_gives_back_what_it_reserved() {
    let text = reserving("2024-09-16");
    let route = Route::start(&text, day("2025-02-05"), cents("200.00"), 1).unwrap();
    let (authorities, duties) = (commissioner(), nobody());
    let acting = Acting { by: person(9), held: &authorities, duties: &duties, at: instant("2025-03-05") };
    let agency = agency();
    let reject = |case: &Application| {
        let (standing, telling) = (Departing::default(), telling(&agency, &text));
        [None, Some(day("2025-04-01"))].map(|until| {
            let (permit, case) = (permit(Verb::ApplicationReject), case.clone());
            case.reject(&permit, acting, Some(&route), &standing, ("no", until), telling)
        })
    };
    let ends = |case: &Application| {
        let by = (person(1), instant("2025-03-05"));
        let [rejected, refused] = reject(case);
        [
            case.clone().send_back(&permit(Verb::ApplicationSendBack), acting, route.clone(), "which year?"),
            rejected,
            refused,
            case.clone().withdraw(&permit(Verb::ApplicationWithdraw), "no", by, (None, &[])),
        ]
    };
    for ended in ends(&recommended("200.00")) {
        let (change, case) = ended.unwrap();
        let back = vec![("reservation", "envelope", "200.00".to_owned())];
        assert_eq!(money(&change, held(50, 230)), Ok((held(50, 30), back)), "{:?}", case.state);
        assert_eq!(case.reserved, Cents::ZERO);
    }
    for ended in ends(&recommended("0.00")) {
        let (change, case) = ended.unwrap();
        assert_eq!(money(&change, held(50, 30)), Ok((held(50, 30), Vec::new())), "{:?}", case.state);
    }
}
