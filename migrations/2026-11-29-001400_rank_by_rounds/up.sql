-- A decision is measured beside all of its panel, and all of its round in whichever panels they are ranked; what belongs to no round,
-- beside what waited when either was ranked. Two that commit at once come here one after the other, and the second sees the first.
CREATE OR REPLACE FUNCTION departure_must_say_why() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('ranking of ' || NEW.scheme_code, 0));
  IF EXISTS (SELECT 1
               FROM public.panel_cases own
               JOIN public.panels own_panel ON own_panel.id = own.panel_id
               JOIN public.applications a ON a.scheme_code = NEW.scheme_code
               JOIN public.panel_cases other ON other.application_id = a.id
               JOIN public.panels other_panel ON other_panel.id = other.panel_id
              WHERE own.application_id = NEW.id
                AND (other.panel_id = own.panel_id OR a.round = NEW.round
                     OR a.round IS NULL AND NEW.round IS NULL
                        AND a.submitted_at <= own_panel.opened_at AND NEW.submitted_at <= other_panel.opened_at)
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

-- What is ranked waits for its decision: one that was decided meanwhile would be ranked too late for the decision to be measured.
CREATE FUNCTION panel_case_must_be_in_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM public.applications a WHERE a.id = NEW.application_id AND a.state = 'in_assessment' FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'application % is ranked and is not in assessment', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER panel_cases_in_assessment BEFORE INSERT ON panel_cases FOR EACH ROW
  EXECUTE FUNCTION panel_case_must_be_in_assessment();
