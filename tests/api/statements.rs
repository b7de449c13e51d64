//! The statement of one case: the same figures as the ledger in every format, for both sides, and nothing before it is told.

use crate::award_letters::read_aloud;
use crate::bank_answers::{answers, report};
use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::proposals::{accelerator, accelerator_actual};
use crate::recoveries::{beside, demanded, raise, receipt, well};
use crate::site::{Reply, morning};
use crate::world::{Staff, World, at, cents};
use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use rules::change_request::ChangeKind;
use rules::money::Cents;
use serde_json::{Value, json};
use std::io::Cursor;

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

async fn accepted<'w>(world: &'w World, staff: &'w Staff) -> Case<'w> {
    let applicant = world.applicant().await;
    let case = world.draft(staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    case.to_accepted(at(DAY, 1), "30000000.00").await;
    case
}

fn of(caller: &Caller<'_>, case: &Case<'_>, format: &str) -> Reply {
    caller.send(&caller.get(format!("/api/v1/applications/{}/statement{format}", case.id)))
}

/// The lines, each as its day, kind, amount and what stands after it.
fn lines(statement: &Value) -> Vec<String> {
    let words = |line: &Value| {
        let words = ["on", "entry", "amount", "outstanding", "owed_back"].map(|name| line[name].as_str().unwrap());
        words.join(" ")
    };
    statement["lines"].as_array().unwrap().iter().map(words).collect()
}

fn totals(statement: &Value) -> [&str; 10] {
    let names = ["award", "certified", "paid", "outstanding", "demanded", "interest", "received", "written_off"];
    let [a, b, c, d, e, f, g, h] = names;
    [a, b, c, d, e, f, g, h, "owed_back", "not_demanded"].map(|name| statement["totals"][name].as_str().unwrap())
}

/// 7.5 million that a bank has brought back and that were paid again, of which the settlement allows 5.
async fn paid_twice_and_settled<'w>(world: &'w World, staff: &'w Staff, recorder: &Caller<'_>) -> Case<'w> {
    let case = accepted(world, staff).await;
    let first = case.pay(at(DAY, 2), "initial", "7500000.00", None).await;
    let rejected = report("B-1", &first.reference, &[(1, "RJCT")]);
    assert_eq!(recorder.send(&answers(recorder, &first, &rejected)).status, 201);
    let claim = first.payments[0].claim;
    let again = world.prepare(at(DAY, 11), &staff.preparer, &[claim]).await.unwrap();
    world.release(at(DAY, 12), &staff.releaser, again.id).await.unwrap();
    let last = case.claim(at(DAY, 300), "final", "22500000.00", Some(accelerator_actual("10000000.00"))).await;
    case.certify(at(DAY, 300), last.unwrap().id, "0.00").await.unwrap();
    case
}

#[tokio::test]
async fn a_statement_says_what_the_ledger_says_to_both_sides_in_every_format() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let [finance, _] = beside(&world).await;
    let desk = Desk::open(&world, morning("2026-02-12"));
    let (officer, finance) = (desk.sign_in(&staff.officer).await, desk.sign_in(&finance).await);
    let case = paid_twice_and_settled(&world, &staff, &finance).await;
    let own = desk.sign_in(&case.applicant).await;
    desk.site.clock.set(morning("2026-12-02"));
    let body = |principal: &str| json!({ "kind": "overpaid", "principal": principal, "reason": "too much" });
    let demand = demanded(&officer, &finance, &case, &body("2000000.00"));
    let recorder = desk.sign_in(&staff.preparer).await;
    well(finance.send(&receipt((&finance, &recorder), &demand, ("750000.00", "2026-12-01"))));
    // Nobody has confirmed this one: nothing is owed by it.
    well(officer.send(&raise(&officer, &case, &body("500000.00"))));
    let told = well(of(&officer, &case, "")).json;
    assert_eq!(
        lines(&told),
        [
            "2026-02-03 award 30000000.00 30000000.00 0.00",
            "2026-02-03 planned 7500000.00 30000000.00 0.00",
            "2026-02-03 planned 22500000.00 30000000.00 0.00",
            "2026-02-04 claimed 7500000.00 30000000.00 0.00",
            "2026-02-04 certified 7500000.00 30000000.00 0.00",
            "2026-02-04 paid 7500000.00 22500000.00 0.00",
            "2026-02-12 came_back 7500000.00 30000000.00 0.00",
            "2026-02-14 paid 7500000.00 22500000.00 0.00",
            "2026-11-29 claimed 22500000.00 22500000.00 0.00",
            "2026-11-29 certified 0.00 22500000.00 0.00",
            "2026-11-29 settled 7500000.00 22500000.00 0.00",
            "2026-11-29 given_back 22500000.00 0.00 0.00",
            "2026-11-29 overpaid 2500000.00 0.00 0.00",
            "2026-12-02 demanded 2000000.00 0.00 2000000.00",
            "2026-12-02 received 750000.00 0.00 1250000.00",
        ]
    );
    let expected = "7500000.00 7500000.00 7500000.00 0.00 2000000.00 0.00 750000.00 0.00 1250000.00 500000.00";
    assert_eq!(totals(&told).join(" "), expected);
    assert_eq!(told["plan"][0]["paid"], json!("7500000.00"));
    let mut theirs = of(&own, &case, "").json;
    // The clock goes on.
    theirs["as_of"] = told["as_of"].clone();
    assert_eq!(theirs, told, "both sides are told the same");
    opens(&own, &case, &told);
    on_paper(&own, &case, &told);
    world.prove().await;
    // A statement that does not agree with the ledger is none.
    let wrong = "ALTER TABLE payments DISABLE TRIGGER USER; UPDATE payments SET amount_cents = amount_cents - 1";
    world.database.as_owner(wrong).await.unwrap();
    for format in ["", ".csv", ".xlsx", ".pdf"] {
        assert_eq!(of(&officer, &case, format).status, 500, "{format}");
    }
}

