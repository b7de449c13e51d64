-- A draft has neither submitter nor text yet, so their indexes need not hold it.
DROP INDEX applications_by_submitter;
DROP INDEX applications_by_scheme_text;
CREATE INDEX applications_by_submitter ON applications (submitted_by) WHERE submitted_by IS NOT NULL;
CREATE INDEX applications_by_scheme_text ON applications (scheme_text_id) WHERE scheme_text_id IS NOT NULL;
-- Answers are written in the order of their age and deleted by the day: blocks are found well enough.
DROP INDEX idempotency_keys_by_age;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys USING brin (created_at);
