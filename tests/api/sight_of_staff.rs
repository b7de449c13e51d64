//! Staff see a case as the agency does, unless they act for its applicant; and everybody reads who applies.

use crate::case::Case;
use crate::proposals::accelerator;
use crate::site::{Call, Reply, Site};
use crate::world::{Applicant, Staff, World, at};
use rules::actor::Role;
use serde_json::Value;
use std::collections::BTreeSet;

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

struct Scene {
    world: World,
    staff: Staff,
    site: Site,
}

async fn scene() -> Scene {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let site = Site::open(&world.database, &[]);
    Scene { world, staff, site }
}

impl Scene {
    async fn draft(&self, applicant: &Applicant) -> Case<'_> {
        let proposal = accelerator("2000000.00", "1000000.00");
        self.world.draft(&self.staff, applicant, (CODE, proposal), at(DAY, 0)).await
    }

    async fn approved(&self, applicant: &Applicant) -> Case<'_> {
        let case = self.draft(applicant).await;
        case.to_recommended(at(DAY, 1), "1000000.00").await;
        case.approve(at(DAY, 2), &self.staff.commissioner).await.unwrap();
        case
    }

    /// With the first instalment certified, so that it waits for a batch.
    async fn certified(&self, applicant: &Applicant) -> Case<'_> {
        let case = self.draft(applicant).await;
        case.to_accepted(at(DAY, 2), "1000000.00").await;
        let claim = case.claim(at(DAY, 2), "initial", "250000.00", None).await.unwrap();
        case.certify(at(DAY, 3), claim.id, "250000.00").await.unwrap();
        case
    }

    fn get(&self, path: &str, token: &str) -> Reply {
        self.site.send(&Call::get(format!("/api/v1{path}")).with(token))
    }

    /// The cases of a list with the words for their states.
    fn list(&self, query: &str, token: &str) -> Result<BTreeSet<(String, String)>, String> {
        let reply = self.get(&format!("/applications{query}"), token);
        let line = |line: &Value| (line["id"].as_str().unwrap().into(), line["state"].as_str().unwrap().into());
        match reply.told() {
            (200, _) => Ok(reply.json["items"].as_array().unwrap().iter().map(line).collect()),
            (400, "request.malformed") => Err(reply.json.to_string()),
            other => panic!("{other:?}"),
        }
    }

    fn work(&self, token: &str) -> Vec<String> {
        let work = self.get("/work", token);
        let work = work.json.as_array().unwrap().iter();
        work.map(|work| format!("{} {}", work["act"].as_str().unwrap(), work["url"].as_str().unwrap())).collect()
    }
}

