-- For an absence, somebody acts with the authorities of another person, from a day to a day. What was recorded stays; it may be ended once.
CREATE TABLE delegations (
  id          uuid PRIMARY KEY,
  of_id       uuid NOT NULL REFERENCES people,
  to_id       uuid NOT NULL REFERENCES people,
  from_on     date NOT NULL,
  -- The first day on which it holds no more.
  until_on    date NOT NULL CHECK (until_on > from_on),
  scheme_code text,
  reason      text NOT NULL CHECK (reason <> '' AND length(reason) <= 2000),
  recorded_by uuid NOT NULL REFERENCES people,
  recorded_at timestamptz NOT NULL,
  ended_by    uuid REFERENCES people,
  ended_at    timestamptz,
  end_reason  text CHECK (end_reason <> '' AND length(end_reason) <= 2000),
  -- Nobody gets authorities by their own hand.
  CHECK (to_id <> of_id AND to_id <> recorded_by),
  CHECK (num_nonnulls(ended_by, ended_at, end_reason) IN (0, 3))
);
CREATE INDEX delegations_by_absent ON delegations (of_id, id DESC);
CREATE INDEX delegations_by_acting ON delegations (to_id, id DESC);
CREATE INDEX delegations_by_recorder ON delegations (recorded_by);
CREATE INDEX delegations_by_ender ON delegations (ended_by);

CREATE FUNCTION delegation_must_end_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.ended_at IS NOT NULL THEN
    RAISE EXCEPTION 'delegation % has ended', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER delegations_end_once BEFORE UPDATE ON delegations FOR EACH ROW EXECUTE FUNCTION delegation_must_end_once();

-- Nothing is approved in somebody's absence without a delegation that holds then, for this scheme.
CREATE FUNCTION approval_must_be_delegated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.on_behalf_of IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM public.delegations d JOIN public.applications a ON a.id = NEW.application_id
     WHERE d.of_id = NEW.on_behalf_of AND d.to_id = NEW.person_id AND d.ended_at IS NULL
       AND (d.scheme_code IS NULL OR d.scheme_code = a.scheme_code)
       AND (NEW.approved_at AT TIME ZONE 'Asia/Hong_Kong')::date >= d.from_on
       AND (NEW.approved_at AT TIME ZONE 'Asia/Hong_Kong')::date < d.until_on) THEN
    RAISE EXCEPTION '% has delegated nothing to %', NEW.on_behalf_of, NEW.person_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER approvals_delegated BEFORE INSERT ON approvals FOR EACH ROW EXECUTE FUNCTION approval_must_be_delegated();

CREATE TRIGGER delegations_kept BEFORE DELETE OR TRUNCATE ON delegations FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT, UPDATE (ended_by, ended_at, end_reason) ON delegations TO almoner_app;
