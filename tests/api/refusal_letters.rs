//! The letter of a refusal: what it says, who reads it and from when on, that every door that refuses writes one, and that it stays.

use crate::award_letters::{listed, path, read_aloud};
use crate::board::{Board, to, vote};
use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::guards::Try;
use crate::ranking::{self, as_proposed, decide, proposed, ranked, scored, with_budget};
use crate::reviews::{CODE, DAY, ineligible, rejected};
use crate::sittings;
use crate::world::{World, agency, at};
use almoner::store::letters;
use rules::actor::Role;
use rules::decision::Screening;
use rules::letter::{Letter, LetterKind};
use rules::review::Verdict;
use rules::scheme::hash_of;
use serde_json::{Value, json};

/// The letters that told refusals of a case, the last first.
async fn refusals(case: &Case<'_>) -> Vec<Letter> {
    let all = letters::of_application(&mut case.world.db.reader().await.unwrap(), case.id).await.unwrap();
    all.into_iter().filter(|letter| letter.kind == LetterKind::Refusal).collect()
}

/// The one that is on file, which the last event of the case names.
async fn told(case: &Case<'_>) -> Letter {
    let [letter] = <[Letter; 1]>::try_from(refusals(case).await).unwrap();
    let mut reader = case.world.db.reader().await.unwrap();
    let entries = almoner::store::audit::of_subject(&mut reader, case.id.0, 0, 1_000).await.unwrap();
    let event: Value = serde_json::from_str(&entries.last().unwrap().event).unwrap();
    assert_eq!(event["letter"], json!(letter.sha256));
    letter
}

/// The whole letter as its reader sees it: the text, and the PDF as another program reads it, without the breaks of its lines.
fn fetched(caller: &Caller<'_>, case: &Case<'_>) -> [String; 2] {
    let list = listed(caller, case);
    let [letter] = &list[..] else { panic!("{list:?}") };
    assert_eq!((&letter["kind"], &letter["languages"]), (&json!("refusal"), &json!(["en", "zh-Hant"])));
    let one = path(case, &format!("/{}", letter["id"].as_str().unwrap()));
    let text = caller.send(&caller.get(&*one));
    let said = String::from_utf8(text.bytes.clone()).unwrap();
    assert_eq!((hash_of(&said).as_str(), text.told()), (letter["sha256"].as_str().unwrap(), (200, "")));
    let pdf = caller.send(&caller.get(format!("{one}/pdf")));
    assert_eq!((pdf.header("content-type"), pdf.header("etag")), ("application/pdf", text.header("etag")));
    [said, read_aloud(&pdf).split_whitespace().collect()]
}

#[tokio::test]
async fn a_refusal_is_told_by_a_letter_with_what_was_asked_for_why_not_and_until_when_it_is_reviewed() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let refused = rejected(&world, &staff, &applicant).await;
    let found = ineligible(&world, &staff, &applicant).await;
    let desk = Desk::open(&world, at(DAY, 3).now);
    let (own, officer) = (desk.sign_in(&applicant.actor).await, desk.sign_in(&staff.officer).await);
    for (case, reason, in_english, in_chinese) in [
        (
            &refused,
            "too weak",
            "was not successful. It was decided on 4 February 2026.",
            "未獲批准。有關決定於2026年2月4日作出。",
        ),
        (&found, "of another city", "found not to be eligible", "認為不符合資格"),
    ] {
        let application = case.read().await;
        let [text, pdf] = fetched(&own, case);
        assert_eq!(fetched(&officer, case), [text.clone(), pdf.clone()]);
        let organisation = &application.organisation_name;
        for said in [
            &*application.reference,
            organisation,
            &application.content.title,
            "HK$30,000,000.00",
            "3 February 2026",
            "2026年2月3日",
            reason,
            in_english,
            in_chinese,
            // The first instance of the scheme, and its last day.
            "6 March 2026",
            "2026年3月6日",
            "An authorised signatory of the applicant asks for it once",
            &agency().en,
            &agency().zh_hant,
        ] {
            assert!(text.contains(said), "{said}\n{text}");
            let close = said.split_whitespace().collect::<String>();
            assert!(pdf.contains(&close), "{said}\n{pdf}");
        }
        assert_eq!(
            (told(case).await.version, case.read().await.told_version),
            (application.told_version, application.told_version)
        );
    }
    // What was told stays, also where the refusal is set aside.
    refused.ask_again(at(DAY, 4)).await.unwrap();
    refused.decide_review(at(DAY, 5), &staff.commissioner, (1, Verdict::SetAside)).await.unwrap();
    assert_eq!(listed(&own, &refused).len(), 1);
    world.prove().await;
}

