-- Whoever sets a credit aside sets aside what was left of it then. What a reversal frees of it later can meet another demand.
CREATE FUNCTION unmatched_set_aside_cents(the_item uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT i.amount_cents - coalesce(sum(e.principal_cents + e.interest_cents), 0)::bigint
                     FROM public.unmatched_items i JOIN public.unmatched_closings c ON c.item_id = i.id AND c.payment IS NULL
                     LEFT JOIN public.recovery_entries e ON e.item_id = i.id AND e.entered_at < c.closed_at
                           AND NOT EXISTS (SELECT 1 FROM public.recovery_entries v WHERE v.reverses = e.id AND v.entered_at < c.closed_at)
                    WHERE i.id = the_item GROUP BY i.id), 0)
$$;
CREATE OR REPLACE FUNCTION receipt_must_be_of_a_credit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Two that take from one credit see each other only if the second waits for the first.
  PERFORM pg_advisory_xact_lock(hashtextextended('unmatched', 0));
  IF NOT EXISTS (SELECT 1 FROM public.unmatched_items i JOIN public.bank_answers a ON a.id = i.answer_id
                  WHERE i.id = NEW.item_id AND i.side = 'credit' AND i.currency = 'HKD' AND i.why = 'unknown' AND NOT public.unmatched_is_used_elsewhere(i.id)
                    AND a.recorded_by <> NEW.entered_by
                    AND NOT EXISTS (SELECT 1 FROM public.unmatched_closings c WHERE c.item_id = i.id AND c.payment IS NOT NULL)
                    AND public.unmatched_received_cents(i.id) + public.unmatched_set_aside_cents(i.id)
                      + NEW.principal_cents + NEW.interest_cents <= i.amount_cents) THEN
    RAISE EXCEPTION 'receipt % is not what is left of a credit that somebody else has recorded', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;

-- What waits for a second person is few.
CREATE INDEX recovery_write_offs_waiting ON recovery_write_offs (recovery_id) WHERE approved_by IS NULL;
