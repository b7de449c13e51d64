DROP TRIGGER applications_state_since ON applications;
DROP TRIGGER applications_stays ON applications;
DROP FUNCTION stay_ends();
DROP TABLE application_stays;
ALTER TABLE applications DROP COLUMN state_since;