#[tokio::test]
async fn a_scheme_without_a_review_says_so() {
    let world = World::with(&["NIAS"], at("2025-02-05", 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, ("NIAS", crate::proposals::nias()), at("2025-02-05", 0)).await;
    case.submit(at("2025-02-05", 1)).await.unwrap();
    case.screen(at("2025-02-05", 2), Screening::Ineligible("of another city".to_owned())).await.unwrap();
    let text = told(&case).await.text;
    assert!(text.contains("have no review of decisions") && text.contains("並無再作審視的程序"), "{text}");
}

#[tokio::test]
async fn a_refusal_is_read_from_the_moment_at_which_it_is_told_by_those_who_see_the_case_and_do_not_assess_it() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let proposal = crate::proposals::accelerator("60000000.00", "30000000.00");
    let case = world.draft(&staff, &applicant, (CODE, proposal), at(DAY, 0)).await;
    case.to_recommended(at(DAY, 1), "10000000.00").await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let (own, officer) = (desk.sign_in(&applicant.actor).await, desk.sign_in(&staff.officer).await);
    for caller in [&own, &officer] {
        assert_eq!(listed(caller, &case), Vec::<Value>::new());
    }
    case.reject(at(DAY, 2), &staff.assistant, "too weak").await.unwrap();
    for caller in [&own, &officer] {
        assert_eq!(listed(caller, &case).len(), 1);
    }
    let letter = told(&case).await.id;
    let stranger = desk.sign_in(&world.applicant().await.actor).await;
    let administrator = desk.sign_in(&world.person(&[Role::Administrator], &[]).await).await;
    let assessor = desk.sign_in(&staff.assessors[0]).await;
    for door in [path(&case, ""), path(&case, &format!("/{letter}")), path(&case, &format!("/{letter}/pdf"))] {
        stranger.refused(&stranger.get(&*door), 404, "not_found").await;
        administrator.refused(&administrator.get(&*door), 404, "not_found").await;
        assessor.refused(&assessor.get(&*door), 403, "permission.denied").await;
    }
}

#[tokio::test]
async fn a_committee_that_refuses_tells_it_by_a_letter() {
    let (world, staff) = sittings::world(false).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let board = Board::of(&world, 3).await;
    let (callers, officer) = (board.sign_in(&desk).await, desk.sign_in(&staff.officer).await);
    let case = sittings::recommended(&world, &staff).await;
    let motion = json!({ "act": "reject", "reason": "the market is too small" });
    let convened = officer.send(&officer.post(to(&case, "sittings"), &board.meeting(motion)));
    assert_eq!(convened.told(), (201, ""));
    for caller in &callers {
        assert_eq!(caller.send(&caller.post(to(&case, "sittings/1/votes"), &vote("for"))).told(), (201, ""));
    }
    assert_eq!(refusals(&case).await, Vec::new());
    let closed = callers[0].send(&callers[0].post(to(&case, "sittings/1/closing"), &json!({})));
    assert_eq!((closed.told(), closed.text("/state")), ((200, ""), "carried"));
    assert!(told(&case).await.text.contains("the market is too small"));
    world.prove().await;
}

#[tokio::test]
async fn a_decision_on_a_round_and_a_list_that_is_closed_tell_each_refusal_by_a_letter() {
    let (world, staff) = ranking::world(with_budget("10000000.00", "")).await;
    let weak = scored(&world, &staff, "1000000.00", [2, 2]).await;
    let cases = ranked(&world, &staff, &["10000000.00"; 3]).await;
    let mut of_committee = as_proposed(proposed(&world, &staff.committee, at(DAY, 2)).await);
    of_committee.items.retain(|item| item.application == weak.id);
    decide(&world, &staff.committee, &of_committee, at(DAY, 2)).await.unwrap();
    assert!(told(&weak).await.text.contains("It does not pass."));
    ranking::decide_as_proposed(&world, &staff.commissioner, at(DAY, 2)).await;
    let desk = Desk::open(&world, at(DAY, 8).now);
    let commissioner = desk.sign_in(&staff.commissioner).await;
    let close = json!({ "scheme": CODE, "round": ranking::ROUND, "reason": "The money is spent." });
    let closed = commissioner.send(&commissioner.post("/api/v1/reserve-lists/close", &close));
    assert_eq!((closed.told(), closed.json["items"].as_array().unwrap().len()), ((200, ""), 2));
    for case in &cases[1..] {
        assert!(told(case).await.text.contains("The money is spent."));
    }
    assert_eq!(refusals(&cases[0]).await, Vec::new());
    world.prove().await;
}

