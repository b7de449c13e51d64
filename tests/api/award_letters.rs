//! The letters of an offer: what they say, who reads them and when, that they stay, and that an acceptance is of the agreement that was
//! sent.

use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::proposals::accelerator;
use crate::site::{Reply, morning};
use crate::world::{Staff, World, agency, at, cents};
use almoner::store::{awards, letters};
use rules::actor::Role;
use rules::award::plan;
use rules::calculation::money;
use rules::calendar::Day;
use rules::letter::{Letter, LetterKind, LetterText};
use rules::scheme::hash_of;
use serde_json::{Value, json};
use std::process::Command;
use uuid::Uuid;

pub const OF_DOORS: &[&str] =
    &["letter.fonts_missing", "letter.not_found", "not_found", "permission.denied", "request.malformed"];
pub const OF_AGREEMENTS: &[&str] = &["letter.another_agreement", "request.malformed"];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
const AMOUNT: &str = "30000000.00";

async fn approved<'w>(world: &'w World, staff: &'w Staff) -> Case<'w> {
    let applicant = world.applicant().await;
    let case = world.draft(staff, &applicant, (CODE, accelerator("60000000.00", AMOUNT)), at(DAY, 0)).await;
    case.to_recommended(at(DAY, 1), AMOUNT).await;
    case.approve(at(DAY, 1), &staff.commissioner).await.unwrap();
    case
}

async fn offered<'w>(world: &'w World, staff: &'w Staff) -> Case<'w> {
    let case = approved(world, staff).await;
    case.offer(at(DAY, 2)).await.unwrap();
    case
}

pub fn path(case: &Case<'_>, rest: &str) -> String {
    format!("/api/v1/applications/{}/letters{rest}", case.id)
}

pub fn listed(caller: &Caller<'_>, case: &Case<'_>) -> Vec<Value> {
    let list = caller.send(&caller.get(path(case, ""))).json;
    list["items"].as_array().unwrap().clone()
}

pub async fn kept(case: &Case<'_>, kind: LetterKind) -> Letter {
    let all = letters::of_application(&mut case.world.db.reader().await.unwrap(), case.id).await.unwrap();
    all.into_iter().find(|letter| letter.kind == kind).unwrap()
}

/// What a PDF says, as another program reads it.
pub fn read_aloud(pdf: &Reply) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letter.pdf");
    std::fs::write(&file, &pdf.bytes).unwrap();
    let said = Command::new("pdftotext").arg("-layout").arg(&file).arg("-").output();
    let said = said.unwrap_or_else(|error| panic!("install poppler-utils: {error}"));
    assert!(said.status.success() && said.stderr.is_empty(), "{said:?}");
    String::from_utf8(said.stdout).unwrap()
}

