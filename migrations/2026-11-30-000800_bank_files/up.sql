-- A payment goes to an account of the one who is paid, and a bank is told on which day.
ALTER TABLE payments ADD COLUMN payee_account_id uuid REFERENCES payee_accounts;
CREATE INDEX payments_by_account ON payments (payee_account_id);
ALTER TABLE batches ADD COLUMN pay_on date,
  ADD CONSTRAINT batches_pay_on CHECK (pay_on IS NULL OR state = 'released' AND pay_on >= (released_at AT TIME ZONE 'Asia/Hong_Kong')::date);
-- Under which authority it was released, and how far that reached; neither where the agency had settled no limits.
ALTER TABLE batches ADD COLUMN released_under text, ADD COLUMN release_limit_cents bigint,
  ADD CONSTRAINT batches_released_under CHECK ((released_under IS NULL OR state = 'released')
    AND (release_limit_cents IS NULL OR released_under IS NOT NULL AND total_cents <= release_limit_cents));
GRANT UPDATE (pay_on, released_under, release_limit_cents) ON batches TO almoner_app;

-- Whoever releases under an authority holds it.
CREATE FUNCTION release_must_be_of_its_authority() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.person_authorities WHERE person_id = NEW.released_by AND authority = NEW.released_under) THEN
    RAISE EXCEPTION 'batch %: % does not hold %', NEW.reference, NEW.released_by, NEW.released_under USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER batches_of_authority AFTER UPDATE ON batches FOR EACH ROW
  WHEN (NEW.released_under IS NOT NULL) EXECUTE FUNCTION release_must_be_of_its_authority();

-- The account of an organisation to which payments go on a day: the last that has come into use, and none where that one is over. Nobody
-- changes it until the transaction ends.
CREATE FUNCTION payee_account_in_force(the_organisation uuid, the_day date) RETURNS uuid LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(public.payee_account_key(the_organisation));
  RETURN (SELECT CASE WHEN ended_at IS NULL THEN id END FROM public.payee_accounts
           WHERE organisation_id = the_organisation AND confirmed_at IS NOT NULL AND usable_from <= the_day
             AND (usable_from <= (ended_at AT TIME ZONE 'Asia/Hong_Kong')::date) IS NOT FALSE
           ORDER BY confirmed_at DESC, id DESC LIMIT 1);
END
$$;

CREATE FUNCTION payment_must_go_to_its_payee() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.payee_account_id IS DISTINCT FROM
       (SELECT public.payee_account_in_force(a.organisation_id, (b.prepared_at AT TIME ZONE 'Asia/Hong_Kong')::date)
          FROM public.applications a, public.batches b WHERE a.id = NEW.application_id AND b.id = NEW.batch_id)
     OR NEW.payee_account_id IS NULL THEN
    RAISE EXCEPTION 'payment of % does not go to the account of its payee', NEW.claim_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER payments_to_payee AFTER INSERT ON payments FOR EACH ROW EXECUTE FUNCTION payment_must_go_to_its_payee();

-- What is released goes where it was prepared to go, by somebody who has neither proposed nor confirmed one of the accounts.
CREATE FUNCTION release_must_go_to_its_payees() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  astray uuid;
BEGIN
  SELECT p.claim_id INTO astray
    FROM (SELECT * FROM public.payments WHERE batch_id = NEW.id ORDER BY application_id) p
    JOIN public.applications a ON a.id = p.application_id LEFT JOIN public.payee_accounts t ON t.id = p.payee_account_id
   WHERE p.payee_account_id IS DISTINCT FROM
           public.payee_account_in_force(a.organisation_id, (NEW.released_at AT TIME ZONE 'Asia/Hong_Kong')::date)
      OR NEW.released_by IN (t.proposed_by, t.confirmed_by)
   LIMIT 1;
  IF astray IS NOT NULL OR NEW.pay_on IS NULL THEN
    RAISE EXCEPTION 'batch %: a payment does not go where it was prepared to go', NEW.reference USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER batches_to_payees AFTER UPDATE ON batches FOR EACH ROW
  WHEN (OLD.state <> 'released' AND NEW.state = 'released') EXECUTE FUNCTION release_must_go_to_its_payees();

-- The first file of a released batch is the one for ever, in whatever format: two would pay twice. The file itself is kept nowhere.
CREATE TABLE bank_files (
  batch_id uuid PRIMARY KEY REFERENCES batches,
  format   text NOT NULL CHECK (format IN ('pain.001.001.09', 'pain.001.001.03', 'csv')),
  sha256   text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  taken_at timestamptz NOT NULL
);
CREATE TRIGGER bank_files_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_files
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION bank_file_must_be_of_a_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.batches WHERE id = NEW.batch_id AND state = 'released') THEN
    RAISE EXCEPTION 'batch % has not been released', NEW.batch_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER bank_files_of_releases BEFORE INSERT ON bank_files FOR EACH ROW EXECUTE FUNCTION bank_file_must_be_of_a_release();
GRANT SELECT, INSERT ON bank_files TO almoner_app;
