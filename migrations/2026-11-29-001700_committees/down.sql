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
DROP TRIGGER approvals_carried ON approvals;
DROP TABLE sitting_votes, sitting_members, sittings CASCADE;
DROP FUNCTION approval_must_be_carried, sitting_must_be_open, sitting_must_not_have_begun, sitting_must_count;
ALTER TABLE approval_parts DROP COLUMN committees;
