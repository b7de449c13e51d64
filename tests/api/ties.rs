//! Tries of a broken server that would leave two parts of the books saying different things, take a step that is none, or write what
//! no act writes.

use crate::case::Case;
use crate::guards::{Running, Try, posting};
use rules::application::State;
use rules::ids::ApplicationId;

/// Three cases beside the one that runs; each asks for 1.00.
pub struct Others {
    pub draft: ApplicationId,
    pub withdrawn: ApplicationId,
    pub recommended: ApplicationId,
}

/// Makes the money of the scheme, and of the round of a case, fit.
fn room(case: ApplicationId, amount: i64) -> String {
    let set = format!("SET limit_cents = NULL, committed_cents = committed_cents + {amount}");
    format!(
        "UPDATE envelopes {set}; UPDATE round_balances b {set} FROM applications a
          WHERE a.id = '{case}' AND (b.scheme_code, b.round) = (a.scheme_code, a.round);"
    )
}

/// An approval of 1.00 by hand, with some of its parts.
pub fn by_hand(case: ApplicationId, parts: &[&str]) -> String {
    let of_case = format!("FROM applications WHERE id = '{case}';");
    let part = |part: &&str| {
        match *part {
        "state" => format!("UPDATE applications SET state = 'approved' WHERE id = '{case}';"),
        "award" => format!(
            "INSERT INTO awards (application_id, scheme_code, organisation_id, amount_cents, authority, counts_as, state, decided_at)
               SELECT id, scheme_code, organisation_id, 100, 'commissioner', 'lifetime', 'decided', now() {of_case}
             INSERT INTO award_bases (application_id, revision, schemes, groups, seen) SELECT id, 0, '{{}}', '{{}}', '{{}}' {of_case}"
        ),
        "stages" => format!("INSERT INTO award_stages SELECT id, 1, 'project', 100 {of_case}"),
        "approval" => format!(
            "INSERT INTO people (id, email, name, language, active, version, created_at)
               SELECT id, id || '@hand.example', 'By Hand', 'en', true, 1, now() {of_case}
             INSERT INTO case_duties SELECT id, id, 'approver', 'approval' {of_case}
             INSERT INTO approvals (application_id, route, number, part, person_id, authority, amount_cents, conditions, approved_at)
               SELECT id, 1, 1, 'approval', id, 'commissioner', 100, '{{}}', now() {of_case}"
        ),
        "balance" => {
            format!("INSERT INTO applicant_balances SELECT scheme_code, organisation_id, NULL, 100 {of_case}")
        }
        "envelope" => room(case, 100),
        _ => posting(case, &[("envelope", "-100"), ("commitment", "100")]) + ";",
    }
    };
    parts.iter().map(part).collect()
}

/// Each of these leaves two parts of the books that say different things.
pub fn ties(case: &Case<'_>, running: &Running, others: &Others) -> Vec<Try> {
    let Running { certified, waiting, .. } = running;
    let releaser = case.staff.releaser.person().unwrap();
    let trillions = posting(others.draft, &[("envelope", "-900000000000000"), ("commitment", "900000000000000")]);
    let mut ties = vec![
        ("reopening an envelope", "UPDATE envelopes SET committed_cents = 0".to_owned(), "agree with the ledger"),
        ("reopening a round", "UPDATE round_balances SET committed_cents = 0".to_owned(), "agree with the ledger"),
        ("writing the sum of a round", "UPDATE round_balances SET posted_cents = 0".to_owned(), "permission denied"),
        ("writing the sum of the ledger", "UPDATE envelopes SET posted_cents = 0".to_owned(), "permission denied"),
        (
            "an envelope that begins with a sum",
            "INSERT INTO envelopes (scheme_code, committed_cents, posted_cents) VALUES ('X', 0, 0)".to_owned(),
            "permission denied",
        ),
        (
            "writing that sum by a trigger of one's own",
            "CREATE TEMP TABLE mine (account text, application_id uuid, amount_cents bigint);
             CREATE TRIGGER t AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION envelope_follows_the_ledger()"
                .to_owned(),
            "permission denied",
        ),
        (
            "forgetting what an applicant has",
            "UPDATE applicant_balances SET committed_cents = 0".to_owned(),
            "agree with its awards",
        ),
        (
            "committing to a draft",
            format!("{} {trillions}", room(others.draft, 900_000_000_000_000)),
            "what its award says",
        ),
        (
            "committing more than the award",
            format!("{} {}", room(case.id, 1), posting(case.id, &[("envelope", "-1"), ("commitment", "1")])),
            "what its award says",
        ),
        (
            "paying without a payment",
            posting(case.id, &[("commitment", "-100"), ("paid", "100")]),
            "what its released batches say",
        ),
        (
            "paying back without a payment",
            posting(case.id, &[("paid", "-100"), ("commitment", "100")]),
            "what its released batches say",
        ),
        (
            "releasing without paying",
            format!(
                "UPDATE batches SET state = 'released', released_by = '{releaser}', released_at = now(), pay_on = '9999-01-01' WHERE id = '{waiting}'"
            ),
            "what its released batches say",
        ),
        (
            "a claim that is paid by nothing",
            format!("UPDATE claims SET state = 'paid' WHERE id = '{certified}'"),
            "is paid, and released batches say otherwise",
        ),
    ];
    ties.extend(approvals(case, others));
    ties
}

