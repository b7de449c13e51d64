-- Whoever was asked to assess a case and declared a conflict of interest on it does nothing on it for the agency either: nobody overrides
-- their own word. What else is in the way is worked out from what is on file, and not kept here.
CREATE OR REPLACE FUNCTION duty_must_be_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM public.applications WHERE id = NEW.application_id FOR UPDATE;
  IF public.is_tied(NEW.application_id, NEW.person_id) THEN
    RAISE EXCEPTION 'person % is on the side of the applicant', NEW.person_id USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM public.assessments s
              WHERE s.application_id = NEW.application_id AND s.assessor_id = NEW.person_id AND s.state = 'conflicted') THEN
    RAISE EXCEPTION 'person % has declared a conflict of interest on this case', NEW.person_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
