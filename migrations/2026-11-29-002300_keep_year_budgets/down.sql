CREATE OR REPLACE FUNCTION envelope_follows_the_ledger() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  taken    bigint := CASE NEW.account WHEN 'envelope' THEN -NEW.amount_cents ELSE 0 END;
  reserved bigint := CASE NEW.account WHEN 'reservation' THEN NEW.amount_cents ELSE 0 END;
BEGIN
  UPDATE public.envelopes SET posted_cents = posted_cents + taken, posted_reserved_cents = posted_reserved_cents + reserved
   WHERE scheme_code = (SELECT scheme_code FROM public.applications WHERE id = NEW.application_id);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'case % takes money from a scheme that has none', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  UPDATE public.round_balances b SET posted_cents = posted_cents + taken, posted_reserved_cents = posted_reserved_cents + reserved
    FROM public.applications a
   WHERE a.id = NEW.application_id AND (b.scheme_code, b.round) = (a.scheme_code, a.round);
  IF NOT FOUND AND EXISTS (SELECT 1 FROM public.applications WHERE id = NEW.application_id AND round IS NOT NULL) THEN
    RAISE EXCEPTION 'case % takes money from a round that has none', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
DROP TRIGGER applications_year_stays ON applications;
DROP TABLE year_balances;
DROP FUNCTION year_must_agree();
ALTER TABLE applications DROP COLUMN year_from;
