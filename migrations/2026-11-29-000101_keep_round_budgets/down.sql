CREATE OR REPLACE FUNCTION envelope_follows_the_ledger() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.envelopes SET posted_cents = posted_cents - NEW.amount_cents
   WHERE scheme_code = (SELECT scheme_code FROM public.applications WHERE id = NEW.application_id);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'case % takes money from a scheme that has none', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
DROP TABLE round_balances;
DROP FUNCTION round_must_agree();
