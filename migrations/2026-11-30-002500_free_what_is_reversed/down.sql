DROP INDEX recovery_write_offs_waiting;
CREATE OR REPLACE FUNCTION receipt_must_be_of_a_credit() RETURNS trigger LANGUAGE plpgsql AS $$
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
DROP FUNCTION unmatched_set_aside_cents;
