DROP TRIGGER applications_depart_with_reason ON applications;
DROP FUNCTION departure_must_say_why();
DROP TABLE feedback, panel_departures, panel_minutes, panel_assessors, panel_cases, panels, assessment_steps;
ALTER TABLE assessments DROP COLUMN feedback;