/// CSV and workbook have each line of the statement, and columns that add up to its totals.
fn opens(caller: &Caller<'_>, case: &Case<'_>, told: &Value) {
    let csv = of(caller, case, ".csv");
    let name = format!("attachment; filename=\"{}-statement.csv\"", told["reference"].as_str().unwrap());
    assert_eq!((csv.header("content-type"), csv.header("content-disposition")), ("text/csv; charset=utf-8", &*name));
    let text = String::from_utf8(csv.bytes).unwrap();
    let text = text.strip_prefix('\u{feff}').unwrap();
    let mut reader = csv::ReaderBuilder::new().terminator(csv::Terminator::CRLF).from_reader(text.as_bytes());
    let head = reader.headers().unwrap().iter().map(str::to_owned).collect::<Vec<_>>();
    let rows = reader.records().map(Result::unwrap).collect::<Vec<_>>();
    assert_eq!(rows.len(), told["lines"].as_array().unwrap().len());
    let place = |name: &str| head.iter().position(|head| head == name).unwrap();
    // What becomes less is below nothing.
    let number = |cell: &str| match cell.strip_prefix('-') {
        _ if cell.is_empty() => 0,
        Some(cell) => -cents(cell).get(),
        None => cents(cell).get(),
    };
    let columns = ["award", "certified", "paid", "demanded", "interest", "received", "written_off"];
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(of(caller, case, ".xlsx").bytes)).unwrap();
    let sheet = workbook.worksheet_range("Statement").unwrap();
    let sheet = sheet.rows().map(<[Data]>::to_vec).collect::<Vec<_>>();
    assert_eq!(sheet.len(), rows.len() + 2);
    for name in columns {
        let place = place(&format!("{name}_hkd"));
        let sum = Cents::new(rows.iter().map(|row| number(&row[place])).sum());
        let total = told["totals"][name].as_str().unwrap();
        assert_eq!(sum.to_string(), total, "{name}");
        let summed = match &sheet[rows.len() + 1][place] {
            Data::Float(sum) => cents(&format!("{sum}")),
            _ => Cents::ZERO,
        };
        assert_eq!(summed.to_string(), total, "{name}");
    }
    for ((row, cells), line) in rows.iter().zip(&sheet[1..]).zip(told["lines"].as_array().unwrap()) {
        let said = [(0, "on"), (1, "entry"), (5, "amount"), (13, "outstanding"), (14, "owed_back")];
        said.iter().for_each(|(place, name)| assert_eq!(row[*place], line[*name], "{row:?}"));
        assert!(matches!((&cells[0], &cells[5]), (Data::DateTime(_), Data::Float(_))), "{cells:?}");
        assert_eq!(line["value_on"].as_str().unwrap_or_default(), &row[4]);
    }
    let about = workbook.worksheet_range("About").unwrap();
    assert!(about.rows().any(|row| row[1] == Data::String(told["reference"].as_str().unwrap().to_owned())));
}

