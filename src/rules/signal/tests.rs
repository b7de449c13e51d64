use super::*;
use crate::application::State;
use crate::attachment::{MediaType, Scan};
use crate::ids::AttachmentId;
use crate::interest::{Applying, Related};
use crate::particulars::Account;
use crate::sample::{application as sample, cents, instant, person};
use serde_json::json;
use uuid::Uuid;

fn party(number: u128, name: &str) -> Party {
    Party { id: OrganisationId(Uuid::from_u128(number)), name: name.to_owned(), ubi: format!("{number:08}") }
}

/// The application with people and quotations, as JSON.
fn application(people: serde_json::Value, quotations: serde_json::Value) -> Application {
    let mut application = sample(State::Submitted);
    application.content.people = serde_json::from_value(people).unwrap();
    application.content.quotations = serde_json::from_value(quotations).unwrap();
    application
}

fn on_file(application: &Application) -> OnFile {
    let applicant = party(2, "Harbour Optics Limited");
    let case = Case {
        applicant,
        co_applicants: Vec::new(),
        related: Vec::new(),
        people: BTreeMap::new(),
        authors: BTreeSet::new(),
        members: BTreeSet::new(),
        named: Vec::new(),
        suppliers: Vec::new(),
    };
    OnFile {
        case,
        particulars: Particulars::none(application.organisation),
        of_co_applicants: Vec::new(),
        attachments: Vec::new(),
        links: Vec::new(),
        matches: Vec::new(),
        documents: Vec::new(),
    }
}

fn other(number: u128) -> OtherCase {
    OtherCase {
        application: ApplicationId(Uuid::from_u128(number)),
        reference: format!("NIAS-2025-{number:06}"),
        organisation_name: format!("Organisation {number}"),
    }
}

/// The kinds and the English sentences.
fn told(application: &Application, on_file: &OnFile) -> Vec<(SignalKind, String)> {
    signals(application, on_file).into_iter().map(|signal| (signal.kind, signal.because.en)).collect()
}

fn key(application: &Application, kind: KeyKind) -> Key {
    keys(application).into_iter().find(|key| key.kind == kind).unwrap()
}

#[test]
fn where_nothing_is_the_same_nothing_fires() {
    let application = application(json!([]), json!([]));
    assert_eq!(signals(&application, &on_file(&application)), Vec::new());
}

#[test]
fn what_is_shared_with_a_co_applicant_is_told_of_the_co_applicant() {
    let application =
        application(json!([]), json!([{ "category": "equipment", "supplier": "Bay Lenses", "amount": "1000.00" }]));
    let mut on_file = on_file(&application);
    let (partner, with) = (party(4, "Peak Photonics"), party(5, "Bay Lenses"));
    on_file.particulars.address = Some("12 Harbour Road".to_owned());
    let address = Some("1 Peak Road".to_owned());
    on_file.of_co_applicants = vec![Particulars { address, ..Particulars::none(partner.id) }];
    on_file.links = vec![Link { shared: Shared::Address, of: partner.id, with }];
    on_file.case.co_applicants = vec![partner];
    let expected = [
        (SignalKind::SharedAddress, "Peak Photonics has the same address on file as Bay Lenses: 1 Peak Road."),
        (
            SignalKind::LinkedQuotation,
            "Bay Lenses, which quotes HK$1,000.00, shares this with Peak Photonics: an address.",
        ),
    ];
    assert_eq!(told(&application, &on_file), expected.map(|(kind, said)| (kind, said.to_owned())));
}

#[test]
fn what_organisations_share_is_told_once_with_all_who_share_it() {
    let application = application(json!([]), json!([]));
    let mut on_file = on_file(&application);
    on_file.particulars.address = Some("12 Harbour Road".to_owned());
    on_file.particulars.telephone = Some("2345 6789".to_owned());
    on_file.particulars.account = Some(Account { fingerprint: "f".repeat(64), ending: "789".to_owned() });
    let (one, two) = (party(5, "Bay Lenses"), party(6, "Cape Mirrors"));
    let link = |shared, with: &Party| Link { shared, of: OrganisationId(Uuid::from_u128(2)), with: with.clone() };
    on_file.links = vec![
        link(Shared::Address, &two),
        link(Shared::Address, &one),
        link(Shared::Telephone, &one),
        link(Shared::Account, &one),
        link(Shared::Person(person(7), "Lam Mei Ling".to_owned()), &one),
        link(Shared::Domain("optics.example.hk".to_owned()), &one),
    ];
    let expected = [
        (SignalKind::SharedPerson, "Lam Mei Ling is on the side of Harbour Optics Limited, and of Bay Lenses as well."),
        (
            SignalKind::SharedAddress,
            "Harbour Optics Limited has the same address on file as Bay Lenses, Cape Mirrors: 12 Harbour Road.",
        ),
        (
            SignalKind::SharedTelephone,
            "Harbour Optics Limited has the same telephone number on file as Bay Lenses: 2345 6789.",
        ),
        (
            SignalKind::SharedAccount,
            "Harbour Optics Limited has the same bank account on file as Bay Lenses: the one that ends in 789.",
        ),
        (
            SignalKind::SharedDomain,
            "The domain optics.example.hk stands behind Harbour Optics Limited, and behind Bay Lenses as well.",
        ),
    ];
    assert_eq!(told(&application, &on_file), expected.map(|(kind, said)| (kind, said.to_owned())));
    for signal in signals(&application, &on_file) {
        let ids = signal.organisations.iter().map(|(id, _)| *id).collect::<Vec<_>>();
        let expected = if signal.kind == SignalKind::SharedAddress { vec![one.id, two.id] } else { vec![one.id] };
        assert_eq!((ids, signal.more), (expected, false));
        assert!(!signal.because.zh_hant.is_empty() && signal.because.zh_hant.ends_with('。'));
        assert!(!signal.because.en.contains(&"f".repeat(64)), "the fingerprint is nobody's to read");
    }
}

