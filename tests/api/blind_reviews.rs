//! Blind reviews: whoever assesses such a case is told who applies by no door, no header, no file and no letter, whatever else they are;
//! and where assessors are not kept apart, each reads the others once they have scored.

use crate::attaching::attach;
use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::post::{mails, worker};
use crate::proposals::nias;
use crate::site::{Call, Reply};
use crate::world::{Applicant, Staff, World, at, text_of};
use almoner::actions::assessments;
use almoner::http::Document;
use almoner::sink::Sink;
use almoner::worker::reminders;
use rules::actor::{Actor, Role};
use rules::assessment::Assessment;
use rules::attachment::Attachment;
use rules::decision::Screening;
use rules::reminder::Ahead;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub const CODES: &[&str] = &["assessment.own_blind_case", "not_found"];

const CODE: &str = "NIAS";
const DAY: &str = "2025-02-05";
const AHEAD: Ahead = Ahead { assessment_days: 3, return_days: 3, award_days: 7, round_days: 7 };

/// Everybody who weighs cases, but an administrator and an auditor, who read who the people of the house are.
const STAFF: [Role; 6] =
    [Role::Officer, Role::Committee, Role::Approver, Role::FinancePreparer, Role::FinanceReleaser, Role::Assessor];

/// NIAS with these sentences about what assessors are not told.
fn text(blind: &[(&str, bool)]) -> String {
    let table = |(name, is): &(&str, bool)| {
        format!("[assessment.{name}]\nis = [{{ from = \"2024-09-16\", is = {is}, source = \"house\" }}]\n\n")
    };
    let tables = blind.iter().map(table).collect::<String>();
    text_of(CODE).replacen("[assessment.scale]", &format!("{tables}[assessment.scale]"), 1)
}

async fn world(blind: &[(&str, bool)]) -> (World, Staff, Applicant) {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(text(blind), at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    (world, staff, applicant)
}

/// A proposal that names its people, and its applicant as a supplier.
fn proposal(applicant: &Applicant, name: &str, summary: &str) -> Value {
    let mut content = nias();
    content["summary"] = json!(summary);
    content["people"] = json!([
        { "name": "Wong Siu Ming", "part": "leader", "email": "wong@harbour.example" },
        { "name": format!("Ho Mei Lan of {}", applicant.organisation.0), "part": "adviser", "organisation": "Harbour Annex" },
    ]);
    content["quotations"] = json!([
        { "category": "equipment", "supplier": name, "amount": "2.00" },
        { "category": "equipment", "supplier": "Lathes Company", "amount": "3.00" },
        { "category": "equipment", "supplier": "Summit Turbines Ltd", "amount": "4.00" },
    ]);
    content
}

/// A case that was returned once, with what an assessor could find out of it.
struct Scene<'w> {
    case: Case<'w>,
    file: Attachment,
    secrets: Vec<String>,
}

async fn in_assessment<'w>(world: &'w World, staff: &'w Staff, applicant: &Applicant) -> Scene<'w> {
    let drafted = world.draft(staff, applicant, (CODE, nias()), at(DAY, 0)).await.read().await;
    let (name, ubi) = (drafted.organisation_name, drafted.organisation_ubi);
    let content = proposal(applicant, &name, "What it is about.");
    let case = world.draft(staff, applicant, (CODE, content), at(DAY, 0)).await;
    let file = attach(&case, at(DAY, 0), "harbour widgets.txt").await;
    // A co-applicant is invited, who supplies as well.
    let invited = format!(
        "INSERT INTO application_members (id, application_id, email, role, state, ubi, organisation_name, invited_by, invited_at, version)
         VALUES (gen_random_uuid(), '{}', 'ho@summit.example', 'view', 'invited', '40000001', 'Summit Turbines Limited', '{}', now(), 1)",
        case.id,
        applicant.actor.person().unwrap()
    );
    world.database.run(&invited).await;
    case.submit(at(DAY, 1)).await.unwrap();
    // The people are corrected in answer to a return, so that revisions and returns could tell them as well.
    case.give_back_for(at(DAY, 1), &["/summary", "/people"], "2025-02-20").await.unwrap();
    let mut content = proposal(applicant, &name, "What it is about, in more words.");
    content["people"][0]["name"] = json!("Wong Siu-ming");
    case.edit(at(DAY, 1), content).await.unwrap();
    case.resubmit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    let author = applicant.actor.person().unwrap();
    let texts = [
        "Wong Siu Ming",
        "Wong Siu-ming",
        "wong@harbour.example",
        "Ho Mei Lan",
        "Harbour Annex",
        "Summit Turbines",
        "harbour widgets",
    ];
    let mut secrets = vec![name, ubi, applicant.organisation.to_string(), author.to_string()];
    secrets.extend(texts.map(str::to_owned));
    Scene { case, file, secrets }
}

