use super::*;
use crate::calculation::History;
use crate::duty::Duty;
use crate::permission::Verb;
use crate::sample::{NIAS, application, cents, day, instant, nobody, permit, person, scheme, writing};
use std::collections::BTreeMap;

fn held(authorities: &[&str]) -> Held {
    Held { own: authorities.iter().map(|code| (*code).to_owned()).collect(), ..Held::default() }
}

fn asked(amount: Cents) -> Approve {
    Approve { part: None, amount, reduced_from: None, conditions: Vec::new(), embargo_until: None }
}

fn recommended(amount: &str) -> Application {
    Application { recommended: Some(cents(amount)), ..application(State::Recommended) }
}

/// NIAS with two checks and two steps, of which the second is taken above fifteen million only.
fn longer() -> Scheme {
    let named = |path: &str| format!("[approval.{path}.name]\nen = \"A\"\nzh-Hant = \"甲\"\nzh-Hans = \"甲\"\n");
    let is = "is = [{ from = \"2024-09-16\", is = true, source = \"house\" }]\n";
    let mut more = String::new();
    for check in ["finance", "legal"] {
        more += &format!("[approval.check.{check}]\n{is}{}", named(&format!("check.{check}")));
    }
    more += &format!("[approval.step.first]\nby = [\"assistant_commissioner\"]\n{is}{}", named("step.first"));
    let above = "above = [{ from = \"2024-09-16\", is = \"15000000.00\", source = \"house\" }]\n";
    more += &format!("[approval.step.second]\nby = [\"commissioner\"]\n{is}{above}{}", named("step.second"));
    scheme(&NIAS.replacen("[approval.offer_days]", &format!("{more}[approval.offer_days]"), 1))
}

/// A case on a route, with what was done on it.
struct Play {
    scheme: Scheme,
    case: Application,
    route: Route,
    duties: Duties,
}

impl Play {
    fn of(amount: &str) -> Self {
        let scheme = longer();
        let route = Route::start(&scheme, day("2025-02-05"), cents(amount), 1).unwrap();
        Self { scheme, case: recommended(amount), route, duties: nobody() }
    }

    /// Somebody with one authority approves, on a day in March 2025.
    fn gives(&mut self, number: u128, authority: &str, asked: &Approve) -> Result<Option<Award>, Refusal> {
        let held = held(&[authority]);
        let acting = Acting { by: person(number), held: &held, duties: &self.duties, at: instant("2025-03-05") };
        let approving = Approving {
            scheme: &self.scheme,
            in_force: &self.scheme,
            route: self.route.clone(),
            earlier: Earlier { history: History { awards: Some(Vec::new()), ..History::default() }, cases: Vec::new() },
            debarred: Vec::new(),
        };
        let case = self.case.clone();
        let (change, approved) = case.approve(&permit(Verb::ApplicationApprove), asked, acting, approving)?;
        self.written(&change);
        self.case = approved.application;
        Ok(approved.award)
    }

    /// What the database would make of it.
    fn written(&mut self, change: &Change) {
        for write in change.writes() {
            let Write::OnRoute { write, .. } = write else { continue };
            match write {
                RouteWrite::Passed { approval, .. } => self.route.given.push(approval.clone()),
                RouteWrite::Void { parts, because, .. } => {
                    let standing = self.route.given.iter_mut().filter(|given| given.void.is_none());
                    standing
                        .filter(|given| parts.contains(&given.part))
                        .for_each(|given| given.void = Some(because.clone()));
                }
                RouteWrite::Taken { person, part } => {
                    self.duties.held.insert(*person, Duty::Approver);
                    self.duties.parts.insert(*person, part.clone());
                }
                RouteWrite::Deferred { until, .. } => self.route.deferred = until.clone(),
                RouteWrite::Started { .. } => {}
            }
        }
    }

    fn passed(&self) -> Vec<&str> {
        self.route.standing().map(|given| given.part.as_str()).collect()
    }
}

const AMOUNT: &str = "20000000.00";

