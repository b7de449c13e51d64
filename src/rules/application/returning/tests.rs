//! Return for more information: what can be asked, what may change, and how it ends.

use super::*;
use crate::attachment::{MediaType, Scan};
use crate::calculation::History;
use crate::ids::{AssessmentId, AttachmentId};
use crate::permission::Verb;
use crate::sample::{NIAS, application, day, instant, permit, person, scheme};
use uuid::Uuid;

fn asking<'a>(scheme: &'a Scheme, fields: &[&str], answer_by: &str) -> Asking<'a> {
    Asking {
        scheme,
        fields: fields.iter().map(|field| (*field).to_owned()).collect(),
        reason: "Say more of the market.",
        answer_by: day(answer_by),
        before: 0,
        is_scored: false,
        by: person(7),
        at: instant("2025-02-10"),
    }
}

fn asked(from: State, fields: &[&str]) -> (Application, Return) {
    let scheme = scheme(NIAS);
    let asking = asking(&scheme, fields, "2025-02-20");
    let (change, case) = application(from).return_for_information(&permit(Verb::ApplicationReturn), asking).unwrap();
    let open = change.writes().iter().find_map(|write| match write {
        Write::NewReturn(open) => Some(open.clone()),
        _ => None,
    });
    (case, open.unwrap())
}

fn edited(case: Application, open: &Return, change: impl Fn(&mut Content)) -> Result<Application, Refusal> {
    let mut content = case.content.clone();
    change(&mut content);
    let by = (person(1), instant("2025-02-11"));
    case.edit(&permit(Verb::ApplicationEdit), by, content, Some(open)).map(|(_, case)| case)
}

fn sent(
    case: Application,
    open: Return,
    attachments: Vec<Attachment>,
) -> Result<(Application, Option<Answer>), Refusal> {
    let scheme = scheme(NIAS);
    let resubmitting = Resubmitting {
        scheme: &scheme,
        history: History::default(),
        attachments,
        assessments: Vec::new(),
        sent: application(State::Submitted).content,
        debarred: Vec::new(),
        by: person(1),
        at: instant("2025-02-12"),
    };
    case.resubmit(&permit(Verb::ApplicationResubmit), open, &resubmitting).map(|(_, case, answer)| (case, answer))
}

fn file(in_answer_to: Option<i32>) -> Attachment {
    Attachment {
        id: AttachmentId(Uuid::nil()),
        application: application(State::Submitted).id,
        document: None,
        name: "a.pdf".to_owned(),
        media_type: MediaType::Pdf,
        bytes: 1,
        sha256: "0".repeat(64),
        scan: Scan::NotScanned,
        attached_by: person(1),
        attached_at: instant("2025-02-11"),
        in_answer_to,
    }
}

#[test]
fn only_fields_that_there_are_can_be_asked_for_by_a_day_that_is_to_come_before_anybody_has_scored() {
    let text = NIAS.replacen(
        "[assessment.assessors]",
        "[document.plan]\nname = { en = \"Plan\", zh-Hant = \"計劃書\", zh-Hans = \"计划书\" }\n[form.question.benefit]\ntype = \"words\"\n\
         name = { en = \"Benefit?\", zh-Hant = \"效益？\", zh-Hans = \"效益？\" }\n[assessment.assessors]",
        1,
    );
    let scheme = scheme(&text);
    let ask = |from: State, asking: Asking<'_>| {
        application(from).return_for_information(&permit(Verb::ApplicationReturn), asking).map(|(_, case)| case.state)
    };
    for field in [
        "/summary",
        "/starts_on",
        "/milestones",
        "/people",
        "/quotations",
        "/documents",
        "/documents/plan",
        "/answers/benefit",
        "/request/requested",
        "/request/project/stages",
        "/request/project/stages/0/costs",
        "/request/project/facts/sector",
        "/request/applicant/facts/incorporated_in_hong_kong",
    ] {
        assert_eq!(ask(State::Submitted, asking(&scheme, &[field], "2025-02-10")), Ok(State::Returned), "{field}");
        assert!(crate::application::field_name(field, &scheme).is_some(), "{field} has no name");
    }
    for field in [
        "",
        "summary",
        "/title",
        "/summary/",
        "/answers",
        "/answers/weather",
        "/documents/weather",
        "/request",
        "/request/history",
        "/request/project/stages/1/costs",
        "/request/project/stages/00/costs",
        "/request/project/stages/0/stage",
        "/request/applicant/facts/weather",
    ] {
        let unknown = ReturnRefusal::FieldUnknown { field: field.to_owned() }.into();
        assert_eq!(ask(State::Submitted, asking(&scheme, &[field], "2025-02-10")), Err(unknown), "{field}");
    }
    let count = ReturnRefusal::FieldsCount { fields_max: FIELDS_MAX }.into();
    assert_eq!(ask(State::Submitted, asking(&scheme, &[], "2025-02-10")), Err(count));
    let over = ReturnRefusal::DayOver { answer_by: day("2025-02-09") }.into();
    assert_eq!(ask(State::Submitted, asking(&scheme, &["/summary"], "2025-02-09")), Err(over));
    let scored = Asking { is_scored: true, ..asking(&scheme, &["/summary"], "2025-02-10") };
    assert_eq!(ask(State::InAssessment, scored), Err(ReturnRefusal::Scored.into()));
    let silent = Asking { reason: " ", ..asking(&scheme, &["/summary"], "2025-02-10") };
    assert!(matches!(ask(State::InAssessment, silent), Err(Refusal::TextLength { field: "/reason", .. })));
    for from in State::ALL.into_iter().filter(|from| !matches!(from, State::Submitted | State::InAssessment)) {
        let refused = ask(from, asking(&scheme, &["/summary"], "2025-02-10"));
        assert_eq!(refused, Err(Refusal::ApplicationWrongState { state: from.code() }), "{from:?}");
    }
}

