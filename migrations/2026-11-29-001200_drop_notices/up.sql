-- A reminder of what is over by the time it is to go out is dropped. That is no failure, and nobody needs to look at it.
ALTER TABLE outbox DROP CONSTRAINT outbox_state_check,
  ADD CONSTRAINT outbox_state_check CHECK (state IN ('waiting', 'sent', 'dead', 'dropped'));
