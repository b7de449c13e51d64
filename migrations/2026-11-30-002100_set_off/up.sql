-- A payment may meet a demand of the same organisation, in part or in whole: so much of it is set off, and only the rest is transferred.
ALTER TABLE payments
  ADD COLUMN set_off_cents bigint NOT NULL DEFAULT 0 CHECK (set_off_cents >= 0 AND set_off_cents <= amount_cents),
  ADD COLUMN set_off_recovery_id uuid REFERENCES recoveries,
  ADD CONSTRAINT payments_set_off_against_a_demand CHECK ((set_off_cents > 0) = (set_off_recovery_id IS NOT NULL));
CREATE INDEX payments_by_demand ON payments (set_off_recovery_id) WHERE set_off_recovery_id IS NOT NULL;

CREATE FUNCTION payment_must_be_set_off_against_its_payee() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.recoveries r JOIN public.applications owing ON owing.id = r.application_id
                   JOIN public.applications paid ON paid.id = NEW.application_id
                  WHERE r.id = NEW.set_off_recovery_id AND r.state = 'confirmed' AND owing.organisation_id = paid.organisation_id) THEN
    RAISE EXCEPTION 'payment of % is set off against what its payee does not owe', NEW.claim_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER payments_set_off BEFORE INSERT ON payments
  FOR EACH ROW WHEN (NEW.set_off_cents > 0) EXECUTE FUNCTION payment_must_be_set_off_against_its_payee();

-- What is set off is a receipt of the demand, made by the release: of that payment once, and never reversed.
ALTER TABLE recovery_entries
  ADD COLUMN batch_id uuid,
  ADD COLUMN claim_id uuid,
  ADD CONSTRAINT recovery_entries_of_a_payment FOREIGN KEY (batch_id, claim_id) REFERENCES payments (batch_id, claim_id) MATCH FULL,
  ADD CONSTRAINT recovery_entries_once_of_a_payment UNIQUE (batch_id, claim_id),
  DROP CONSTRAINT recovery_entries_of_a_credit,
  ADD CONSTRAINT recovery_entries_of_a_credit_or_payment
    CHECK (num_nonnulls(item_id, claim_id) = CASE kind WHEN 'receipt' THEN 1 ELSE 0 END) NOT VALID;

CREATE FUNCTION set_off_must_be_of_a_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.kind = 'reversal' THEN
    IF EXISTS (SELECT 1 FROM public.recovery_entries WHERE id = NEW.reverses AND claim_id IS NOT NULL) THEN
      RAISE EXCEPTION 'entry % was set off against a payment and stays', NEW.reverses USING ERRCODE = 'check_violation';
    END IF;
  ELSIF NOT EXISTS (SELECT 1 FROM public.payments p JOIN public.batches b ON b.id = p.batch_id
                     WHERE (p.batch_id, p.claim_id) = (NEW.batch_id, NEW.claim_id) AND p.set_off_recovery_id = NEW.recovery_id
                       AND p.set_off_cents = NEW.principal_cents + NEW.interest_cents
                       AND (b.state, b.released_by, b.released_at) = ('released', NEW.entered_by, NEW.entered_at)) THEN
    RAISE EXCEPTION 'entry % is not what a release has set off', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER recovery_entries_of_a_release BEFORE INSERT ON recovery_entries
  FOR EACH ROW WHEN (NEW.kind = 'reversal' OR NEW.claim_id IS NOT NULL) EXECUTE FUNCTION set_off_must_be_of_a_release();

CREATE FUNCTION release_must_set_off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.payments p WHERE p.batch_id = NEW.id AND p.set_off_cents > 0
                AND NOT EXISTS (SELECT 1 FROM public.recovery_entries e WHERE (e.batch_id, e.claim_id) = (p.batch_id, p.claim_id))) THEN
    RAISE EXCEPTION 'batch % is released without what it sets off', NEW.reference USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER batches_set_off AFTER UPDATE ON batches
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'released') EXECUTE FUNCTION release_must_set_off();

-- A bank is told of what is transferred, and speaks of that alone.
CREATE OR REPLACE FUNCTION payment_status_must_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  amount   bigint;
  returned numeric;
BEGIN
  PERFORM 1 FROM public.claims WHERE id = NEW.claim_id FOR NO KEY UPDATE;
  SELECT p.amount_cents - p.set_off_cents INTO amount FROM public.payments p JOIN public.batches b ON b.id = p.batch_id
   WHERE (p.batch_id, p.claim_id) = (NEW.batch_id, NEW.claim_id) AND b.state = 'released';
  IF coalesce(amount, 0) = 0 OR NOT EXISTS (SELECT 1 FROM public.bank_answers a
       WHERE a.id = NEW.answer_id AND (a.batch_id IS NULL OR a.batch_id = NEW.batch_id)) THEN
    RAISE EXCEPTION 'the answer % is to no release of %', NEW.answer_id, NEW.claim_id USING ERRCODE = 'check_violation';
  END IF;
  SELECT coalesce(sum(returned_cents), 0) INTO returned FROM public.payment_statuses
   WHERE (batch_id, claim_id) = (NEW.batch_id, NEW.claim_id);
  IF returned + NEW.returned_cents > amount THEN
    RAISE EXCEPTION 'more of the payment of % comes back than is out', NEW.claim_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.status = 'rejected' AND (NEW.returned_cents <> amount OR EXISTS (SELECT 1 FROM public.payment_statuses
        WHERE (batch_id, claim_id) = (NEW.batch_id, NEW.claim_id) AND status IN ('executed', 'returned', 'rejected')))
     OR NEW.status = 'executed' AND EXISTS (SELECT 1 FROM public.payment_statuses
        WHERE (batch_id, claim_id) = (NEW.batch_id, NEW.claim_id) AND status = 'rejected') THEN
    RAISE EXCEPTION 'the payment of % cannot be %', NEW.claim_id, NEW.status USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
