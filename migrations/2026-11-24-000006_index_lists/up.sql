-- Lists by scheme and by state are the staff's, who see what has been submitted: drafts need not be in their indexes. They would
-- be read through by a list that shows none of them, and beginning one would write to each.
DROP INDEX applications_by_state;
DROP INDEX applications_by_scheme_and_state;
CREATE INDEX applications_submitted_by_state ON applications (state, id DESC) WHERE submitted_at IS NOT NULL;
CREATE INDEX applications_submitted_by_scheme ON applications (scheme_code, id DESC) WHERE submitted_at IS NOT NULL;
CREATE INDEX applications_submitted_by_scheme_and_state ON applications (scheme_code, state, id DESC) WHERE submitted_at IS NOT NULL;

-- An assessor's cases in the order of a list.
DROP INDEX assessments_by_assessor;
CREATE INDEX assessments_by_assessor ON assessments (assessor_id, application_id, state);