#[test]
fn what_is_written_alike_points_to_the_cases_in_which_it_is() {
    let people = json!([
        { "name": "Chan Tai Man", "part": "leader", "email": "tm.chan@optics.example.hk" },
        { "name": "Wong Siu Ming", "part": "adviser", "organisation": "A University", "email": "wong@uni.example.hk" },
        { "name": "Nobody", "part": "member" },
        { "name": "Private", "part": "member", "email": "private@gmail.com" },
    ]);
    let application = application(people, json!([]));
    let mut on_file = on_file(&application);
    let again = self::application(
        json!([{ "name": "CHAN, Tai-man", "part": "member", "email": " TM.Chan@Optics.example.hk " }]),
        json!([]),
    );
    // Each of these is found by the key that another application with the same has of its own.
    for kind in [KeyKind::Person, KeyKind::Domain, KeyKind::Amount, KeyKind::Costs] {
        on_file.matches.push((key(&again, kind), other(9)));
    }
    let expected = [
        (
            SignalKind::SharedDomain,
            "The domain optics.example.hk stands behind Harbour Optics Limited, and behind NIAS-2025-000009 (Organisation 9) as well.",
        ),
        (
            SignalKind::NamedPerson,
            "Chan Tai Man is named here, and with the same e-mail address in NIAS-2025-000009 (Organisation 9).",
        ),
        (
            SignalKind::SameAmount,
            "Exactly HK$200,000,000.00 is asked for here, and in the same scheme in NIAS-2025-000009 (Organisation 9).",
        ),
        (
            SignalKind::SameCosts,
            "Every line of cost is the same as in NIAS-2025-000009 (Organisation 9), in the same scheme.",
        ),
    ];
    assert_eq!(told(&application, &on_file), expected.map(|(kind, said)| (kind, said.to_owned())));
    assert_eq!(signals(&application, &on_file)[0].applications, [other(9)]);

    // An adviser of a university, and an address that anybody can have, say nothing of who the applicant is.
    let of_domain = |application: &Application| {
        keys(application).into_iter().filter(|key| key.kind == KeyKind::Domain).collect::<Vec<_>>()
    };
    assert_eq!(of_domain(&application), [Key::of_domain("optics.example.hk")]);
    assert_eq!(keys(&application).iter().filter(|key| key.kind == KeyKind::Person).count(), 3);
}

#[test]
fn the_same_amount_and_the_same_costs_are_the_same_in_one_scheme_only() {
    let (one, mut elsewhere) = (sample(State::Submitted), sample(State::Submitted));
    elsewhere.scheme = "TVP".to_owned();
    for kind in [KeyKind::Amount, KeyKind::Costs] {
        assert_ne!(key(&one, kind), key(&elsewhere, kind));
    }
    let mut dearer = sample(State::Submitted);
    dearer.content.request.project.stages[0].costs.as_mut().unwrap()[0].amount = cents("600000000.01");
    assert_ne!(key(&one, KeyKind::Costs), key(&dearer, KeyKind::Costs));
    assert_eq!(key(&one, KeyKind::Amount), key(&dearer, KeyKind::Amount));
    assert!(keys(&sample(State::Draft)).iter().all(|key| key.kind != KeyKind::Amount), "nothing is asked for yet");
}