#[tokio::test]
async fn an_offer_comes_with_a_letter_and_an_agreement_that_say_what_was_decided() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let case = offered(&world, &staff).await;
    let desk = Desk::open(&world, morning("2026-02-05"));
    let applicant = desk.sign_in(&case.applicant).await;
    let award = awards::find(&mut world.db.reader().await.unwrap(), case.id).await.unwrap().unwrap();
    let list = listed(&applicant, &case);
    let kinds = list.iter().map(|letter| letter["kind"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(kinds, ["offer", "agreement"]);
    let application = case.read().await;
    let scheme = world
        .schemes
        .pinned(&mut world.db.reader().await.unwrap(), application.submission.as_ref().unwrap().scheme_text)
        .await
        .unwrap();
    let parts = plan(&scheme, Day::parse(DAY).unwrap(), (award.amount, None)).unwrap();
    assert_eq!(parts.iter().map(|part| part.amount.get()).sum::<i64>(), award.amount.get());
    for letter in &list {
        let id = letter["id"].as_str().unwrap();
        assert_eq!((&letter["languages"], &letter["day"]), (&json!(["en", "zh-Hant"]), &json!("2026-02-04")));
        let text = applicant.send(&applicant.get(path(&case, &format!("/{id}"))));
        // The hash is that of the very bytes that are given.
        let said = String::from_utf8(text.bytes.clone()).unwrap();
        assert_eq!(hash_of(&said), letter["sha256"].as_str().unwrap());
        assert_eq!(text.header("etag"), format!("\"{}\"", letter["sha256"].as_str().unwrap()));
        let read: LetterText = serde_json::from_str(&said).unwrap();
        assert_eq!(read.reference, application.reference);
        for part in parts.iter().map(|part| part.amount).chain([award.amount]) {
            assert!(said.contains(&money(part)), "{part} {said}");
        }
        let pdf = applicant.send(&applicant.get(path(&case, &format!("/{id}/pdf"))));
        assert_eq!((pdf.header("content-type"), pdf.header("etag")), ("application/pdf", text.header("etag")));
        let name =
            format!("attachment; filename=\"{}-{}.pdf\"", application.reference, letter["kind"].as_str().unwrap());
        assert_eq!(pdf.header("content-disposition"), name);
        let aloud = read_aloud(&pdf);
        for words in [money(award.amount), application.reference.clone(), "合計".to_owned(), "資助辦事處".to_owned()]
        {
            assert!(aloud.contains(&words), "{words}\n{aloud}");
        }
        let again = applicant.send(&applicant.get(path(&case, &format!("/{id}/pdf"))));
        assert!(again.bytes == pdf.bytes, "the same letter is another PDF");
    }
    let offer = kept(&case, LetterKind::Offer).await.text;
    let expires_on = award.expires_on.unwrap().date();
    for said in [expires_on.format("%-d %B %Y"), expires_on.format("%Y年%-m月%-d日")] {
        assert!(offer.contains(&said.to_string()), "{said} {offer}");
    }
    let agreement = kept(&case, LetterKind::Agreement).await;
    assert!(offer.contains(&agreement.sha256) && agreement.text.contains(&scheme.hash));
    // Both sides are named.
    let agency = agency();
    for name in [&agency.en, &agency.zh_hant, &application.organisation_name] {
        assert!(offer.contains(name) && agreement.text.contains(name), "{name} {}", agreement.text);
    }
    // The audit tells of both.
    let mut reader = world.db.reader().await.unwrap();
    let entries = almoner::store::audit::of_subject(&mut reader, case.id.0, 0, 1_000).await.unwrap();
    let event: Value = serde_json::from_str(&entries.last().unwrap().event).unwrap();
    assert_eq!(event["letters"], json!({ "offer": hash_of(&offer), "agreement": agreement.sha256 }));
}

#[tokio::test]
async fn the_letters_are_there_from_the_offer_on_for_those_who_see_the_case_and_do_not_assess_it() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let case = approved(&world, &staff).await;
    let missing = tempfile::tempdir().unwrap();
    let folder = missing.path().display().to_string();
    let desk = Desk::with(&world, morning("2026-02-05"), &[("letters.fonts", &folder)]);
    let applicant = desk.sign_in(&case.applicant).await;
    let (officer, finance) = (desk.sign_in(&staff.officer).await, desk.sign_in(&staff.preparer).await);
    for caller in [&applicant, &officer] {
        assert_eq!(listed(caller, &case), Vec::<Value>::new());
    }
    case.offer(at(DAY, 2)).await.unwrap();
    for caller in [&applicant, &officer, &finance] {
        assert_eq!(listed(caller, &case).len(), 2);
    }
    let offer = kept(&case, LetterKind::Offer).await;
    let (one, pdf) = (path(&case, &format!("/{}", offer.id)), path(&case, &format!("/{}/pdf", offer.id)));
    let stranger = desk.sign_in(&world.applicant().await.actor).await;
    let administrator = desk.sign_in(&world.person(&[Role::Administrator], &[]).await).await;
    let assessor = desk.sign_in(&staff.assessors[0]).await;
    let (none, other) = (path(&case, &format!("/{}", Uuid::nil())), offered(&world, &staff).await);
    for door in [path(&case, ""), one.clone(), pdf.clone()] {
        stranger.refused(&stranger.get(&*door), 404, "not_found").await;
        administrator.refused(&administrator.get(&*door), 404, "not_found").await;
        assessor.refused(&assessor.get(&*door), 403, "permission.denied").await;
    }
    // A letter of another case is none of this one.
    let of_another = path(&other, &format!("/{}", offer.id));
    for (door, status, code) in [
        (none.clone(), 404, "letter.not_found"),
        (format!("{none}/pdf"), 404, "letter.not_found"),
        (of_another, 404, "letter.not_found"),
        (path(&case, "/x"), 400, "request.malformed"),
        (path(&case, "/x/pdf"), 400, "request.malformed"),
        ("/api/v1/applications/x/letters".to_owned(), 400, "request.malformed"),
    ] {
        officer.refused(&officer.get(door), status, code).await;
    }
    // Without fonts the text is read all the same.
    assert_eq!(applicant.send(&applicant.get(one)).told(), (200, ""));
    let told = applicant.refused(&applicant.get(pdf.clone()), 503, "letter.fonts_missing").await;
    assert_eq!(told.header("retry-after"), "600");
    std::fs::write(missing.path().join("font.ttf"), "no font").unwrap();
    applicant.refused(&applicant.get(pdf), 503, "letter.fonts_missing").await;
    desk.told_exactly(OF_DOORS);
}