#[tokio::test]
async fn what_is_refused_twice_on_a_day_for_one_reason_is_told_twice() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = ineligible(&world, &staff, &applicant).await;
    case.reinstate(at(DAY, 2), "a mistake").await.unwrap();
    case.screen(at(DAY, 2), Screening::Ineligible("of another city".to_owned())).await.unwrap();
    let letters = refusals(&case).await;
    let [second, first] = &letters[..] else { panic!("{letters:?}") };
    assert_eq!((first.sha256 == second.sha256, first.version + 2), (true, second.version));
}

#[tokio::test]
async fn another_name_of_the_agency_changes_no_letter_that_is_on_file() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let mut before = Vec::new();
    for names in [["Grants Office", "資助辦事處"], ["Peak Agency", "山頂處"]] {
        let proposal = crate::proposals::accelerator("60000000.00", "30000000.00");
        let case = world.draft(&staff, &applicant, (CODE, proposal), at(DAY, 0)).await;
        case.submit(at(DAY, 1)).await.unwrap();
        let settings = [("agency.name_en", names[0]), ("agency.name_zh_hant", names[1])];
        let desk = Desk::with(&world, at(DAY, 2).now, &settings);
        let (own, officer) = (desk.sign_in(&applicant.actor).await, desk.sign_in(&staff.officer).await);
        let finding = json!({ "outcome": "ineligible", "reason": "of another city" });
        assert_eq!(officer.send(&officer.post(to(&case, "screening"), &finding)).told(), (200, ""));
        let [text, pdf] = fetched(&own, &case);
        for name in names {
            assert!(text.contains(name) && pdf.contains(&name.replace(' ', "")), "{text}\n{pdf}");
        }
        for (earlier, text) in &before {
            assert_eq!(&fetched(&own, earlier)[0], text);
        }
        before.push((case, text));
    }
}

#[tokio::test]
async fn the_database_takes_no_letter_of_another_refusal_and_no_refusal_without_its_letter() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let refused = rejected(&world, &staff, &applicant).await.id;
    let waits = rejected(&world, &staff, &applicant).await;
    waits.reinstate(at(DAY, 3), "a mistake").await.unwrap();
    let submitted =
        world.draft(&staff, &applicant, (CODE, crate::proposals::accelerator("60000000.00", "1.00")), at(DAY, 0)).await;
    submitted.submit(at(DAY, 1)).await.unwrap();
    let of = |case: rules::ids::ApplicationId, version: &str, reason: &str, at: &str| {
        let text =
            format!("{{\"blocks\":[{{\"block\":\"paragraph\",\"text\":{{\"en\":\"{reason}\",\"zh-Hant\":\"x\"}}}}]}}");
        format!(
            "INSERT INTO letters (id, application_id, kind, version, on_day, text, sha256, written_at)
             SELECT gen_random_uuid(), id, 'refusal', {version}, ({at} AT TIME ZONE 'Asia/Hong_Kong')::date, '{text}', encode(sha256('{text}'), 'hex'), {at}
               FROM applications WHERE id = '{case}'"
        )
    };
    let taken = of(refused, "told_version", "too weak", "state_since");
    let moved = |state: &str| {
        format!(
            "UPDATE applications SET state = '{state}', state_since = now(), reason = 'x', version = version + 1, told_version = told_version + 1
              WHERE id = '{}'",
            submitted.id
        )
    };
    let tries: Vec<Try> = vec![
        ("another reason", of(refused, "told_version", "too late", "state_since"), "is not of a refusal"),
        ("another version", of(refused, "told_version - 1", "too weak", "state_since"), "is not of a refusal"),
        (
            "later",
            of(refused, "told_version", "too weak", "(state_since + interval '1 second')"),
            "is not of a refusal",
        ),
        ("open again", of(waits.id, "told_version", "too weak", "state_since"), "is not of a refusal"),
        ("an offer", taken.replace("'refusal'", "'offer'"), "is not of an offer"),
        ("a second one", taken.clone(), "letters_application_id_kind_version_key"),
        ("changed", "UPDATE letters SET text = text".to_owned(), "permission denied"),
        ("no letter", moved("ineligible"), "is refused without a letter"),
    ];
    let mut accepted = Vec::new();
    for (what, sql, told) in tries {
        let refusal = world.database.as_server(&sql).await;
        if !refusal.as_ref().is_err_and(|refusal| refusal.contains(told)) {
            accepted.push(format!("{what}: {refusal:?}\n{sql}"));
        }
    }
    assert_eq!(accepted, Vec::<String>::new());
}
