-- What an agency has after some years, made up: 200 000 applications in every state and 1 000 000 payments.
-- Half of the cases, with all the payments, are those of benches/export/million.sql; here come the other half, and people.
-- For a database that is migrated, empty, and has the schemes published.
\set cases 100000
\set parts 10
\set content '{"title": "Project: materials, smart sensors and 智能系統", "summary": "A made-up project of a made-up organisation, which says in some sentences what it is about, as proposals do: what is known, what is new, who will use it, and how anybody will see that it has worked. 這是一個虛構的項目。", "request": {"applicant": {"facts": {"incorporated_in_hong_kong": true}}, "project": {"facts": {"sector": "life_and_health"}, "stages": [{"stage": "project", "months": 24, "costs": [{"category": "equipment", "amount": "320000000.00"}, {"category": "manpower", "amount": "81000000.00"}, {"category": "consumables", "amount": "12500000.50"}, {"category": "audit", "amount": "150000.00"}], "contributions": [{"from": "enterprise", "form": "cash", "amount": "290000000.00"}, {"from": "enterprise", "form": "in_kind", "amount": "1200000.00"}], "posts": [{"class": "doctor", "heads": 4, "months": 24}]}]}, "requested": "120000000.00"}}'
\ir ../export/million.sql

BEGIN;
SET LOCAL session_replication_role = replica;
SET LOCAL synchronous_commit = off;

CREATE TEMP TABLE texts AS SELECT DISTINCT ON (code) code, id FROM scheme_texts ORDER BY code, in_force_from DESC, published_at DESC, id DESC;

-- People: 1 000 applicants, each of an organisation of their own, and the staff.
CREATE TEMP TABLE staff AS
SELECT pg_temp.id(1, 10000 * kind + n) AS id, role, n
  FROM (VALUES (1, 'applicant', 1000), (2, 'officer', 20), (3, 'assessor', 100), (4, 'committee', 20), (5, 'approver', 20),
               (6, 'finance_preparer', 5), (7, 'finance_releaser', 5), (8, 'auditor', 5), (9, 'administrator', 3))
       made (kind, role, many), generate_series(1, many) n;
INSERT INTO people (id, email, name, language, active, version, created_at)
SELECT id, role || n || '@people.example', 'Fictitious ' || role || ' ' || n, 'en', true, 1, '2016-01-01Z' FROM staff;
INSERT INTO person_roles SELECT id, role FROM staff;
INSERT INTO memberships SELECT id, pg_temp.id(2, n) FROM staff WHERE role = 'applicant';
INSERT INTO sessions (id, person_id, created_at, refreshed_at, expires_at)
SELECT gen_random_uuid(), id, '2026-01-01Z', '2026-01-01Z', '2100-01-01Z' FROM staff;

-- The other half of the applications. States are skewed as in life: few are at work, many have ended.
CREATE TEMP TABLE made AS
SELECT pg_temp.id(3, 473385600000 + n * 1500000) AS id, n, text.id AS text, text.code AS scheme,
       CASE WHEN m < 180 THEN 'draft' WHEN m < 210 THEN 'submitted' WHEN m < 290 THEN 'ineligible' WHEN m < 330 THEN 'in_assessment'
            WHEN m < 340 THEN 'recommended' WHEN m < 760 THEN 'rejected' WHEN m < 765 THEN 'approved' WHEN m < 770 THEN 'offered'
            WHEN m < 870 THEN 'accepted' WHEN m < 900 THEN 'declined' WHEN m < 920 THEN 'lapsed' ELSE 'withdrawn' END AS state,
       CASE WHEN n % 10 = 0 THEN 1 ELSE 1 + (n * 31) % 2000 END AS organisation, -- one has a tenth of all
       timestamptz '2017-01-01Z' + n * interval '50 minutes' AS at
  FROM (SELECT n, (n * 7919) % 1000 AS m FROM generate_series(1, 100000::bigint) n) numbers
  JOIN (SELECT code, id, row_number() OVER (ORDER BY code) AS place FROM texts) text
    ON text.place = CASE WHEN n % 7 < 3 THEN 1 ELSE 1 + n % 5 END;
INSERT INTO applications (id, reference, scheme_code, organisation_id, author_id, state, title, content, submitted_by, submitted_at,
                          submitted_on, scheme_text_id, requested_cents, allowed_cents, created_at, version, told_version, state_since, revised_by, revised_at, submitted_revision)
SELECT id, scheme || '-' || extract(year FROM at) || '-' || lpad((100000 + n)::text, 6, '0'), scheme, pg_temp.id(2, organisation),
       pg_temp.id(1, 10000 + (1 + (n - 1) % 1000)), state, 'Made-up project ' || n || ': 智能系統', :'content',
       CASE WHEN sent THEN pg_temp.id(1, 10001) END, CASE WHEN sent THEN at END, CASE WHEN sent THEN at::date END,
       CASE WHEN sent THEN text END, CASE WHEN sent THEN 12000000000 END, CASE WHEN sent THEN 12000000000 END, at, 1, 1, at,
       pg_temp.id(1, 10000 + (1 + (n - 1) % 1000)), at, CASE WHEN sent THEN 1 END
  FROM (SELECT *, state <> 'draft' AND NOT (state = 'withdrawn' AND n % 2 = 0) AS sent FROM made) made;
