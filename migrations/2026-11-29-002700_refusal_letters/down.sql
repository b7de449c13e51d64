DROP TRIGGER applications_told_of_refusals ON applications;
DROP FUNCTION refusal_must_be_told();
DROP TRIGGER letters_of_what_they_tell ON letters;
DROP FUNCTION letter_must_be_of_what_it_tells();
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
DROP INDEX letters_of_one_offer;
-- The mail of a refusal tells its reason as well.
ALTER TABLE letters DISABLE TRIGGER USER;
DELETE FROM letters WHERE kind = 'refusal';
ALTER TABLE letters ENABLE TRIGGER USER;
ALTER TABLE letters
  DROP CONSTRAINT letters_kind_check, ADD CONSTRAINT letters_kind_check CHECK (kind IN ('offer', 'agreement')),
  ADD CONSTRAINT letters_application_id_kind_sha256_key UNIQUE (application_id, kind, sha256);
