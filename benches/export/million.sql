-- A million released payments, made up: 200 000 cases of 5 instalments, 2 000 organisations, 20 000 batches over ten years.
-- For a database that is migrated and empty; the triggers are off while it is filled, and the ledger is checked at the end.
-- The variables `cases`, `parts` (of each case) and `content` (of each application) make it another million.
\set ON_ERROR_STOP on
\if :{?cases} \else \set cases 200000 \endif
\if :{?parts} \else \set parts 5 \endif
\if :{?content} \else \set content '{}' \endif
BEGIN;
SET LOCAL session_replication_role = replica;
SET LOCAL synchronous_commit = off;

-- Ids that sort by time, as the server makes them.
CREATE FUNCTION pg_temp.id(kind integer, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex(1451606400000 + n), 12, '0') || '7' || lpad(to_hex(kind), 3, '0') || '8' || left(md5(kind || '/' || n), 15))::uuid
$$;

INSERT INTO people (id, email, name, language, active, version, created_at)
SELECT pg_temp.id(1, n), 'person' || n || '@example.hk', 'Person ' || n, 'en', true, 1, '2016-01-01Z' FROM generate_series(1, 3) n;

INSERT INTO organisations (id, name, ubi, created_at)
SELECT pg_temp.id(2, n), 'Example Research Organisation ' || n || ' 示例研究有限公司', lpad(n::text, 8, '0'), '2016-01-01Z'
  FROM generate_series(1, 2000) n;

INSERT INTO applications (id, reference, scheme_code, organisation_id, author_id, state, title, content, submitted_by, submitted_at,
                          submitted_on, scheme_text_id, requested_cents, allowed_cents, created_at, version, told_version, state_since, revised_by, revised_at, submitted_revision)
SELECT pg_temp.id(3, n), scheme || '-' || (2016 + n % 10) || '-' || lpad(n::text, 6, '0'), scheme, pg_temp.id(2, 1 + n % 2000),
       pg_temp.id(1, 1), 'completed', 'Project ' || n || ': materials, "smart" sensors and 智能系統', :'content', pg_temp.id(1, 1),
       '2016-04-01Z', '2016-04-01', pg_temp.id(9, 1), amount, amount, '2016-01-01Z', 1, 1, '2016-04-01Z',
       pg_temp.id(1, 1), '2016-01-01Z', 1
  FROM (SELECT n, (ARRAY['RAISE-PLUS', 'NIAS', 'NIFS', 'TVP', 'ACCELERATOR-PILOT'])[1 + n % 5] AS scheme,
               :parts * (1000000 + (n * 7919) % 90000000) AS amount
          FROM generate_series(1, :cases) n) made;

INSERT INTO awards (application_id, scheme_code, organisation_id, amount_cents, current_cents, authority, counts_as, state, decided_at, offered_at,
                    expires_on, accepted_at)
SELECT id, scheme_code, organisation_id, requested_cents, requested_cents, 'commissioner', 'lifetime', 'accepted', '2016-05-01Z', '2016-05-02Z', '2016-06-01',
       '2016-05-03Z' FROM applications;

INSERT INTO award_stages SELECT application_id, 1, 'project', amount_cents FROM awards;

INSERT INTO instalments (application_id, sequence, code, due, amount_cents)
SELECT id, part, 'instalment_' || part, 'acceptance', requested_cents / :parts FROM applications, generate_series(1, :parts) part;

INSERT INTO batches (id, reference, state, prepared_by, prepared_at, released_by, released_at, total_cents)
SELECT pg_temp.id(4, n), 'PAY-' || extract(year FROM at) || '-' || lpad(n::text, 6, '0'), 'released', pg_temp.id(1, 2),
       at - interval '1 day', pg_temp.id(1, 3), at, 1
  FROM (SELECT n, timestamptz '2016-07-01Z' + n * interval '4 hours' AS at FROM generate_series(1, :cases * :parts / 50) n) made;

-- Part 1 of all cases is paid first, then part 2: the payments of a case lie far apart, as in life.
CREATE TEMP TABLE due AS
SELECT pg_temp.id(5, (part - 1) * :cases + n) AS claim_id, a.id AS application_id, part, a.requested_cents / :parts AS amount,
       pg_temp.id(4, 1 + ((part - 1) * :cases + n - 1) / 50) AS batch_id
  FROM generate_series(1, :parts) part, (SELECT id, requested_cents, row_number() OVER (ORDER BY id) AS n FROM applications) a;

INSERT INTO claims (id, application_id, instalment, state, claimed_cents, evidence, certified_cents, created_at)
SELECT claim_id, application_id, 'instalment_' || part, 'paid', amount, 'Accounts', amount, '2016-06-01Z' FROM due;
INSERT INTO payments (claim_id, batch_id, application_id, amount_cents)
SELECT claim_id, batch_id, application_id, amount FROM due;
UPDATE batches b SET total_cents = sums.total
  FROM (SELECT batch_id, sum(amount_cents) AS total FROM payments GROUP BY 1) sums WHERE sums.batch_id = b.id;

INSERT INTO ledger_entries (posting_id, account, application_id, amount_cents, posted_at)
SELECT pg_temp.id(6, n), account, application_id, sign * amount_cents, decided_at
  FROM (SELECT row_number() OVER (ORDER BY application_id) AS n, * FROM awards) a,
       (VALUES ('envelope', -1), ('commitment', 1)) line (account, sign);
INSERT INTO ledger_entries (posting_id, account, application_id, amount_cents, posted_at)
SELECT pg_temp.id(7, n), account, application_id, sign * amount_cents, released_at
  FROM (SELECT row_number() OVER (ORDER BY claim_id) AS n, p.*, b.released_at FROM payments p JOIN batches b ON b.id = p.batch_id) p,
       (VALUES ('commitment', -1), ('paid', 1)) line (account, sign);
INSERT INTO envelopes (scheme_code, limit_cents, committed_cents, posted_cents)
SELECT scheme_code, 2 * sum(amount_cents), sum(amount_cents), sum(amount_cents) FROM awards GROUP BY 1;

DO $$
BEGIN
  IF (SELECT sum(amount_cents) FROM ledger_entries WHERE account = 'paid') IS DISTINCT FROM (SELECT sum(amount_cents) FROM payments)
     OR EXISTS (SELECT 1 FROM ledger_entries GROUP BY posting_id HAVING sum(amount_cents) <> 0) THEN
    RAISE EXCEPTION 'the ledger does not agree with the payments';
  END IF;
END
$$;
COMMIT;
VACUUM ANALYZE;