#[test]
fn a_file_that_others_have_is_named_with_them() {
    let application = application(json!([]), json!([]));
    let mut on_file = on_file(&application);
    let file = |name: &str, sha256: &str| Attachment {
        id: AttachmentId(Uuid::from_u128(1)),
        application: application.id,
        document: None,
        name: name.to_owned(),
        media_type: MediaType::Text,
        bytes: 1,
        sha256: sha256.to_owned(),
        scan: Scan::NotScanned,
        attached_by: person(1),
        attached_at: instant("2025-02-05"),
        in_answer_to: None,
    };
    on_file.attachments = vec![file("plan.txt", "a"), file("own.txt", "b")];
    on_file.documents = vec![("a".to_owned(), other(9)), ("a".to_owned(), other(8)), ("a".to_owned(), other(9))];
    let said = "The file \"plan.txt\" has the same content as a file of NIAS-2025-000008 (Organisation 8), NIAS-2025-000009 (Organisation 9).";
    assert_eq!(told(&application, &on_file), [(SignalKind::SameDocument, said.to_owned())]);
}

#[test]
fn a_quotation_of_the_applicant_of_a_related_or_of_a_linked_organisation_is_told_and_no_other() {
    let quotation = |supplier: &str, ubi: Option<&str>| json!({ "category": "equipment", "supplier": supplier, "supplier_ubi": ubi, "amount": "1000.00" });
    let quotations = json!([
        quotation("HARBOUR OPTICS LTD", None),
        quotation("Under another name", Some("00000002")),
        quotation("Sister Company Limited", None),
        quotation("Bay Lenses", None),
        // By its identifier it is somebody else, whatever it is called.
        quotation("Harbour Optics Limited", Some("99999999")),
        quotation("A stranger", None),
    ]);
    let application = application(json!([]), quotations);
    let mut on_file = on_file(&application);
    let to = on_file.case.applicant.name.clone();
    on_file.case.related = vec![Related { party: party(4, "Sister Company"), group: "related_company".to_owned(), to }];
    on_file.links =
        vec![Link { shared: Shared::Account, of: on_file.case.applicant.id, with: party(5, "Bay Lenses Ltd") }];
    let quoted = told(&application, &on_file).into_iter().filter(|(kind, _)| *kind >= SignalKind::OwnQuotation);
    let expected = [
        (SignalKind::OwnQuotation, "HARBOUR OPTICS LTD, which quotes HK$1,000.00, is the applicant itself."),
        (SignalKind::OwnQuotation, "Under another name, which quotes HK$1,000.00, is the applicant itself."),
        (
            SignalKind::RelatedQuotation,
            "Sister Company Limited, which quotes HK$1,000.00, is on file as related to Harbour Optics Limited (related_company).",
        ),
        (
            SignalKind::LinkedQuotation,
            "Bay Lenses, which quotes HK$1,000.00, shares this with Harbour Optics Limited: a bank account.",
        ),
    ];
    assert_eq!(quoted.collect::<Vec<_>>(), expected.map(|(kind, said)| (kind, said.to_owned())));
}

#[test]
fn a_signal_points_to_so_many_and_says_that_there_are_more() {
    let application = application(json!([]), json!([]));
    let mut on_file = on_file(&application);
    let amount = key(&application, KeyKind::Amount);
    on_file.matches = (1..=20).map(|number| (amount.clone(), other(number))).collect();
    let one = signals(&application, &on_file);
    assert_eq!((one[0].applications.len(), one[0].more), (SHOWN_MAX, false));
    on_file.matches.push((amount, other(21)));
    let one = signals(&application, &on_file);
    assert_eq!((one[0].applications.len(), one[0].more), (SHOWN_MAX, true));
    assert!(one[0].because.en.ends_with(" and others."), "{}", one[0].because.en);
    assert!(one[0].because.zh_hant.contains("等"));
    on_file.matches.clear();
    let sharing = |number| Link {
        shared: Shared::Telephone,
        of: OrganisationId(Uuid::from_u128(2)),
        with: party(number, "Another"),
    };
    on_file.links = (10..=30).map(sharing).collect();
    let one = signals(&application, &on_file);
    assert_eq!((one[0].organisations.len(), one[0].more), (SHOWN_MAX, true));
}

#[test]
fn the_domains_behind_an_applicant_are_those_of_its_people_and_its_site() {
    let people = json!([{ "name": "Chan Tai Man", "part": "leader", "email": "chan@lab.example.hk" }]);
    let application = application(people, json!([]));
    let mut on_file = on_file(&application);
    let on_its_side = |email: &str| Applying { name: "Somebody".to_owned(), email: email.to_owned() };
    on_file.case.people =
        BTreeMap::from([(person(1), on_its_side("a@optics.example.hk")), (person(2), on_its_side("b@qq.com"))]);
    on_file.particulars.website = Some("https://www.lenses.example.hk".to_owned());
    let found = domains(&application, &on_file.case, &on_file.particulars);
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["lab.example.hk", "lenses.example.hk", "optics.example.hk"]);
}
