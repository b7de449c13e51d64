CREATE OR REPLACE FUNCTION extension_must_be_of_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.memberships WHERE person_id = NEW.granted_by AND organisation_id = NEW.organisation_id) THEN
    RAISE EXCEPTION 'extension % is granted by somebody who acts for the applicant', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
