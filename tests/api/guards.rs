//! What the database refuses by itself to the role under which the server works: a broken server cannot break the books.

use crate::case::Case;
use crate::proposals::{accelerator, accelerator_actual};
use crate::ties::{Others, by_hand, rights, steps, ties};
use crate::world::{World, at};
use rules::ids::{ApplicationId, BatchId, ClaimId, PersonId};

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

/// A running case: the first instalment of 7.5 million paid by a released batch, the last one of 22.5 certified and in a batch that
/// waits.
pub struct Running {
    pub paid: ClaimId,
    pub certified: ClaimId,
    pub released: BatchId,
    pub waiting: BatchId,
    pub preparer: PersonId,
}

async fn run(case: &Case<'_>) -> Running {
    case.to_accepted(at(DAY, 1), "30000000.00").await;
    let paid = case.claim(at(DAY, 2), "initial", "7500000.00", None).await.unwrap().id;
    case.certify(at(DAY, 2), paid, "7500000.00").await.unwrap();
    let released = case.world.prepare(at(DAY, 3), &case.staff.preparer, &[paid]).await.unwrap().id;
    case.world.release(at(DAY, 4), &case.staff.releaser, released).await.unwrap();
    let actual = Some(accelerator_actual("60000000.00"));
    let certified = case.claim(at(DAY, 200), "final", "22500000.00", actual).await.unwrap().id;
    case.certify(at(DAY, 201), certified, "22500000.00").await.unwrap();
    let waiting = case.world.prepare(at(DAY, 202), &case.staff.preparer, &[certified]).await.unwrap().id;
    Running { paid, certified, released, waiting, preparer: case.staff.preparer.person().unwrap() }
}

/// Lines of one posting.
pub fn posting(case: ApplicationId, lines: &[(&str, &str)]) -> String {
    let id = uuid::Uuid::now_v7();
    let line = |(account, amount): &(&str, &str)| format!("('{id}', '{account}', '{case}', {amount}, now())");
    let lines = lines.iter().map(line).collect::<Vec<_>>().join(", ");
    format!("INSERT INTO ledger_entries (posting_id, account, application_id, amount_cents, posted_at) VALUES {lines}")
}

#[tokio::test]
async fn the_database_refuses_by_itself_what_would_break_the_books() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    let running = run(&case).await;
    let proposal = || (CODE, accelerator("60000000.00", "1.00"));
    let others = Others {
        draft: world.draft(&staff, &world.applicant().await, proposal(), at(DAY, 0)).await.id,
        recommended: {
            let case = world.draft(&staff, &world.applicant().await, proposal(), at(DAY, 0)).await;
            case.to_recommended(at(DAY, 1), "1.00").await;
            case.id
        },
        withdrawn: {
            let case = world.draft(&staff, &world.applicant().await, proposal(), at(DAY, 0)).await;
            case.to_recommended(at(DAY, 1), "1.00").await;
            case.withdraw(at(DAY, 2), "changed plans").await.unwrap();
            case.id
        },
    };
    let before = world.database.lines(STATE).await;
    let tries = [
        money(&case),
        batches(&running, &case),
        decided(&case, &running),
        ties(&case, &running, &others),
        steps(&case, &others),
        rights(&case),
    ];
    let mut accepted = Vec::new();
    for (what, sql, told) in tries.into_iter().flatten() {
        let refusal = world.database.as_server(&sql).await;
        if !refusal.as_ref().is_err_and(|refusal| refusal.contains(told)) {
            accepted.push(format!("{what}: {refusal:?}\n{sql}"));
        }
    }
    assert_eq!(accepted, Vec::<String>::new());
    assert_eq!(world.database.lines(STATE).await, before);
    world.prove().await;
    // And it lets through what is right.
    let whole =
        by_hand(others.recommended, &["approval", "state", "award", "stages", "balance", "envelope", "posting"]);
    world.database.as_server(&format!("BEGIN; {whole} SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK")).await.unwrap();
    world.release(at(DAY, 203), &staff.releaser, running.waiting).await.unwrap();
    world.prove().await;
    let again = format!("UPDATE applications SET state = 'submitted' WHERE id = '{}'", case.id);
    assert!(world.database.as_server(&again).await.unwrap_err().contains("no step from completed to submitted"));
}