fn seen(cases: &[(&Case<'_>, &str)]) -> Result<BTreeSet<(String, String)>, String> {
    Ok(cases.iter().map(|(case, word)| (case.id.to_string(), (*word).to_owned())).collect())
}

#[tokio::test]
async fn a_list_is_narrowed_by_the_words_that_its_reader_reads_case_by_case() {
    let scene = scene().await;
    let applicant = scene.world.applicant().await;
    let both = scene.world.applicant().await;
    let both = scene.world.with_roles(&both, &[Role::Applicant, Role::Officer]).await;
    let (theirs, own) = (scene.approved(&applicant).await, scene.approved(&both).await);
    let draft = scene.draft(&both).await;
    let token = async |actor| scene.site.token(actor).await;
    let (told, hidden) = ("under_consideration", "approved");
    let reader = token(&applicant.actor).await;
    assert_eq!(scene.list("", &reader), seen(&[(&theirs, told)]));
    assert_eq!(scene.list("?state=under_consideration", &reader), seen(&[(&theirs, told)]));
    assert_eq!(scene.list("?state=received", &reader), seen(&[]));
    let known = scene.list("?state=approved", &reader).unwrap_err();
    assert!(known.contains("draft, received, returned, ineligible, under_consideration, unsuccessful"), "{known}");
    let reader = token(&scene.staff.officer).await;
    assert_eq!(scene.list("?state=approved", &reader), seen(&[(&theirs, hidden), (&own, hidden)]));
    assert!(scene.list("?state=under_consideration", &reader).is_err());
    // An officer here and an applicant there.
    let reader = token(&both.actor).await;
    assert_eq!(scene.list("", &reader), seen(&[(&theirs, hidden), (&own, told), (&draft, "draft")]));
    assert_eq!(scene.list("?state=approved", &reader), seen(&[(&theirs, hidden)]));
    assert_eq!(scene.list("?state=under_consideration", &reader), seen(&[(&own, told)]));
    assert_eq!(scene.list("?state=draft", &reader), seen(&[(&draft, "draft")]));
    assert!(scene.list("?state=nonsense", &reader).unwrap_err().contains("in_assessment"));
    // Assessors read what the public does, of what they assess.
    let reader = token(&scene.staff.assessors[0]).await;
    assert_eq!(scene.list("?state=under_consideration", &reader), seen(&[(&theirs, told), (&own, told)]));
    assert!(scene.list("?state=approved", &reader).is_err());
    let reader = token(&scene.staff.assessors[2]).await;
    assert_eq!(scene.list("?state=under_consideration", &reader), seen(&[]));
}

#[tokio::test]
async fn whoever_is_staff_sees_the_case_of_their_own_organisation_as_its_applicant_does() {
    let scene = scene().await;
    let everything = scene.world.with_roles(&scene.world.applicant().await, &Role::ALL).await;
    let (own, other) = (scene.approved(&everything).await, scene.approved(&scene.world.applicant().await).await);
    let reader = scene.site.token(&everything.actor).await;
    let door = |case: &Case<'_>, door: &str| scene.get(&format!("/applications/{}{door}", case.id), &reader);
    let detail = door(&own, "");
    assert_eq!((detail.text("/state"), &detail.json["recommended"]), ("under_consideration", &Value::Null));
    assert_eq!(door(&own, "/status").text("/status"), "under_consideration");
    assert_eq!(door(&own, "/calculations").json["items"].as_array().unwrap().len(), 1);
    assert_eq!(door(&own, "/award").told(), (404, "not_found"));
    for refused in ["/audit", "/assessments"] {
        assert_eq!(door(&own, refused).told(), (403, "person.own_organisation"), "{refused}");
    }
    let detail = door(&other, "");
    assert_eq!((detail.text("/state"), detail.text("/recommended")), ("approved", "1000000.00"));
    assert_eq!(door(&other, "/calculations").json["items"].as_array().unwrap().len(), 2);
    for granted in ["/award", "/audit", "/assessments"] {
        assert_eq!(door(&other, granted).told(), (200, ""), "{granted}");
    }
}

#[tokio::test]
async fn whoever_works_for_the_agency_alone_sees_nothing_of_an_organisation_that_they_act_for() {
    let scene = scene().await;
    let former = scene.world.applicant().await;
    let own = scene.approved(&former).await;
    let former = scene.world.with_roles(&former, &[Role::Officer, Role::Auditor]).await;
    let reader = scene.site.token(&former.actor).await;
    for door in ["", "/status", "/calculations", "/award", "/audit", "/assessments", "/pre-check"] {
        let reply = scene.get(&format!("/applications/{}{door}", own.id), &reader);
        assert_eq!(reply.told(), (404, "not_found"), "{door}");
    }
    assert_eq!(scene.list("", &reader), seen(&[]));
}

#[tokio::test]
async fn the_work_of_somebody_leaves_out_what_belongs_to_their_own_organisation() {
    let scene = scene().await;
    let everything = scene.world.with_roles(&scene.world.applicant().await, &Role::ALL).await;
    let other = scene.world.applicant().await;
    for applicant in [&everything, &other] {
        scene.draft(applicant).await.submit(at(DAY, 1)).await.unwrap();
        scene.draft(applicant).await.to_recommended(at(DAY, 1), "1000000.00").await;
        scene.approved(applicant).await;
        scene.certified(applicant).await;
        let case = scene.certified(applicant).await;
        let mut reader = scene.world.db.reader().await.unwrap();
        let claims = almoner::store::claims::of_application(&mut reader, case.id).await.unwrap();
        scene.world.prepare(at(DAY, 4), &scene.staff.preparer, &[claims[0].id]).await.unwrap();
    }
    let all = scene.world.person(&Role::ALL, &["assistant_commissioner", "commissioner"]).await;
    let all = scene.work(&scene.site.token(&all).await);
    let left = scene.work(&scene.site.token(&everything.actor).await);
    let acts = ["application.screen", "application.approve", "award.offer", "batch.prepare", "batch.release"];
    for act in acts {
        let count = |work: &[String]| work.iter().filter(|work| work.starts_with(act)).count();
        assert_eq!((count(&all), count(&left)), (2, 1), "{act}: {left:?}");
    }
    assert!(left.iter().all(|work| all.contains(work)));
}

#[tokio::test]
async fn whoever_assesses_or_decides_reads_who_applies() {
    let scene = scene().await;
    let applicant = scene.world.applicant().await;
    let case = scene.approved(&applicant).await;
    let mut reader = scene.world.db.reader().await.unwrap();
    let named = almoner::store::people::organisation(&mut reader, applicant.organisation).await.unwrap().unwrap();
    assert!(named.name.starts_with("Organisation"));
    for reader in [&applicant.actor, &scene.staff.assessors[0], &scene.staff.officer, &scene.staff.commissioner] {
        let token = scene.site.token(reader).await;
        let detail = scene.get(&format!("/applications/{}", case.id), &token);
        assert_eq!(detail.text("/organisation_name"), named.name);
        assert_eq!(detail.text("/organisation_ubi"), named.ubi);
        assert_eq!(scene.get("/applications", &token).text("/items/0/organisation_name"), named.name);
    }
}

#[tokio::test]
async fn officers_find_the_assessors_page_by_page_and_learn_no_more_of_them_than_they_need() {
    let scene = scene().await;
    let gone = scene.world.person(&[Role::Assessor], &[]).await.person().unwrap();
    scene.world.database.run(&format!("UPDATE people SET active = false WHERE id = '{gone}'")).await;
    let officer = scene.site.token(&scene.staff.officer).await;
    let (mut found, mut path) = (Vec::new(), "/assessors?limit=2".to_owned());
    loop {
        let page = scene.get(&path, &officer);
        for assessor in page.json["items"].as_array().unwrap() {
            let fields = assessor.as_object().unwrap().keys().map(String::as_str).collect::<BTreeSet<_>>();
            assert_eq!(
                fields,
                BTreeSet::from([
                    "at_work",
                    "declared_until",
                    "expertise",
                    "from",
                    "id",
                    "language",
                    "name",
                    "proposals_max",
                    "until",
                ])
            );
            found.push(assessor["id"].as_str().unwrap().to_owned());
        }
        match page.json["next"].as_str() {
            Some(next) => path = format!("/assessors?limit=2&cursor={next}"),
            None => break,
        }
    }
    let assessors = scene.staff.assessors.each_ref().map(|assessor| assessor.person().unwrap().to_string());
    assert_eq!(found, assessors);
    let others = [&scene.staff.assessors[0], &scene.staff.committee, &scene.staff.commissioner, &scene.staff.preparer];
    for other in others {
        let refused = scene.get("/assessors", &scene.site.token(other).await);
        assert_eq!(refused.told(), (403, "permission.denied"));
    }
}
