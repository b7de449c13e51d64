use super::*;
use crate::actor::{Actor, Role, Who};
use crate::application::State;
use crate::assessor::Tie;
use crate::ids::OverrideId;
use crate::permission::{Permit, Verb};
use crate::sample::{application, instant, person};
use uuid::Uuid;

const ASSESSOR: u128 = 20;

const fn organisation(number: u128) -> OrganisationId {
    OrganisationId(Uuid::from_u128(number))
}

fn party(number: u128, name: &str) -> Party {
    Party { id: organisation(number), name: name.to_owned(), ubi: format!("{number:08}") }
}

fn applying(name: &str, email: &str) -> Applying {
    Applying { name: name.to_owned(), email: email.to_owned() }
}

/// Harbour Optics Limited applies; its director has written the application, and its secretary has not. Peak Laboratories applies
/// with them, and one of its people is a member.
fn case() -> Case {
    Case {
        applicant: party(2, "Harbour Optics Limited"),
        co_applicants: vec![party(5, "Peak Laboratories Limited")],
        related: vec![Related {
            party: party(3, "Harbour Holdings Limited"),
            group: "related_company".to_owned(),
            to: "Harbour Optics Limited".to_owned(),
        }],
        people: BTreeMap::from([
            (person(1), applying("Wong Siu Ming", "wong@optics.example")),
            (person(4), applying("Lee Ka Yan", "lee@gmail.com")),
            (person(6), applying("Ho Lai Sze", "ho@peak.example")),
        ]),
        authors: BTreeSet::from([person(1), person(6)]),
        members: BTreeSet::from([person(6)]),
        named: Vec::new(),
        suppliers: Vec::new(),
    }
}

fn nobodys_friend() -> Assessor {
    Assessor {
        name: "Chan Tai Man".to_owned(),
        email: "chan@university.example".to_owned(),
        declared: Some(Vec::new()),
        ..Assessor::default()
    }
}

fn line(tie: Tie, organisation: Option<&str>, ubi: Option<&str>, person: Option<&str>) -> Interest {
    let owned = |text: &str| text.to_owned();
    Interest { tie, organisation: organisation.map(owned), ubi: ubi.map(owned), person: person.map(owned) }
}

fn declaring(interest: Interest) -> Assessor {
    Assessor { declared: Some(vec![interest]), ..nobodys_friend() }
}

fn on_file(assessor: Assessor) -> OnFile {
    OnFile {
        assessors: BTreeMap::from([(person(ASSESSOR), assessor)]),
        cases: BTreeMap::from([(application(State::InAssessment).id, case())]),
        ..OnFile::default()
    }
}

fn pair() -> Pair {
    (application(State::InAssessment).id, person(ASSESSOR))
}

fn grounds(file: &OnFile) -> Vec<Ground> {
    file.conflicts(pair().0, pair().1).into_iter().map(|conflict| conflict.ground).collect()
}

/// Each of these, and whether they are free then.
fn assert_grounds<const N: usize>(table: [(&str, Assessor, Vec<Ground>); N]) {
    for (what, assessor, expected) in table {
        let file = on_file(assessor);
        assert_eq!(grounds(&file), expected, "{what}");
        let free = file.free(pair().0, pair().1);
        assert_eq!(free == Free::Yes, expected.is_empty(), "{what}: {free:?}");
    }
}

