-- Where nothing is due any more, nothing is certified: the claim ends there, and so may the case. What was paid above what actual
-- cost allows is noted with the settlement.
ALTER TABLE claims
  DROP CONSTRAINT claims_state_check, DROP CONSTRAINT claims_claimed_cents_check,
  DROP CONSTRAINT claims_check, DROP CONSTRAINT claims_check1,
  ADD CONSTRAINT claims_state_check CHECK (state IN ('submitted', 'returned', 'certified', 'paid', 'nil')),
  ADD CONSTRAINT claims_claimed_cents_check CHECK (claimed_cents >= 0),
  ADD CONSTRAINT claims_check CHECK (certified_cents BETWEEN 0 AND claimed_cents),
  ADD CONSTRAINT claims_check1 CHECK (CASE WHEN state IN ('certified', 'paid') THEN coalesce(certified_cents, 0) > 0
                                           WHEN state = 'nil' THEN coalesce(certified_cents, 1) = 0
                                           ELSE certified_cents IS NULL END);
DROP TRIGGER claims_certified ON claims;
CREATE TRIGGER claims_certified BEFORE UPDATE ON claims FOR EACH ROW
  WHEN (OLD.state IN ('returned', 'paid', 'nil') OR OLD.certified_cents <> NEW.certified_cents OR
        OLD.state = 'certified' AND NEW.state <> 'paid')
  EXECUTE FUNCTION refuse_second_thoughts();

ALTER TABLE awards ADD COLUMN overpaid_cents bigint CHECK (overpaid_cents BETWEEN 0 AND settled_cents);
ALTER TABLE awards DISABLE TRIGGER USER;
UPDATE awards SET overpaid_cents = 0 WHERE settled_cents IS NOT NULL;
ALTER TABLE awards ENABLE TRIGGER USER;
ALTER TABLE awards ADD CHECK ((overpaid_cents IS NULL) = (settled_cents IS NULL));
GRANT UPDATE (overpaid_cents) ON awards TO almoner_app;

-- A case of which nothing was needed is completed without a payment.
CREATE OR REPLACE FUNCTION case_must_be_sound(the_case uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  law       text;
  held      numeric := (SELECT sum(amount_cents) FROM public.ledger_entries WHERE application_id = the_case AND account <> 'envelope');
  paid      numeric := (SELECT sum(amount_cents) FROM public.ledger_entries WHERE application_id = the_case AND account = 'paid');
  paid_out  numeric := (SELECT sum(p.amount_cents) FROM public.payments p JOIN public.batches b ON b.id = p.batch_id
                        WHERE p.application_id = the_case AND b.state = 'released');
BEGIN
  SELECT CASE
      WHEN w.state IS DISTINCT FROM CASE a.state
             WHEN 'approved' THEN 'decided' WHEN 'offered' THEN 'offered' WHEN 'accepted' THEN 'accepted' WHEN 'completed' THEN 'accepted'
             WHEN 'declined' THEN 'released' WHEN 'lapsed' THEN 'released'
             WHEN 'withdrawn' THEN CASE WHEN w.state IS NOT NULL THEN 'released' END
           END THEN 'has an award that does not go with its state'
      WHEN (w.amount_cents, w.scheme_code, w.organisation_id) <> (a.recommended_cents, a.scheme_code, a.organisation_id)
        THEN 'has an award that was not recommended'
      WHEN coalesce(held, 0) <> CASE WHEN w.state IS NULL OR w.state = 'released' THEN 0 ELSE coalesce(w.settled_cents, w.amount_cents) END
        THEN 'does not hold in the ledger what its award says'
      WHEN paid IS DISTINCT FROM paid_out THEN 'has not been paid what its released batches say'
      WHEN a.state = 'completed' AND (w.settled_cents IS NULL OR coalesce(held, 0) <> coalesce(paid, 0)) THEN 'is completed before all is paid'
    END INTO law
    FROM public.applications a LEFT JOIN public.awards w ON w.application_id = a.id WHERE a.id = the_case;
  IF law IS NOT NULL THEN
    RAISE EXCEPTION 'case % %', the_case, law USING ERRCODE = 'check_violation';
  END IF;
END
$$;
