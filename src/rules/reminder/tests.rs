//! Who is reminded of what, and when.

use super::*;
use crate::actor::Who;
use crate::application::{Ended, Outcome};
use crate::sample::{application, award, day, instant, person};
use crate::scheme::sample::Sample;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const AHEAD: Ahead = Ahead { assessment_days: 3, return_days: 3, award_days: 7, round_days: 7 };

fn assessment(state: AssessmentState) -> Assessment {
    Assessment {
        id: AssessmentId(Uuid::from_u128(5)),
        application: application(State::InAssessment).id,
        assessor: person(7),
        state,
        due: day("2025-03-10"),
        blind_to_applicant: false,
        reason: None,
        marks: BTreeMap::new(),
        comment: String::new(),
        feedback: None,
        score: None,
    }
}

fn assessor(role: Role) -> Actor {
    Actor { who: Who::Person(person(7)), roles: BTreeSet::from([role]), ..Actor::visitor() }
}

fn kind(reminder: Option<Reminder>) -> Option<&'static str> {
    reminder.map(|reminder| reminder.code())
}

#[test]
fn an_assessor_is_reminded_before_the_day_and_after_it_and_not_otherwise() {
    let assessor = assessor(Role::Assessor);
    let asked_on = day("2025-03-07");
    let owing = Owing { assessor: Some(&assessor), assessing: Assessing::Accepted, asked_on };
    let (case, open) = (application(State::InAssessment), assessment(AssessmentState::Accepted));
    for (today, told) in [
        ("2025-03-06", None),
        // On the day on which they were asked they have a letter that says the day.
        ("2025-03-07", None),
        ("2025-03-08", Some("assessment_due")),
        ("2025-03-10", Some("assessment_due")),
        ("2025-03-11", Some("assessment_late")),
        ("2026-03-11", Some("assessment_late")),
    ] {
        assert_eq!(kind(of_assessment((&case, &open), owing, (AHEAD, day(today)))), told, "{today}");
    }
    let long_ago = Owing { asked_on: day("2025-02-17"), ..owing };
    for (today, told) in [("2025-03-06", None), ("2025-03-07", Some("assessment_due"))] {
        assert_eq!(kind(of_assessment((&case, &open), long_ago, (AHEAD, day(today)))), told, "{today}");
    }
}

#[test]
fn whoever_owes_nothing_any_more_is_reminded_of_nothing() {
    let (assessor, officer) = (assessor(Role::Assessor), assessor(Role::Officer));
    let told = |state, assessment_state, assessor, assessing| {
        let (case, open) = (application(state), assessment(assessment_state));
        let owing = Owing { assessor, assessing, asked_on: day("2025-02-17") };
        of_assessment((&case, &open), owing, (AHEAD, day("2025-03-11"))).is_some()
    };
    for state in AssessmentState::ALL {
        let owed = AssessmentState::OPEN.contains(&state);
        assert_eq!(told(State::InAssessment, state, Some(&assessor), Assessing::Accepted), owed, "{state:?}");
    }
    for state in State::ALL {
        let owed = state == State::InAssessment;
        assert_eq!(told(state, AssessmentState::Accepted, Some(&assessor), Assessing::Accepted), owed, "{state:?}");
    }
    let open = |who, assessing| told(State::InAssessment, AssessmentState::Invited, who, assessing);
    assert!(!open(None, Assessing::Invited), "the account is closed");
    assert!(!open(Some(&officer), Assessing::Invited), "they assess no more");
    assert!(!open(Some(&assessor), Assessing::No), "something on file is in the way");
    assert!(open(Some(&assessor), Assessing::Undeclared), "that they must declare first, they see when they look");
}

#[test]
fn an_applicant_is_reminded_of_an_offer_while_it_stands() {
    let mut offered = award(&application(State::Offered));
    offered.state = AwardState::Offered;
    let told = |award: &Award, today| of_award(award, (AHEAD, day(today)));
    for (today, is_told) in [("2025-03-28", false), ("2025-03-29", true), ("2025-04-05", true), ("2025-04-06", false)] {
        assert_eq!(told(&offered, today).is_some(), is_told, "{today}");
    }
    for state in [AwardState::Decided, AwardState::Accepted, AwardState::Released] {
        assert_eq!(told(&Award { state, ..offered.clone() }, "2025-04-01"), None, "{state:?}");
    }
}