/// The PDF says the figures in both languages, its bars theirs, and which text it is.
fn on_paper(caller: &Caller<'_>, case: &Case<'_>, told: &Value) {
    let pdf = of(caller, case, ".pdf");
    assert_eq!((pdf.status.as_u16(), pdf.header("content-type")), (200, "application/pdf"));
    let name = format!("attachment; filename=\"{}-statement.pdf\"", told["reference"].as_str().unwrap());
    assert_eq!(pdf.header("content-disposition"), name);
    let aloud = read_aloud(&pdf);
    for words in [
        "HK$22,500,000.00",
        "HK$1,250,000.00",
        "HK$500,000.00",
        "Brought back by a bank",
        "銀行退回",
        "計劃與支付",
        "2026年12月2日",
        "2026-02-12",
        "HK$20,000,000\n",
        pdf.header("etag").trim_matches('"'),
    ] {
        assert!(aloud.contains(words), "{words}\n{aloud}");
    }
    let has = |words: &[u8]| pdf.bytes.windows(words.len()).any(|window| window == words);
    assert!(has(b"/Figure") && has(b"/Alt"));
}

#[tokio::test]
async fn a_case_has_a_statement_once_it_is_awarded_and_its_applicant_once_that_is_told() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let applicant = world.applicant().await;
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    let desk = Desk::open(&world, morning("2026-02-04"));
    let (officer, own) = (desk.sign_in(&staff.officer).await, desk.sign_in(&applicant.actor).await);
    let (assessor, stranger) =
        (desk.sign_in(&staff.assessors[0]).await, desk.sign_in(&world.applicant().await.actor).await);
    case.to_recommended(at(DAY, 1), "30000000.00").await;
    assert_eq!(of(&officer, &case, "").told(), (404, "not_found"), "nothing is awarded");
    case.approve(at(DAY, 1), &staff.commissioner).await.unwrap();
    assert_eq!(totals(&well(of(&officer, &case, "")).json)[3], "30000000.00");
    for format in ["", ".csv", ".xlsx", ".pdf"] {
        assert_eq!(of(&own, &case, format).told(), (404, "not_found"), "{format}");
        assert_eq!(of(&stranger, &case, format).told(), (404, "not_found"), "{format}");
        assert_eq!(of(&assessor, &case, format).told(), (403, "permission.denied"), "{format}");
    }
    case.offer(at(DAY, 2)).await.unwrap();
    assert_eq!(lines(&well(of(&own, &case, "")).json), ["2026-02-03 award 30000000.00 30000000.00 0.00"]);
    case.decline(at(DAY, 3), "changed plans").await.unwrap();
    let after = well(of(&own, &case, "")).json;
    assert_eq!(lines(&after)[1], "2026-02-05 given_back 30000000.00 0.00 0.00");
    assert_eq!((totals(&after)[0], &after["plan"]), ("0.00", &json!([])));
    // An award that is cut below what was paid, and ends before its time.
    let other = accepted(&world, &staff).await;
    other.pay(at(DAY, 2), "initial", "7500000.00", None).await;
    other.change(at(DAY, 3), ChangeKind::Amount, json!({ "amount": "5000000.00" })).await.unwrap();
    other.change(at(DAY, 4), ChangeKind::Amount, json!({ "amount": "5500000.00" })).await.unwrap();
    other.change(at(DAY, 5), ChangeKind::Termination, json!({ "recover": "1000000.00" })).await.unwrap();
    let ended = well(of(&officer, &other, "")).json;
    assert_eq!(
        lines(&ended)[4..],
        [
            "2026-02-05 carried_over 2500000.00 25000000.00 0.00",
            "2026-02-05 cut 25000000.00 0.00 0.00",
            "2026-02-06 raised 500000.00 500000.00 0.00",
            "2026-02-06 carried_over_less 500000.00 0.00 0.00",
            "2026-02-06 planned 7500000.00 0.00 0.00",
            "2026-02-06 planned 0.00 0.00 0.00",
            "2026-02-07 settled 7500000.00 0.00 0.00",
            "2026-02-07 overpaid 1000000.00 0.00 0.00",
        ]
    );
    assert_eq!(totals(&ended)[9], "1000000.00");
    assert!(well(of(&officer, &other, ".pdf")).bytes.starts_with(b"%PDF-"));
    world.prove().await;
}
