-- That one applicant may submit to a round until a later instant: granted once, and kept as it was granted.
CREATE TABLE round_extensions (
  id              uuid PRIMARY KEY,
  scheme_code     text NOT NULL,
  round           text NOT NULL CHECK (round ~ '^(round|cut_off)\.[a-z0-9_]{1,40}$'),
  organisation_id uuid NOT NULL REFERENCES organisations,
  until           timestamptz NOT NULL,
  reason          text NOT NULL CHECK (reason <> '' AND length(reason) <= 2000),
  granted_by      uuid NOT NULL REFERENCES people,
  granted_at      timestamptz NOT NULL,
  CHECK (until > granted_at)
);
CREATE INDEX round_extensions_by_organisation ON round_extensions (organisation_id, scheme_code, id DESC);
CREATE INDEX round_extensions_by_granter ON round_extensions (granted_by);

CREATE TRIGGER round_extensions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON round_extensions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Nobody grants one to an organisation that they act for.
CREATE FUNCTION extension_must_be_of_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.memberships WHERE person_id = NEW.granted_by AND organisation_id = NEW.organisation_id) THEN
    RAISE EXCEPTION 'extension % is granted by somebody who acts for the applicant', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER round_extensions_of_others BEFORE INSERT ON round_extensions FOR EACH ROW
  EXECUTE FUNCTION extension_must_be_of_others();

GRANT SELECT, INSERT ON round_extensions TO almoner_app;
