//! Whether the books agree: what is kept beside the ledger is worked out from it again, and no limit is passed.

use super::{Connected, Fault};
use diesel::QueryableByName;
use diesel::sql_query;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;

/// Something that does not agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// What should be so.
    pub law: &'static str,
    /// Where it is not: a case, a scheme or a batch, with the figures in cents.
    pub place: String,
}

/// A law of the books, and the query that finds what breaks it.
type Law = (&'static str, &'static str);

/// What is kept of each limit: a handful of rows for each scheme, and one for each applicant.
const OF_LIMITS: [Law; 3] = [
    (
        "what is committed and reserved is not more than the limit",
        "SELECT concat_ws(' ', 'envelope', scheme_code, committed_cents, reserved_cents, limit_cents) AS place FROM envelopes
          WHERE committed_cents + reserved_cents > limit_cents
         UNION ALL SELECT concat_ws(' ', scheme_code, round, committed_cents, reserved_cents, limit_cents) FROM round_balances
                    WHERE committed_cents + reserved_cents > limit_cents
         UNION ALL SELECT concat_ws(' ', scheme_code, year_from, committed_cents, reserved_cents, limit_cents) FROM year_balances
                    WHERE committed_cents + reserved_cents > limit_cents
         UNION ALL SELECT concat_ws(' ', scheme_code, organisation_id, committed_cents, reserved_cents, limit_cents) FROM applicant_balances
                    WHERE committed_cents + reserved_cents > limit_cents",
    ),
    (
        "what is committed is what was posted",
        "SELECT concat_ws(' ', 'envelope', scheme_code, committed_cents, posted_cents - posted_reserved_cents) AS place FROM envelopes
          WHERE committed_cents <> posted_cents - posted_reserved_cents
         UNION ALL SELECT concat_ws(' ', scheme_code, round, committed_cents, posted_cents - posted_reserved_cents) FROM round_balances
                    WHERE committed_cents <> posted_cents - posted_reserved_cents
         UNION ALL SELECT concat_ws(' ', scheme_code, year_from, committed_cents, posted_cents - posted_reserved_cents) FROM year_balances
                    WHERE committed_cents <> posted_cents - posted_reserved_cents",
    ),
    (
        "what is reserved is what was posted",
        "SELECT concat_ws(' ', 'envelope', scheme_code, reserved_cents, posted_reserved_cents) AS place FROM envelopes
          WHERE reserved_cents <> posted_reserved_cents
         UNION ALL SELECT concat_ws(' ', scheme_code, round, reserved_cents, posted_reserved_cents) FROM round_balances
                    WHERE reserved_cents <> posted_reserved_cents
         UNION ALL SELECT concat_ws(' ', scheme_code, year_from, reserved_cents, posted_reserved_cents) FROM year_balances
                    WHERE reserved_cents <> posted_reserved_cents",
    ),
];

