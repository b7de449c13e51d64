use super::*;
use crate::actor::{Role, Who};
use crate::application::{Participant, Quotation, State};
use crate::attachment::{MediaType, Scan};
use crate::ids::{AssessmentId, AttachmentId};
use crate::interest::Assessing;
use crate::member::MemberRole;
use crate::permission::Verb;
use crate::refusal::{AssessorRefusal, Refusal};
use crate::sample::{NIAS, application, cents, day, instant, person, scheme};
use crate::schema::form;
use crate::scoring::Marks;
use crate::sight::Sight;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// NIAS, whose assessors are not told so and so.
fn with(table: &str, is: &str) -> Scheme {
    let table = format!("[assessment.{table}]\nis = {is}\n\n[assessment.scale]");
    scheme(&NIAS.replacen("[assessment.scale]", &table, 1))
}

fn since(day: &str, is: &str) -> String {
    format!("[{{ from = \"{day}\", is = {is}, source = \"house\" }}]")
}

/// Somebody who was asked to assess the case blind.
fn blind(roles: &[Role]) -> Actor {
    let case = application(State::InAssessment);
    Actor {
        who: Who::Person(person(20)),
        roles: roles.iter().copied().collect(),
        ties: BTreeMap::from([(case.id, Tie::Blind)]),
        ..Actor::visitor()
    }
}

fn assessment(number: u128, state: AssessmentState) -> Assessment {
    Assessment {
        id: AssessmentId(Uuid::from_u128(number)),
        application: application(State::InAssessment).id,
        assessor: person(number),
        state,
        due: day("2025-03-01"),
        blind_to_applicant: false,
        reason: None,
        marks: Marks::new(),
        comment: "sound".to_owned(),
        feedback: Some("Clear aims.".to_owned()),
        score: None,
    }
}

#[test]
fn a_case_is_held_to_what_its_scheme_says_on_the_day_of_its_submission() {
    let case = application(State::InAssessment);
    let of = |table: &str, is: &str| {
        let scheme = with(table, is);
        (hides_applicant(&scheme, &case), hides_assessors(&scheme, &case))
    };
    let plain = scheme(NIAS);
    assert_eq!((hides_applicant(&plain, &case), hides_assessors(&plain, &case)), (false, true), "left out");
    // The case was submitted on 5 February 2025.
    for (from, is, applicant, assessors) in [
        ("2025-02-05", "true", true, true),
        ("2025-02-05", "false", false, false),
        ("2025-02-05", "\"none\"", false, true),
        ("2025-02-06", "true", false, true),
        ("2025-02-06", "false", false, true),
        // What nobody knows is hidden.
        ("2025-02-05", "\"unknown\"", true, true),
    ] {
        let is = since(from, is);
        assert_eq!(of("blind_to_applicant", &is), (applicant, true), "{is}");
        assert_eq!(of("blind_to_assessors", &is), (false, assessors), "{is}");
    }
    let draft = application(State::Draft);
    assert!(!hides_applicant(&with("blind_to_applicant", &since("2024-09-16", "true")), &draft), "nobody assesses it");
}

#[test]
fn whoever_assesses_blind_is_not_told_who_applies_whatever_else_they_are() {
    let case = application(State::InAssessment);
    for roles in [&[Role::Assessor][..], &Role::ALL] {
        let actor = blind(roles);
        assert_eq!(actor.identity(&case), Identity::Hidden);
        assert_eq!(actor.scope().identity(case.id, case.organisation), Identity::Hidden);
        assert_eq!(
            (actor.sight(&case), actor.scope().sight(case.id, case.organisation)),
            (Sight::Public, Sight::Public)
        );
        assert!(!actor.is_beside_applicant_of(&case), "they may be asked again");
        let own = Actor { organisations: BTreeSet::from([case.organisation]), ..actor.clone() };
        assert_eq!(own.identity(&case), Identity::Shown, "they know it");
        let elsewhere = Application { id: crate::ids::ApplicationId(Uuid::from_u128(7)), ..case.clone() };
        assert_eq!(actor.identity(&elsewhere), Identity::Shown);
        for tie in [Tie::Barred, Tie::Member(MemberRole::View)] {
            let other = Actor { ties: BTreeMap::from([(case.id, tie)]), ..actor.clone() };
            assert_eq!(other.identity(&case), Identity::Shown, "{tie:?}");
        }
    }
    assert!(Tie::Blind < Tie::Barred, "of several ties, the one on the side of the applicant holds");
}