#[test]
fn what_somebody_is_or_has_declared_to_be_to_the_applicant_is_a_ground_and_nothing_else_is() {
    let friend = nobodys_friend;
    assert_grounds([
        ("nothing", friend(), vec![]),
        (
            "a member of the applicant",
            Assessor { acts_for: vec![party(2, "Organisation 2")], ..friend() },
            vec![Ground::ActsForApplicant],
        ),
        ("a member of another", Assessor { acts_for: vec![party(9, "Organisation 9")], ..friend() }, vec![]),
        (
            "a member of the holding",
            Assessor { acts_for: vec![party(3, "Organisation 3")], ..friend() },
            vec![Ground::RelatedOrganisation],
        ),
        (
            "an employee, by name",
            declaring(line(Tie::Employment, Some("harbour optics ltd"), None, None)),
            vec![Ground::Employment],
        ),
        (
            "a director, by identifier",
            declaring(line(Tie::Directorship, Some("HO"), Some("00000002"), None)),
            vec![Ground::Directorship],
        ),
        (
            "of the same name and another identifier",
            declaring(line(Tie::Directorship, Some("Harbour Optics Limited"), Some("00000009"), None)),
            vec![],
        ),
        (
            "an owner",
            declaring(line(Tie::Ownership, Some("Harbour Optics"), None, None)),
            vec![Ground::DeclaredOrganisation],
        ),
        (
            "a director of the holding",
            declaring(line(Tie::Directorship, Some("Harbour Holdings"), None, None)),
            vec![Ground::RelatedOrganisation],
        ),
        (
            "a cousin of the secretary",
            declaring(line(Tie::Family, None, None, Some("LEE, Ka Yan"))),
            vec![Ground::DeclaredPerson],
        ),
        ("a cousin of somebody else", declaring(line(Tie::Family, None, None, Some("Lee Ka Wai"))), vec![]),
    ]);
}

#[test]
fn what_somebody_wrote_their_address_and_their_name_are_grounds_where_they_are_those_of_the_applicant() {
    let friend = nobodys_friend;
    assert_grounds([
        (
            "a former author of theirs",
            Assessor { wrote_for: BTreeSet::from([organisation(2)]), ..friend() },
            vec![Ground::CoApplication],
        ),
        (
            "an author beside the author",
            Assessor { wrote_with: BTreeSet::from([person(1)]), ..friend() },
            vec![Ground::CoApplication],
        ),
        ("an author beside the secretary", Assessor { wrote_with: BTreeSet::from([person(4)]), ..friend() }, vec![]),
        (
            "an address of the same domain",
            Assessor { email: "chan@lab.optics.example".to_owned(), ..friend() },
            vec![Ground::EmailDomain],
        ),
        ("an address where anybody has one", Assessor { email: "chan@gmail.com".to_owned(), ..friend() }, vec![]),
        ("a namesake", Assessor { name: "Wong Siu-ming".to_owned(), ..friend() }, vec![Ground::NamedPerson]),
        (
            "several things",
            Assessor {
                email: "chan@optics.example".to_owned(),
                ..declaring(line(Tie::Employment, Some("Harbour Optics"), None, None))
            },
            vec![Ground::Employment, Ground::EmailDomain],
        ),
    ]);
}

#[test]
fn every_conflict_says_why_in_each_language() {
    let mut file = on_file(Assessor {
        email: "chan@optics.example".to_owned(),
        name: "Wong Siu Ming".to_owned(),
        acts_for: vec![party(2, "Organisation 2"), party(3, "Organisation 3"), party(9, "Peak Optics")],
        wrote_for: BTreeSet::from([organisation(2)]),
        declared: Some(vec![
            line(Tie::Employment, Some("Harbour Optics"), None, None),
            line(Tie::Directorship, Some("Harbour Optics"), None, None),
            line(Tie::Other, Some("Harbour Optics"), None, None),
            line(Tie::Family, None, None, Some("Lee Ka Yan")),
        ]),
        ..nobodys_friend()
    });
    file.declared_on.insert(pair());
    let supplier = Supplier { name: "Peak Optics".to_owned(), ubi: None };
    file.cases.get_mut(&pair().0).unwrap().suppliers.push(supplier);
    let conflicts = file.conflicts(pair().0, pair().1);
    let found = conflicts.iter().map(|conflict| conflict.ground).collect::<BTreeSet<_>>();
    assert_eq!(found, Ground::ALL.into_iter().collect());
    for conflict in conflicts {
        assert!(conflict.because.en.ends_with('.') && conflict.because.zh_hant.ends_with('。'), "{conflict:?}");
        assert_ne!(conflict.because.zh_hant, conflict.because.zh_hans, "{conflict:?}");
    }
    let codes = Ground::ALL.map(|ground| serde_json::to_value(ground).unwrap());
    assert_eq!(codes, Ground::ALL.map(|ground| serde_json::json!(ground.code())));
}

