-- What somebody holds is neither prepared nor released for payment: a case, an organisation or a scheme, until another person lifts it.
CREATE TABLE holds (
  id               uuid PRIMARY KEY,
  application_id   uuid REFERENCES applications,
  organisation_id  uuid REFERENCES organisations,
  scheme_code      text,
  reason           text NOT NULL CHECK (reason <> '' AND length(reason) <= 2000),
  review_on        date CHECK (review_on >= (placed_at AT TIME ZONE 'Asia/Hong_Kong')::date),
  placed_by        uuid NOT NULL REFERENCES people,
  placed_at        timestamptz NOT NULL,
  lifted_by        uuid REFERENCES people CHECK (lifted_by <> placed_by),
  lifted_at        timestamptz,
  lifted_because   text CHECK (lifted_because <> '' AND length(lifted_because) <= 2000),
  CHECK (num_nonnulls(application_id, organisation_id, scheme_code) = 1),
  CHECK (num_nonnulls(lifted_by, lifted_at, lifted_because) IN (0, 3))
);
CREATE INDEX holds_by_case ON holds (application_id, id DESC);
CREATE INDEX holds_by_organisation ON holds (organisation_id, id DESC);
CREATE INDEX holds_by_scheme ON holds (scheme_code, id DESC);
CREATE INDEX holds_by_placer ON holds (placed_by);
CREATE INDEX holds_by_lifter ON holds (lifted_by) WHERE lifted_by IS NOT NULL;
CREATE INDEX holds_standing ON holds (review_on, id) WHERE lifted_at IS NULL;

-- By what whoever places a hold and whoever pays wait for each other: the one alone, the others together. One key for all holds: they are
-- rare, and a batch of many payees has no more locks by it.
CREATE FUNCTION hold_key() RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT hashtextextended('hold', 0)
$$;

-- It comes as placed, and is lifted once; whoever acts is not of the organisation whose payments it holds.
CREATE FUNCTION hold_must_take_its_steps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  acting uuid := CASE TG_OP WHEN 'INSERT' THEN NEW.placed_by ELSE NEW.lifted_by END;
BEGIN
  IF TG_OP = 'INSERT' AND NEW.lifted_at IS NOT NULL
     OR TG_OP = 'UPDATE' AND (OLD.lifted_at IS NOT NULL OR NEW.lifted_at IS NULL
       OR (to_jsonb(OLD) - '{lifted_by,lifted_at,lifted_because}'::text[]) <> (to_jsonb(NEW) - '{lifted_by,lifted_at,lifted_because}'::text[])) THEN
    RAISE EXCEPTION 'hold % stays as it is', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM public.memberships m
              WHERE m.person_id = acting
                AND m.organisation_id IN (NEW.organisation_id, (SELECT a.organisation_id FROM public.applications a WHERE a.id = NEW.application_id))) THEN
    RAISE EXCEPTION 'hold % is of the organisation of %', NEW.id, acting USING ERRCODE = 'check_violation';
  END IF;
  -- Whoever has read that nothing is held has paid, or waits and reads it again.
  IF TG_OP = 'INSERT' THEN
    PERFORM pg_advisory_xact_lock(public.hold_key());
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER holds_steps BEFORE INSERT OR UPDATE ON holds FOR EACH ROW EXECUTE FUNCTION hold_must_take_its_steps();
CREATE TRIGGER holds_kept BEFORE DELETE OR TRUNCATE ON holds FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What stands and covers a case.
CREATE FUNCTION holds_on(the_case uuid) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
  SELECT h.id FROM public.applications a
    JOIN public.holds h ON h.lifted_at IS NULL
     AND (h.application_id = a.id OR h.organisation_id = a.organisation_id OR h.scheme_code = a.scheme_code)
   WHERE a.id = the_case
$$;

CREATE FUNCTION payment_must_not_be_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(public.hold_key());
  IF EXISTS (SELECT 1 FROM public.holds_on(NEW.application_id)) THEN
    RAISE EXCEPTION 'the payment of claim % is held', NEW.claim_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER payments_not_held BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION payment_must_not_be_held();

CREATE FUNCTION release_must_not_be_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(public.hold_key());
  IF EXISTS (SELECT 1 FROM public.payments p, public.holds_on(p.application_id) WHERE p.batch_id = NEW.id) THEN
    RAISE EXCEPTION 'a payment of batch % is held', NEW.reference USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER batches_not_held BEFORE UPDATE ON batches FOR EACH ROW
  WHEN (OLD.state <> 'released' AND NEW.state = 'released') EXECUTE FUNCTION release_must_not_be_held();

GRANT SELECT, INSERT, UPDATE (lifted_by, lifted_at, lifted_because) ON holds TO almoner_app;