#[test]
fn what_is_asked_for_may_change_in_any_way_and_everything_else_not_at_all() {
    let (case, open) = asked(State::Submitted, &["/summary", "/people", "/request/project/stages/0/months"]);
    let change = |change: &dyn Fn(&mut Content)| edited(case.clone(), &open, change).map(|case| case.revision.number);
    assert_eq!(change(&|_| {}), Ok(1));
    assert_eq!(change(&|content| content.summary = "More of the market".to_owned()), Ok(2));
    assert_eq!(
        change(&|content| content.people = serde_json::from_str(r#"[{"name":"Chan","part":"leader"}]"#).unwrap()),
        Ok(2)
    );
    assert_eq!(
        change(&|content| content.request.project.stages.iter_mut().for_each(|stage| stage.months = Some(9))),
        Ok(2)
    );
    let not_asked =
        |pointer: &str| Err(Refusal::from(ReturnRefusal::FieldsNotAsked { fields: vec![pointer.to_owned()] }));
    assert_eq!(change(&|content| content.title = "Another".to_owned()), not_asked("/title"));
    assert_eq!(change(&|content| content.request.requested = None), not_asked("/request/requested"));
    assert_eq!(change(&|content| content.starts_on = Some(day("2025-07-01"))), not_asked("/starts_on"));
    assert_eq!(change(&|content| content.request.project.stages.clear()), not_asked("/request/project/stages"));
    let costs = not_asked("/request/project/stages/0/costs");
    assert_eq!(
        change(&|content| content.request.project.stages.iter_mut().for_each(|stage| stage.costs = None)),
        costs
    );
}

#[test]
fn an_answer_goes_back_to_where_it_came_from_under_the_day_of_the_first_submission() {
    for from in [State::Submitted, State::InAssessment] {
        let (case, open) = asked(from, &["/summary"]);
        assert_eq!(sent(case.clone(), open.clone(), Vec::new()), Err(ReturnRefusal::NothingChanged.into()));
        let case = edited(case, &open, |content| content.summary = "More".to_owned()).unwrap();
        let before = case.submission.clone().unwrap();
        let (case, answer) = sent(case, open, Vec::new()).unwrap();
        assert_eq!((case.state, answer), (from, None));
        assert_eq!(case.submission, Some(Submission { revision: 2, ..before }));
    }
}

#[test]
fn figures_that_have_changed_are_worked_out_again_and_bind_what_is_asked_for() {
    let facts = |content: &mut Content| {
        let facts = r#"{"incorporated_in_hong_kong":true,"government_subvented":false}"#;
        content.request.applicant.facts = serde_json::from_str(facts).unwrap();
        let facts = r#"{"sector":"life_and_health","high_end_technology":true,"smart_production":true}"#;
        content.request.project.facts = serde_json::from_str(facts).unwrap();
    };
    let asked_for = [
        "/request/requested",
        "/request/project/facts/sector",
        "/request/project/facts/high_end_technology",
        "/request/project/facts/smart_production",
        "/request/applicant/facts/incorporated_in_hong_kong",
        "/request/applicant/facts/government_subvented",
    ];
    let (case, open) = asked(State::Submitted, &asked_for);
    let ask = |requested: &str| {
        let case = edited(case.clone(), &open, |content| {
            facts(content);
            content.request.requested = Some(crate::sample::cents(requested));
        });
        sent(case.unwrap(), open.clone(), Vec::new())
    };
    let (case, answer) = ask("150000000.00").unwrap();
    let submission = case.submission.unwrap();
    let cents = crate::sample::cents;
    assert_eq!((submission.requested, submission.allowed), (cents("150000000.00"), cents("150000000.00")));
    assert_eq!(answer.map(|answer| answer.grant), Some(cents("150000000.00")));
    assert!(matches!(ask("300000000.00"), Err(Refusal::RequestAboveAllowed { .. })));
}

#[test]
fn a_file_that_was_asked_for_is_an_answer_and_one_that_was_sent_is_not() {
    let (case, open) = asked(State::Submitted, &["/documents"]);
    assert!(open.asks_for_document(None) && open.asks_for_document(Some("plan")));
    let (_, named) = asked(State::Submitted, &["/summary"]);
    assert!(!named.asks_for_document(None));
    assert_eq!(
        sent(case.clone(), open.clone(), vec![file(None)]).map(|_| ()),
        Err(ReturnRefusal::NothingChanged.into())
    );
    assert!(sent(case.clone(), open.clone(), vec![file(Some(1))]).is_ok());
    let detach = |file: &Attachment| case.detach(&permit(Verb::ApplicationEdit), file, Some(&open)).map(|_| ());
    assert_eq!(detach(&file(None)), Err(ReturnRefusal::FileWasSent.into()));
    assert_eq!(detach(&file(Some(1))), Ok(()));
}

#[test]
fn a_return_that_nobody_answered_ends_after_its_last_day_with_what_was_sent() {
    let (case, open) = asked(State::InAssessment, &["/summary", "/documents"]);
    let original = application(State::Submitted).content;
    let case = edited(case, &open, |content| content.summary = "Half an answer".to_owned()).unwrap();
    let files = [file(None), file(Some(1))];
    let end = |on: &str, reason: &str| {
        let by = (person(7), instant(on), reason);
        case.clone().end_return(
            &permit(Verb::ApplicationEndReturn),
            (open.clone(), original.clone()),
            (&files, &[]),
            by,
        )
    };
    let still = ReturnRefusal::StillOpen { answer_by: day("2025-02-20") };
    assert_eq!(end("2025-02-20", "No answer.").map(|_| ()), Err(still.into()));
    assert!(matches!(end("2025-02-21", ""), Err(Refusal::TextLength { .. })));
    let (change, case) = end("2025-02-21", "No answer.").unwrap();
    assert_eq!((case.state, &case.content, case.revision.number), (State::InAssessment, &original, 3));
    assert_eq!(case.submission.map(|submission| submission.revision), Some(3));
    let gone = change.writes().iter().filter(|write| matches!(write, Write::AttachmentGone(_))).count();
    assert_eq!(gone, 1);
}

#[test]
fn an_assessor_has_as_many_more_days_as_the_case_was_away_and_a_withdrawal_takes_away_what_was_not_sent() {
    let (case, open) = asked(State::InAssessment, &["/summary", "/documents"]);
    let assessment = |state: AssessmentState, number: u128| Assessment {
        id: AssessmentId(Uuid::from_u128(number)),
        application: case.id,
        assessor: person(number),
        state,
        due: day("2025-02-18"),
        blind_to_applicant: false,
        reason: None,
        marks: std::collections::BTreeMap::new(),
        comment: String::new(),
        feedback: None,
        score: None,
    };
    let given = [assessment(AssessmentState::Accepted, 5), assessment(AssessmentState::Conflicted, 6)];
    let by = (person(7), instant("2025-02-21"), "No answer.");
    let sent = application(State::Submitted).content;
    let ended =
        case.clone().end_return(&permit(Verb::ApplicationEndReturn), (open.clone(), sent), (&[], &given), by).unwrap();
    let moved = ended.0.writes().iter().filter_map(|write| match write {
        Write::AssessmentDue { assessment, due } => Some((assessment.0.as_u128(), *due)),
        _ => None,
    });
    // Eleven days: from 10 to 21 February.
    assert_eq!(moved.collect::<Vec<_>>(), [(5, day("2025-03-01"))]);
    let files = [file(None), file(Some(1))];
    let by = (person(1), instant("2025-02-12"));
    let (change, _) =
        case.withdraw(&permit(Verb::ApplicationWithdraw), "other plans", by, (Some(open), &files)).unwrap();
    let gone = change.writes().iter().filter(|write| matches!(write, Write::AttachmentGone(_))).count();
    assert_eq!(gone, 1);
}

#[test]
fn an_application_is_returned_a_bounded_number_of_times() {
    let scheme = scheme(NIAS);
    let asking = Asking { before: RETURNS_MAX, ..asking(&scheme, &["/summary"], "2025-02-20") };
    let refused = application(State::Submitted).return_for_information(&permit(Verb::ApplicationReturn), asking);
    assert_eq!(refused.map(|_| ()), Err(ReturnRefusal::TooMany { returns_max: RETURNS_MAX }.into()));
}
