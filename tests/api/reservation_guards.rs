//! What the database refuses by itself of reservations: each try is that of a broken server, with as much made to fit as it could.

use crate::case::Case;
use crate::guards::{Try, posting};
use crate::proposals::accelerator;
use crate::reservations::{CODE, DAY, world};
use crate::world::at;

const RESERVED: i64 = 1_000_000_000;

/// A step of the way on which a case is withdrawn and gives back what it has reserved.
fn step(case: &Case<'_>, what: &str) -> String {
    let id = case.id;
    let less = format!(
        "SET reserved_cents = t.reserved_cents - {RESERVED} FROM applications a WHERE a.id = '{id}' AND t.scheme_code = a.scheme_code"
    );
    match what {
        "state" => format!("UPDATE applications SET state = 'withdrawn', reserved_cents = 0 WHERE id = '{id}';"),
        "envelope" => format!("UPDATE envelopes t {less};"),
        "round" => format!("UPDATE round_balances t {less} AND t.round = a.round;"),
        "applicant" => format!("UPDATE applicant_balances t {less} AND t.organisation_id = a.organisation_id;"),
        _ => posting(case.id, &[("reservation", "-1000000000"), ("envelope", "1000000000")]) + ";",
    }
}

const STEPS: [&str; 5] = ["state", "envelope", "round", "applicant", "posting"];

/// All steps but one.
fn without(case: &Case<'_>, left_out: &str) -> String {
    STEPS.iter().filter(|what| **what != left_out).map(|what| step(case, what)).collect()
}

/// A reservation of 1.00 for a case, with the money of the scheme and of its round made to fit.
fn reserve(case: &Case<'_>) -> String {
    let more = "SET limit_cents = NULL, reserved_cents = reserved_cents + 100";
    let posting = posting(case.id, &[("envelope", "-100"), ("reservation", "100")]);
    format!(
        "UPDATE envelopes {more} WHERE scheme_code = '{CODE}'; UPDATE round_balances {more} WHERE (scheme_code, round) IN
           (SELECT scheme_code, round FROM applications WHERE id = '{}'); {posting}",
        case.id
    )
}

fn tries(reserved: &Case<'_>, running: &Case<'_>, draft: &Case<'_>) -> Vec<Try> {
    let of = |case: &Case<'_>, set: &str| format!("UPDATE applications SET {set} WHERE id = '{}'", case.id);
    let all = |table: &str, set: &str| format!("UPDATE {table} SET {set}");
    let back = |cents: &str| posting(reserved.id, &[("reservation", &format!("-{cents}")), ("envelope", cents)]);
    vec![
        ("half a posting", posting(reserved.id, &[("reservation", "100")]), "does not sum to zero"),
        ("giving back more than is reserved", back("1000000001"), "posted_reserved_cents_check"),
        ("reserving more than the envelope", all("envelopes", "reserved_cents = limit_cents"), "envelopes_check"),
        (
            "a limit below what is committed and reserved of a round",
            all("round_balances", "limit_cents = committed_cents + reserved_cents - 1"),
            "round_balances_check",
        ),
        (
            "a limit below what an applicant has reserved",
            "UPDATE applicant_balances SET limit_cents = reserved_cents - 1 WHERE reserved_cents > 0".to_owned(),
            "applicant_balances_check",
        ),
        ("less than nothing reserved", all("envelopes", "reserved_cents = -1"), "reserved_cents_check"),
        ("a reservation without a recommendation", of(draft, "reserved_cents = 100"), "applications_reserved"),
        ("a reservation beside an award", of(running, "reserved_cents = recommended_cents"), "applications_reserved"),
        ("reserving another amount", of(reserved, "reserved_cents = reserved_cents - 1"), "applications_reserved"),
        ("recommending another amount", of(reserved, "recommended_cents = 1"), "applications_reserved"),
        ("withdrawing what is reserved", of(reserved, "state = 'withdrawn'"), "applications_reserved"),
        ("reserving for a draft", reserve(draft), "has not reserved in the ledger what it says"),
        ("reserving for an award", reserve(running), "has not reserved in the ledger what it says"),
        ("reserving more than is recommended", reserve(reserved), "has not reserved in the ledger what it says"),
        (
            "paying what is only reserved",
            posting(reserved.id, &[("reservation", "-100"), ("paid", "100")]),
            "what its award says",
        ),
        ("a case that keeps its state", without(reserved, "state"), "what its cases have reserved"),
        ("an envelope that keeps it", without(reserved, "envelope"), "agree with the ledger"),
        ("a round that keeps it", without(reserved, "round"), "agree with the ledger"),
        ("an applicant that keeps it", without(reserved, "applicant"), "what its cases have reserved"),
        ("a ledger that keeps it", without(reserved, "posting"), "has not reserved in the ledger what it says"),
        (
            "calling committed what is reserved",
            all("envelopes", "committed_cents = committed_cents + 1, reserved_cents = reserved_cents - 1"),
            "agree with the ledger",
        ),
        ("writing what the ledger has reserved", all("envelopes", "posted_reserved_cents = 0"), "permission denied"),
        ("the same of a round", all("round_balances", "posted_reserved_cents = 0"), "permission denied"),
    ]
}

const STATE: &str =
    "SELECT row_to_json(t)::text AS line FROM (SELECT * FROM ledger_entries ORDER BY posting_id, account) t
    UNION ALL SELECT row_to_json(t)::text FROM (SELECT * FROM envelopes) t
    UNION ALL SELECT row_to_json(t)::text FROM (SELECT * FROM round_balances ORDER BY 1, 2) t
    UNION ALL SELECT row_to_json(t)::text FROM (SELECT * FROM applicant_balances ORDER BY 1, 2) t
    UNION ALL SELECT row_to_json(t)::text FROM (SELECT * FROM applications ORDER BY id) t";

#[tokio::test]
async fn the_database_refuses_by_itself_what_would_break_a_reservation() {
    let (world, staff) = world("180000000.00").await;
    let (one, two, three) = (world.applicant().await, world.applicant().await, world.applicant().await);
    let proposal = || (CODE, accelerator("60000000.00", "10000000.00"));
    let reserved = world.draft(&staff, &one, proposal(), at(DAY, 0)).await;
    reserved.to_recommended(at(DAY, 1), "10000000.00").await;
    let running = world.draft(&staff, &two, proposal(), at(DAY, 0)).await;
    running.to_accepted(at(DAY, 1), "10000000.00").await;
    let draft = world.draft(&staff, &three, proposal(), at(DAY, 0)).await;
    let before = world.database.lines(STATE).await;
    let mut accepted = Vec::new();
    for (what, sql, told) in tries(&reserved, &running, &draft) {
        let refusal = world.database.as_server(&sql).await;
        if !refusal.as_ref().is_err_and(|refusal| refusal.contains(told)) {
            accepted.push(format!("{what}: {refusal:?}\n{sql}"));
        }
    }
    assert_eq!(accepted, Vec::<String>::new());
    assert_eq!(world.database.lines(STATE).await, before);
    world.prove().await;
    // And it lets through what is right.
    let whole = STEPS.map(|what| step(&reserved, what)).concat();
    world.database.as_server(&format!("BEGIN; {whole} SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK")).await.unwrap();
}
