//! The laws of money and audit, asked of the database itself after a journey.

use crate::world::World;
use almoner::store::audit::verify;

/// Each query names what breaks a law; none may name anything.
const LAWS: [(&str, &str); 10] = [
    (
        "every posting and every case sums to zero",
        "SELECT posting_id::text AS line FROM ledger_entries GROUP BY posting_id HAVING sum(amount_cents) <> 0
         UNION ALL SELECT application_id::text FROM ledger_entries GROUP BY application_id HAVING sum(amount_cents) <> 0",
    ),
    (
        "the paid account of a case is the sum of its released payments",
        "SELECT concat_ws(' ', a.reference, l.paid, p.paid) AS line FROM applications a
           LEFT JOIN (SELECT application_id, sum(amount_cents) AS paid FROM ledger_entries WHERE account = 'paid' GROUP BY 1) l
             ON l.application_id = a.id
           LEFT JOIN (SELECT application_id, sum(amount_cents) AS paid FROM payments JOIN batches b ON b.id = batch_id
                      WHERE b.state = 'released' GROUP BY 1) p ON p.application_id = a.id
         WHERE l.paid IS DISTINCT FROM p.paid",
    ),
    (
        "what an envelope has committed is what its ledger has taken from it",
        "SELECT concat_ws(' ', e.scheme_code, e.committed_cents, l.taken) AS line FROM envelopes e
           FULL JOIN (SELECT scheme_code, -sum(amount_cents) AS taken FROM ledger_entries
                      JOIN applications ON id = application_id WHERE account = 'envelope' GROUP BY 1) l USING (scheme_code)
         WHERE coalesce(e.committed_cents, 0) <> coalesce(l.taken, 0)",
    ),
    (
        "what a round has committed is what the ledger of its cases has taken from the envelope",
        "SELECT concat_ws(' ', b.scheme_code, b.round, b.committed_cents, l.taken) AS line FROM round_balances b
           FULL JOIN (SELECT scheme_code, round, -sum(amount_cents) AS taken FROM ledger_entries
                      JOIN applications ON id = application_id WHERE account = 'envelope' AND round IS NOT NULL GROUP BY 1, 2) l
             USING (scheme_code, round)
         WHERE coalesce(b.committed_cents, 0) <> coalesce(l.taken, 0)",
    ),
    (
        "an applicant's balance is what the ledger holds for them; where only running projects count, for those",
        "SELECT concat_ws(' ', b.scheme_code, b.committed_cents, l.held) AS line FROM applicant_balances b
           LEFT JOIN (SELECT a.scheme_code, a.organisation_id, sum(e.amount_cents) AS held FROM ledger_entries e
                      JOIN applications a ON a.id = e.application_id JOIN awards w USING (application_id)
                      WHERE account <> 'envelope' AND (a.scheme_code <> 'NIFS' OR w.settled_on IS NULL) GROUP BY 1, 2) l
             ON (l.scheme_code, l.organisation_id) = (b.scheme_code, b.organisation_id)
         WHERE b.committed_cents <> coalesce(l.held, 0)",
    ),
    (
        "a completed case has nothing left to pay and has been paid its settlement",
        "SELECT reference AS line FROM applications a JOIN awards w ON w.application_id = a.id WHERE a.state = 'completed' AND (
           w.settled_cents IS DISTINCT FROM (SELECT coalesce(sum(amount_cents), 0) FROM ledger_entries WHERE account = 'paid' AND application_id = a.id)
           OR (SELECT sum(amount_cents) FROM ledger_entries WHERE account = 'commitment' AND application_id = a.id) <> 0)",
    ),
    (
        "an award that was given back holds nothing",
        "SELECT application_id::text AS line FROM awards w WHERE state = 'released' AND
           (SELECT sum(amount_cents) FROM ledger_entries l WHERE account <> 'envelope' AND l.application_id = w.application_id) <> 0",
    ),
    (
        "the total of a batch is the sum of its payments, and each payment is what was certified",
        "SELECT b.reference AS line FROM batches b JOIN payments p ON p.batch_id = b.id JOIN claims c ON c.id = p.claim_id
         GROUP BY b.id HAVING sum(p.amount_cents) <> b.total_cents OR bool_or(p.amount_cents IS DISTINCT FROM c.certified_cents)",
    ),
    (
        "the instalments of a plan sum to the award",
        "SELECT application_id::text AS line FROM awards w JOIN instalments i USING (application_id)
         GROUP BY application_id, w.amount_cents HAVING sum(i.amount_cents) <> w.amount_cents",
    ),
    (
        "nobody has two of the separated duties of a case, as far as the rows tell",
        "WITH acts AS (
           SELECT application_id, assessor_id AS person, 'assessor' AS duty FROM assessments
           UNION SELECT id, author_id, 'author' FROM applications UNION SELECT id, submitted_by, 'author' FROM applications
           UNION SELECT application_id, prepared_by, 'preparer' FROM payments JOIN batches ON id = batch_id
           UNION SELECT application_id, released_by, 'releaser' FROM payments JOIN batches ON id = batch_id)
         SELECT concat_ws(' ', application_id, person) AS line FROM acts WHERE person IS NOT NULL
         GROUP BY application_id, person HAVING count(DISTINCT duty) > 1",
    ),
];

impl World {
    /// Proves the laws of money, and that the audit is whole.
    pub async fn prove(&self) {
        for (law, offenders) in LAWS {
            assert_eq!(self.database.lines(offenders).await, Vec::<String>::new(), "{law}");
        }
        let (entries, findings) = verify(&mut self.db.reader().await.unwrap()).await.unwrap();
        assert_eq!(findings, Vec::new());
        assert!(entries > 0);
    }

    /// What is committed of a scheme's money, in cents.
    pub async fn committed(&self, code: &str) -> i64 {
        let sql = format!("SELECT committed_cents::text AS line FROM envelopes WHERE scheme_code = '{code}'");
        self.database.lines(&sql).await.first().map_or(0, |cents| cents.parse().unwrap())
    }
}
