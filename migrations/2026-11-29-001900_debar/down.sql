DROP TRIGGER batches_not_debarred ON batches;
DROP TRIGGER payments_not_debarred ON payments;
DROP TRIGGER awards_accepted_not_debarred ON awards;
DROP TRIGGER awards_not_debarred ON awards;
DROP TRIGGER application_returns_not_debarred ON application_returns;
DROP TRIGGER applications_not_debarred ON applications;
DROP TABLE debarments;
DROP FUNCTION release_must_not_be_debarred, payment_must_not_be_debarred, award_must_not_be_debarred, answer_must_not_be_debarred,
  submission_must_not_be_debarred, who_applies, none_may_be_debarred, debarment_must_take_its_steps, debarment_must_be_of_others,
  debarment_key;
