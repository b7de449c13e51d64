DROP TRIGGER batches_set_off ON batches;
DROP FUNCTION release_must_set_off;
DROP TRIGGER recovery_entries_of_a_release ON recovery_entries;
DROP FUNCTION set_off_must_be_of_a_release;
CREATE OR REPLACE FUNCTION payment_status_must_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  amount   bigint;
  returned numeric;
BEGIN
  PERFORM 1 FROM public.claims WHERE id = NEW.claim_id FOR NO KEY UPDATE;
  SELECT p.amount_cents INTO amount FROM public.payments p JOIN public.batches b ON b.id = p.batch_id
   WHERE (p.batch_id, p.claim_id) = (NEW.batch_id, NEW.claim_id) AND b.state = 'released';
  IF amount IS NULL OR NOT EXISTS (SELECT 1 FROM public.bank_answers a
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
ALTER TABLE recovery_entries
  DROP CONSTRAINT recovery_entries_of_a_credit_or_payment,
  ADD CONSTRAINT recovery_entries_of_a_credit CHECK ((kind = 'receipt') = (item_id IS NOT NULL)) NOT VALID,
  DROP COLUMN claim_id,
  DROP COLUMN batch_id;
DROP TRIGGER payments_set_off ON payments;
DROP FUNCTION payment_must_be_set_off_against_its_payee;
ALTER TABLE payments DROP COLUMN set_off_recovery_id, DROP COLUMN set_off_cents;
