DROP TRIGGER batches_not_held ON batches;
DROP TRIGGER payments_not_held ON payments;
DROP FUNCTION release_must_not_be_held, payment_must_not_be_held, holds_on;
DROP TABLE holds;
DROP FUNCTION hold_must_take_its_steps, hold_key;
