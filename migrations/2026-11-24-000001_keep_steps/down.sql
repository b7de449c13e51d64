DROP TRIGGER applications_steps ON applications;
DROP TRIGGER applications_begin ON applications;
DROP FUNCTION application_must_step();
DROP TABLE application_steps;
