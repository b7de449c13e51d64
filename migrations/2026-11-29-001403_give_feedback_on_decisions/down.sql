DROP TRIGGER feedback_on_what_is_told ON feedback;
DROP FUNCTION feedback_must_be_on_what_is_told();
-- There is room for one of each case: the last one.
ALTER TABLE feedback DISABLE TRIGGER feedback_append_only;
DELETE FROM feedback f USING feedback later WHERE later.application_id = f.application_id AND later.decision > f.decision;
ALTER TABLE feedback ENABLE TRIGGER feedback_append_only;
ALTER TABLE feedback
  DROP CONSTRAINT feedback_pkey,
  DROP COLUMN decision,
  ADD PRIMARY KEY (application_id);