#[test]
fn whoever_assesses_blind_does_as_an_assessor_what_assessors_do_and_nothing_for_the_agency() {
    let (case, now) = (application(State::InAssessment), instant("2025-02-06"));
    let may = |roles: &[Role], verb, assessing| {
        blind(roles).may_to_application(verb, &case, assessing, now).map(|permit| permit.verb())
    };
    let apart = || Err(Refusal::from(AssessorRefusal::OwnBlindCase));
    for roles in [&[Role::Assessor][..], &Role::ALL] {
        for verb in [Verb::ApplicationLook, Verb::ApplicationRead, Verb::AssessmentRead, Verb::AssessmentScore] {
            assert_eq!(may(roles, verb, Assessing::Accepted), Ok(verb), "{roles:?}");
        }
        assert_eq!(may(roles, Verb::ApplicationRead, Assessing::Invited), Err(AssessorRefusal::NotAccepted.into()));
        assert_eq!(may(roles, Verb::ApplicationLook, Assessing::Invited), Ok(Verb::ApplicationLook));
        for verb in [Verb::ApplicationLook, Verb::AssessmentRead, Verb::HistoryRead, Verb::AuditRead] {
            assert_eq!(may(roles, verb, Assessing::No), Err(Refusal::NotFound), "who was taken off: {roles:?}");
        }
        assert!(blind(roles).only_looks_at(&case, Assessing::Invited, now));
    }
    for verb in [
        Verb::HistoryRead,
        Verb::AuditRead,
        Verb::MemberRead,
        Verb::ConflictRead,
        Verb::SignalRead,
        Verb::ClockRead,
        Verb::AssessmentAssign,
        Verb::AssessmentWithdraw,
        Verb::ApplicationReturn,
        Verb::ApplicationRecommend,
        Verb::ApplicationApprove,
    ] {
        assert_eq!(may(&Role::ALL, verb, Assessing::Accepted), apart(), "{verb:?}");
        let stranger = may(&[Role::Assessor], verb, Assessing::Accepted);
        assert_eq!(stranger, Err(Refusal::NotPermitted { verb }), "no role of theirs says so");
    }
}

#[test]
fn what_the_applicant_writes_is_told_without_people_and_without_themselves_as_a_supplier() {
    let mut case = application(State::InAssessment);
    case.content.people = vec![
        serde_json::from_str::<Participant>(
            r#"{ "name": "Wong Siu Ming", "part": "leader", "email": "wong@harbour.example" }"#,
        )
        .unwrap(),
    ];
    let quotation = |supplier: &str, ubi: Option<&str>| Quotation {
        category: "equipment".to_owned(),
        supplier: supplier.to_owned(),
        supplier_ubi: ubi.map(str::to_owned),
        amount: cents("1.00"),
    };
    case.content.quotations = vec![
        quotation("HARBOUR WIDGETS LTD", None),
        quotation("H. W.", Some("20000001")),
        quotation("Lathes Company", Some("30000001")),
        // Who applies together with them is told no more.
        quotation("Peak Laboratories", None),
        quotation("P. L.", Some("40000001")),
    ];
    let applies = |name: &str, ubi: &str| Applies { name: name.to_owned(), ubi: ubi.to_owned() };
    let parties = [applies("Harbour Widgets Limited", "20000001"), applies("Peak Laboratories Limited", "40000001")];
    let shown = Identity::Shown.application(case.clone(), &parties);
    assert_eq!(shown, case);
    let hidden = Identity::Hidden.application(case.clone(), &parties).content;
    assert!(hidden.people.is_empty());
    let suppliers = hidden.quotations.iter().map(|one| (one.supplier.as_str(), one.supplier_ubi.as_deref()));
    let none = ("", None);
    let expected = [none, none, ("Lathes Company", Some("30000001")), none, none];
    assert_eq!(suppliers.collect::<Vec<_>>(), expected);
    assert_eq!((&hidden.title, &hidden.request), (&case.content.title, &case.content.request));

    let lacks = ["/people", "/people/0/email", "/quotations/0/supplier", "/summary"];
    let lacks = lacks.map(|pointer| RequestFault::malformed(pointer, "wong@harbour.example")).to_vec();
    assert_eq!(Identity::Shown.missing(lacks.clone()), lacks);
    let told = Identity::Hidden.missing(lacks).into_iter().map(|fault| fault.pointer).collect::<Vec<_>>();
    assert_eq!(told, ["/summary"]);
    assert_eq!((Identity::Shown.tell(1), Identity::Hidden.tell(1)), (Some(1), None));
}

