-- A refusal can be decided and not be told before a day, as an award can: until then the case is in a state of its own.
ALTER TABLE applications
  ADD COLUMN embargo_until date,
  DROP CONSTRAINT applications_state_check, ADD CONSTRAINT applications_state_check CHECK (state IN
  ('draft', 'submitted', 'returned', 'ineligible', 'in_assessment', 'recommended', 'on_reserve', 'refused', 'rejected', 'approved',
   'offered', 'accepted', 'suspended', 'declined', 'lapsed', 'withdrawn', 'terminated', 'completed')),
  ADD CONSTRAINT applications_untold CHECK (
    (state = 'refused') = (embargo_until IS NOT NULL) AND (state <> 'refused' OR reason IS NOT NULL)
    AND embargo_until > (state_since AT TIME ZONE 'Asia/Hong_Kong')::date);
INSERT INTO application_steps (from_state, to_state) VALUES
  ('in_assessment', 'refused'), ('recommended', 'refused'), ('on_reserve', 'refused'),
  ('refused', 'rejected'), ('refused', 'in_assessment'), ('refused', 'withdrawn');
CREATE INDEX applications_to_tell ON applications (embargo_until, id) WHERE state = 'refused';
GRANT INSERT (embargo_until), UPDATE (embargo_until) ON applications TO almoner_app;

-- What is told is what was decided, not before its day; and until then nothing is counted that the applicant would see.
CREATE FUNCTION refusal_must_stay_untold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'refused' AND NEW.state = 'rejected' AND (NEW.state_since AT TIME ZONE 'Asia/Hong_Kong')::date < OLD.embargo_until THEN
    RAISE EXCEPTION 'the refusal of case % is told before its day', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state = 'refused' AND NEW.state IN ('refused', 'rejected') AND NEW.reason IS DISTINCT FROM OLD.reason
     OR OLD.state = 'refused' AND NEW.state = 'refused' AND NEW.embargo_until IS DISTINCT FROM OLD.embargo_until THEN
    RAISE EXCEPTION 'the refusal of case % is not what was decided', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.state = 'refused' OR OLD.state = 'refused' AND NEW.state = 'in_assessment') AND NEW.told_version <> OLD.told_version THEN
    RAISE EXCEPTION 'the refusal of case % shows before it is told', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER applications_stay_untold BEFORE UPDATE ON applications FOR EACH ROW
  WHEN ('refused' IN (OLD.state, NEW.state)) EXECUTE FUNCTION refusal_must_stay_untold();

-- Nobody with a duty on a case takes its refusal back, told or not.
DROP TRIGGER refusals_left ON applications;
CREATE CONSTRAINT TRIGGER refusals_left AFTER UPDATE ON applications
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND (OLD.state IN ('ineligible', 'rejected') OR OLD.state = 'refused' AND NEW.state = 'in_assessment'))
  EXECUTE FUNCTION refusal_must_be_left_openly();

-- A case leaves its reserve list when that is decided.
CREATE OR REPLACE FUNCTION application_must_agree_with_reserve() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.case_must_agree_with_reserve(NEW.id);
  IF OLD.state = 'on_reserve' AND NOT EXISTS (
    SELECT 1 FROM public.reserve_entries e
     WHERE e.application_id = NEW.id
       AND e.route = (SELECT max(r.route) FROM public.reserve_entries r WHERE r.application_id = NEW.id)
       AND e.outcome = CASE WHEN NEW.state = 'approved' THEN 'awarded' WHEN NEW.state IN ('refused', 'rejected') THEN 'closed' ELSE 'withdrawn' END) THEN
    RAISE EXCEPTION 'case % has not left the reserve list as its state says', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;

-- A refusal departs from the rank when it is decided, and not when it is told.
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
                AND (NEW.state = 'recommended' AND other.mean > own.mean AND a.state IN ('refused', 'rejected')
                     OR NEW.state IN ('refused', 'rejected') AND other.mean < own.mean
                        AND a.state IN ('recommended', 'on_reserve', 'approved', 'offered', 'accepted', 'suspended', 'terminated', 'completed')
                     OR NEW.state = 'on_reserve' AND other.mean < own.mean
                        AND a.state IN ('approved', 'offered', 'accepted', 'suspended', 'terminated', 'completed')))
     AND NOT EXISTS (SELECT 1 FROM public.panel_departures d
                      WHERE d.application_id = NEW.id AND d.version = NEW.version) THEN
    -- An approval locks no ranking: one of a case below may have come first, and then to ask again says so.
    RAISE EXCEPTION 'the decision on % departs from the rank and says no reason', NEW.id USING ERRCODE = 'serialization_failure';
  END IF;
  RETURN NULL;
END
$$;
DROP TRIGGER applications_depart_with_reason ON applications;
CREATE CONSTRAINT TRIGGER applications_depart_with_reason AFTER UPDATE OF state ON applications
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND OLD.state <> 'refused' AND NEW.state IN ('recommended', 'on_reserve', 'refused', 'rejected'))
  EXECUTE FUNCTION departure_must_say_why();

-- What a committee alone decides is refused by its motion, whenever it is told.
CREATE OR REPLACE FUNCTION refusal_must_be_carried() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  the_route integer := (SELECT max(number) FROM public.approval_routes WHERE application_id = NEW.id);
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.approval_parts p
                  WHERE p.application_id = NEW.id AND p.route = the_route AND NOT p.is_check AND NOT p.authorities <@ p.committees)
     AND NOT EXISTS (SELECT 1 FROM public.sittings s
                      WHERE s.application_id = NEW.id AND s.route = the_route AND s.outcome = 'carried'
                        AND s.motion->>'act' = CASE WHEN NEW.state IN ('refused', 'rejected') THEN 'reject' ELSE 'send_back' END) THEN
    RAISE EXCEPTION 'no motion carries what becomes of %', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
DROP TRIGGER applications_refused_by_motion ON applications;
CREATE CONSTRAINT TRIGGER applications_refused_by_motion AFTER UPDATE OF state ON applications
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.state IN ('recommended', 'on_reserve') AND NEW.state IN ('refused', 'rejected', 'in_assessment'))
  EXECUTE FUNCTION refusal_must_be_carried();
