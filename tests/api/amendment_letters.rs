//! The letter of a change that was granted: that each kind has one with its figures, that it tells nothing that is not told yet, and that the
//! database keeps it to what was granted.

use crate::award_letters::{listed, path, read_aloud};
use crate::case::Case;
use crate::change_requests::{awarded, budget};
use crate::desk::{Caller, Desk};
use crate::guards::Try;
use crate::proposals::accelerator;
use crate::world::{World, agency, at};
use almoner::store::{applications, letters};
use rules::change_request::{ChangeKind, Verdict};
use rules::ids::ApplicationId;
use rules::letter::{Letter, LetterKind};
use rules::scheme::hash_of;
use serde_json::{Value, json};

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

/// The letter of the last change that was made.
async fn last(case: &Case<'_>) -> Letter {
    let all = letters::of_application(&mut case.world.db.reader().await.unwrap(), case.id).await.unwrap();
    all.into_iter().find(|letter| letter.kind == LetterKind::Amendment).unwrap()
}

/// The insertion of a letter by a broken server: of a change, with a reason, at a moment.
pub fn amendment(case: ApplicationId, change: &str, (version, reason, at): (&str, &str, &str)) -> String {
    let text =
        format!("{{\"blocks\":[{{\"block\":\"paragraph\",\"text\":{{\"en\":\"{reason}\",\"zh-Hant\":\"x\"}}}}]}}");
    format!(
        "INSERT INTO letters (id, application_id, kind, version, on_day, text, sha256, written_at, change_request)
         SELECT gen_random_uuid(), a.id, 'amendment', {version}, ({at} AT TIME ZONE 'Asia/Hong_Kong')::date, '{text}',
                encode(sha256('{text}'), 'hex'), {at}, {change} FROM applications a WHERE a.id = '{case}'"
    )
}

/// The text of a listed letter as its reader sees it, and the PDF as another program reads it, without the breaks of its lines.
fn fetched(caller: &Caller<'_>, case: &Case<'_>, letter: &Value) -> [String; 2] {
    let one = path(case, &format!("/{}", letter["id"].as_str().unwrap()));
    let text = caller.send(&caller.get(&*one));
    let said = String::from_utf8(text.bytes.clone()).unwrap();
    assert_eq!((hash_of(&said).as_str(), text.told()), (letter["sha256"].as_str().unwrap(), (200, "")));
    let pdf = caller.send(&caller.get(format!("{one}/pdf")));
    let name = format!("-amendment-{}.pdf\"", letter["change_request"]);
    assert!(pdf.header("content-disposition").ends_with(&name), "{}", pdf.header("content-disposition"));
    [said, read_aloud(&pdf).split_whitespace().collect()]
}

#[tokio::test]
async fn each_kind_of_change_is_told_by_a_letter_with_its_figures_that_is_read_as_text_and_as_pdf() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = awarded(&world, &staff, &applicant, "20000000.00").await;
    let other = awarded(&world, &staff, &world.applicant().await, "20000000.00").await;
    let lines = budget(&[("operation", "88000000.00"), ("people", "2000000.00")]);
    let kinds: [(ChangeKind, Value, &[&str]); 10] = [
        (ChangeKind::Dates, json!({ "ends_on": "2029-01-31" }), &["31 January 2029", "2029年1月31日"]),
        (ChangeKind::People, json!({ "text": "Dr Chan leads it." }), &["Dr Chan leads it.", "項目人員"]),
        (ChangeKind::Scope, json!({ "text": "Two of them." }), &["Two of them.", "in a few words"]),
        (ChangeKind::Partner, json!({ "text": "Peak" }), &["Peak", "Nothing was laid down."]),
        (ChangeKind::Budget, lines, &["HK$90,000,000.00", "HK$88,000,000.00", "HK$2,000,000.00"]),
        (
            ChangeKind::Amount,
            json!({ "amount": "30000000.00" }),
            &[
                "HK$20,000,000.00",
                "HK$30,000,000.00",
                "HK$7,500,000.00",
                "HK$22,500,000.00",
                "Why this amount",
                "分期撥款",
            ],
        ),
        (
            ChangeKind::Amount,
            json!({ "amount": "25000000.00" }),
            &["HK$30,000,000.00", "HK$25,000,000.00", "HK$6,250,000.00", "HK$18,750,000.00", "by a decision"],
        ),
        (ChangeKind::Suspension, json!({}), &["suspended", "暫停"]),
        (ChangeKind::Resumption, json!({}), &["running", "恢復撥款"]),
        (
            ChangeKind::Termination,
            json!({ "recover": "1000000.00" }),
            &["HK$25,000,000.00", "HK$6,250,000.00", "HK$18,750,000.00", "HK$1,000,000.00", "提前終止"],
        ),
    ];
    let desk = Desk::open(&world, at(DAY, 9).now);
    let own = desk.sign_in(&applicant.actor).await;
    for (number, (kind, wanted, figures)) in (1..).zip(kinds) {
        if kind == ChangeKind::Termination {
            case.pay(at(DAY, 3), "initial", "6250000.00", None).await;
        }
        let before = case.read().await.told_version;
        case.change(at(DAY, 3), kind, wanted).await.unwrap();
        let moves = matches!(kind, ChangeKind::Suspension | ChangeKind::Resumption | ChangeKind::Termination);
        let list = listed(&own, &case);
        let letter = &list[0];
        let expected = json!({ "kind": "amendment", "change_request": number, "version": before + i32::from(moves), "day": "2026-02-05" });
        for (field, is) in expected.as_object().unwrap() {
            assert_eq!(&letter[field], is, "{kind:?} {field}");
        }
        assert_eq!(case.read().await.told_version, before + i32::from(moves));
        let [text, pdf] = fetched(&own, &case, letter);
        let names = [agency().en, agency().zh_hant, case.read().await.reference, "as agreed".to_owned()];
        for said in figures.iter().copied().chain(names.iter().map(String::as_str)) {
            assert!(text.contains(said), "{kind:?}: {said}\n{text}");
            assert!(pdf.contains(&said.split_whitespace().collect::<String>()), "{kind:?}: {said}\n{pdf}");
        }
        assert!(!text.contains("commissioner"), "under whose authority is not told: {text}");
    }
    // Those of the award stay, below those of its changes.
    let kinds =
        listed(&own, &case).iter().map(|letter| letter["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!((kinds.len(), &kinds[10..]), (12, &["offer".to_owned(), "agreement".to_owned()][..]));
    // What is refused is told by mail alone.
    other.ask_for_change(at(DAY, 5), (ChangeKind::People, json!({ "text": "x" }))).await.unwrap();
    other.decide_change(at(DAY, 5), &staff.officer, (1, Verdict::Refused)).await.unwrap();
    let officer = desk.sign_in(&staff.officer).await;
    assert_eq!((listed(&officer, &other).len(), listed(&officer, &case).len()), (2, 12));
    world.prove().await;
}

#[tokio::test]
async fn the_letter_of_another_amount_tells_nothing_of_an_award_that_is_not_told_yet() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = awarded(&world, &staff, &applicant, "15000000.00").await;
    let hidden = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "10000000.00")), at(DAY, 1)).await;
    hidden.to_recommended(at(DAY, 2), "10000000.00").await;
    hidden.approve(at(DAY, 2), &staff.commissioner).await.unwrap();
    for (amount, allowed) in [("20000000.00", "allow HK$20,000,000.00"), ("18000000.00", "allow HK$30,000,000.00")] {
        case.change(at(DAY, 3), ChangeKind::Amount, json!({ "amount": amount })).await.unwrap();
        let letter = last(&case).await.text;
        assert!(letter.contains(allowed), "{letter}");
        assert!(!letter.contains("10,000,000.00"), "{letter}");
    }
    // It was counted all the same.
    let kept = applications::calculations(&mut world.db.reader().await.unwrap(), case.id).await.unwrap();
    assert!(kept.last().unwrap().0.contains("10000000.00"), "{kept:?}");
    world.prove().await;
}