/// What only the whole ledger can tell.
const OF_ALL: [Law; 17] = [
    (
        "every posting and every case sums to zero",
        "SELECT concat_ws(' ', 'posting', posting_id, sum(amount_cents)) AS place FROM ledger_entries GROUP BY posting_id HAVING sum(amount_cents) <> 0
         UNION ALL SELECT concat_ws(' ', 'case', application_id, sum(amount_cents)) FROM ledger_entries
                    GROUP BY application_id HAVING sum(amount_cents) <> 0",
    ),
    (
        "the paid account of a case is the sum of its released payments, less what has come back of them",
        "SELECT concat_ws(' ', a.reference, l.paid, p.paid) AS place FROM applications a
           LEFT JOIN (SELECT application_id, sum(amount_cents) AS paid FROM ledger_entries WHERE account = 'paid' GROUP BY 1) l
             ON l.application_id = a.id
           LEFT JOIN (SELECT application_id, sum(amount_cents - (SELECT coalesce(sum(s.returned_cents), 0) FROM payment_statuses s
                                                                 WHERE (s.batch_id, s.claim_id) = (r.batch_id, r.claim_id))) AS paid
                        FROM payments r JOIN batches b ON b.id = r.batch_id WHERE b.state = 'released' GROUP BY 1) p ON p.application_id = a.id
         WHERE l.paid IS DISTINCT FROM p.paid",
    ),
    (
        "what an envelope has committed and reserved is what the ledger has taken from it",
        "SELECT concat_ws(' ', scheme_code, e.committed_cents, e.reserved_cents, l.taken) AS place FROM envelopes e
           FULL JOIN (SELECT scheme_code, -sum(amount_cents) AS taken FROM ledger_entries
                      JOIN applications ON id = application_id WHERE account = 'envelope' GROUP BY 1) l USING (scheme_code)
         WHERE coalesce(e.committed_cents + e.reserved_cents, 0) <> coalesce(l.taken, 0)",
    ),
    (
        "what a round has committed and reserved is what the ledger of its cases has taken from the envelope",
        "SELECT concat_ws(' ', scheme_code, round, b.committed_cents, b.reserved_cents, l.taken) AS place FROM round_balances b
           FULL JOIN (SELECT scheme_code, round, -sum(amount_cents) AS taken FROM ledger_entries
                      JOIN applications ON id = application_id WHERE account = 'envelope' AND round IS NOT NULL GROUP BY 1, 2) l
             USING (scheme_code, round)
         WHERE coalesce(b.committed_cents + b.reserved_cents, 0) <> coalesce(l.taken, 0)",
    ),
    (
        "what a year has committed and reserved is what the ledger of its cases has taken from the envelope",
        "SELECT concat_ws(' ', scheme_code, year_from, b.committed_cents, b.reserved_cents, l.taken) AS place FROM year_balances b
           FULL JOIN (SELECT scheme_code, year_from, -sum(amount_cents) AS taken FROM ledger_entries
                      JOIN applications ON id = application_id WHERE account = 'envelope' AND year_from IS NOT NULL GROUP BY 1, 2) l
             USING (scheme_code, year_from)
         WHERE coalesce(b.committed_cents + b.reserved_cents, 0) <> coalesce(l.taken, 0)",
    ),
    (
        "an applicant's balance is what the ledger holds for them; where only running projects count, for those",
        "SELECT concat_ws(' ', b.scheme_code, b.organisation_id, b.committed_cents, l.held) AS place FROM applicant_balances b
           LEFT JOIN (SELECT a.scheme_code, a.organisation_id, sum(e.amount_cents) AS held FROM ledger_entries e
                      JOIN applications a ON a.id = e.application_id JOIN awards w USING (application_id)
                      WHERE (account IN ('commitment', 'paid') OR account = 'recovered' AND w.counts_as = 'lifetime') AND (w.counts_as = 'lifetime' OR w.settled_on IS NULL) GROUP BY 1, 2) l
             ON (l.scheme_code, l.organisation_id) = (b.scheme_code, b.organisation_id)
         WHERE b.committed_cents <> coalesce(l.held, 0)",
    ),
    (
        "what is reserved for an applicant is what the ledger has reserved for their cases",
        "SELECT concat_ws(' ', scheme_code, organisation_id, b.reserved_cents, l.reserved) AS place FROM applicant_balances b
           FULL JOIN (SELECT scheme_code, organisation_id, sum(amount_cents) AS reserved FROM ledger_entries
                      JOIN applications ON id = application_id WHERE account = 'reservation' GROUP BY 1, 2) l USING (scheme_code, organisation_id)
         WHERE coalesce(b.reserved_cents, 0) <> coalesce(l.reserved, 0)",
    ),
    (
        "what a case has reserved is what is recommended, and only while it is",
        "SELECT concat_ws(' ', reference, a.reserved_cents, l.reserved) AS place FROM applications a
           LEFT JOIN (SELECT application_id, sum(amount_cents) AS reserved FROM ledger_entries WHERE account = 'reservation' GROUP BY 1) l
             ON l.application_id = a.id
         WHERE a.reserved_cents <> coalesce(l.reserved, 0)
            OR a.reserved_cents <> 0 AND (a.state <> 'recommended' OR a.reserved_cents IS DISTINCT FROM a.recommended_cents)",
    ),
    (
        "a completed or terminated case has nothing left to pay and has been paid its settlement",
        "SELECT reference AS place FROM applications a JOIN awards w ON w.application_id = a.id WHERE a.state IN ('completed', 'terminated') AND (
           w.settled_cents IS DISTINCT FROM (SELECT coalesce(sum(amount_cents), 0) FROM ledger_entries WHERE account = 'paid' AND application_id = a.id)
           OR (SELECT sum(amount_cents) FROM ledger_entries WHERE account = 'commitment' AND application_id = a.id) <> 0)",
    ),
    (
        "an award that was given back holds nothing",
        "SELECT application_id::text AS place FROM awards w WHERE state = 'released' AND
           (SELECT sum(amount_cents) FROM ledger_entries l WHERE account <> 'envelope' AND l.application_id = w.application_id) <> 0",
    ),
    (
        "the total of a batch is the sum of its payments, and no payment is more than was certified",
        "SELECT b.reference AS place FROM batches b JOIN payments p ON p.batch_id = b.id JOIN claims c ON c.id = p.claim_id
         GROUP BY b.id HAVING sum(p.amount_cents) <> b.total_cents OR bool_or((p.amount_cents <= c.certified_cents) IS NOT TRUE)",
    ),
    (
        "never more is out of a claim than was certified, and a claim is paid where all of it is out",
        "SELECT concat_ws(' ', id, state, certified_cents, out) AS place
           FROM (SELECT id, state, certified_cents, claim_out_cents(id) AS out FROM claims WHERE certified_cents > 0) c
         WHERE out > certified_cents OR (state = 'paid') <> (out = certified_cents)",
    ),
    (
        "the instalments of a plan sum to the award, and to what is certified beyond it",
        "SELECT application_id::text AS place FROM awards w JOIN instalments i USING (application_id, revision)
         GROUP BY application_id, w.current_cents, w.carried_cents HAVING sum(i.amount_cents) <> w.current_cents + w.carried_cents",
    ),
    (
        "what has come back of a case is what the receipts of its demands say, and not more than was paid",
        "SELECT concat_ws(' ', a.reference, l.recovered, r.recovered) AS place FROM applications a
           LEFT JOIN (SELECT application_id, -coalesce(sum(amount_cents) FILTER (WHERE account = 'recovered'), 0) AS recovered, sum(amount_cents) AS kept
                      FROM ledger_entries WHERE account IN ('paid', 'recovered') GROUP BY 1) l ON l.application_id = a.id
           LEFT JOIN (SELECT application_id, sum(s.recovered) AS recovered FROM recoveries d, recovery_sums(d.id, 'infinity') s
                      WHERE d.kind <> 'recoupment' GROUP BY 1) r ON r.application_id = a.id
         WHERE coalesce(l.recovered, 0) <> coalesce(r.recovered, 0) OR l.kept < 0",
    ),
    (
        "what is set off of a released payment is what its demand has received by it",
        "SELECT concat_ws(' ', b.reference, p.claim_id, p.set_off_cents) AS place FROM payments p JOIN batches b ON b.id = p.batch_id
           LEFT JOIN recovery_entries e ON (e.batch_id, e.claim_id) = (p.batch_id, p.claim_id)
         WHERE (CASE b.state WHEN 'released' THEN p.set_off_cents ELSE 0 END, CASE b.state WHEN 'released' THEN p.set_off_recovery_id END)
                 IS DISTINCT FROM (coalesce(e.principal_cents + e.interest_cents, 0), e.recovery_id)",
    ),
    (
        "a demand is settled while nothing is outstanding, and nothing outstanding is less than nothing",
        "SELECT concat_ws(' ', d.reference, d.state, s.principal, s.interest) AS place FROM recoveries d, recovery_sums(d.id, 'infinity') s
          WHERE d.state IN ('confirmed', 'settled')
            AND ((d.state = 'settled') <> (s.principal + s.interest = 0) OR s.principal < 0 OR s.interest < 0)",
    ),
    (
        "an award that stands holds in the ledger what its changes have made of it",
        "SELECT concat_ws(' ', w.application_id, w.current_cents, l.held) AS place FROM awards w
           LEFT JOIN (SELECT application_id, sum(amount_cents) AS held FROM ledger_entries WHERE account IN ('commitment', 'paid') GROUP BY 1) l
             USING (application_id)
         WHERE w.state <> 'released' AND (coalesce(l.held, 0) <> coalesce(w.settled_cents, w.current_cents + w.carried_cents) OR w.current_cents <> w.amount_cents +
           (SELECT coalesce(sum(c.after_cents - c.before_cents), 0) FROM award_changes c WHERE c.application_id = w.application_id))",
    ),
];

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    place: String,
}

/// What passes its limit, or is not what was posted. It costs as much as there are limits, however long the ledger is.
///
/// # Errors
/// When the database fails.
pub async fn limits(reader: &mut impl Connected) -> Result<Vec<Disagreement>, Fault> {
    broken(reader, &OF_LIMITS).await
}

/// Everything in the books that does not agree: the whole ledger is added up.
///
/// # Errors
/// When the database fails.
pub async fn verify(reader: &mut impl Connected) -> Result<Vec<Disagreement>, Fault> {
    let mut all = limits(reader).await?;
    all.extend(broken(reader, &OF_ALL).await?);
    Ok(all)
}

async fn broken(reader: &mut impl Connected, laws: &[Law]) -> Result<Vec<Disagreement>, Fault> {
    let mut found = Vec::new();
    for &(law, query) in laws {
        let rows: Vec<Row> = sql_query(query).load(reader.connection()).await?;
        found.extend(rows.into_iter().map(|row| Disagreement { law, place: row.place }));
    }
    Ok(found)
}