#[test]
fn checks_come_first_in_any_order_then_the_steps_and_the_last_one_awards() {
    let mut play = Play::of(AMOUNT);
    let amount = cents(AMOUNT);
    let early = play.gives(1, "assistant_commissioner", &asked(amount)).unwrap_err();
    let needed = "finance".to_owned();
    assert_eq!(early, ApprovalRefusal::WrongLevel { part: "finance".to_owned(), needed }.into());
    let first = Approve { part: Some("first".to_owned()), ..asked(amount) };
    let early = play.gives(1, "assistant_commissioner", &first).unwrap_err();
    assert_eq!(
        early,
        ApprovalRefusal::OutOfOrder { part: "first".to_owned(), waits_for: "finance, legal".to_owned() }.into()
    );
    assert_eq!(play.gives(2, "legal", &asked(amount)), Ok(None));
    assert_eq!(play.gives(3, "finance", &asked(amount)), Ok(None));
    let finance = Approve { part: Some("finance".to_owned()), ..asked(amount) };
    let twice = play.gives(3, "finance", &finance).unwrap_err();
    assert_eq!(twice, ApprovalRefusal::Given { part: "finance".to_owned() }.into());
    let unknown = Approve { part: Some("minister".to_owned()), ..asked(amount) };
    let known = "finance, legal, first, second".to_owned();
    assert_eq!(play.gives(3, "finance", &unknown).unwrap_err(), ApprovalRefusal::PartUnknown { known }.into());
    // Not the last word, so that their own limit of fifteen million does not bind.
    assert_eq!(play.gives(1, "assistant_commissioner", &asked(amount)), Ok(None));
    let level = play.gives(4, "assistant_commissioner", &asked(amount)).unwrap_err();
    let needed = "commissioner".to_owned();
    assert_eq!(level, ApprovalRefusal::WrongLevel { part: "second".to_owned(), needed }.into());
    let award = play.gives(5, "commissioner", &asked(amount)).unwrap().unwrap();
    assert_eq!((award.amount, award.authority.as_str(), play.case.state), (amount, "commissioner", State::Approved));
    assert_eq!(play.passed(), ["legal", "finance", "first", "second"]);
}

#[test]
fn up_to_an_amount_the_first_step_is_the_last_one() {
    let mut play = Play::of("15000000.00");
    let amount = cents("15000000.00");
    play.gives(2, "legal", &asked(amount)).unwrap();
    play.gives(3, "finance", &asked(amount)).unwrap();
    let award = play.gives(1, "assistant_commissioner", &asked(amount)).unwrap().unwrap();
    assert_eq!(award.authority, "assistant_commissioner");
}

#[test]
fn whoever_has_passed_one_part_passes_no_other_one() {
    let mut play = Play::of(AMOUNT);
    play.gives(2, "legal", &asked(cents(AMOUNT))).unwrap();
    let refused = play.gives(2, "finance", &asked(cents(AMOUNT))).unwrap_err();
    assert_eq!(
        refused,
        ApprovalRefusal::AnotherPart { given: "legal".to_owned(), wanted: "finance".to_owned() }.into()
    );
}

#[test]
fn a_lower_amount_voids_what_relied_on_the_higher_one_and_is_asked_for_again() {
    let mut play = Play::of(AMOUNT);
    let (amount, less) = (cents(AMOUNT), cents("18000000.00"));
    play.gives(2, "legal", &asked(amount)).unwrap();
    play.gives(3, "finance", &asked(amount)).unwrap();
    play.gives(1, "assistant_commissioner", &asked(amount)).unwrap();
    let condition = vec!["A report each month".to_owned()];
    let reduced = Approve { reduced_from: Some(amount), conditions: condition.clone(), ..asked(less) };
    assert_eq!(play.gives(5, "commissioner", &reduced), Ok(None));
    assert_eq!((play.passed(), play.case.recommended), (vec!["second"], Some(less)));
    assert!(
        play.route
            .given
            .iter()
            .take(3)
            .all(|given| given.void.as_deref() == Some("The amount was reduced to 18000000.00."))
    );
    let stale = play.gives(3, "finance", &asked(amount)).unwrap_err();
    assert_eq!(stale, ApprovalRefusal::StaleFigures { now: less }.into());
    let stale = play.gives(3, "finance", &Approve { reduced_from: Some(amount), ..asked(cents("1.00")) }).unwrap_err();
    assert_eq!(stale, ApprovalRefusal::StaleFigures { now: less }.into());
    for nothing in [less, amount, Cents::ZERO] {
        let refused = play.gives(3, "finance", &Approve { reduced_from: Some(less), ..asked(nothing) }).unwrap_err();
        assert_eq!(refused, ApprovalRefusal::NotReduced.into());
    }
    play.gives(3, "finance", &asked(less)).unwrap();
    play.gives(2, "legal", &asked(less)).unwrap();
    // The commissioner's word stands, so the money is theirs to have committed.
    let award = play.gives(1, "assistant_commissioner", &asked(less)).unwrap().unwrap();
    assert_eq!((award.amount, award.authority.as_str(), award.conditions), (less, "commissioner", condition));
}

