//! The files of the reports, read by other people's readers: the same rows and totals, to the cent, whatever the format.

use crate::reports::{HOSTILE, TWO_LINES, disbursements, ledger, world, year};
use crate::world::{World, cents};
use almoner::actions::reports;
use almoner::export::csv::Csv;
use almoner::export::json::Json;
use almoner::export::xlsx::Xlsx;
use almoner::export::{About, Format, Record, Summary, stream};
use calamine::{Data, Reader, Xlsx as Workbook, open_workbook_from_rs};
use futures_util::TryStreamExt;
use rules::actor::Actor;
use rules::calendar::Day;
use rules::dated::Known;
use rules::hexadecimal;
use rules::money::Cents;
use rules::report::{Disbursement, Envelope, Filter, Totals};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::io::Cursor;

const HEADER: [&str; 15] = [
    "reference",
    "scheme",
    "organisation",
    "project",
    "instalment",
    "award_hkd",
    "paid_hkd",
    "returned_hkd",
    "batch",
    "released_on",
    "financial_year",
    "round",
    "programme_year",
    "status",
    "set_off_hkd",
];

fn about() -> About {
    About { case: None, filter: Filter::default(), made_at: "2026-11-22T01:30:00Z".parse().unwrap() }
}

fn text<T: Record, F: Format<T>>(mut format: F, rows: &[T]) -> (String, Summary) {
    format.rows(rows).unwrap();
    let (bytes, summary) = format.finish().unwrap();
    assert_eq!(summary.sha256, hexadecimal(&Sha256::digest(&bytes)));
    (String::from_utf8(bytes).unwrap(), summary)
}

fn workbook<T: Record>(rows: &[T]) -> (Workbook<Cursor<Vec<u8>>>, Summary) {
    let mut file = Xlsx::new(about()).unwrap();
    file.rows(rows).unwrap();
    let (bytes, summary) = file.finish().unwrap();
    assert_eq!(summary.sha256, hexadecimal(&Sha256::digest(&bytes)));
    (open_workbook_from_rs(Cursor::new(bytes)).unwrap(), summary)
}

/// Strict: every line as many fields as the header, CR LF and nothing else between them.
fn read_csv(file: &str) -> Vec<Vec<String>> {
    let file = file.strip_prefix('\u{feff}').unwrap();
    assert!(file.ends_with("\r\n") && !file.ends_with("\r\n\r\n"));
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).terminator(csv::Terminator::CRLF).from_reader(file.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The cents that stand in a cell, and no fraction of one.
fn cents_of(cell: &Data) -> Cents {
    let Data::Float(number) = cell else { panic!("{cell:?} is no number") };
    cents(&format!("{number}"))
}

async fn a_year() -> (World, Actor, Vec<Disbursement>, Totals) {
    let world = world().await;
    let staff = world.staff().await;
    year(&world, &staff).await;
    let (rows, totals) = disbursements(&world, &staff.preparer, Filter::default()).await.unwrap();
    let preparer = staff.preparer;
    (world, preparer, rows, totals)
}

#[tokio::test]
async fn csv_json_and_xlsx_say_the_same_as_the_ledger() {
    let (world, _, rows, totals) = a_year().await;
    assert_eq!(totals, Totals { rows: 4, amount: ledger(&world, &Filter::default()).await });

    let (csv, summary) = text(Csv::new().unwrap(), &rows);
    assert_eq!(summary.totals, totals);
    let lines = read_csv(&csv);
    assert_eq!(lines.first().unwrap(), &HEADER);

    let (json, summary) = text(Json::new(&about()).unwrap(), &rows);
    assert_eq!(summary.totals, totals);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["totals"]["rows"], 4);
    assert_eq!(json["totals"]["control_total"], totals.amount.to_string());
    assert_eq!(json["totals"]["paid_hkd"], totals.amount.to_string());
    assert_eq!((&json["report"], &json["currency"]), (&"disbursements".into(), &"HKD".into()));

    let (mut workbook, summary) = workbook(&rows);
    assert_eq!(summary.totals, totals);
    let sheet = workbook.worksheet_range("Disbursements").unwrap();
    let sheet = sheet.rows().collect::<Vec<_>>();
    assert_eq!((sheet.len(), lines.len(), json["rows"].as_array().unwrap().len()), (6, 5, 4));

    for (index, row) in rows.iter().enumerate() {
        let (line, object, cells) = (&lines[index + 1], &json["rows"][index], sheet[index + 1]);
        let day = Day::in_hong_kong(row.released_at);
        for (column, value) in [(0, &row.reference), (1, &row.scheme), (4, &row.instalment), (8, &row.batch)] {
            assert_eq!((&line[column], object[HEADER[column]].as_str()), (value, Some(value.as_str())));
            assert_eq!(cells[column], Data::String(value.clone()));
        }
        for (column, amount) in [(5, row.award), (6, row.paid), (7, row.returned)] {
            assert_eq!((cents(&line[column]), cents_of(&cells[column])), (amount, amount));
            assert_eq!(object[HEADER[column]], amount.to_string());
        }
        assert_eq!((&line[9], object["released_on"].as_str()), (&day.to_string(), Some(day.to_string().as_str())));
        let Data::DateTime(date) = &cells[9] else { panic!("{:?} is no day", cells[9]) };
        assert_eq!(date.as_datetime().unwrap().date(), day.date());
        // As they were written; only CSV needs the apostrophe.
        assert_eq!(
            (object["project"].as_str(), object["organisation"].as_str()),
            (Some(row.title.as_str()), Some(row.organisation.as_str()))
        );
        assert_eq!((&cells[2], &cells[3]), (&Data::String(row.organisation.clone()), &Data::String(row.title.clone())));
    }
    let total = sheet[5];
    assert_eq!(
        (&total[0], cents_of(&total[6]), &total[5]),
        (&Data::String("Total".into()), totals.amount, &Data::Empty)
    );
    let about = workbook.worksheet_range("About").unwrap();
    let about = about.rows().map(|row| (row[0].to_string(), row[1].clone())).collect::<Vec<_>>();
    let said = |name: &str| about.iter().find(|(said, _)| said == name).map(|(_, value)| value.clone()).unwrap();
    assert_eq!((said("Rows"), cents_of(&said("Control total"))), (Data::Float(4.0), totals.amount));
    assert_eq!(
        (said("Made at"), said("Scheme")),
        (Data::String("2026-11-22 09:30:00 +08:00".into()), Data::String("all".into()))
    );
    assert!(workbook.worksheet_formula("Disbursements").unwrap().rows().flatten().all(String::is_empty));
}

