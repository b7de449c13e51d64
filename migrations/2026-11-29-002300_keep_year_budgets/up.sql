-- What is committed and reserved of the money of a year: kept as that of a round is. A year is known by its first day, and a case counts
-- in the year in which it was submitted.
ALTER TABLE applications ADD COLUMN year_from date,
  ADD CONSTRAINT applications_year CHECK (year_from IS NULL OR year_from <= submitted_on AND year_from > submitted_on - 366);

CREATE TABLE year_balances (
  scheme_code           text NOT NULL,
  year_from             date NOT NULL,
  limit_cents           bigint CHECK (limit_cents >= 0),
  committed_cents       bigint NOT NULL CHECK (committed_cents >= 0),
  posted_cents          bigint NOT NULL DEFAULT 0 CHECK (posted_cents >= 0),
  reserved_cents        bigint NOT NULL DEFAULT 0 CHECK (reserved_cents >= 0),
  posted_reserved_cents bigint NOT NULL DEFAULT 0 CHECK (posted_reserved_cents >= 0),
  PRIMARY KEY (scheme_code, year_from),
  CHECK (committed_cents + reserved_cents <= limit_cents)
);

CREATE OR REPLACE FUNCTION envelope_follows_the_ledger() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  taken    bigint := CASE NEW.account WHEN 'envelope' THEN -NEW.amount_cents ELSE 0 END;
  reserved bigint := CASE NEW.account WHEN 'reservation' THEN NEW.amount_cents ELSE 0 END;
  scheme   text;
  of_round text;
  of_year  date;
BEGIN
  SELECT scheme_code, round, year_from INTO scheme, of_round, of_year FROM public.applications WHERE id = NEW.application_id;
  UPDATE public.envelopes SET posted_cents = posted_cents + taken, posted_reserved_cents = posted_reserved_cents + reserved
   WHERE scheme_code = scheme;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'case % takes money from a scheme that has none', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  IF of_round IS NOT NULL THEN
    UPDATE public.round_balances SET posted_cents = posted_cents + taken, posted_reserved_cents = posted_reserved_cents + reserved
     WHERE (scheme_code, round) = (scheme, of_round);
    IF NOT FOUND THEN
      RAISE EXCEPTION 'case % takes money from a round that has none', NEW.application_id USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  IF of_year IS NOT NULL THEN
    UPDATE public.year_balances SET posted_cents = posted_cents + taken, posted_reserved_cents = posted_reserved_cents + reserved
     WHERE (scheme_code, year_from) = (scheme, of_year);
    IF NOT FOUND THEN
      RAISE EXCEPTION 'case % takes money from a year that has none', NEW.application_id USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NULL;
END
$$;

CREATE FUNCTION year_must_agree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.year_balances WHERE (scheme_code, year_from) = (NEW.scheme_code, NEW.year_from)
                AND (committed_cents + reserved_cents <> posted_cents OR reserved_cents <> posted_reserved_cents)) THEN
    RAISE EXCEPTION 'the money of the year from % of % does not agree with the ledger', NEW.year_from, NEW.scheme_code
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER year_balances_agree AFTER INSERT OR UPDATE ON year_balances
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION year_must_agree();

-- In which year a case counts stays as its submission does.
CREATE TRIGGER applications_year_stays BEFORE UPDATE ON applications FOR EACH ROW
  WHEN (OLD.submitted_at IS NOT NULL AND OLD.year_from IS DISTINCT FROM NEW.year_from) EXECUTE FUNCTION refuse_second_thoughts();

GRANT SELECT, INSERT (scheme_code, year_from, limit_cents, committed_cents), UPDATE (limit_cents, committed_cents, reserved_cents)
  ON year_balances TO almoner_app;
GRANT INSERT (year_from), UPDATE (year_from) ON applications TO almoner_app;