#[test]
fn a_check_changes_nothing_of_the_figures_and_is_reset_alone() {
    let mut play = Play::of(AMOUNT);
    let amount = cents(AMOUNT);
    let less = Approve { reduced_from: Some(amount), ..asked(cents("1.00")) };
    let condition = Approve { conditions: vec!["x".to_owned()], ..asked(amount) };
    for changing in [less, condition] {
        assert_eq!(play.gives(3, "finance", &changing).unwrap_err(), ApprovalRefusal::CheckChanges.into());
    }
    play.gives(2, "legal", &asked(amount)).unwrap();
    play.gives(3, "finance", &asked(amount)).unwrap();
    let reset = |play: &Play, number: u128, authority: &str, check: &str| {
        let held = held(&[authority]);
        let acting = Acting { by: person(number), held: &held, duties: &play.duties, at: instant("2025-03-05") };
        play.case.clone().reset_check(&permit(Verb::ApprovalReset), acting, &play.route, (check, "wrong year"))
    };
    for check in ["first", "tax", "second"] {
        let refused = reset(&play, 5, "commissioner", check).unwrap_err();
        assert_eq!(refused, ApprovalRefusal::NotResettable { part: check.to_owned() }.into());
    }
    assert!(matches!(
        reset(&play, 2, "legal", "finance").unwrap_err(),
        Refusal::Approval(ApprovalRefusal::WrongLevel { .. })
    ));
    let (change, _) = reset(&play, 3, "finance", "finance").unwrap();
    assert!(
        !change.writes().iter().any(|write| matches!(write, Write::OnRoute { write: RouteWrite::Taken { .. }, .. })),
        "they have the duty already"
    );
    let (change, case) = reset(&play, 5, "commissioner", "finance").unwrap();
    play.written(&change);
    play.case = case;
    assert_eq!(play.passed(), ["legal"]);
    play.gives(6, "finance", &asked(amount)).unwrap();
    assert_eq!(play.passed(), ["legal", "finance"]);
}

/// What somebody does on a route.
type Act<'a> = &'a dyn Fn(Application, Acting<'_>) -> Result<(Change, Application), Refusal>;

#[test]
fn what_is_sent_back_is_void_and_what_rests_is_not_approved_before_its_day() {
    let mut play = Play::of(AMOUNT);
    let amount = cents(AMOUNT);
    play.gives(2, "legal", &asked(amount)).unwrap();
    let high = held(&["commissioner"]);
    let act = |play: &Play, on: &str, act: Act<'_>| {
        let acting = Acting { by: person(5), held: &high, duties: &play.duties, at: instant(on) };
        act(play.case.clone(), acting)
    };
    let put_off = |play: &Play, until: &str| {
        let until = day(until);
        act(play, "2025-03-05", &|case, acting| {
            case.defer(&permit(Verb::ApplicationDefer), acting, &play.route, (until, "the budget speech"))
        })
    };
    for until in ["2025-03-05", "2025-03-04", "2026-03-07"] {
        assert_eq!(put_off(&play, until).unwrap_err(), ApprovalRefusal::DeferralDay.into(), "{until}");
    }
    let (change, case) = put_off(&play, "2025-04-01").unwrap();
    play.written(&change);
    play.case = case;
    let until = day("2025-04-01");
    assert_eq!(play.gives(3, "finance", &asked(amount)).unwrap_err(), ApprovalRefusal::Deferred { until }.into());
    let take_up = |play: &Play, on: &str| {
        act(play, on, &|case, acting| case.take_up(&permit(Verb::ApplicationDefer), acting, &play.route))
    };
    assert_eq!(take_up(&play, "2025-04-01").unwrap_err(), ApprovalRefusal::NotDeferred.into());
    let (change, case) = take_up(&play, "2025-03-31").unwrap();
    play.written(&change);
    play.case = case;
    play.gives(3, "finance", &asked(amount)).unwrap();
    let back = act(&play, "2025-03-05", &|case, acting| {
        case.send_back(&permit(Verb::ApplicationSendBack), acting, play.route.clone(), "which year?")
    });
    let (before, (change, case)) = (play.case.clone(), back.unwrap());
    play.written(&change);
    assert_eq!((case.version, case.told_version), (before.version + 1, before.told_version), "it was never told");
    assert_eq!((case.state, case.recommended, play.passed()), (State::InAssessment, None, vec![]));
    let Event::ApplicationSentBack { void, .. } = change.event() else { panic!("{change:?}") };
    assert_eq!(void, &["legal", "finance"]);
}

