-- The letters of an offer as they were sent: text and hash. What was sent stays.
CREATE TABLE letters (
  id             uuid PRIMARY KEY,
  application_id uuid NOT NULL REFERENCES applications,
  kind           text NOT NULL CHECK (kind IN ('offer', 'agreement')),
  -- The version of the case, as its applicant counts them, that came with it.
  version        integer NOT NULL CHECK (version > 0),
  on_day         date NOT NULL,
  -- Canonical JSON (RFC 8785); not jsonb, which would write it anew.
  text           text NOT NULL CHECK (jsonb_typeof(text::jsonb) = 'object'),
  sha256         text NOT NULL,
  written_at     timestamptz NOT NULL,
  CONSTRAINT letters_hashed CHECK (sha256 = encode(sha256(convert_to(text, 'UTF8')), 'hex')),
  CONSTRAINT letters_of_their_day CHECK (on_day = (written_at AT TIME ZONE 'Asia/Hong_Kong')::date),
  UNIQUE (application_id, kind, version),
  UNIQUE (application_id, kind, sha256)
);
CREATE TRIGGER letters_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON letters FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A letter goes out with the offer that it is of, and tells nothing before it.
CREATE FUNCTION letter_must_be_of_an_offer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.awards a
                  WHERE a.application_id = NEW.application_id AND a.state = 'offered' AND a.offered_at = NEW.written_at) THEN
    RAISE EXCEPTION 'letter % is not of an offer that is made with it', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER letters_of_an_offer BEFORE INSERT ON letters FOR EACH ROW EXECUTE FUNCTION letter_must_be_of_an_offer();

-- The agreement that was accepted, by the hash of its text. What was offered before there were letters is accepted without.
ALTER TABLE awards ADD COLUMN agreement_sha256 text;

-- An acceptance is of the agreement that was offered, where there is one, and stays so.
CREATE FUNCTION acceptance_must_be_of_the_agreement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  on_file text;
BEGIN
  IF OLD.accepted_at IS NOT NULL OR NEW.accepted_at IS NULL THEN
    IF NEW.agreement_sha256 IS DISTINCT FROM OLD.agreement_sha256 THEN
      RAISE EXCEPTION 'the agreement of award % is the one that was accepted', NEW.application_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  SELECT l.sha256 INTO on_file FROM public.letters l
   WHERE l.application_id = NEW.application_id AND l.kind = 'agreement' ORDER BY l.version DESC LIMIT 1;
  IF NEW.agreement_sha256 IS DISTINCT FROM on_file THEN
    RAISE EXCEPTION 'award % is accepted with the agreement that was offered', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER awards_accepted_with_agreement BEFORE UPDATE OF accepted_at, agreement_sha256 ON awards
  FOR EACH ROW EXECUTE FUNCTION acceptance_must_be_of_the_agreement();

GRANT SELECT, INSERT ON letters TO almoner_app;
GRANT UPDATE (agreement_sha256) ON awards TO almoner_app;
