//! The laws of money and audit, asked of the database itself after a journey.

use crate::world::World;
use almoner::store::audit::verify;
use almoner::store::ledger;

/// Each query names what breaks a law; none may name anything. Those of the books are the server's own.
const LAWS: [(&str, &str); 3] = [
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
    (
        "every refusal of the audit names the letter that told it, which is on file",
        "SELECT a.event AS line FROM audit_entries a
          WHERE a.event::jsonb->>'event' IN ('application.rejected', 'refusal.told', 'application.found_ineligible')
            AND NOT EXISTS (SELECT 1 FROM letters l WHERE l.application_id = a.subject_id AND l.kind = 'refusal'
                                                      AND l.sha256 = a.event::jsonb->>'letter')",
    ),
    (
        "every change that the audit says is granted names the letter that told it, which is on file",
        "SELECT a.event AS line FROM audit_entries a
          WHERE a.event::jsonb->>'event' = 'change.granted'
            AND NOT EXISTS (SELECT 1 FROM letters l WHERE l.application_id = a.subject_id AND l.kind = 'amendment'
                              AND l.change_request = (a.event::jsonb->>'number')::integer AND l.sha256 = a.event::jsonb->>'letter')",
    ),
];

impl World {
    /// Proves the laws of money, and that the audit is whole.
    pub async fn prove(&self) {
        for (law, offenders) in LAWS {
            assert_eq!(self.database.lines(offenders).await, Vec::<String>::new(), "{law}");
        }
        let disagreements = ledger::verify(&mut self.db.reader().await.unwrap()).await.unwrap();
        assert_eq!(disagreements, Vec::new());
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
