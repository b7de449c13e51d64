-- Recommended cases, made up, each of an applicant of its own: what is approved by benches/load/approvals.
-- For a database that is migrated, empty, and has BENCH-00 to BENCH-34 published. The variable `cases` is how many each kind has.
\set content '{"title": "An accelerator for robots and 智能系統", "summary": "What is known, what is new, who will use it, and how anybody will see that it has worked. 這是一個虛構的項目。", "request": {"applicant": {"facts": {"start_up_service_institution": true}}, "project": {"facts": {}, "stages": [{"stage": "project", "months": 24, "costs": [{"category": "operation", "amount": "12000.00"}, {"category": "manpower", "amount": "3000.00"}], "contributions": [{"from": "institution", "form": "cash", "amount": "10000.00"}]}]}, "requested": "5000.00"}}'
\set parts '[{"by": [["assistant_commissioner", "15000000.00"], ["commissioner", null]], "code": "approval", "kind": "step"}]'

-- Ids that sort by time, as the server makes them. It stays: pgbench works the same ids out.
CREATE FUNCTION bench_id(kind integer, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex(1451606400000 + n), 12, '0') || '7' || lpad(to_hex(kind), 3, '0') || '8' || lpad(to_hex(n), 15, '0'))::uuid
$$;
-- And it writes texts into columns of JSON, as the server does with a parameter of that type.
CREATE CAST (text AS jsonb) WITH INOUT AS ASSIGNMENT;

BEGIN;
SET LOCAL session_replication_role = replica;
SET LOCAL synchronous_commit = off;

INSERT INTO people (id, email, name, language, active, version, created_at)
SELECT bench_id(1, n), 'person' || n || '@people.example', 'Fictitious person ' || n, 'en', true, 1, '2016-01-01Z' FROM generate_series(1, 104) n;
INSERT INTO person_roles SELECT bench_id(1, n), 'approver' FROM generate_series(1, 100) n;
INSERT INTO person_authorities SELECT bench_id(1, n), 'commissioner' FROM generate_series(1, 100) n;
INSERT INTO sessions (id, person_id, created_at, refreshed_at, expires_at)
SELECT gen_random_uuid(), bench_id(1, n), '2026-01-01Z', '2026-01-01Z', '2100-01-01Z' FROM generate_series(1, 100) n;

UPDATE scheme_texts SET id = bench_id(9, right(code, 2)::bigint);

-- A million numbers for each kind: ours on one envelope, pgbench on it, ours on 32, pgbench on those, and two of a few, with room for fewer.
CREATE TEMP TABLE made AS
SELECT 1000000 * kind + i AS n,
       'BENCH-' || lpad(CASE WHEN kind IN (2, 3) THEN 1 + i % 32 WHEN kind = 4 THEN 33 WHEN kind = 5 THEN 34 ELSE 0 END::text, 2, '0') AS scheme
  FROM generate_series(0, 5) kind, generate_series(0, :cases - 1) i
 WHERE kind < 4 OR i < CASE kind WHEN 4 THEN 1000 ELSE 64 END;
INSERT INTO organisations (id, name, ubi, created_at)
SELECT bench_id(2, n), 'Fictitious institution ' || n, lpad(n::text, 8, '0'), '2016-01-01Z' FROM made;
INSERT INTO applications (id, reference, scheme_code, organisation_id, author_id, state, title, content, submitted_by, submitted_at,
                          submitted_on, scheme_text_id, round, requested_cents, allowed_cents, recommended_cents, created_at, version,
                          told_version, state_since, revised_by, revised_at, submitted_revision)
SELECT bench_id(3, n), scheme || '-2026-' || lpad(n::text, 7, '0'), scheme, bench_id(2, n), bench_id(1, 101), 'recommended',
       'An accelerator for robots and 智能系統', :'content', bench_id(1, 101), '2026-02-02Z', '2026-02-02', t.id, 'round.1', 500000, 500000, 500000,
       '2026-02-01Z', 12, 3, '2026-03-02Z', bench_id(1, 101), '2026-02-01Z', 1
  FROM made JOIN scheme_texts t ON t.code = scheme;
INSERT INTO application_stays
SELECT bench_id(3, n), number, state, from_at, until_at
  FROM made, (VALUES (1, 'draft', timestamptz '2026-02-01Z', timestamptz '2026-02-02Z'), (2, 'submitted', '2026-02-02Z', '2026-02-09Z'),
                     (3, 'in_assessment', '2026-02-09Z', '2026-03-02Z')) stay (number, state, from_at, until_at);
INSERT INTO assessments (id, application_id, assessor_id, state, marks, comment, score, created_at, due_on, changed_at)
SELECT bench_id(8, 2 * n + part), bench_id(3, n), bench_id(1, 102 + part), 'scored', '{}', 'Made up.', 8000, '2026-02-09Z', '2026-03-01', '2026-02-20Z'
  FROM made, generate_series(0, 1) part;
INSERT INTO case_duties
SELECT bench_id(3, n), bench_id(1, person), duty
  FROM made, (VALUES (101, 'author'), (102, 'assessor'), (103, 'assessor'), (104, 'recommender')) had (person, duty);
INSERT INTO approval_routes (application_id, number, amount_cents, parts, started_at)
SELECT bench_id(3, n), 1, 500000, :'parts', '2026-03-02Z' FROM made;
INSERT INTO approval_parts (application_id, route, position, code, is_check, authorities)
SELECT bench_id(3, n), 1, 1, 'approval', false, '{assistant_commissioner,commissioner}' FROM made;
INSERT INTO audit_entries
SELECT bench_id(3, n), part, 'application', '{"application":"' || bench_id(3, n) || '","event":"application.edited"}', '{"person":"made up"}',
       '2026-03-02Z', '2026-03-02Z', repeat('0', 64), md5(part || '/' || n) || md5(n::text) FROM made, generate_series(1, 11) part;
INSERT INTO audit_heads SELECT subject_id, sequence, hash FROM audit_entries WHERE sequence = 11;
COMMIT;
VACUUM ANALYZE;
