-- Where an organisation is paid: what is sealed here opens under keys that are not in the database.
CREATE TABLE payee_accounts (
  id              uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisations,
  kind            text NOT NULL CHECK (kind IN ('account', 'fps_id')),
  ending          text NOT NULL CHECK (ending ~ '^[0-9]{3}$'),
  fingerprint     text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
  seal_key        text NOT NULL CHECK (seal_key ~ '^[0-9a-f]{8}$'),
  sealed          bytea NOT NULL CHECK (octet_length(sealed) BETWEEN 29 AND 4096),
  proposed_by     uuid NOT NULL REFERENCES people,
  proposed_at     timestamptz NOT NULL,
  confirmed_by    uuid REFERENCES people CHECK (confirmed_by <> proposed_by),
  confirmed_at    timestamptz,
  -- How it was checked.
  checked         text CHECK (checked <> '' AND length(checked) <= 2000),
  usable_from     date CHECK (usable_from > (confirmed_at AT TIME ZONE 'Asia/Hong_Kong')::date),
  ended_by        uuid REFERENCES people,
  ended_at        timestamptz,
  end_reason      text CHECK (end_reason <> '' AND length(end_reason) <= 2000),
  CHECK (num_nonnulls(confirmed_by, confirmed_at, checked, usable_from) IN (0, 4)),
  CHECK (num_nonnulls(ended_by, ended_at, end_reason) IN (0, 3))
);
CREATE INDEX payee_accounts_by_organisation ON payee_accounts (organisation_id, id);
CREATE UNIQUE INDEX payee_accounts_proposed ON payee_accounts (organisation_id) WHERE confirmed_at IS NULL AND ended_at IS NULL;
CREATE INDEX payee_accounts_to_confirm ON payee_accounts (id) WHERE confirmed_at IS NULL AND ended_at IS NULL;
CREATE INDEX payee_accounts_by_seal ON payee_accounts (seal_key, id);
CREATE INDEX payee_accounts_by_proposer ON payee_accounts (proposed_by);
CREATE INDEX payee_accounts_by_confirmer ON payee_accounts (confirmed_by) WHERE confirmed_by IS NOT NULL;
CREATE INDEX payee_accounts_by_ender ON payee_accounts (ended_by) WHERE ended_by IS NOT NULL;

-- By what whoever changes where an organisation is paid, and whoever pays it, wait for each other: the one alone, the others together.
CREATE FUNCTION payee_account_key(the_organisation uuid) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT hashtextextended('payee account ' || the_organisation::text, 0)
$$;

-- It comes as proposed while no other one is under way, is confirmed once by somebody who does not act for the organisation, and ends once.
-- Nothing else of it changes but its seal.
CREATE FUNCTION payee_account_must_take_its_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(public.payee_account_key(NEW.organisation_id));
  IF TG_OP = 'INSERT' THEN
    IF NEW.confirmed_at IS NOT NULL OR NEW.ended_at IS NOT NULL THEN
      RAISE EXCEPTION 'payee account % is not confirmed when it is proposed', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM public.payee_accounts a WHERE a.organisation_id = NEW.organisation_id AND a.ended_at IS NULL
                AND a.usable_from > (NEW.proposed_at AT TIME ZONE 'Asia/Hong_Kong')::date) THEN
      RAISE EXCEPTION 'payee account % comes beside one that waits', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (OLD.id, OLD.organisation_id, OLD.kind, OLD.ending, OLD.fingerprint, OLD.proposed_by, OLD.proposed_at)
       IS DISTINCT FROM (NEW.id, NEW.organisation_id, NEW.kind, NEW.ending, NEW.fingerprint, NEW.proposed_by, NEW.proposed_at)
     OR OLD.confirmed_at IS NOT NULL AND (OLD.confirmed_by, OLD.confirmed_at, OLD.checked, OLD.usable_from)
       IS DISTINCT FROM (NEW.confirmed_by, NEW.confirmed_at, NEW.checked, NEW.usable_from)
     OR OLD.ended_at IS NOT NULL AND (OLD.confirmed_at, OLD.ended_by, OLD.ended_at, OLD.end_reason)
       IS DISTINCT FROM (NEW.confirmed_at, NEW.ended_by, NEW.ended_at, NEW.end_reason) THEN
    RAISE EXCEPTION 'payee account % stays as it is', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL
     AND EXISTS (SELECT 1 FROM public.memberships m
                  WHERE m.person_id = NEW.confirmed_by AND m.organisation_id = NEW.organisation_id) THEN
    RAISE EXCEPTION 'payee account % is of the organisation of %', NEW.id, NEW.confirmed_by USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER payee_accounts_steps BEFORE INSERT OR UPDATE ON payee_accounts
  FOR EACH ROW EXECUTE FUNCTION payee_account_must_take_its_steps();
CREATE TRIGGER payee_accounts_kept BEFORE DELETE OR TRUNCATE ON payee_accounts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT,
  UPDATE (seal_key, sealed, confirmed_by, confirmed_at, checked, usable_from, ended_by, ended_at, end_reason) ON payee_accounts TO almoner_app;
