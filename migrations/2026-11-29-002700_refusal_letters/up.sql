-- A refusal is told by a letter too: text and hash, kept as the letters of an offer are.
ALTER TABLE letters
  DROP CONSTRAINT letters_kind_check, ADD CONSTRAINT letters_kind_check CHECK (kind IN ('offer', 'agreement', 'refusal')),
  -- What is refused, reinstated and refused again on one day for one reason has two letters of the same words.
  DROP CONSTRAINT letters_application_id_kind_sha256_key;
CREATE UNIQUE INDEX letters_of_one_offer ON letters (application_id, kind, sha256) WHERE kind <> 'refusal';

-- A letter goes out with what it tells, and tells nothing before it: of an offer, or of the refusal that the case stands in, with its reason.
DROP TRIGGER letters_of_an_offer ON letters;
DROP FUNCTION letter_must_be_of_an_offer();
CREATE FUNCTION letter_must_be_of_what_it_tells() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.kind <> 'refusal' AND NOT EXISTS (
    SELECT 1 FROM public.awards a
     WHERE a.application_id = NEW.application_id AND a.state = 'offered' AND a.offered_at = NEW.written_at) THEN
    RAISE EXCEPTION 'letter % is not of an offer that is made with it', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.kind = 'refusal' AND NOT EXISTS (
    SELECT 1 FROM public.applications a
     WHERE a.id = NEW.application_id AND a.state IN ('rejected', 'ineligible') AND a.state_since = NEW.written_at
       AND a.told_version = NEW.version
       AND NEW.text::jsonb @> jsonb_build_object('blocks', jsonb_build_array(jsonb_build_object('text', jsonb_build_object('en', a.reason))))) THEN
    RAISE EXCEPTION 'letter % is not of a refusal that is told with it', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER letters_of_what_they_tell BEFORE INSERT ON letters FOR EACH ROW EXECUTE FUNCTION letter_must_be_of_what_it_tells();

-- Nothing is refused without the letter that tells it, by whatever door.
CREATE FUNCTION refusal_must_be_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.letters l
                  WHERE l.application_id = NEW.id AND l.kind = 'refusal' AND l.version = NEW.told_version) THEN
    RAISE EXCEPTION 'case % is refused without a letter', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER applications_told_of_refusals AFTER UPDATE OF state ON applications
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND NEW.state IN ('rejected', 'ineligible')) EXECUTE FUNCTION refusal_must_be_told();
