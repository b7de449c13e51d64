-- What is reserved is free again, and what was committed of a reservation was committed of the envelope.
ALTER TABLE ledger_entries DISABLE TRIGGER USER;
DELETE FROM ledger_entries WHERE posting_id IN
  (SELECT posting_id FROM ledger_entries GROUP BY posting_id HAVING bool_and(account IN ('envelope', 'reservation')));
UPDATE ledger_entries SET account = 'envelope' WHERE account = 'reservation';
ALTER TABLE ledger_entries ENABLE TRIGGER USER;
ALTER TABLE envelopes DISABLE TRIGGER USER;
UPDATE envelopes SET posted_cents = posted_cents - posted_reserved_cents WHERE posted_reserved_cents > 0;
ALTER TABLE envelopes ENABLE TRIGGER USER;
ALTER TABLE round_balances DISABLE TRIGGER USER;
UPDATE round_balances SET posted_cents = posted_cents - posted_reserved_cents WHERE posted_reserved_cents > 0;
ALTER TABLE round_balances ENABLE TRIGGER USER;

DROP TRIGGER applications_sound ON applications;
CREATE CONSTRAINT TRIGGER applications_sound AFTER UPDATE ON applications
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.state <> NEW.state OR OLD.recommended_cents IS DISTINCT FROM NEW.recommended_cents)
  EXECUTE FUNCTION application_must_be_sound();
DROP TRIGGER applications_reserve ON applications;
DROP TRIGGER ledger_entries_posted ON ledger_entries;
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
  RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION round_must_agree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.round_balances WHERE (scheme_code, round) = (NEW.scheme_code, NEW.round)
                AND committed_cents <> posted_cents) THEN
    RAISE EXCEPTION 'the budget of % of % does not agree with the ledger', NEW.round, NEW.scheme_code
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION envelope_must_agree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.envelopes WHERE scheme_code = NEW.scheme_code AND committed_cents <> posted_cents) THEN
    RAISE EXCEPTION 'the envelope of % does not agree with the ledger', NEW.scheme_code USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
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
CREATE TRIGGER ledger_entries_posted AFTER INSERT ON ledger_entries FOR EACH ROW
  WHEN (NEW.account = 'envelope') EXECUTE FUNCTION envelope_follows_the_ledger();

ALTER TABLE applications DROP COLUMN reserved_cents;
ALTER TABLE applicant_balances DROP COLUMN reserved_cents,
  ADD CONSTRAINT applicant_balances_check CHECK (committed_cents <= limit_cents);
ALTER TABLE round_balances DROP COLUMN reserved_cents, DROP COLUMN posted_reserved_cents,
  ADD CONSTRAINT round_balances_check CHECK (committed_cents <= limit_cents);
ALTER TABLE envelopes DROP COLUMN reserved_cents, DROP COLUMN posted_reserved_cents,
  ADD CONSTRAINT envelopes_check CHECK (committed_cents <= limit_cents);
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_account_check,
  ADD CONSTRAINT ledger_entries_account_check CHECK (account IN ('envelope', 'commitment', 'paid'));