#[tokio::test]
async fn nothing_that_somebody_wrote_is_run_by_a_spreadsheet() {
    let (_world, _, rows, _) = a_year().await;
    let (csv, _) = text(Csv::new().unwrap(), &rows);
    let lines = read_csv(&csv);
    let of_project = |line: &&Vec<String>, title: &str| line[3] == title;
    assert_eq!(lines.iter().filter(|line| of_project(line, &format!("'{HOSTILE}"))).count(), 2);
    assert_eq!(lines.iter().filter(|line| of_project(line, TWO_LINES)).count(), 1);
    let runs = |cell: &String| cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']);
    assert!(!lines.iter().flatten().any(runs));
}

#[tokio::test]
async fn the_envelopes_come_in_every_format() {
    let rows = [
        Envelope {
            scheme: "NIAS".into(),
            limit: Known::Is(cents("300.00")),
            committed: cents("100.01"),
            reserved: cents("20.00"),
            paid: cents("50.02"),
            awards: 2,
        },
        Envelope {
            scheme: "TVP".into(),
            limit: Known::None,
            committed: cents("0.00"),
            reserved: cents("0.00"),
            paid: cents("0.07"),
            awards: 1,
        },
    ];
    let totals = Totals { rows: 2, amount: cents("50.09") };
    let (csv, summary) = text(Csv::new().unwrap(), &rows);
    assert_eq!(summary.totals, totals);
    assert_eq!(
        csv,
        "\u{feff}scheme,limit_hkd,limit_is,committed_hkd,reserved_hkd,paid_hkd,left_hkd,awards\r\nNIAS,300.00,set,100.01,20.00,50.02,129.97,2\r\nTVP,,none,0.00,0.00,0.07,,1\r\n"
    );
    let (json, _) = text(Json::new(&about()).unwrap(), &rows);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["rows"][1]["limit_hkd"], Value::Null);
    let expected = serde_json::json!({ "rows": 2, "control_total": "50.09", "limit_hkd": null, "committed_hkd": "100.01",
        "reserved_hkd": "20.00", "paid_hkd": "50.09", "left_hkd": null, "awards": 3 });
    assert_eq!(json["totals"], expected);
    let (mut workbook, _) = workbook(&rows);
    let sheet = workbook.worksheet_range("Envelopes").unwrap();
    let total = sheet.rows().next_back().unwrap();
    assert_eq!(
        (&total[1], cents_of(&total[3]), &total[6], &total[7]),
        (&Data::Empty, cents("100.01"), &Data::Empty, &Data::Float(3.0))
    );
}

#[tokio::test]
async fn a_report_without_rows_is_a_whole_file() {
    let (csv, summary) = text(Csv::<Disbursement>::new().unwrap(), &[]);
    assert_eq!((csv, summary.totals), (format!("\u{feff}{}\r\n", HEADER.join(",")), Totals::default()));
    let (json, _) = text(Json::<Disbursement>::new(&about()).unwrap(), &[]);
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["rows"], serde_json::json!([]));
    let (mut workbook, _) = workbook::<Disbursement>(&[]);
    assert_eq!(workbook.sheet_names(), ["Disbursements", "About"]);
    assert_eq!(workbook.worksheet_range("Disbursements").unwrap().rows().count(), 2);
}

#[tokio::test]
async fn the_same_report_is_the_same_file() {
    let (world, preparer, rows, _) = a_year().await;
    let file = || {
        let mut file = Xlsx::new(about()).unwrap();
        file.rows(&rows).unwrap();
        file.finish().unwrap()
    };
    assert_eq!(file(), file());
    // Streamed or at once: the same bytes.
    let report = reports::disbursements(world.db.reader().await.unwrap(), &preparer, Filter::default()).await.unwrap();
    let streamed: Vec<Vec<u8>> = stream(report, Csv::new().unwrap()).try_collect().await.unwrap();
    assert_eq!(String::from_utf8(streamed.concat()).unwrap(), text(Csv::new().unwrap(), &rows).0);
}