/// Approvals of which a part is missing, and what does not go with an approval.
fn approvals(case: &Case<'_>, others: &Others) -> Vec<Try> {
    let Others { draft, withdrawn, recommended } = others;
    // With the envelope and the balance made to fit, so that only the case itself can tell.
    let award = |id: &ApplicationId| by_hand(*id, &["award", "stages", "balance", "envelope", "posting"]);
    vec![
        ("an approval without a state", award(recommended), "does not go with its state"),
        (
            "an award that nobody has approved",
            by_hand(*recommended, &["state", "award", "stages", "balance", "envelope", "posting"]),
            "not approved by all",
        ),
        (
            "an approval without an award",
            by_hand(*recommended, &["approval", "state", "balance", "envelope", "posting"]),
            "does not go with its state",
        ),
        (
            "an award of no stage",
            by_hand(*recommended, &["approval", "state", "award", "balance", "envelope", "posting"]),
            "do not sum to it",
        ),
        (
            "an approval that does not count for the applicant",
            by_hand(*recommended, &["approval", "state", "award", "stages", "envelope", "posting"]),
            "agree with its awards",
        ),
        (
            "an approval that costs the scheme nothing",
            by_hand(*recommended, &["approval", "state", "award", "stages", "balance", "posting"]),
            "agree with the ledger",
        ),
        (
            "an approval that is posted nowhere",
            by_hand(*recommended, &["approval", "state", "award", "stages", "balance"]),
            "what its award says",
        ),
        ("an award for a draft", award(draft), "does not go with its state"),
        ("an award for what was withdrawn", award(withdrawn), "does not go with its state"),
        (
            "an award that is answered by nobody",
            format!(
                "UPDATE awards SET state = 'offered', accepted_at = NULL, offered_at = now(), expires_on = '2030-01-01' WHERE application_id = '{}'",
                case.id
            ),
            "decided and stays",
        ),
        (
            "another recommendation than what was awarded",
            format!("UPDATE applications SET recommended_cents = 1 WHERE id = '{}'", case.id),
            "was not recommended",
        ),
        (
            "completing what is not paid",
            format!("UPDATE applications SET state = 'completed' WHERE id = '{}'", case.id),
            "before all is paid",
        ),
    ]
}

pub fn steps(case: &Case<'_>, others: &Others) -> Vec<Try> {
    let step = |id: &ApplicationId, state: &str| format!("UPDATE applications SET state = '{state}' WHERE id = '{id}'");
    vec![
        ("submitting again", step(&case.id, "submitted"), "no step from accepted to submitted"),
        ("taking up what was withdrawn", step(&others.withdrawn, "recommended"), "no step from withdrawn to recommended"),
        ("jumping over the assessment", step(&others.draft, "recommended"), "no step from draft to recommended"),
        (
            "beginning at the end",
            format!(
                "INSERT INTO applications (id, reference, scheme_code, organisation_id, author_id, state, title, content, created_at, version, state_since, revised_by, revised_at)
                   SELECT gen_random_uuid(), 'X', scheme_code, organisation_id, author_id, 'withdrawn', title, content, now(), 1, now(), author_id, now()
                     FROM applications WHERE id = '{}'",
                others.draft
            ),
            "no step from nothing to withdrawn",
        ),
        ("another list of steps", "INSERT INTO application_steps VALUES ('draft', 'completed')".to_owned(), "permission denied"),
    ]
}

pub fn rights(case: &Case<'_>) -> Vec<Try> {
    let update = |table: &str, set: &str| format!("UPDATE {table} SET {set}");
    let head = |set: &str| format!("UPDATE audit_heads SET {set} WHERE subject_id = '{}'", case.id);
    let sent =
        "UPDATE outbox SET state = 'sent', settled_at = now(); UPDATE outbox SET state = 'waiting', settled_at = NULL";
    vec![
        ("another address for an account", update("people", "email = 'intruder@example.hk'"), "permission denied"),
        ("another begin of an account", update("people", "created_at = now()"), "permission denied"),
        ("another author", update("applications", "author_id = submitted_by"), "permission denied"),
        ("another scheme", update("applications", "scheme_code = 'NIAS'"), "permission denied"),
        ("another count of an award", update("awards", "counts_as = 'running'"), "permission denied"),
        ("another chain", update("audit_heads", "subject_id = gen_random_uuid()"), "permission denied"),
        ("a shorter chain", head("sequence = 1"), "decided and stays"),
        ("another event of a letter", update("outbox", "sequence = 1"), "permission denied"),
        ("sending a letter again", sent.to_owned(), "decided and stays"),
    ]
}

#[tokio::test]
async fn the_database_and_the_rules_have_the_same_steps_of_a_case() {
    let database = crate::database::TestDatabase::migrated().await;
    let steps = database.lines("SELECT from_state || ' ' || to_state AS line FROM application_steps").await;
    let of_rules = State::STEPS.map(|(from, to)| format!("{} {}", from.code(), to.code()));
    let sorted = |mut steps: Vec<String>| {
        steps.sort();
        steps
    };
    assert_eq!(sorted(steps), sorted(of_rules.to_vec()));
}
