DROP TRIGGER panel_cases_of_the_round ON panel_cases;
DROP FUNCTION panel_case_must_be_of_its_round();
ALTER TABLE panels DROP COLUMN round;
