-- What comes back of what was paid comes back once, and not on one person's word.

-- A receipt is a credit of the agency's account, which stands in a bank statement that somebody else has recorded. Those from before have none.
ALTER TABLE recovery_entries
  ADD COLUMN item_id uuid REFERENCES unmatched_items,
  ADD CONSTRAINT recovery_entries_of_a_credit CHECK ((kind = 'receipt') = (item_id IS NOT NULL)) NOT VALID;
CREATE INDEX recovery_entries_by_item ON recovery_entries (item_id) WHERE item_id IS NOT NULL;

-- What of an item has met demands: receipts that are not reversed.
CREATE FUNCTION unmatched_received_cents(the_item uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(e.principal_cents + e.interest_cents), 0)::bigint FROM public.recovery_entries e
   WHERE e.item_id = the_item AND NOT EXISTS (SELECT 1 FROM public.recovery_entries v WHERE v.reverses = e.id)
$$;

-- A bank tells of the same transaction in a notice and in a statement: by its reference it meets a demand, or is a return, once.
CREATE INDEX unmatched_items_by_reference ON unmatched_items (bank_reference) WHERE bank_reference IS NOT NULL;
CREATE FUNCTION unmatched_is_used_elsewhere(the_item uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1 FROM public.unmatched_items i JOIN public.unmatched_items o
        ON (o.bank_reference, o.side, o.amount_cents, o.currency) = (i.bank_reference, i.side, i.amount_cents, i.currency) AND o.answer_id <> i.answer_id
     WHERE i.id = the_item AND (public.unmatched_received_cents(o.id) > 0
            OR EXISTS (SELECT 1 FROM public.unmatched_closings c WHERE c.item_id = o.id AND c.payment IS NOT NULL)))
$$;

CREATE FUNCTION receipt_must_be_of_a_credit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Two that take from one credit see each other only if the second waits for the first.
  PERFORM pg_advisory_xact_lock(hashtextextended('unmatched', 0));
  IF NOT EXISTS (SELECT 1 FROM public.unmatched_items i JOIN public.bank_answers a ON a.id = i.answer_id
                  WHERE i.id = NEW.item_id AND i.side = 'credit' AND i.currency = 'HKD' AND i.why = 'unknown' AND NOT public.unmatched_is_used_elsewhere(i.id)
                    AND a.recorded_by <> NEW.entered_by
                    AND NOT EXISTS (SELECT 1 FROM public.unmatched_closings c WHERE c.item_id = i.id)
                    AND public.unmatched_received_cents(i.id) + NEW.principal_cents + NEW.interest_cents <= i.amount_cents) THEN
    RAISE EXCEPTION 'receipt % is not what is left of a credit that somebody else has recorded', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER recovery_entries_of_a_credit BEFORE INSERT ON recovery_entries
  FOR EACH ROW WHEN (NEW.kind = 'receipt' AND NEW.item_id IS NOT NULL) EXECUTE FUNCTION receipt_must_be_of_a_credit();

-- What has met a demand is no return of a payment.
CREATE FUNCTION closing_must_be_of_what_is_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('unmatched', 0));
  IF public.unmatched_received_cents(NEW.item_id) > 0 OR public.unmatched_is_used_elsewhere(NEW.item_id) THEN
    RAISE EXCEPTION 'item % has met a demand or is used elsewhere', NEW.item_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER unmatched_closings_of_what_is_left BEFORE INSERT ON unmatched_closings
  FOR EACH ROW WHEN (NEW.payment IS NOT NULL) EXECUTE FUNCTION closing_must_be_of_what_is_left();

-- A bank can bring back no more than a demand has left: what it brings back beyond that waits.
ALTER TABLE unmatched_items DROP CONSTRAINT unmatched_items_why_check,
  ADD CONSTRAINT unmatched_items_why_check CHECK (why IN ('unknown', 'reversal', 'seen_before', 'award_ended', 'recovered'));

-- Whoever has said that money came back of a claim neither prepares nor releases its next payment.
CREATE FUNCTION has_told_of_return(the_claim uuid, the_person uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM public.payment_statuses s JOIN public.bank_answers a ON a.id = s.answer_id
                   LEFT JOIN public.unmatched_items i ON (i.answer_id, i.place) = (s.answer_id, s.place)
                   LEFT JOIN public.unmatched_closings c ON c.item_id = i.id
                  WHERE s.claim_id = the_claim AND s.returned_cents > 0 AND the_person IN (a.recorded_by, c.closed_by))
$$;
CREATE FUNCTION release_must_not_follow_own_return() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.payments p WHERE p.batch_id = NEW.id AND public.has_told_of_return(p.claim_id, NEW.released_by)) THEN
    RAISE EXCEPTION 'batch % is released by whoever has said that money of it came back', NEW.reference USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER batches_not_after_own_return BEFORE UPDATE ON batches FOR EACH ROW
  WHEN (OLD.state <> 'released' AND NEW.state = 'released') EXECUTE FUNCTION release_must_not_follow_own_return();
CREATE FUNCTION payment_must_not_follow_own_return() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.batches b WHERE b.id = NEW.batch_id AND public.has_told_of_return(NEW.claim_id, b.prepared_by)) THEN
    RAISE EXCEPTION 'payment of % is prepared by whoever has said that it came back', NEW.claim_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER payments_not_after_own_return BEFORE INSERT ON payments
  FOR EACH ROW EXECUTE FUNCTION payment_must_not_follow_own_return();

-- What of each payment has come back by a bank.
CREATE VIEW payment_returns AS
  SELECT batch_id, claim_id, sum(returned_cents)::bigint AS returned_cents FROM payment_statuses WHERE returned_cents > 0 GROUP BY batch_id, claim_id;
GRANT SELECT ON payment_returns TO almoner_app;