impl Scene<'_> {
    /// What of the secrets an answer tells, in its headers or its bytes. What a file says inside is the applicant's word.
    fn found(&self, path: &str, reply: &Reply) -> BTreeSet<&str> {
        let mut said = format!("{:?}", reply.headers);
        if !path.ends_with("/content") || reply.status != 200 {
            said.push_str(&String::from_utf8_lossy(&reply.bytes));
        }
        self.secrets.iter().map(String::as_str).filter(|secret| said.contains(secret)).collect()
    }

    /// Every door that can be looked through, with whatever this case has in place of its id; each with what it tells of the secrets.
    fn walk(&self, reader: &Caller<'_>, assessment: &Assessment) -> (BTreeSet<&str>, Vec<String>) {
        let document = Document::new(false).unwrap();
        let ids = [
            self.case.id.to_string(),
            self.file.id.to_string(),
            assessment.id.to_string(),
            assessment.assessor.to_string(),
        ];
        let (mut told, mut opened) = (BTreeSet::new(), Vec::new());
        for (method, door, _) in document.doors() {
            if method != "GET" || door == "/metrics" {
                continue;
            }
            for id in &ids {
                for number in ["1", "2", "3"] {
                    let path = door.replace("{id}", id).replace("{number}", number).replace("{code}", CODE);
                    let reply = reader.send(&reader.get(path.clone()));
                    if reply.status == 200 {
                        opened.push(path.clone());
                    }
                    told.extend(self.found(&path, &reply));
                    if !door.contains("{number}") {
                        break;
                    }
                }
                if !door.contains("{id}") {
                    break;
                }
            }
        }
        (told, opened)
    }

    fn path(&self, part: &str) -> String {
        format!("/api/v1/applications/{}{part}", self.case.id)
    }

    /// What may be opened of the case, from the list of all doors that were.
    fn parts(&self, opened: &[String]) -> Vec<String> {
        let of_case = self.path("");
        opened.iter().filter_map(|path| path.strip_prefix(&of_case).map(str::to_owned)).collect()
    }
}

/// The same mark for every criterion of NIAS.
fn marks() -> Value {
    let scheme = rules::scheme::Scheme::read(text_of(CODE)).unwrap();
    let criteria = scheme.file.assessment.unwrap().criterion;
    criteria.keys().map(|name| (name.clone(), json!(8))).collect::<serde_json::Map<_, _>>().into()
}

const READ: [&str; 7] = ["", "/assessments", "/attachments", "/calculations", "/pre-check", "/returns", "/revisions"];