#[test]
fn conditions_and_an_embargo_are_kept_with_the_award_and_bounded() {
    let case = || recommended("200000000.00");
    let amount = cents("200000000.00");
    let commissioner = crate::sample::commissioner();
    let (pinned, duties) = (scheme(NIAS), nobody());
    let acting = Acting { by: person(9), held: &commissioner, duties: &duties, at: instant("2025-03-05") };
    let approve = |asked: Approve| {
        let approving = Approving {
            scheme: &pinned,
            in_force: &pinned,
            route: crate::sample::route("200000000.00"),
            earlier: Earlier::default(),
            debarred: Vec::new(),
        };
        let (_, approved) = case().approve(&permit(Verb::ApplicationApprove), &asked, acting, approving)?;
        Ok::<_, Refusal>((approved.application, approved.award.unwrap()))
    };
    for conditions in [vec![String::new()], vec!["x".repeat(2_001)], vec!["x".to_owned(); 21]] {
        assert_eq!(approve(Approve { conditions, ..asked(amount) }).unwrap_err(), ApprovalRefusal::Conditions.into());
    }
    for until in ["2025-03-05", "2026-03-07"] {
        let refused = approve(Approve { embargo_until: Some(day(until)), ..asked(amount) }).unwrap_err();
        assert_eq!(refused, ApprovalRefusal::EmbargoDay.into());
    }
    let (case, award) = approve(Approve { embargo_until: Some(day("2025-03-10")), ..asked(amount) }).unwrap();
    let offer = |on: &str| {
        let writing = writing(&case, &pinned);
        award.clone().offer(&permit(Verb::AwardOffer), case.clone(), (&pinned, &writing), instant(on)).err()
    };
    assert_eq!(offer("2025-03-09"), Some(ApprovalRefusal::Embargoed { until: day("2025-03-10") }.into()));
    assert_eq!(offer("2025-03-10"), None);
}

#[test]
fn in_an_absence_both_have_the_duty_and_neither_may_have_had_another() {
    let mut play = Play::of(AMOUNT);
    let delegated = Held { delegated: BTreeMap::from([(person(7), ["finance".to_owned()].into())]), ..Held::default() };
    let give = |play: &Play| {
        let acting = Acting { by: person(8), held: &delegated, duties: &play.duties, at: instant("2025-03-05") };
        let approving = Approving {
            scheme: &play.scheme,
            in_force: &play.scheme,
            route: play.route.clone(),
            earlier: Earlier::default(),
            debarred: Vec::new(),
        };
        play.case.clone().approve(&permit(Verb::ApplicationApprove), &asked(cents(AMOUNT)), acting, approving)
    };
    play.duties.held.insert(person(7), Duty::Assessor);
    let refused = give(&play).unwrap_err();
    assert_eq!(refused, Refusal::DutySeparated { held: Duty::Assessor, wanted: Duty::Approver });
    play.duties = nobody();
    let (change, _) = give(&play).unwrap();
    play.written(&change);
    assert_eq!(play.duties.parts.keys().copied().collect::<Vec<_>>(), [person(7), person(8)]);
    let Event::ApprovalGiven { on_behalf_of, .. } = change.event() else { panic!("{change:?}") };
    assert_eq!(*on_behalf_of, Some(person(7)));
}
