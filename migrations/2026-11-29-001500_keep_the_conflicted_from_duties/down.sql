CREATE OR REPLACE FUNCTION duty_must_be_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM public.applications WHERE id = NEW.application_id FOR UPDATE;
  IF public.is_tied(NEW.application_id, NEW.person_id) THEN
    RAISE EXCEPTION 'person % is on the side of the applicant', NEW.person_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
