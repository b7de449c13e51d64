DROP TRIGGER refusals_left ON applications;
DROP TABLE reviews;
DROP FUNCTION review_must_be_of_a_refusal(), review_must_end_by_others(), review_must_open_again(), refusal_must_be_left_openly(), on_the_case(uuid);
ALTER TABLE case_duties DISABLE TRIGGER USER;
DELETE FROM case_duties WHERE duty = 'reviewer';
ALTER TABLE case_duties ENABLE TRIGGER USER;
ALTER TABLE case_duties DROP CONSTRAINT case_duties_duty_check, ADD CONSTRAINT case_duties_duty_check CHECK (duty IN
  ('author', 'assessor', 'recommender', 'approver', 'payment_preparer', 'payment_releaser'));
