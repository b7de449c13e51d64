DROP TRIGGER applications_wait ON applications;
DROP FUNCTION wait_begins();
DROP FUNCTION waits_from(uuid, text, timestamptz);
DROP INDEX applications_waiting;
ALTER TABLE applications DROP COLUMN waits_from;
