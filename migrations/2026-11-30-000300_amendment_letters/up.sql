-- A change that is granted is told by a letter too: text and hash, kept as the others are.
ALTER TABLE letters
  DROP CONSTRAINT letters_kind_check,
  ADD CONSTRAINT letters_kind_check CHECK (kind IN ('offer', 'agreement', 'refusal', 'amendment')),
  -- Of an amendment the request that was granted: one version of a case may see several.
  ADD COLUMN change_request integer,
  ADD CONSTRAINT letters_of_a_change CHECK ((kind = 'amendment') = (change_request IS NOT NULL)),
  ADD CONSTRAINT letters_of_one_change UNIQUE (application_id, change_request),
  ADD CONSTRAINT letters_of_a_change_made FOREIGN KEY (application_id, change_request) REFERENCES award_changes (application_id, request),
  DROP CONSTRAINT letters_application_id_kind_version_key;
CREATE UNIQUE INDEX letters_application_id_kind_version_key ON letters (application_id, kind, version) WHERE kind <> 'amendment';

-- A letter goes out with what it tells, and tells nothing before it: of an offer, of the refusal that the case stands in, or of the change
-- that is made, with its reason.
CREATE OR REPLACE FUNCTION letter_must_be_of_what_it_tells() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  said jsonb := NEW.text::jsonb;
BEGIN
  IF NEW.kind IN ('offer', 'agreement') AND NOT EXISTS (
    SELECT 1 FROM public.awards a
     WHERE a.application_id = NEW.application_id AND a.state = 'offered' AND a.offered_at = NEW.written_at) THEN
    RAISE EXCEPTION 'letter % is not of an offer that is made with it', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.kind = 'refusal' AND NOT EXISTS (
    SELECT 1 FROM public.applications a
     WHERE a.id = NEW.application_id AND a.state IN ('rejected', 'ineligible') AND a.state_since = NEW.written_at
       AND a.told_version = NEW.version
       AND said @> jsonb_build_object('blocks', jsonb_build_array(jsonb_build_object('text', jsonb_build_object('en', a.reason))))) THEN
    RAISE EXCEPTION 'letter % is not of a refusal that is told with it', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.kind = 'amendment' AND NOT EXISTS (
    SELECT 1 FROM public.award_changes c
      JOIN public.change_requests r ON (r.application_id, r.number) = (c.application_id, c.request)
      JOIN public.applications a ON a.id = c.application_id
     WHERE (c.application_id, c.request) = (NEW.application_id, NEW.change_request) AND r.state = 'granted'
       AND c.changed_at = NEW.written_at AND r.ended_at = NEW.written_at AND a.told_version = NEW.version
       -- The last one that was made: what is told late is told of nothing that holds.
       AND c.number = (SELECT max(number) FROM public.award_changes WHERE application_id = NEW.application_id)
       AND said @> jsonb_build_object('blocks', jsonb_build_array(jsonb_build_object('text', jsonb_build_object('en', r.ended_because))))) THEN
    RAISE EXCEPTION 'letter % is not of a change that is granted with it', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;

-- No change is granted without the letter that tells it.
CREATE FUNCTION change_must_be_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.letters l
                  WHERE l.application_id = NEW.application_id AND l.kind = 'amendment' AND l.change_request = NEW.request) THEN
    RAISE EXCEPTION 'change % of % is made without a letter', NEW.number, NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER award_changes_told AFTER INSERT ON award_changes
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION change_must_be_told();
