DROP INDEX assessments_by_assessor;
CREATE INDEX assessments_by_assessor ON assessments (assessor_id, state, application_id);
DROP INDEX applications_submitted_by_scheme_and_state;
DROP INDEX applications_submitted_by_scheme;
DROP INDEX applications_submitted_by_state;
CREATE INDEX applications_by_scheme_and_state ON applications (scheme_code, state, id DESC);
CREATE INDEX applications_by_state ON applications (state, id DESC);