UPDATE applications SET scheme_text_id = texts.id FROM texts WHERE code = scheme_code AND scheme_text_id = pg_temp.id(9, 1);

-- What belongs to a case.
INSERT INTO case_duties SELECT id, author_id, 'author' FROM applications;
INSERT INTO interest_declarations
SELECT pg_temp.id(11, n), pg_temp.id(1, 30000 + n), '2016-04-01', '2099-04-01', '[]', '2016-04-01Z' FROM generate_series(1, 100::bigint) n;
INSERT INTO assessments (id, application_id, assessor_id, state, marks, comment, score, created_at, due_on, changed_at)
SELECT pg_temp.id(8, 3 * n + part), id, pg_temp.id(1, 30000 + 1 + (n * 7 + part * 33) % 100),
       CASE WHEN state = 'in_assessment' AND part > n % 3 THEN 'accepted' ELSE 'scored' END, '{}', 'Made up.',
       CASE WHEN state = 'in_assessment' AND part > n % 3 THEN NULL ELSE 6000 END, at, at::date + 21, at
  FROM made, generate_series(0, 2) part WHERE state NOT IN ('draft', 'submitted', 'ineligible', 'withdrawn');
INSERT INTO awards (application_id, scheme_code, organisation_id, amount_cents, current_cents, authority, counts_as, state, decided_at, offered_at,
                    expires_on, accepted_at)
SELECT id, scheme, pg_temp.id(2, organisation), 12000000000, 12000000000, 'commissioner', 'lifetime',
       CASE state WHEN 'approved' THEN 'decided' WHEN 'offered' THEN 'offered' WHEN 'accepted' THEN 'accepted' ELSE 'released' END, at,
       CASE WHEN state <> 'approved' THEN at END, CASE WHEN state <> 'approved' THEN '2030-01-01'::date END,
       CASE WHEN state = 'accepted' THEN at END
  FROM made WHERE state IN ('approved', 'offered', 'accepted', 'declined', 'lapsed');
INSERT INTO award_stages SELECT application_id, 1, 'project', amount_cents FROM awards;
INSERT INTO instalments SELECT id, 1, 'initial', 'acceptance', 6000000000 FROM made WHERE state = 'accepted';
INSERT INTO claims (id, application_id, instalment, state, claimed_cents, evidence, certified_cents, created_at)
SELECT pg_temp.id(5, 473385600000 + n), id, 'initial', CASE WHEN n % 2 = 0 THEN 'submitted' ELSE 'certified' END, 6000000000, 'Accounts',
       CASE WHEN n % 2 = 0 THEN NULL ELSE 6000000000 END, at
  FROM made WHERE state = 'accepted' AND n % 20 < 2;
INSERT INTO batches (id, reference, state, prepared_by, prepared_at, total_cents)
SELECT pg_temp.id(4, 473385600000 + n), 'PAY-2026-9' || lpad(n::text, 5, '0'), 'prepared', pg_temp.id(1, 60001), '2026-01-01Z', 1
  FROM generate_series(1, 30::bigint) n;

-- What has been written of each: three entries, and letters that have been sent, but for a few.
INSERT INTO audit_entries
SELECT id, part, 'application', '{"application_edited":{"application":"' || id || '","content":"made up"}}',
       '{"person":"' || author_id || '"}', created_at, created_at, repeat('0', 64), md5(part || reference) || md5(reference)
  FROM applications, generate_series(1, 3) part;
INSERT INTO audit_heads SELECT subject_id, sequence, hash FROM audit_entries WHERE sequence = 3;
INSERT INTO outbox (id, subject_id, sequence, notice, state, attempts, due_at, created_at, settled_at)
SELECT pg_temp.id(10, n), id, 3, '{"to":{"applicants":"' || id || '"},"letter":"application_received"}',
       CASE WHEN n > 199900 THEN 'waiting' WHEN n > 199800 THEN 'dead' ELSE 'sent' END, 1, created_at, created_at,
       CASE WHEN n <= 199900 THEN created_at END
  FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM applications) applications;
INSERT INTO idempotency_keys
SELECT pg_temp.id(1, 10000 + 1 + n % 1000), 'POST /api/v1/applications', 'earlier-' || n, decode(repeat('00', 32), 'hex'),
       '{"status":201,"body":"{}"}', now() FROM generate_series(1, 100000) n;
ALTER SEQUENCE application_serial RESTART 300000;
COMMIT;
VACUUM ANALYZE;