#[tokio::test]
async fn whoever_assesses_a_blind_case_is_told_who_applies_by_no_door_whatever_else_they_are() {
    let (world, staff, applicant) = world(&[("blind_to_applicant", true)]).await;
    let scene = in_assessment(&world, &staff, &applicant).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let both = world.person(&STAFF, &[]).await;
    for assessor in [&staff.assessors[0], &both] {
        let invited = scene.case.invite(at(DAY, 1), assessor).await.unwrap();
        assert!(invited.blind_to_applicant);
        let reader = desk.sign_in(assessor).await;
        let none = BTreeSet::new();
        let (told, opened) = scene.walk(&reader, &invited);
        assert_eq!((told, scene.parts(&opened)), (none.clone(), strings(&["", "/assessments", "/status"])));
        let look = reader.send(&reader.get(scene.path("")));
        let [id, name, ubi] =
            ["organisation", "organisation_name", "organisation_ubi"].map(|name| look.json[name].clone());
        assert_eq!([id, name, ubi], [Value::Null, Value::Null, Value::Null], "{look:?}");
        assert_eq!(look.text("/reference"), scene.case.read().await.reference);

        for (act, body) in [("acceptance", json!({})), ("score", json!({ "marks": marks(), "comment": "sound" }))] {
            let path = format!("/api/v1/assessments/{}/{act}", invited.id);
            let reply = reader.send(&reader.post(path.clone(), &body));
            assert_eq!((reply.told(), scene.found(&path, &reply)), ((200, ""), none.clone()), "{act}: {reply:?}");
            let (told, opened) = scene.walk(&reader, &invited);
            assert_eq!(told, none, "after {act}");
            for part in READ {
                assert!(opened.contains(&scene.path(part)), "{part} is searched: {opened:?}");
            }
            assert!(opened.contains(&format!("/api/v1/attachments/{}/content", scene.file.id)));
        }
        let listed = reader.send(&reader.get("/api/v1/applications")).json["items"][0].clone();
        assert_eq!((&listed["id"], &listed["organisation"]), (&json!(scene.case.id), &Value::Null));
        let file = reader.send(&reader.get(format!("/api/v1/attachments/{}", scene.file.id)));
        let told = reader.send(&reader.get(format!("/api/v1/attachments/{}/content", scene.file.id)));
        assert!(
            told.header("content-disposition").contains(file.text("/name")) && file.text("/name").starts_with("file-")
        );
        let content = reader.send(&reader.get(scene.path(""))).json["content"].clone();
        assert_eq!((&content["people"], &content["quotations"][0]["supplier"]), (&Value::Null, &json!("")));
        assert_eq!(content["quotations"][1]["supplier"], "Lathes Company");
    }

    // Who works for the agency as well does nothing on it for the agency, and finds it in no list as staff.
    let reader = desk.sign_in(&both).await;
    for part in ["/history", "/members", "/candidates", "/signals", "/clocks", "/assessment-steps", "/feedback"] {
        let reply = reader.send(&reader.get(scene.path(part)));
        assert_eq!(reply.told(), (403, "assessment.own_blind_case"), "{part}");
    }
    let recommend = reader.post(scene.path("/recommendation"), &json!({ "amount": "1.00" }));
    reader.refused(&recommend, 403, "assessment.own_blind_case").await;
    let dues = reader.send(&reader.get(format!("/api/v1/reports/dues?scheme={CODE}")));
    assert_eq!((dues.told(), scene.found("", &dues)), ((200, ""), BTreeSet::new()));
    assert!(!dues.json.to_string().contains(&scene.case.id.to_string()), "{dues:?}");
    let work = reader.send(&reader.get("/api/v1/work")).json;
    assert!(!work.to_string().contains(&scene.case.id.to_string()), "{work}");

    // Nor are they told of a panel what would tell of it.
    let officer = desk.sign_in(&staff.officer).await;
    let opened = officer.send(&officer.post("/api/v1/panels", &json!({ "scheme": CODE, "name": "The first" })));
    for what in ["", "/cases", "/minutes"] {
        let path = format!("{}{what}", opened.header("location"));
        reader.refused(&reader.get(path), 403, "assessment.own_blind_case").await;
    }

    // The eyes of the staff are as they were, and so are the applicant's.
    for eyes in [&staff.officer, &applicant.actor] {
        let whole = desk.sign_in(eyes).await;
        let shown = whole.send(&whole.get(scene.path("")));
        assert_eq!(shown.text("/organisation"), applicant.organisation.to_string());
        assert_eq!(shown.text("/content/people/0/name"), "Wong Siu-ming");
    }
    world.prove().await;
}

