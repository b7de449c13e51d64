DROP INDEX idempotency_keys_by_age;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
DROP INDEX applications_by_scheme_text;
DROP INDEX applications_by_submitter;
CREATE INDEX applications_by_submitter ON applications (submitted_by);
CREATE INDEX applications_by_scheme_text ON applications (scheme_text_id);
