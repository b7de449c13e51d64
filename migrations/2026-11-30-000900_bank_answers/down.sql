-- What banks have answered is forgotten, and it goes only where nothing has come back: what is owed again would be paid for ever.
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
CREATE OR REPLACE FUNCTION case_must_be_sound(the_case uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  law       text;
  held      numeric;
  reserved  numeric;
  paid      numeric;
  paid_out  numeric := (SELECT sum(p.amount_cents) FROM public.payments p JOIN public.batches b ON b.id = p.batch_id
                        WHERE p.application_id = the_case AND b.state = 'released');
  moved_by  text    := (SELECT kind FROM public.award_changes WHERE application_id = the_case AND
                         kind IN ('suspension', 'resumption', 'termination') ORDER BY number DESC LIMIT 1);
BEGIN
  SELECT sum(amount_cents) FILTER (WHERE account IN ('commitment', 'paid')), sum(amount_cents) FILTER (WHERE account = 'reservation'),
         sum(amount_cents) FILTER (WHERE account = 'paid')
    INTO held, reserved, paid FROM public.ledger_entries WHERE application_id = the_case;
  SELECT CASE
      WHEN w.state IS DISTINCT FROM CASE a.state
             WHEN 'approved' THEN 'decided' WHEN 'offered' THEN 'offered' WHEN 'accepted' THEN 'accepted' WHEN 'completed' THEN 'accepted'
             WHEN 'suspended' THEN 'accepted' WHEN 'terminated' THEN 'accepted'
             WHEN 'declined' THEN 'released' WHEN 'lapsed' THEN 'released'
             WHEN 'withdrawn' THEN CASE WHEN w.state IS NOT NULL THEN 'released' END
           END THEN 'has an award that does not go with its state'
      WHEN (w.amount_cents, w.scheme_code, w.organisation_id) <> (a.recommended_cents, a.scheme_code, a.organisation_id)
        THEN 'has an award that was not recommended'
      WHEN coalesce(held, 0) <> CASE WHEN w.state IS NULL OR w.state = 'released' THEN 0 ELSE coalesce(w.settled_cents, w.current_cents) END
        THEN 'does not hold in the ledger what its award says'
      WHEN coalesce(reserved, 0) <> a.reserved_cents THEN 'has not reserved in the ledger what it says'
      WHEN paid IS DISTINCT FROM paid_out THEN 'has not been paid what its released batches say'
      WHEN a.state IN ('completed', 'terminated') AND (w.settled_cents IS NULL OR coalesce(held, 0) <> coalesce(paid, 0))
        THEN 'is completed before all is paid'
      WHEN (a.state = 'suspended') <> coalesce(moved_by = 'suspension', false) OR (a.state = 'terminated') <> coalesce(moved_by = 'termination', false)
        THEN 'does not stand where its changes have brought it'
    END INTO law
    FROM public.applications a LEFT JOIN public.awards w ON w.application_id = a.id WHERE a.id = the_case;
  IF law IS NOT NULL THEN
    RAISE EXCEPTION 'case % %', the_case, law USING ERRCODE = 'check_violation';
  END IF;
END
$$;
CREATE OR REPLACE FUNCTION cases_of_batch_must_be_sound() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.case_must_be_sound(application_id) FROM public.payments WHERE batch_id = NEW.id GROUP BY application_id;
  RETURN NULL;
END
$$;
DROP TRIGGER claims_paid ON claims;
DROP FUNCTION claim_of_row_must_stand;
CREATE FUNCTION claim_must_be_paid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.payments p JOIN public.batches b ON b.id = p.batch_id
                 WHERE p.claim_id = NEW.id AND b.state = 'released') THEN
    RAISE EXCEPTION 'claim % has not been paid by a released batch', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER claims_paid AFTER INSERT OR UPDATE ON claims
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'paid') EXECUTE FUNCTION claim_must_be_paid();
DROP TRIGGER claims_certified ON claims;
CREATE TRIGGER claims_certified BEFORE UPDATE ON claims FOR EACH ROW
  WHEN (OLD.state IN ('returned', 'paid', 'nil') OR OLD.certified_cents <> NEW.certified_cents OR
        OLD.state = 'certified' AND NEW.state <> 'paid')
  EXECUTE FUNCTION refuse_second_thoughts();
DROP TRIGGER claims_certified_of_running_awards ON claims;
CREATE TRIGGER claims_certified_of_running_awards BEFORE UPDATE ON claims FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND NEW.state IN ('certified', 'nil', 'paid')) EXECUTE FUNCTION award_of_row_must_run();
DELETE FROM application_steps WHERE (from_state, to_state) = ('completed', 'accepted');
DROP TABLE unmatched_closings, unmatched_items, payment_statuses, bank_answers;
DROP FUNCTION closing_must_be_by_another, payment_status_must_follow, claim_of_status_must_stand, claim_must_stand, claim_out_cents;
ALTER TABLE payments DROP CONSTRAINT payments_once_in_a_batch;
