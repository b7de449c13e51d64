-- Since when a case is in its state, by the business clock, and how long it was in those before: what service clocks are read from.
ALTER TABLE applications ADD COLUMN state_since timestamptz;
UPDATE applications SET state_since = coalesce(submitted_at, created_at);
ALTER TABLE applications ALTER COLUMN state_since SET NOT NULL;

CREATE TABLE application_stays (
  application_id uuid NOT NULL REFERENCES applications,
  number         integer NOT NULL CHECK (number > 0),
  state          text NOT NULL,
  from_at        timestamptz NOT NULL,
  until_at       timestamptz NOT NULL CHECK (until_at >= from_at),
  PRIMARY KEY (application_id, number)
);
CREATE TRIGGER application_stays_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON application_stays
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- No stay is forgotten and none is made up, whatever the code does.
CREATE FUNCTION stay_ends() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO public.application_stays (application_id, number, state, from_at, until_at)
  SELECT NEW.id, count(*) + 1, OLD.state, OLD.state_since, greatest(OLD.state_since, NEW.state_since)
    FROM public.application_stays WHERE application_id = NEW.id;
  RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION stay_ends() FROM PUBLIC;
CREATE TRIGGER applications_stays AFTER UPDATE OF state ON applications FOR EACH ROW
  WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION stay_ends();
-- The instant changes with the state, and in no other way.
CREATE TRIGGER applications_state_since BEFORE UPDATE ON applications FOR EACH ROW
  WHEN (OLD.state = NEW.state AND OLD.state_since <> NEW.state_since) EXECUTE FUNCTION refuse_second_thoughts();

GRANT UPDATE (state_since) ON applications TO almoner_app;
GRANT SELECT ON application_stays TO almoner_app;
