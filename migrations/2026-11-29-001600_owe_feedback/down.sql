DROP TRIGGER feedback_given ON feedback;
DROP FUNCTION feedback_is_given();
DROP TRIGGER applications_feedback ON applications;
DROP FUNCTION feedback_falls_due();
ALTER TABLE applications DROP COLUMN feedback_owed;
