-- What is committed of what there is for a round: kept as the envelope is. The row is locked between that of the scheme and that of the
-- applicant.
CREATE TABLE round_balances (
  scheme_code     text NOT NULL,
  round           text NOT NULL CHECK (round ~ '^(round|cut_off)\.[a-z0-9_]{1,40}$'),
  limit_cents     bigint CHECK (limit_cents >= 0),
  committed_cents bigint NOT NULL CHECK (committed_cents >= 0),
  posted_cents    bigint NOT NULL DEFAULT 0 CHECK (posted_cents >= 0),
  PRIMARY KEY (scheme_code, round),
  CHECK (committed_cents <= limit_cents)
);
INSERT INTO round_balances (scheme_code, round, committed_cents, posted_cents)
SELECT scheme_code, round, -sum(amount_cents), -sum(amount_cents) FROM ledger_entries JOIN applications ON id = application_id
 WHERE account = 'envelope' AND round IS NOT NULL GROUP BY 1, 2;

-- What the ledger has taken from the scheme's money it has taken from that of the round.
CREATE OR REPLACE FUNCTION envelope_follows_the_ledger() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.envelopes SET posted_cents = posted_cents - NEW.amount_cents
   WHERE scheme_code = (SELECT scheme_code FROM public.applications WHERE id = NEW.application_id);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'case % takes money from a scheme that has none', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  UPDATE public.round_balances b SET posted_cents = posted_cents - NEW.amount_cents
    FROM public.applications a
   WHERE a.id = NEW.application_id AND (b.scheme_code, b.round) = (a.scheme_code, a.round);
  IF NOT FOUND AND EXISTS (SELECT 1 FROM public.applications WHERE id = NEW.application_id AND round IS NOT NULL) THEN
    RAISE EXCEPTION 'case % takes money from a round that has none', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;

CREATE FUNCTION round_must_agree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.round_balances WHERE (scheme_code, round) = (NEW.scheme_code, NEW.round)
                AND committed_cents <> posted_cents) THEN
    RAISE EXCEPTION 'the budget of % of % does not agree with the ledger', NEW.round, NEW.scheme_code
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER round_balances_agree AFTER INSERT OR UPDATE ON round_balances
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION round_must_agree();

GRANT SELECT, INSERT (scheme_code, round, limit_cents, committed_cents), UPDATE (limit_cents, committed_cents)
  ON round_balances TO almoner_app;
