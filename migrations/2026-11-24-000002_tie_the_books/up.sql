-- What a case, an envelope, an applicant's balance and the ledger say of each other is compared when a transaction commits, by
-- triggers that look at the rows of one case, one envelope or one applicant, however long the ledger is.

-- As what an award counts in its applicant's balance: for ever, or while its project runs. Fixed with the award, under the text
-- that the application has pinned; those that were awarded before are read from it.
ALTER TABLE awards ADD COLUMN counts_as text CHECK (counts_as IN ('lifetime', 'running'));
ALTER TABLE awards DISABLE TRIGGER USER;
UPDATE awards SET counts_as =
  CASE WHEN text ~ 'period *= *"concurrent"' AND text !~ 'period *= *"lifetime"' THEN 'running' ELSE 'lifetime' END
  FROM applications LEFT JOIN scheme_texts ON scheme_texts.id = scheme_text_id WHERE applications.id = application_id;
ALTER TABLE awards ENABLE TRIGGER USER;
ALTER TABLE awards ALTER COLUMN counts_as SET NOT NULL;

-- What the ledger has taken from a scheme's money, kept beside what the server says is committed of it. Only the trigger writes it.
ALTER TABLE envelopes ADD COLUMN posted_cents bigint NOT NULL DEFAULT 0 CHECK (posted_cents >= 0);
UPDATE envelopes SET posted_cents = posted.cents
  FROM (SELECT scheme_code, -sum(amount_cents) AS cents FROM ledger_entries JOIN applications ON id = application_id
        WHERE account = 'envelope' GROUP BY 1) posted WHERE posted.scheme_code = envelopes.scheme_code;
REVOKE INSERT ON envelopes FROM almoner_app;
GRANT INSERT (scheme_code, limit_cents, committed_cents) ON envelopes TO almoner_app;

CREATE FUNCTION envelope_follows_the_ledger() RETURNS trigger LANGUAGE plpgsql
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
-- Whoever may not write the sum may not hang the trigger on a table of their own either.
REVOKE EXECUTE ON FUNCTION envelope_follows_the_ledger() FROM PUBLIC;
CREATE TRIGGER ledger_entries_posted AFTER INSERT ON ledger_entries FOR EACH ROW
  WHEN (NEW.account = 'envelope') EXECUTE FUNCTION envelope_follows_the_ledger();

CREATE FUNCTION envelope_must_agree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.envelopes WHERE scheme_code = NEW.scheme_code AND committed_cents <> posted_cents) THEN
    RAISE EXCEPTION 'the envelope of % does not agree with the ledger', NEW.scheme_code USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER envelopes_agree AFTER INSERT OR UPDATE ON envelopes
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION envelope_must_agree();

-- Of an applicant's awards that stand: all, or those whose projects still run.
CREATE FUNCTION balance_must_agree() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE CONSTRAINT TRIGGER applicant_balances_agree AFTER INSERT OR UPDATE ON applicant_balances
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION balance_must_agree();
CREATE CONSTRAINT TRIGGER awards_counted AFTER INSERT ON awards
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION balance_must_agree();
CREATE CONSTRAINT TRIGGER awards_counted_again AFTER UPDATE ON awards
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.state = 'released' OR OLD.settled_cents IS DISTINCT FROM NEW.settled_cents) EXECUTE FUNCTION balance_must_agree();

-- The laws of one case: which award goes with its state, what the award holds in the ledger, and what has been paid.
CREATE FUNCTION case_must_be_sound(the_case uuid) RETURNS void LANGUAGE plpgsql AS $$
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
      WHEN a.state = 'completed' AND (w.settled_cents IS NULL OR held IS DISTINCT FROM paid) THEN 'is completed before all is paid'
    END INTO law
    FROM public.applications a LEFT JOIN public.awards w ON w.application_id = a.id WHERE a.id = the_case;
  IF law IS NOT NULL THEN
    RAISE EXCEPTION 'case % %', the_case, law USING ERRCODE = 'check_violation';
  END IF;
END
$$;

CREATE FUNCTION case_of_row_must_be_sound() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.case_must_be_sound(NEW.application_id);
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER awards_sound AFTER INSERT OR UPDATE ON awards
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION case_of_row_must_be_sound();
-- A posting has two accounts, so one line of it at least is not the commitment's.
CREATE CONSTRAINT TRIGGER ledger_entries_sound AFTER INSERT ON ledger_entries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.account <> 'commitment') EXECUTE FUNCTION case_of_row_must_be_sound();

CREATE FUNCTION application_must_be_sound() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.case_must_be_sound(NEW.id);
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER applications_sound AFTER UPDATE ON applications
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.state <> NEW.state OR OLD.recommended_cents IS DISTINCT FROM NEW.recommended_cents)
  EXECUTE FUNCTION application_must_be_sound();

CREATE FUNCTION cases_of_batch_must_be_sound() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.case_must_be_sound(application_id) FROM public.payments WHERE batch_id = NEW.id GROUP BY application_id;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER batches_sound AFTER UPDATE ON batches
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'released') EXECUTE FUNCTION cases_of_batch_must_be_sound();

-- A claim is paid by a batch that has been released.
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