#[test]
fn an_assessor_stands_to_a_case_as_the_file_and_the_assessment_say() {
    use AssessmentState::{Accepted, Conflicted, Declined, Invited, Scored, Withdrawn};
    let undeclared = Assessor { declared: None, ..nobodys_friend() };
    let member = Assessor { acts_for: vec![party(2, "Organisation 2")], ..nobodys_friend() };
    for (state, free, without) in [
        (Invited, Assessing::Invited, Assessing::Undeclared),
        (Accepted, Assessing::Accepted, Assessing::Undeclared),
        (Scored, Assessing::Accepted, Assessing::Undeclared),
        (Declined, Assessing::No, Assessing::No),
        (Conflicted, Assessing::No, Assessing::No),
        (Withdrawn, Assessing::No, Assessing::No),
    ] {
        let stands = |assessor: Assessor| on_file(assessor).assessing(pair().0, pair().1, state);
        assert_eq!(stands(nobodys_friend()), free, "{state:?}");
        assert_eq!(stands(undeclared.clone()), without, "{state:?}");
        assert_eq!(stands(member.clone()), Assessing::No, "{state:?}");
        assert!(
            !OnFile::default().assessing(pair().0, pair().1, state).sees(),
            "of whom nothing is known sees nothing"
        );
    }
}

fn permit(verb: Verb) -> Permit {
    let roles = BTreeSet::from([Role::Officer]);
    let actor = Actor { who: Who::Person(person(9)), roles, ..Actor::visitor() };
    actor.may_to_application(verb, &application(State::InAssessment), Assessing::No, instant("2025-02-06")).unwrap()
}

fn proposed(file: &OnFile, by: u128, existing: &[Override]) -> Result<Override, &'static str> {
    let conflicts = file.conflicts(pair().0, pair().1);
    let (ids, when) = ((OverrideId(Uuid::nil()), person(ASSESSOR)), (person(by), instant("2025-02-06")));
    let permit = permit(Verb::ConflictOverridePropose);
    let case = application(State::InAssessment);
    let tried = propose(&permit, &case, ids, when, "the only expert", (&conflicts, existing));
    tried.map(|(_, made)| made).map_err(|refusal| refusal.code())
}

#[test]
fn an_override_takes_two_officers_and_covers_what_was_on_file_when_it_was_proposed() {
    let of_domain = Assessor { email: "chan@optics.example".to_owned(), ..nobodys_friend() };
    let mut file = on_file(of_domain.clone());
    let made = proposed(&file, 30, &[]).unwrap();
    assert_eq!(made.grounds, BTreeSet::from([Ground::EmailDomain]));
    assert_eq!(proposed(&file, 31, std::slice::from_ref(&made)), Err("conflict.override_proposed"));
    assert_eq!(proposed(&file, ASSESSOR, &[]), Err("conflict.override_of_oneself"));
    let confirmed = |made: Override, by: u128| {
        let permit = permit(Verb::ConflictOverrideConfirm);
        let done = confirm(made, &permit, &application(State::InAssessment), (person(by), instant("2025-02-07")));
        done.map(|(_, done)| done).map_err(|refusal| refusal.code())
    };
    assert_eq!(confirmed(made.clone(), 30), Err("conflict.override_own"));
    assert_eq!(confirmed(made.clone(), ASSESSOR), Err("conflict.override_of_oneself"));
    let done = confirmed(made, 31).unwrap();
    assert_eq!(confirmed(done.clone(), 32), Err("conflict.override_confirmed"));
    file.overridden.insert(pair(), done.grounds);
    assert_eq!(file.free(pair().0, pair().1), Free::Yes);
    assert_eq!(proposed(&file, 30, &[]), Err("conflict.nothing_to_override"));
    // What comes to be known later is in the way again.
    let file =
        OnFile { overridden: file.overridden, ..on_file(Assessor { name: "Lee Ka Yan".to_owned(), ..of_domain }) };
    let Free::Conflicted(left) = file.free(pair().0, pair().1) else { panic!("nothing is in the way") };
    assert_eq!(left.iter().map(|conflict| conflict.ground).collect::<Vec<_>>(), [Ground::NamedPerson]);
}

