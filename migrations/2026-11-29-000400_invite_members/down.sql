CREATE OR REPLACE FUNCTION assessor_must_be_free() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  today date := (NEW.changed_at AT TIME ZONE 'Asia/Hong_Kong')::date;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.interest_declarations d
                  WHERE d.person_id = NEW.assessor_id AND d.from_on <= today AND today < d.until_on) THEN
    RAISE EXCEPTION 'assessor % has declared no interests for %', NEW.assessor_id, today USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM public.memberships m JOIN public.applications a ON a.organisation_id = m.organisation_id
              WHERE m.person_id = NEW.assessor_id AND a.id = NEW.application_id) THEN
    RAISE EXCEPTION 'assessor % acts for the applicant', NEW.assessor_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
DROP TRIGGER case_duties_by_the_free ON case_duties;
DROP FUNCTION duty_must_be_free();
DROP TABLE application_members;
DROP FUNCTION member_must_be_free();
DROP FUNCTION is_tied(uuid, uuid);
