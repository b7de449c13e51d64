-- Nobody grants an extension to an organisation that they act for, or on the side of whose application they are: as a member of it, or
-- for one that applies together with it.
CREATE OR REPLACE FUNCTION extension_must_be_of_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.memberships WHERE person_id = NEW.granted_by AND organisation_id = NEW.organisation_id)
     OR EXISTS (SELECT 1 FROM public.application_members t JOIN public.applications a ON a.id = t.application_id
                 WHERE a.organisation_id = NEW.organisation_id
                   AND (t.person_id = NEW.granted_by
                        OR t.organisation_id IN (SELECT organisation_id FROM public.memberships WHERE person_id = NEW.granted_by))) THEN
    RAISE EXCEPTION 'extension % is granted by somebody who is on the side of the applicant', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
