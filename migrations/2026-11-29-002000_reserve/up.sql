-- Where its scheme says so, what is recommended is reserved until it is decided: in the ledger as an account between the envelope and the
-- commitment, and of each limit beside what is committed.
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_account_check,
  ADD CONSTRAINT ledger_entries_account_check CHECK (account IN ('envelope', 'reservation', 'commitment', 'paid'));

ALTER TABLE envelopes
  ADD COLUMN reserved_cents        bigint NOT NULL DEFAULT 0 CHECK (reserved_cents >= 0),
  ADD COLUMN posted_reserved_cents bigint NOT NULL DEFAULT 0 CHECK (posted_reserved_cents >= 0),
  DROP CONSTRAINT envelopes_check,
  ADD CONSTRAINT envelopes_check CHECK (committed_cents + reserved_cents <= limit_cents);
ALTER TABLE round_balances
  ADD COLUMN reserved_cents        bigint NOT NULL DEFAULT 0 CHECK (reserved_cents >= 0),
  ADD COLUMN posted_reserved_cents bigint NOT NULL DEFAULT 0 CHECK (posted_reserved_cents >= 0),
  DROP CONSTRAINT round_balances_check,
  ADD CONSTRAINT round_balances_check CHECK (committed_cents + reserved_cents <= limit_cents);
ALTER TABLE applicant_balances
  ADD COLUMN reserved_cents bigint NOT NULL DEFAULT 0 CHECK (reserved_cents >= 0),
  DROP CONSTRAINT applicant_balances_check,
  ADD CONSTRAINT applicant_balances_check CHECK (committed_cents + reserved_cents <= limit_cents);

-- What a case has reserved is what is recommended, and only while it is.
ALTER TABLE applications
  ADD COLUMN reserved_cents bigint NOT NULL DEFAULT 0,
  ADD CONSTRAINT applications_reserved CHECK (
    reserved_cents = 0 OR state = 'recommended' AND coalesce(reserved_cents = recommended_cents, false) AND reserved_cents > 0);
CREATE INDEX applications_with_reservations ON applications (organisation_id, scheme_code) WHERE reserved_cents > 0;

-- What the ledger has taken from the money of a scheme and of a round, and what of that is reserved.
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
DROP TRIGGER ledger_entries_posted ON ledger_entries;
CREATE TRIGGER ledger_entries_posted AFTER INSERT ON ledger_entries FOR EACH ROW
  WHEN (NEW.account IN ('envelope', 'reservation')) EXECUTE FUNCTION envelope_follows_the_ledger();

CREATE OR REPLACE FUNCTION envelope_must_agree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.envelopes WHERE scheme_code = NEW.scheme_code
                AND (committed_cents + reserved_cents <> posted_cents OR reserved_cents <> posted_reserved_cents)) THEN
    RAISE EXCEPTION 'the envelope of % does not agree with the ledger', NEW.scheme_code USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION round_must_agree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.round_balances WHERE (scheme_code, round) = (NEW.scheme_code, NEW.round)
                AND (committed_cents + reserved_cents <> posted_cents OR reserved_cents <> posted_reserved_cents)) THEN
    RAISE EXCEPTION 'the budget of % of % does not agree with the ledger', NEW.round, NEW.scheme_code
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;

-- Of an applicant's awards that stand, all or those whose projects still run; and of what its cases have reserved.
CREATE OR REPLACE FUNCTION balance_must_agree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT coalesce(sum(committed_cents), 0) FROM public.applicant_balances
      WHERE scheme_code = NEW.scheme_code AND organisation_id = NEW.organisation_id)
     <> (SELECT coalesce(sum(CASE WHEN settled_cents IS NULL THEN amount_cents WHEN counts_as = 'lifetime' THEN settled_cents ELSE 0 END), 0)
           FROM public.awards
          WHERE organisation_id = NEW.organisation_id AND scheme_code = NEW.scheme_code AND state <> 'released') THEN
    RAISE EXCEPTION 'the balance of % in % does not agree with its awards', NEW.organisation_id, NEW.scheme_code
      USING ERRCODE = 'check_violation';
  END IF;
  IF (SELECT coalesce(sum(reserved_cents), 0) FROM public.applicant_balances
      WHERE scheme_code = NEW.scheme_code AND organisation_id = NEW.organisation_id)
     <> (SELECT coalesce(sum(reserved_cents), 0) FROM public.applications
          WHERE organisation_id = NEW.organisation_id AND scheme_code = NEW.scheme_code AND reserved_cents > 0) THEN
    RAISE EXCEPTION 'the balance of % in % does not agree with what its cases have reserved', NEW.organisation_id, NEW.scheme_code
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER applications_reserve AFTER UPDATE ON applications
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.reserved_cents <> NEW.reserved_cents) EXECUTE FUNCTION balance_must_agree();

-- What a case holds is promised or paid; what it has reserved is neither.
CREATE OR REPLACE FUNCTION case_must_be_sound(the_case uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  law       text;
  held      numeric := (SELECT sum(amount_cents) FROM public.ledger_entries
                         WHERE application_id = the_case AND account IN ('commitment', 'paid'));
  reserved  numeric := (SELECT sum(amount_cents) FROM public.ledger_entries WHERE application_id = the_case AND account = 'reservation');
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
      WHEN coalesce(reserved, 0) <> a.reserved_cents THEN 'has not reserved in the ledger what it says'
      WHEN paid IS DISTINCT FROM paid_out THEN 'has not been paid what its released batches say'
      WHEN a.state = 'completed' AND (w.settled_cents IS NULL OR coalesce(held, 0) <> coalesce(paid, 0)) THEN 'is completed before all is paid'
    END INTO law
    FROM public.applications a LEFT JOIN public.awards w ON w.application_id = a.id WHERE a.id = the_case;
  IF law IS NOT NULL THEN
    RAISE EXCEPTION 'case % %', the_case, law USING ERRCODE = 'check_violation';
  END IF;
END
$$;
DROP TRIGGER applications_sound ON applications;
CREATE CONSTRAINT TRIGGER applications_sound AFTER UPDATE ON applications
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.state <> NEW.state OR OLD.recommended_cents IS DISTINCT FROM NEW.recommended_cents OR OLD.reserved_cents <> NEW.reserved_cents)
  EXECUTE FUNCTION application_must_be_sound();

GRANT UPDATE (reserved_cents) ON envelopes, round_balances, applicant_balances, applications TO almoner_app;