fn strings(parts: &[&str]) -> Vec<String> {
    parts.iter().map(|part| (*part).to_owned()).collect()
}

/// The search finds what there is to be found: an assessor of an open scheme is told all of it.
#[tokio::test]
async fn whoever_assesses_an_open_case_reads_who_applies() {
    let (world, staff, applicant) = world(&[("blind_to_applicant", false)]).await;
    let scene = in_assessment(&world, &staff, &applicant).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let invited = scene.case.assign(at(DAY, 1), &staff.assessors[0]).await.unwrap();
    let reader = desk.sign_in(&staff.assessors[0]).await;
    let (told, _) = scene.walk(&reader, &invited);
    assert_eq!(told, scene.secrets.iter().map(String::as_str).collect());
}

#[tokio::test]
async fn whoever_was_taken_off_a_blind_case_sees_nothing_of_it_and_can_be_asked_again() {
    let (world, staff, applicant) = world(&[("blind_to_applicant", true)]).await;
    let scene = in_assessment(&world, &staff, &applicant).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let both = world.person(&STAFF, &[]).await;
    let reader = desk.sign_in(&both).await;
    assert_eq!(reader.send(&reader.get(scene.path(""))).told(), (200, ""), "as staff, before they are asked");
    let invited = scene.case.invite(at(DAY, 1), &both).await.unwrap();
    let officer = &staff.officer;
    let taken = world.act(at(DAY, 1), async |tx| assessments::withdraw(tx, officer, invited.id, "silent").await).await;
    taken.unwrap();
    let (told, opened) = scene.walk(&reader, &invited);
    assert_eq!((told, scene.parts(&opened)), (BTreeSet::new(), Vec::new()));
    let desk = Desk::open(&world, at(DAY, 2).now);
    let reader = desk.sign_in(&both).await;
    reader.refused(&reader.get(scene.path("")), 404, "not_found").await;
    scene.case.invite(at(DAY, 1), &both).await.unwrap();
    reader.refused(&reader.get(scene.path("/history")), 403, "assessment.own_blind_case").await;
    desk.told_exactly(CODES);
}