/// Everything that the tries below could have changed.
const STATE: &str =
    "SELECT row_to_json(t)::text AS line FROM (SELECT * FROM ledger_entries ORDER BY posting_id, account) t
    UNION ALL SELECT row_to_json(t)::text FROM (SELECT * FROM payments ORDER BY claim_id) t
    UNION ALL SELECT row_to_json(t)::text FROM (SELECT * FROM batches ORDER BY id) t
    UNION ALL SELECT row_to_json(t)::text FROM (SELECT * FROM claims ORDER BY id) t
    UNION ALL SELECT row_to_json(t)::text FROM (SELECT * FROM awards ORDER BY 1) t
    UNION ALL SELECT row_to_json(t)::text FROM (SELECT * FROM envelopes) t
    UNION ALL SELECT row_to_json(t)::text FROM (SELECT * FROM round_balances ORDER BY 1, 2) t
    UNION ALL SELECT row_to_json(t)::text FROM (SELECT * FROM applicant_balances ORDER BY 1, 2) t
    UNION ALL SELECT row_to_json(t)::text FROM (SELECT * FROM people ORDER BY id) t
    UNION ALL SELECT row_to_json(t)::text FROM (SELECT * FROM applications ORDER BY id) t";

pub type Try = (&'static str, String, &'static str);

fn money(case: &Case<'_>) -> Vec<Try> {
    let of_applicant = "UPDATE applicant_balances SET committed_cents = limit_cents + 1".to_owned();
    let of_envelope = "UPDATE envelopes SET committed_cents = limit_cents + 1".to_owned();
    let of_round = "UPDATE round_balances SET limit_cents = 0".to_owned();
    vec![
        ("half a posting", posting(case.id, &[("commitment", "100")]), "does not sum to zero"),
        (
            "a posting that does not balance",
            posting(case.id, &[("envelope", "-100"), ("commitment", "99")]),
            "sum to zero",
        ),
        (
            "paying more than is committed",
            posting(case.id, &[("commitment", "-2250000001"), ("paid", "2250000001")]),
            "more than is committed",
        ),
        (
            "giving back more than is committed",
            posting(case.id, &[("commitment", "-2250000001"), ("envelope", "2250000001")]),
            "more than is committed",
        ),
        ("a line of nothing", posting(case.id, &[("envelope", "0"), ("commitment", "0")]), "amount_cents_check"),
        ("an account that is none", posting(case.id, &[("envelope", "-1"), ("pocket", "1")]), "account_check"),
        (
            "a fraction of a cent",
            posting(case.id, &[("envelope", "'-0.5'"), ("paid", "'0.5'")]),
            "invalid input syntax",
        ),
        ("committing more than the envelope", of_envelope, "envelopes_check"),
        ("committing more than the budget of the round", of_round, "round_balances_check"),
        ("committing more than the applicant's ceiling", of_applicant, "applicant_balances_check"),
        ("a negative commitment", "UPDATE envelopes SET committed_cents = -1".to_owned(), "committed_cents_check"),
        ("changing a line", "UPDATE ledger_entries SET amount_cents = 1".to_owned(), "permission denied"),
        ("deleting a line", "DELETE FROM ledger_entries".to_owned(), "permission denied"),
    ]
}

fn batches(running: &Running, case: &Case<'_>) -> Vec<Try> {
    let Running { paid, certified, released, waiting, preparer } = running;
    let other = uuid::Uuid::now_v7();
    let batch =
        format!("INSERT INTO batches VALUES ('{other}', 'PAY-X', 'prepared', '{preparer}', now(), NULL, NULL, 1);");
    let pay = |claim: &ClaimId, batch: &dyn std::fmt::Display, cents: i64| {
        format!(
            "INSERT INTO payments VALUES ('{claim}', '{batch}', '{}', {cents}, 1, (SELECT id FROM payee_accounts LIMIT 1))",
            case.id
        )
    };
    let release = |who: &dyn std::fmt::Display| {
        format!(
            "UPDATE batches SET state = 'released', released_by = '{who}', released_at = now(), pay_on = '9999-01-01' WHERE id = '{waiting}'"
        )
    };
    let officer = case.staff.officer.person().unwrap();
    vec![
        ("paying a claim twice", format!("{batch} {}", pay(certified, &other, 2_250_000_000)), "payments_pkey"),
        ("paying what has been paid", format!("{batch} {}", pay(paid, &other, 750_000_000)), "not what was certified"),
        ("paying another amount", format!("{batch} {}", pay(certified, &other, 1)), "not what was certified"),
        ("paying into a released batch", pay(certified, released, 2_250_000_000), "has been released"),
        ("changing a payment", "UPDATE payments SET amount_cents = 1".to_owned(), "permission denied"),
        ("deleting a payment", "DELETE FROM payments".to_owned(), "permission denied"),
        ("releasing one's own batch", release(preparer), "batches_check"),
        ("changing the total", "UPDATE batches SET total_cents = 1".to_owned(), "permission denied"),
        (
            "a batch without its total",
            format!(
                "{batch} UPDATE batches SET state = 'released', released_by = '{officer}', released_at = now(), pay_on = '9999-01-01' WHERE id = '{other}'"
            ),
            "does not have its total",
        ),
        (
            "taking a release back",
            format!(
                "UPDATE batches SET state = 'prepared', released_by = NULL, released_at = NULL WHERE id = '{released}'"
            ),
            "decided and stays",
        ),
        ("deleting a batch", "DELETE FROM batches".to_owned(), "permission denied"),
    ]
}