#[test]
fn an_applicant_is_reminded_of_a_return_while_it_waits_and_not_on_the_day_of_its_letter() {
    let mut open = Return {
        application: application(State::Returned).id,
        number: 1,
        from: State::Submitted,
        revision: 1,
        fields: BTreeSet::from(["/summary".to_owned()]),
        reason: "more".to_owned(),
        answer_by: day("2025-03-10"),
        by: person(7),
        at: instant("2025-03-07"),
        ended: None,
    };
    for (today, is_told) in [
        ("2025-03-06", false),
        ("2025-03-07", false),
        ("2025-03-08", true),
        ("2025-03-10", true),
        ("2025-03-11", false),
    ] {
        assert_eq!(of_return(&open, (AHEAD, day(today))).is_some(), is_told, "{today}");
    }
    let how = Outcome::Answered(2);
    open.ended = Some(Ended { by: person(1), at: instant("2025-03-08"), how });
    assert_eq!(of_return(&open, (AHEAD, day("2025-03-09"))), None);
}

#[test]
fn an_applicant_is_reminded_of_a_draft_before_the_round_closes_for_them() {
    let name = "name = { en = \"A\", zh-Hant = \"名稱\", zh-Hans = \"名称\" }\nsource = \"guide\"\n";
    let rounds = format!("[round.1]\nopens_on = \"2025-02-01\"\ncloses_on = \"2025-02-28\"\n{name}");
    let scheme = Sample::new().add(&rounds).read();
    let intake = scheme.file.intake("round.1").unwrap();
    let told = |state, now, closes_at: DateTime<Utc>| {
        of_draft(&application(state), (&intake, closes_at), (AHEAD, now)).is_some()
    };
    let closes_at = intake.closes_at;
    // It closes with the end of 28 February, which is the beginning of 1 March.
    for (today, is_told) in [
        ("2025-01-31", false),
        ("2025-02-21", false),
        ("2025-02-22", true),
        ("2025-02-28", true),
        ("2025-03-01", false),
    ] {
        assert_eq!(told(State::Draft, instant(today), closes_at), is_told, "{today}");
    }
    assert!(!told(State::Submitted, instant("2025-02-25"), closes_at));
    // With an extension, seven days before its end.
    let later = instant("2025-03-20");
    assert!(!told(State::Draft, instant("2025-02-25"), later) && told(State::Draft, instant("2025-03-14"), later));

    let cut_off = Sample::new().add(&format!("[cut_off.1]\ncloses_on = \"2025-02-28\"\n{name}")).read();
    let cut_off = cut_off.file.intake("cut_off.1").unwrap();
    let of_cut_off = of_draft(&application(State::Draft), (&cut_off, closes_at), (AHEAD, instant("2025-02-25")));
    assert_eq!(of_cut_off, None, "what comes later goes with the next batch");
}

#[test]
fn each_reminder_is_about_something_of_its_own() {
    let (assessment, assessor, due) = (AssessmentId(Uuid::from_u128(5)), person(7), day("2025-03-10"));
    let all = [
        Reminder::AssessmentDue { assessment, assessor, due },
        Reminder::AssessmentLate { assessment, assessor, due },
        Reminder::ReturnDue { number: 2, answer_by: due },
        Reminder::AwardExpires { expires_on: due },
        Reminder::RoundCloses { round: "round.2".to_owned(), closes_at: instant("2025-03-10") },
    ];
    let case = application(State::InAssessment).id;
    let told = all.each_ref().map(|reminder| (reminder.about(), reminder.notice(case).letter));
    assert_eq!(
        told,
        [
            (assessment.to_string(), Letter::AssessmentDue),
            (assessment.to_string(), Letter::AssessmentLate),
            ("2".to_owned(), Letter::ReturnDue),
            ("2025-03-10".to_owned(), Letter::AwardExpires),
            ("round.2".to_owned(), Letter::RoundCloses),
        ]
    );
    for reminder in all {
        let event = Event::ReminderWritten { application: case, reminder };
        let written = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&written).unwrap(), event, "{written}");
    }
}