#[tokio::test]
async fn the_letters_to_assessors_of_a_blind_case_do_not_tell_who_applies() {
    let (world, staff, applicant) = world(&[("blind_to_applicant", true)]).await;
    let scene = in_assessment(&world, &staff, &applicant).await;
    let assessor = &staff.assessors[0];
    let assessment = scene.case.assign(at(DAY, 2), assessor).await.unwrap();
    for days in [21, 30] {
        reminders::tick(&world.db, &world.schemes, AHEAD, at(DAY, days)).await.unwrap();
    }
    let sink = Sink::start(0).await.unwrap();
    let worker = worker(&world.database, sink.address.port(), &[]).unwrap();
    while worker.deliver_next(&|| at(DAY, 30)).await.unwrap() {}
    let (officer, id, why) = (&staff.officer, assessment.id, "Wong Siu Ming is a friend");
    world.act(at(DAY, 30), async |tx| assessments::withdraw(tx, officer, id, why).await).await.unwrap();
    while worker.deliver_next(&|| at(DAY, 30)).await.unwrap() {}
    let sql = format!("SELECT email AS line FROM people WHERE id = '{}'", assessor.person().unwrap());
    let to = world.database.lines(&sql).await;
    let letters =
        mails(&sink).into_iter().filter(|mail| mail.to == to && mail.subject().contains(CODE)).collect::<Vec<_>>();
    let subjects = letters.iter().map(|mail| mail.subject().split(CODE).next().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(
        subjects,
        ["A proposal for your assessment: ", "Your assessment of ", "Your assessment of ", "Your assessment of "]
    );
    assert!(letters[0].text().contains("without being told who applies"), "{}", letters[0].text());
    assert!(letters[3].subject().ends_with("is not wanted any more"), "{}", letters[3].subject());
    for letter in &letters {
        let said = format!("{}{}", String::from_utf8_lossy(&letter.raw), letter.text());
        let found = scene.secrets.iter().filter(|secret| said.contains(secret.as_str())).collect::<Vec<_>>();
        assert!(found.is_empty(), "{found:?} in {said}");
    }
}

async fn read_by(desk: &Desk<'_>, case: &Case<'_>, who: &Actor) -> Vec<Value> {
    let reader = desk.sign_in(who).await;
    let reply = reader.send(&Call::get(format!("/api/v1/applications/{}/assessments", case.id)).with(&reader.token));
    reply.json.as_array().unwrap().clone()
}

/// How many scores the history of a case tells somebody.
async fn scores_told(desk: &Desk<'_>, case: &Case<'_>, who: &Actor) -> usize {
    let reader = desk.sign_in(who).await;
    let reply = reader.send(&reader.get(format!("/api/v1/applications/{}/history", case.id)));
    assert_eq!(reply.told(), (200, ""), "{}", reply.json);
    let lines = reply.json["items"].as_array().unwrap();
    lines.iter().filter(|line| line["what"]["event"] == "assessment.scored").count()
}

#[tokio::test]
async fn assessors_who_are_not_kept_apart_read_one_another_once_their_own_score_is_in() {
    for (apart, seen) in [(false, 2), (true, 1)] {
        let (world, staff, applicant) = world(&[("blind_to_assessors", apart)]).await;
        let Scene { case, .. } = in_assessment(&world, &staff, &applicant).await;
        let desk = Desk::open(&world, at(DAY, 2).now);
        let first = &staff.assessors[0];
        let both = world.person(&STAFF, &[]).await;
        let of_first = case.assign(at(DAY, 1), first).await.unwrap();
        case.score(at(DAY, 1), first, &of_first, 8).await.unwrap();
        let of_both = case.invite(at(DAY, 1), &both).await.unwrap();
        let own = |read: &[Value]| read.iter().all(|one| one["assessor"] == json!(both.person()));
        for accepts in [false, true] {
            if accepts {
                case.accept_invitation(at(DAY, 1), &both, &of_both).await.unwrap();
            }
            let read = read_by(&desk, &case, &both).await;
            assert!(read.len() == 1 && own(&read), "before their own score is in: {read:?}");
            assert_eq!(scores_told(&desk, &case, &both).await, 0);
            assert_eq!(read_by(&desk, &case, first).await.len(), 1, "what is not scored is nobody else's");
        }
        case.score(at(DAY, 1), &both, &of_both, 7).await.unwrap();
        for (who, own, other) in [(&both, &of_both, &of_first), (first, &of_first, &of_both)] {
            let read = read_by(&desk, &case, who).await;
            assert_eq!(read.len(), seen, "{apart}");
            for one in read {
                let is_own = one["id"] == json!(own.id);
                assert!(is_own || one["id"] == json!(other.id));
                assert_eq!((one["feedback"].is_string(), one["comment"].as_str()), (is_own, Some("sound")));
                assert!(
                    one["score"].is_u64() && one["steps"].is_array() && !one["marks"].as_object().unwrap().is_empty()
                );
            }
        }
        assert_eq!(read_by(&desk, &case, &staff.officer).await.len(), 2);
        let told = [scores_told(&desk, &case, &both).await, scores_told(&desk, &case, &staff.officer).await];
        assert_eq!(told, [seen, 2], "in the history as in the list: {apart}");
    }
}
