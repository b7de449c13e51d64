//! What is committed, paid, outstanding and recovered, by everything that it is asked by; and when the outstanding will be asked for.

use crate::bank_files::certified;
use crate::desk::{Caller, Desk};
use crate::recoveries::{DAY, beside, demanded, overpaid, receipt, well};
use crate::site::morning;
use crate::world::{World, at};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const CODE: &str = "ACCELERATOR-PILOT";

/// What a report says of each row: these fields, and whether its totals are their sums.
fn told(caller: &Caller<'_>, query: &str, fields: &[&str]) -> Vec<String> {
    let report = well(caller.send(&caller.get(format!("/api/v1/reports/{query}")))).json;
    let rows = report["rows"].as_array().unwrap().clone();
    assert_eq!(report["totals"]["rows"], json!(rows.len()));
    for (name, total) in report["totals"].as_object().unwrap().iter().filter(|(name, _)| name.ends_with("_hkd")) {
        let cents = |value: &Value| value.as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
        assert_eq!(cents(total), rows.iter().map(|row| cents(&row[name])).sum::<i64>(), "{query}: {name}");
    }
    let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let line = |row: &Value| fields.iter().map(|field| shown(&row[*field])).collect::<Vec<_>>().join(" ");
    rows.iter().map(line).collect()
}

#[tokio::test]
async fn money_is_told_by_scheme_round_year_organisation_stage_and_status_and_always_comes_to_the_ledger() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, one, other) = (world.staff().await, world.applicant().await, world.applicant().await);
    // Paid 7.5 million, of which 5 count and 1 comes back; and promised 30 million, of which 7.5 are certified.
    let owing = overpaid(&world, &staff, &one).await;
    let (running, _) = certified(&world, &staff, &other).await;
    let [finance, _] = beside(&world).await;
    let desk = Desk::with(&world, morning("2026-12-02"), &[]);
    let (officer, finance) = (desk.sign_in(&staff.officer).await, desk.sign_in(&finance).await);
    let recorder = desk.sign_in(&staff.preparer).await;
    let body = json!({ "kind": "overpaid", "principal": "2500000.00", "reason": "the accounts allow 5 million" });
    let demand = demanded(&officer, &finance, &owing, &body);
    well(finance.send(&receipt((&finance, &recorder), &demand, ("1000000.00", "2026-12-02"))));

    let amounts = ["cases", "committed_hkd", "paid_hkd", "outstanding_hkd", "recovered_hkd"];
    let [all, paid, promised] = [
        "2 37500000.00 7500000.00 30000000.00 1000000.00",
        "1 7500000.00 7500000.00 0.00 1000000.00",
        "1 30000000.00 0.00 30000000.00 0.00",
    ];
    // The settlement of December gave back what the project did not cost.
    let given_back = "1 -22500000.00 0.00 -22500000.00 1000000.00";
    let organisation = running.read().await.organisation;
    assert_eq!(told(&officer, "commitments", &amounts), [all]);
    let of_states = told(&officer, "commitments?by=status", &[&["status"], &amounts[..]].concat());
    assert_eq!(of_states, [format!("accepted {promised}"), format!("completed {paid}")]);
    for (query, expected) in [
        (format!("by=scheme,round&scheme={CODE}"), vec![all]),
        ("by=programme_year".to_owned(), vec![all]),
        ("by=financial_year".to_owned(), vec!["2 60000000.00 7500000.00 52500000.00 0.00", given_back]),
        ("by=stage".to_owned(), vec![all]),
        ("programme_year=2025-26".to_owned(), vec![all]),
        ("programme_year=2024-25".to_owned(), vec![]),
        ("stage=project".to_owned(), vec![all]),
        ("stage=stage_2".to_owned(), vec![]),
        ("round=round.9".to_owned(), vec![]),
        ("status=completed".to_owned(), vec![paid]),
        (format!("organisation={organisation}"), vec![promised]),
        ("financial_year=2026-27".to_owned(), vec![given_back]),
    ] {
        assert_eq!(told(&officer, &format!("commitments?{query}"), &amounts), expected, "{query}");
    }
    let names = told(&officer, "commitments?by=organisation", &amounts);
    assert_eq!(names.len(), 2, "each is one, whatever it is called");
    for (query, rows) in [("programme_year=2025-26&status=completed&stage=project", 1), ("status=accepted", 0)] {
        let fields = ["paid_hkd", "set_off_hkd", "status", "programme_year"];
        let lines = told(&officer, &format!("disbursements?{query}"), &fields);
        assert_eq!(lines, vec!["7500000.00 0.00 completed 2025-26"; rows], "{query}");
    }
    for (query, code) in [
        ("commitments?by=applicant", "request.malformed"),
        ("commitments?by=scheme,scheme", "request.malformed"),
        ("commitments?status=over", "request.malformed"),
        ("commitments?organisation=1", "request.malformed"),
        ("disbursements?financial_year=2025", "request.malformed"),
        ("forecast?month=2026-12", "request.malformed"),
        ("commitments?round=%00", "request.malformed"),
        ("disbursements?stage=%00", "request.malformed"),
    ] {
        officer.refused(&officer.get(format!("/api/v1/reports/{query}")), 400, code).await;
    }

    let fields = ["scheme", "month", "instalments", "outstanding_hkd"];
    let expected = [format!("{CODE} 2026-12 1 7500000.00"), format!("{CODE}  1 22500000.00")];
    assert_eq!(told(&officer, "forecast", &fields), expected);
    let csv = officer.send(&officer.get("/api/v1/reports/forecast.csv"));
    let hash = format!("\"{}\"", rules::hexadecimal(&Sha256::digest(&csv.bytes)));
    let summed = ["etag", "almoner-rows", "almoner-control-total"].map(|name| csv.header(name));
    assert_eq!(summed, [&*hash, "2", "30000000.00"]);
    let csv = String::from_utf8(csv.bytes.clone()).unwrap();
    assert_eq!(csv.lines().nth(1), Some(&*format!("{CODE},2026-12,1,7500000.00")), "{csv}");
    let xlsx = officer.send(&officer.get("/api/v1/reports/commitments.xlsx"));
    assert_eq!((xlsx.status.as_u16(), &xlsx.bytes[..2]), (200, &b"PK"[..]));
}