#[test]
fn nobody_overrides_that_somebody_acts_for_the_applicant_or_their_own_word_on_the_case() {
    let member = on_file(Assessor { acts_for: vec![party(2, "Organisation 2")], ..nobodys_friend() });
    assert_eq!(proposed(&member, 30, &[]), Err("conflict.never_overridden"));
    let mut said = on_file(nobodys_friend());
    said.declared_on.insert(pair());
    assert_eq!(proposed(&said, 30, &[]), Err("conflict.never_overridden"));
    // Even where the books said so.
    for mut file in [member, said] {
        file.overridden.insert(pair(), Ground::ALL.into_iter().collect());
        assert!(matches!(file.free(pair().0, pair().1), Free::Conflicted(_)));
    }
}

#[test]
fn a_co_applicant_and_a_member_are_in_the_way_like_the_applicant_and_its_people() {
    let friend = nobodys_friend;
    assert_grounds([
        (
            "of a co-applicant",
            Assessor { acts_for: vec![party(5, "Organisation 5")], ..friend() },
            vec![Ground::ActsForApplicant],
        ),
        (
            "a director of a co-applicant",
            declaring(line(Tie::Directorship, Some("Peak Laboratories"), None, None)),
            vec![Ground::Directorship],
        ),
        (
            "a friend of a member",
            declaring(line(Tie::Professional, None, None, Some("Ho Lai Sze"))),
            vec![Ground::DeclaredPerson],
        ),
        (
            "who has written for a co-applicant",
            Assessor { wrote_for: BTreeSet::from([organisation(5)]), ..friend() },
            vec![Ground::CoApplication],
        ),
        (
            "who has written with a member",
            Assessor { wrote_with: BTreeSet::from([person(6)]), ..friend() },
            vec![Ground::CoApplication],
        ),
        (
            "a colleague of a member",
            Assessor { email: "chan@peak.example".to_owned(), ..friend() },
            vec![Ground::EmailDomain],
        ),
    ]);
    let mut file = on_file(friend());
    let case = file.cases.get_mut(&pair().0).unwrap();
    case.members.insert(person(ASSESSOR));
    assert_eq!(grounds(&file), [Ground::ActsForApplicant], "a member themselves");
    assert!(!Ground::ActsForApplicant.can_be_overridden());
}