fn decided(case: &Case<'_>, running: &Running) -> Vec<Try> {
    let Running { paid, certified, .. } = running;
    let id = case.id;
    let in_state = |instalment: &str, cents: &str, state: &str, certified: &str| {
        let claim = uuid::Uuid::now_v7();
        format!(
            "INSERT INTO claims VALUES ('{claim}', '{id}', '{instalment}', '{state}', {cents}, 'invoices', NULL, {certified}, NULL, now())"
        )
    };
    let claim = |instalment: &str, cents: &str| in_state(instalment, cents, "submitted", "NULL");
    let update = |table: &str, set: &str| format!("UPDATE {table} SET {set}");
    vec![
        ("a second live claim", claim("initial", "1"), "claims_once"),
        ("a claim of less than nothing", claim("initial", "-1"), "claimed_cents_check"),
        ("a payment of nothing", in_state("initial", "1", "certified", "0"), "claims_check1"),
        ("nothing, and something certified", in_state("initial", "1", "nil", "1"), "claims_check1"),
        ("nothing, and nothing certified", in_state("initial", "1", "nil", "NULL"), "claims_check1"),
        ("more certified than claimed", in_state("initial", "1", "certified", "2"), "claims_check"),
        ("a claim outside the plan", claim("third", "1"), "is of no instalment of the plan"),
        (
            "certifying another amount",
            format!("UPDATE claims SET certified_cents = 1 WHERE id = '{certified}'"),
            "decided and stays",
        ),
        (
            "taking a certification back",
            format!("UPDATE claims SET state = 'returned', certified_cents = NULL WHERE id = '{certified}'"),
            "decided and stays",
        ),
        ("reopening what was paid", format!("UPDATE claims SET reason = 'x' WHERE id = '{paid}'"), "decided and stays"),
        ("claiming another amount", update("claims", "claimed_cents = 1"), "takes no such step"),
        ("awarding another amount", update("awards", "amount_cents = 1"), "permission denied"),
        ("settling again", update("awards", "settled_cents = 1"), "decided and stays"),
        ("another plan", update("instalments", "amount_cents = 1"), "permission denied"),
        ("editing what was submitted", update("applications", "title = 'x'"), "decided and stays"),
        ("another day of rules", update("applications", "submitted_on = '2026-01-01'"), "decided and stays"),
        ("recommending more than was asked for", update("applications", "recommended_cents = 3000000001"), "check"),
        ("scoring again", update("assessments", "score = 10000"), "decided and stays"),
        ("leaving a duty", "DELETE FROM case_duties".to_owned(), "permission denied"),
        ("changing a duty", update("case_duties", "duty = 'author'"), "permission denied"),
        ("editing a published text", update("scheme_texts", "text = 'x'"), "permission denied"),
        ("deleting a published text", "DELETE FROM scheme_texts".to_owned(), "permission denied"),
        ("editing the audit", update("audit_entries", "who = 'nobody'"), "permission denied"),
        ("cutting the audit", "DELETE FROM audit_entries".to_owned(), "permission denied"),
        ("editing a recorded calculation", update("application_calculations", "answer = '{}'"), "permission denied"),
        ("deleting a case", "DELETE FROM applications".to_owned(), "permission denied"),
        ("emptying a table", "TRUNCATE payments".to_owned(), "permission denied"),
        ("switching the triggers off", "SET session_replication_role = replica".to_owned(), "permission denied"),
    ]
}

#[tokio::test]
async fn a_temporary_table_does_not_blind_the_guard_of_the_ledger() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    case.to_accepted(at(DAY, 1), "30000000.00").await;
    let real = posting(case.id, &[("commitment", "100")]).replace("INTO ledger", "INTO public.ledger");
    let sql = format!("CREATE TEMP TABLE ledger_entries (LIKE public.ledger_entries); {real}");
    assert!(world.database.as_server(&sql).await.unwrap_err().contains("does not sum to zero"));
}

/// The owner of the database is stopped by the triggers where the role is stopped by its rights.
#[tokio::test]
async fn what_only_grows_cannot_be_changed_by_the_owner_by_mistake() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    run(&case).await;
    for table in
        ["scheme_texts", "application_calculations", "audit_entries", "case_duties", "ledger_entries", "payments"]
    {
        for sql in [format!("DELETE FROM {table}"), format!("TRUNCATE {table} CASCADE")] {
            let refused = world.database.as_owner(&sql).await.unwrap_err();
            assert!(refused.contains("is append-only"), "{sql}: {refused}");
        }
    }
}
