DROP VIEW payment_returns;
DROP TRIGGER payments_not_after_own_return ON payments;
DROP FUNCTION payment_must_not_follow_own_return;
DROP TRIGGER batches_not_after_own_return ON batches;
DROP FUNCTION release_must_not_follow_own_return;
DROP FUNCTION has_told_of_return;
ALTER TABLE unmatched_items DROP CONSTRAINT unmatched_items_why_check,
  ADD CONSTRAINT unmatched_items_why_check CHECK (why IN ('unknown', 'reversal', 'seen_before', 'award_ended'));
DROP TRIGGER unmatched_closings_of_what_is_left ON unmatched_closings;
DROP FUNCTION closing_must_be_of_what_is_left;
DROP TRIGGER recovery_entries_of_a_credit ON recovery_entries;
DROP FUNCTION receipt_must_be_of_a_credit;
DROP FUNCTION unmatched_is_used_elsewhere;
DROP INDEX unmatched_items_by_reference;
DROP FUNCTION unmatched_received_cents;
ALTER TABLE recovery_entries DROP CONSTRAINT recovery_entries_of_a_credit, DROP COLUMN item_id;