#[test]
fn a_file_is_called_by_its_document_or_its_number_where_its_name_could_tell_who_applies() {
    let file = |document: Option<&str>, media_type| Attachment {
        id: AttachmentId(Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_1a2b_3c4d)),
        application: application(State::Submitted).id,
        document: document.map(str::to_owned),
        name: "harbour widgets.pdf".to_owned(),
        media_type,
        bytes: 1,
        sha256: String::new(),
        scan: Scan::Clean,
        attached_by: person(1),
        attached_at: instant("2025-02-01"),
        in_answer_to: None,
    };
    for (document, media_type, name) in [
        (Some("business_plan"), MediaType::Pdf, "business_plan.pdf"),
        (None, MediaType::Text, "file-1a2b3c4d.txt"),
        (None, MediaType::Jpeg, "file-1a2b3c4d.jpeg"),
    ] {
        assert_eq!(Identity::Hidden.file(file(document, media_type)).name, name);
        assert_eq!(Identity::Shown.file(file(document, media_type)).name, "harbour widgets.pdf");
    }
}

#[test]
fn an_assessor_reads_the_others_scores_once_their_own_is_in_where_the_scheme_says_so() {
    use AssessmentState::{Accepted, Declined, Invited, Scored, Withdrawn};
    let case = application(State::InAssessment);
    let (apart, together) = (scheme(NIAS), with("blind_to_assessors", &since("2024-09-16", "false")));
    let others = [(1, Scored), (2, Accepted), (3, Declined), (4, Scored)];
    let read = |actor: &Actor, scheme: &Scheme, own: AssessmentState| {
        let all = others.iter().chain(&[(20, own)]).map(|(number, state)| assessment(*number, *state)).collect();
        let read = assessments_read_by(actor, &case, scheme, all);
        for one in &read {
            let is_own = one.assessor == person(20);
            assert!(is_own || !actor.is(Role::Assessor) || one.feedback.is_none(), "what they mean for the applicant");
        }
        read.iter().map(|one| one.assessor.0.as_u128()).collect::<Vec<_>>()
    };
    let open = |roles: &[Role]| Actor { ties: BTreeMap::new(), ..blind(roles) };
    for actor in [open(&[Role::Assessor]), open(&Role::ALL), blind(&[Role::Assessor]), blind(&Role::ALL)] {
        for own in [Invited, Accepted] {
            assert_eq!((read(&actor, &together, own), read(&actor, &apart, own)), (vec![20], vec![20]), "{own:?}");
        }
        assert_eq!((read(&actor, &together, Scored), read(&actor, &apart, Scored)), (vec![1, 4, 20], vec![20]));
    }
    // Whoever is off the case is an assessor of it no more; what they must not know they still must not.
    assert_eq!(read(&blind(&Role::ALL), &together, Withdrawn), [20]);
    assert_eq!(read(&open(&[Role::Assessor]), &together, Withdrawn), [20]);
    let officer = Actor { who: Who::Person(person(30)), ..open(&[Role::Officer]) };
    assert_eq!(read(&officer, &apart, Accepted), [1, 2, 3, 4, 20]);
}

#[test]
fn the_form_tells_applicants_not_to_name_themselves_where_those_who_assess_must_not_know_them() {
    let told = |scheme: &Scheme, on: Option<&str>| {
        let schema = form(scheme, on.map(day));
        schema["description"].as_str().unwrap_or_default().contains("do not name yourself")
    };
    let blind = with("blind_to_applicant", &since("2025-02-05", "true"));
    assert_eq!([Some("2025-02-04"), Some("2025-02-05"), None].map(|on| told(&blind, on)), [false, true, true]);
    assert_eq!([Some("2025-02-05"), None].map(|on| told(&scheme(NIAS), on)), [false, false]);
}

#[test]
fn a_history_tells_of_no_score_that_its_reader_does_not_read() {
    let scored = |number: u128| Event::AssessmentScored {
        application: application(State::InAssessment).id,
        assessment: AssessmentId(Uuid::from_u128(number)),
        score: 8,
    };
    let read = [assessment(20, AssessmentState::Scored)];
    assert_eq!(without_scores_of_others(scored(20), &read), Some(scored(20)));
    assert_eq!(without_scores_of_others(scored(21), &read), None);
    let screened = Event::ApplicationScreened { application: application(State::InAssessment).id };
    assert_eq!(without_scores_of_others(screened.clone(), &read), Some(screened));
}