#[tokio::test]
async fn the_database_takes_no_letter_of_another_change_and_no_change_without_its_letter() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = awarded(&world, &staff, &applicant, "20000000.00").await;
    for text in ["Dr Chan", "Dr Wong"] {
        case.change(at(DAY, 3), ChangeKind::People, json!({ "text": text })).await.unwrap();
    }
    case.ask_for_change(at(DAY, 3), (ChangeKind::People, json!({ "text": "Dr Lee" }))).await.unwrap();
    let id = case.id;
    let made_at = format!("(SELECT max(changed_at) FROM award_changes WHERE application_id = '{id}')");
    let later = format!("({made_at} + interval '1 second')");
    let of = |change: &str, version: &str, reason: &str, at: &str| amendment(id, change, (version, reason, at));
    let (version, taken) = ("a.told_version", of("2", "a.told_version", "as agreed", &made_at));
    let officer = staff.officer.person().unwrap();
    let granted = format!(
        "UPDATE change_requests SET state = 'granted', ended_by = '{officer}', ended_at = now(), ended_because = 'x'
          WHERE application_id = '{id}' AND number = 3;
         INSERT INTO award_changes (application_id, number, request, kind, before, after, before_cents, after_cents, changed_at)
           VALUES ('{id}', 3, 3, 'people', '{{}}', '{{\"text\": \"Dr Lee\"}}', 2000000000, 2000000000, now())"
    );
    let not_of_it = "is not of a change that is granted with it";
    let tries: Vec<Try> = vec![
        ("another reason", of("2", version, "as asked", &made_at), not_of_it),
        ("another version", of("2", "a.told_version - 1", "as agreed", &made_at), not_of_it),
        ("later", of("2", version, "as agreed", &later), not_of_it),
        ("an earlier change", of("1", version, "as agreed", &made_at), not_of_it),
        ("what nobody has granted", of("3", version, "as agreed", &made_at), not_of_it),
        ("of no change", of("NULL", version, "as agreed", &made_at), not_of_it),
        ("a second one", taken.clone(), "letters_of_one_change"),
        ("an offer", taken.replace("'amendment'", "'offer'"), "is not of an offer"),
        ("a refusal", taken.replace("'amendment'", "'refusal'"), "is not of a refusal"),
        ("changed", "UPDATE letters SET change_request = 1".to_owned(), "permission denied"),
        ("no letter", granted.clone(), "is made without a letter"),
        ("the letter of another reason", format!("{granted};{}", of("3", version, "as agreed", "now()")), not_of_it),
    ];
    let mut accepted = Vec::new();
    for (what, sql, told) in tries {
        let refusal = world.database.as_server(&sql).await;
        if !refusal.as_ref().is_err_and(|refusal| refusal.contains(told)) {
            accepted.push(format!("{what}: {refusal:?}\n{sql}"));
        }
    }
    assert_eq!(accepted, Vec::<String>::new());
    // With its letter it is taken.
    let told = of("3", version, "x", "now()");
    world.database.as_server(&format!("{granted};{told}")).await.unwrap();
}