#[test]
fn an_organisation_for_which_they_act_is_in_the_way_where_the_application_names_its_people_or_its_quotation() {
    let acting = || Assessor { acts_for: vec![party(9, "Peak Optics Limited")], ..nobodys_friend() };
    let declared = |ubi: Option<&str>| declaring(line(Tie::Ownership, Some("Peak Optics"), ubi, None));
    let leader = |organisation: &str| {
        let (name, organisation) = ("Kwok Mei Ling".to_owned(), Some(organisation.to_owned()));
        (Some(Named { name, organisation, email: None }), None)
    };
    let supplier =
        |name: &str, ubi: Option<&str>| (None, Some(Supplier { name: name.to_owned(), ubi: ubi.map(str::to_owned) }));
    let named = || vec![Ground::NamedOrganisation];
    for (what, assessor, (person, quoted), expected) in [
        ("acts for the employer", acting(), leader("Peak Optics"), named()),
        ("acts for another", acting(), leader("Hill Optics"), vec![]),
        ("acts for the supplier, by name", acting(), supplier("PEAK OPTICS LTD", None), named()),
        ("acts for the supplier, by identifier", acting(), supplier("P. O.", Some("00000009")), named()),
        ("one of the same name", acting(), supplier("Peak Optics", Some("00000008")), vec![]),
        ("owns the supplier, by name", declared(None), supplier("Peak Optics", Some("00000009")), named()),
        ("owns the supplier, by identifier", declared(Some("00000009")), supplier("P.", Some("00000009")), named()),
        ("owns another", declared(Some("00000007")), supplier("Peak Optics", Some("00000009")), vec![]),
        ("nothing", nobodys_friend(), supplier("Peak Optics", None), vec![]),
    ] {
        let mut file = on_file(assessor);
        let case = file.cases.get_mut(&pair().0).unwrap();
        case.named.extend(person);
        case.suppliers.extend(quoted);
        assert_eq!(grounds(&file), expected, "{what}");
        assert_eq!(file.kept_from(pair().1).collect::<Vec<_>>().is_empty(), expected.is_empty(), "{what}");
    }
    // The applicant itself may be its own supplier: one ground says so, and is not overridden.
    let mut own = on_file(Assessor { acts_for: vec![party(2, "Harbour Optics Limited")], ..nobodys_friend() });
    own.cases.get_mut(&pair().0).unwrap().suppliers.extend(supplier("Harbour Optics", None).1);
    assert_eq!(grounds(&own), [Ground::ActsForApplicant]);
}

#[test]
fn those_whom_the_application_names_are_in_the_way_like_its_people_though_they_have_no_account() {
    let friend = nobodys_friend;
    let named = |name: &str, organisation: Option<&str>, email: Option<&str>| Named {
        name: name.to_owned(),
        organisation: organisation.map(str::to_owned),
        email: email.map(str::to_owned),
    };
    let people = vec![
        named("Au Yeung Fung", None, Some("au@gmail.com")),
        named("Kwok Mei Ling", Some("Valley Institute Limited"), Some("KWOK@valley.example ")),
    ];
    let colleague = Assessor { email: "chan@lab.valley.example".to_owned(), ..friend() };
    let address = Assessor { email: "au@gmail.com".to_owned(), ..friend() };
    let own = Assessor { email: "kwok@valley.example".to_owned(), name: "Kwok Mei Ling".to_owned(), ..friend() };
    for (what, assessor, expected) in [
        ("nobody", friend(), vec![]),
        ("a namesake", Assessor { name: "Au-yeung Fung".to_owned(), ..friend() }, vec![Ground::NamedPerson]),
        ("of one address", address, vec![Ground::NamedPerson]),
        ("of one address and one name", own, vec![Ground::EmailDomain, Ground::NamedPerson]),
        ("of one domain", colleague, vec![Ground::EmailDomain]),
        ("a cousin", declaring(line(Tie::Family, None, None, Some("Kwok Mei Ling"))), vec![Ground::DeclaredPerson]),
        (
            "of the employer, by name",
            declaring(line(Tie::Employment, Some("Valley Institute"), Some("00000077"), None)),
            vec![Ground::DeclaredOrganisation],
        ),
        ("of another", declaring(line(Tie::Employment, Some("Hill Institute"), None, None)), vec![]),
    ] {
        let mut file = on_file(assessor);
        file.cases.get_mut(&pair().0).unwrap().named.clone_from(&people);
        assert_eq!(grounds(&file), expected, "{what}");
        for Conflict { because, ground, .. } in file.conflicts(pair().0, pair().1) {
            assert!(because.en.ends_with('.') && because.zh_hant.ends_with('。'), "{because:?}");
            assert!(ground.can_be_overridden() && !because.en.contains("Harbour"), "it tells who applies: {because:?}");
        }
    }
}
