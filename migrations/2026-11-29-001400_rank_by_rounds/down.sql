DROP TRIGGER panel_cases_in_assessment ON panel_cases;
DROP FUNCTION panel_case_must_be_in_assessment();

CREATE OR REPLACE FUNCTION departure_must_say_why() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1
               FROM public.panel_cases own
               JOIN public.panel_cases other ON other.panel_id = own.panel_id
               JOIN public.applications a ON a.id = other.application_id
              WHERE own.application_id = NEW.id
                AND (NEW.state = 'recommended' AND other.mean > own.mean AND a.state = 'rejected'
                     OR NEW.state = 'rejected' AND other.mean < own.mean
                        AND a.state IN ('recommended', 'approved', 'offered', 'accepted', 'completed')))
     AND NOT EXISTS (SELECT 1 FROM public.panel_departures d
                      WHERE d.application_id = NEW.id AND d.version = NEW.version) THEN
    RAISE EXCEPTION 'the decision on % departs from the rank and says no reason', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
