-- Cases that wait for their last word, made up: so many under one envelope, so many under each of 32, and 64 under one that has room for
-- 20 of them. Each is of an organisation of its own. For a database that is migrated, empty, and has the texts BENCH-… published.
\set one 30000
\set each 1200
\set content '{"title": "Project: materials, smart sensors and 智能系統", "summary": "A made-up project of a made-up organisation. 這是一個虛構的項目。", "request": {"applicant": {"facts": {"incorporated_in_hong_kong": true}}, "project": {"facts": {"sector": "life_and_health"}, "stages": [{"stage": "project", "months": 24, "costs": [{"category": "equipment", "amount": "320000000.00"}, {"category": "manpower", "amount": "81000000.00"}, {"category": "consumables", "amount": "12500000.50"}, {"category": "audit", "amount": "150000.00"}], "contributions": [{"from": "enterprise", "form": "cash", "amount": "290000000.00"}, {"from": "enterprise", "form": "in_kind", "amount": "1200000.00"}], "posts": [{"class": "doctor", "heads": 4, "months": 24}]}]}, "requested": "120000000.00"}}'

BEGIN;
SET LOCAL session_replication_role = replica;
SET LOCAL synchronous_commit = off;
CREATE FUNCTION pg_temp.id(kind integer, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
  $$ SELECT (lpad(to_hex(n), 12, '0') || '7000' || '8' || lpad(to_hex(kind), 15, '0'))::uuid $$;

-- One author, an officer, and 32 who approve.
CREATE TEMP TABLE staff AS
SELECT pg_temp.id(1, 100 * kind + n) AS id, role, n
  FROM (VALUES (1, 'applicant', 1), (2, 'officer', 1), (3, 'approver', 32)) made (kind, role, many), generate_series(1, many) n;
INSERT INTO people (id, email, name, language, active, version, created_at)
SELECT id, role || n || '@people.example', 'Fictitious ' || role || ' ' || n, 'en', true, 1, '2016-01-01Z' FROM staff;
INSERT INTO person_roles SELECT id, role FROM staff;
INSERT INTO person_authorities SELECT id, 'commissioner' FROM staff WHERE role = 'approver';
INSERT INTO sessions (id, person_id, created_at, refreshed_at, expires_at)
SELECT gen_random_uuid(), id, '2026-01-01Z', '2026-01-01Z', '2100-01-01Z' FROM staff;

CREATE TEMP TABLE made AS
SELECT pg_temp.id(3, row_number() OVER ()) AS id, row_number() OVER () AS n, text.code, text.id AS text,
       CASE text.code WHEN 'BENCH-SMALL' THEN 900000000 ELSE 100000 END AS cents
  FROM scheme_texts text, LATERAL generate_series(1, CASE text.code WHEN 'BENCH-ONE' THEN :one WHEN 'BENCH-SMALL' THEN 64 ELSE :each END);
INSERT INTO organisations (id, name, ubi, created_at)
SELECT pg_temp.id(2, n), 'Fictitious Organisation ' || n, lpad(n::text, 8, '0'), '2016-01-01Z' FROM made;
INSERT INTO applications (id, reference, scheme_code, organisation_id, author_id, state, title, content, submitted_by, submitted_at,
                          submitted_on, scheme_text_id, requested_cents, allowed_cents, recommended_cents, created_at, version, told_version,
                          state_since, revised_by, revised_at, submitted_revision)
SELECT id, code || '-2025-' || lpad(n::text, 6, '0'), code, pg_temp.id(2, n), pg_temp.id(1, 101), 'recommended',
       'Project: materials, smart sensors and 智能系統', :'content', pg_temp.id(1, 101), '2025-02-05 10:00+08', '2025-02-05', text,
       12000000000, 12000000000, cents, '2025-02-01Z', 4, 2, '2025-03-01Z', pg_temp.id(1, 101), '2025-02-01Z', 1
  FROM made;
INSERT INTO case_duties (application_id, person_id, duty) SELECT id, pg_temp.id(1, 101), 'author' FROM made;
INSERT INTO approval_routes (application_id, number, amount_cents, parts, started_at)
SELECT id, 1, cents, '[{"kind":"step","code":"approval","by":[["assistant_commissioner","15000000.00"],["commissioner",null]]}]', '2025-03-01Z'
  FROM made;
INSERT INTO approval_parts (application_id, route, position, code, is_check, authorities)
SELECT id, 1, 1, 'approval', false, '{assistant_commissioner,commissioner}' FROM made;
INSERT INTO audit_entries
SELECT id, part, 'application', '{"event":"application.screened","application":"' || id || '"}', '"console"', '2025-03-01Z', '2025-03-01Z',
       repeat('0', 64), md5(part || id::text) || md5(id::text)
  FROM made, generate_series(1, 4) part;
INSERT INTO audit_heads SELECT subject_id, sequence, hash FROM audit_entries WHERE sequence = 4;
COMMIT;
VACUUM ANALYZE;