#[tokio::test]
async fn what_is_accepted_is_the_agreement_that_was_sent() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let (case, silent) = (offered(&world, &staff).await, offered(&world, &staff).await);
    let desk = Desk::open(&world, morning("2026-02-05"));
    let applicant = desk.sign_in(&case.applicant).await;
    let [agreement, offer, another] = [
        kept(&case, LetterKind::Agreement).await.sha256,
        kept(&case, LetterKind::Offer).await.sha256,
        kept(&silent, LetterKind::Agreement).await.sha256,
    ];
    let to = format!("/api/v1/applications/{}/acceptance", case.id);
    for stale in [&*offer, &*another, "", "x"] {
        let call = applicant.post(&*to, &json!({ "agreement": stale }));
        let told = applicant.refused(&call, 409, "letter.another_agreement").await;
        assert_eq!(told.text("/errors/0/pointer"), "/agreement");
    }
    for malformed in [json!({ "agreement": 1 }), json!({ "hash": agreement })] {
        applicant.refused(&applicant.post(&*to, &malformed), 400, "request.malformed").await;
    }
    assert_eq!(applicant.send(&applicant.post(&*to, &json!({ "agreement": agreement }))).told(), (200, ""));
    // Whoever names none accepts the one on file.
    silent.accept(at(DAY, 3)).await.unwrap();
    for (case, agreement) in [(&case, &agreement), (&silent, &another)] {
        let award = awards::find(&mut world.db.reader().await.unwrap(), case.id).await.unwrap().unwrap();
        assert_eq!(award.agreement.as_ref(), Some(agreement));
    }
    let award = format!("/api/v1/applications/{}/award", case.id);
    assert_eq!(applicant.send(&applicant.get(award)).json["award"]["agreement"], json!(agreement));
    desk.told_exactly(OF_AGREEMENTS);
}

#[tokio::test]
async fn the_database_keeps_letters_as_they_were_sent_and_acceptances_of_them() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let (case, before) = (offered(&world, &staff).await, approved(&world, &staff).await);
    let of = |id: &Uuid, more: &str| {
        format!(
            "INSERT INTO letters (id, application_id, kind, version, on_day, text, sha256, written_at)
             SELECT gen_random_uuid(), a.application_id, 'offer', 99, (a.offered_at AT TIME ZONE 'Asia/Hong_Kong')::date, {more}
               FROM awards a WHERE a.application_id = '{id}'"
        )
    };
    let hashed = "'{}', encode(sha256('{}'), 'hex'), a.offered_at";
    let hash = kept(&case, LetterKind::Offer).await.sha256;
    let accept = |sha256: &str| {
        format!(
            "UPDATE awards SET state = 'accepted', accepted_at = offered_at, agreement_sha256 = {sha256}
              WHERE application_id = '{}'",
            case.id
        )
    };
    for (statement, refusal) in [
        ("UPDATE letters SET text = text".to_owned(), "append-only"),
        ("DELETE FROM letters".to_owned(), "append-only"),
        (of(&case.id.0, "'{}', 'abc', a.offered_at"), "letters_hashed"),
        (of(&case.id.0, "'[]', encode(sha256('[]'), 'hex'), a.offered_at"), "letters_text_check"),
        (of(&case.id.0, "'{}', encode(sha256('{}'), 'hex'), a.offered_at + interval '1 second'"), "not of an offer"),
        (
            of(&before.id.0, "'{}', encode(sha256('{}'), 'hex'), a.decided_at")
                .replace("a.offered_at AT", "a.decided_at AT"),
            "not of an offer",
        ),
        (accept("NULL"), "accepted with the agreement"),
        (accept(&format!("'{hash}'")), "accepted with the agreement"),
        (
            format!("UPDATE awards SET agreement_sha256 = '{hash}' WHERE application_id = '{}'", case.id),
            "is the one that was accepted",
        ),
    ] {
        let refused = world.database.as_owner(&statement).await.unwrap_err();
        assert!(refused.contains(refusal), "{statement}: {refused}");
    }
    // With the right hash and of its offer, it is kept.
    world.database.as_owner(&of(&case.id.0, hashed)).await.unwrap();
    case.accept(at(DAY, 3)).await.unwrap();
    let again = format!("UPDATE awards SET agreement_sha256 = NULL WHERE application_id = '{}'", case.id);
    assert!(world.database.as_owner(&again).await.unwrap_err().contains("is the one that was accepted"));
    assert_eq!(
        awards::find(&mut world.db.reader().await.unwrap(), case.id).await.unwrap().unwrap().amount,
        cents(AMOUNT)
    );
}

#[tokio::test]
async fn a_letter_says_what_the_rules_allow_of_what_was_asked_for_and_what_was_approved_of_it() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", AMOUNT)), at(DAY, 0)).await;
    case.to_recommended(at(DAY, 1), "20000000.00").await;
    case.approve(at(DAY, 1), &staff.commissioner).await.unwrap();
    case.offer(at(DAY, 2)).await.unwrap();
    let offer = kept(&case, LetterKind::Offer).await.text;
    for said in ["allow HK$30,000,000.00", "Of what the rules allow, HK$20,000,000.00 was approved."] {
        assert!(offer.contains(said), "{said}: {offer}");
    }
}
