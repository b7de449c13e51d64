-- What was dissolved is forgotten: there is no place for it.
ALTER TABLE payments DISABLE TRIGGER USER;
DELETE FROM payments p USING batches b WHERE b.id = p.batch_id AND b.state = 'dissolved';
ALTER TABLE payments ENABLE TRIGGER USER;
DROP TRIGGER batches_decided ON batches;
DELETE FROM batches WHERE state = 'dissolved';
CREATE TRIGGER batches_released BEFORE UPDATE OR DELETE ON batches FOR EACH ROW
  WHEN (OLD.state = 'released') EXECUTE FUNCTION refuse_second_thoughts();
CREATE OR REPLACE FUNCTION payment_must_fit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.claims WHERE id = NEW.claim_id AND state = 'certified'
                 AND application_id = NEW.application_id AND certified_cents = NEW.amount_cents) THEN
    RAISE EXCEPTION 'payment of % is not what was certified', NEW.claim_id USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM public.batches WHERE id = NEW.batch_id AND state = 'prepared' FOR NO KEY UPDATE) THEN
    RAISE EXCEPTION 'batch % has been released', NEW.batch_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
ALTER TABLE payments DROP CONSTRAINT payments_pkey, ADD PRIMARY KEY (claim_id), DROP COLUMN number;
ALTER TABLE batches DROP COLUMN dissolved_by, DROP COLUMN dissolved_at, DROP COLUMN dissolution_reason,
  DROP CONSTRAINT batches_state_check, ADD CONSTRAINT batches_state_check CHECK (state IN ('prepared', 'released'));
