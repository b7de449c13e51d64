UPDATE outbox SET state = 'dead' WHERE state = 'dropped';
ALTER TABLE outbox DROP CONSTRAINT outbox_state_check,
  ADD CONSTRAINT outbox_state_check CHECK (state IN ('waiting', 'sent', 'dead'));
