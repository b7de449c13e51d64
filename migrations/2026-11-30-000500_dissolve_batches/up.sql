-- A batch that waits may be dissolved: it is decided then as one that is released, and never changes again.
ALTER TABLE batches ADD COLUMN dissolved_by uuid REFERENCES people, ADD COLUMN dissolved_at timestamptz, ADD COLUMN dissolution_reason text CHECK (dissolution_reason <> ''),
  DROP CONSTRAINT batches_state_check, ADD CONSTRAINT batches_state_check CHECK (state IN ('prepared', 'released', 'dissolved')),
  ADD CONSTRAINT batches_dissolved CHECK ((state = 'dissolved') = (dissolved_by IS NOT NULL)
    AND (dissolved_by IS NULL) = (dissolved_at IS NULL) AND (dissolved_by IS NULL) = (dissolution_reason IS NULL));
CREATE INDEX batches_by_dissolver ON batches (dissolved_by);
GRANT UPDATE (dissolved_by, dissolved_at, dissolution_reason) ON batches TO almoner_app;

DROP TRIGGER batches_released ON batches;
CREATE TRIGGER batches_decided BEFORE UPDATE OR DELETE ON batches FOR EACH ROW
  WHEN (OLD.state <> 'prepared') EXECUTE FUNCTION refuse_second_thoughts();

-- The payments of a claim are numbered, and each but the last is of a dissolved batch: the next number is one more than those are. So the
-- key lets none stand beside one that waits or is paid, whoever comes at the same moment and whatever they have read; and since what is
-- dissolved stays so, that holds for ever.
ALTER TABLE payments ADD COLUMN number integer NOT NULL DEFAULT 1 CHECK (number > 0),
  DROP CONSTRAINT payments_pkey, ADD PRIMARY KEY (claim_id, number);

CREATE OR REPLACE FUNCTION payment_must_fit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.claims WHERE id = NEW.claim_id AND state = 'certified'
                 AND application_id = NEW.application_id AND certified_cents = NEW.amount_cents) THEN
    RAISE EXCEPTION 'payment of % is not what was certified', NEW.claim_id USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM public.batches WHERE id = NEW.batch_id AND state = 'prepared' FOR NO KEY UPDATE) THEN
    RAISE EXCEPTION 'batch % has been released or dissolved', NEW.batch_id USING ERRCODE = 'check_violation';
  END IF;
  NEW.number := 1 + (SELECT count(*) FROM public.payments p JOIN public.batches b ON b.id = p.batch_id
                      WHERE p.claim_id = NEW.claim_id AND b.state = 'dissolved');
  RETURN NEW;
END
$$;
