-- What is refused and was not told is decided again. What the code before cannot read is written as it knows it.
ALTER TABLE application_stays DISABLE TRIGGER USER;
UPDATE application_stays SET state = 'recommended' WHERE state = 'refused';
ALTER TABLE application_stays ENABLE TRIGGER USER;
ALTER TABLE sittings DISABLE TRIGGER USER;
UPDATE sittings SET motion = motion - 'embargo_until' WHERE motion->>'act' = 'reject';
ALTER TABLE sittings ENABLE TRIGGER USER;
ALTER TABLE applications DISABLE TRIGGER USER;
UPDATE applications SET state = 'in_assessment', recommended_cents = NULL, reason = NULL, embargo_until = NULL WHERE state = 'refused';
ALTER TABLE applications ENABLE TRIGGER USER;
DROP TRIGGER applications_refused_by_motion ON applications;
CREATE OR REPLACE FUNCTION refusal_must_be_carried() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  the_route integer := (SELECT max(number) FROM public.approval_routes WHERE application_id = NEW.id);
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.approval_parts p
                  WHERE p.application_id = NEW.id AND p.route = the_route AND NOT p.is_check AND NOT p.authorities <@ p.committees)
     AND NOT EXISTS (SELECT 1 FROM public.sittings s
                      WHERE s.application_id = NEW.id AND s.route = the_route AND s.outcome = 'carried'
                        AND s.motion->>'act' = CASE NEW.state WHEN 'rejected' THEN 'reject' ELSE 'send_back' END) THEN
    RAISE EXCEPTION 'no motion carries what becomes of %', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER applications_refused_by_motion AFTER UPDATE OF state ON applications
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.state IN ('recommended', 'on_reserve') AND NEW.state IN ('rejected', 'in_assessment')) EXECUTE FUNCTION refusal_must_be_carried();
DROP TRIGGER applications_depart_with_reason ON applications;
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
CREATE CONSTRAINT TRIGGER applications_depart_with_reason AFTER UPDATE OF state ON applications
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND NEW.state IN ('recommended', 'on_reserve', 'rejected')) EXECUTE FUNCTION departure_must_say_why();
CREATE OR REPLACE FUNCTION application_must_agree_with_reserve() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.case_must_agree_with_reserve(NEW.id);
  IF OLD.state = 'on_reserve' AND NOT EXISTS (
    SELECT 1 FROM public.reserve_entries e
     WHERE e.application_id = NEW.id
       AND e.route = (SELECT max(r.route) FROM public.reserve_entries r WHERE r.application_id = NEW.id)
       AND e.outcome = CASE NEW.state WHEN 'approved' THEN 'awarded' WHEN 'rejected' THEN 'closed' ELSE 'withdrawn' END) THEN
    RAISE EXCEPTION 'case % has not left the reserve list as its state says', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
DROP TRIGGER refusals_left ON applications;
CREATE CONSTRAINT TRIGGER refusals_left AFTER UPDATE ON applications
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND OLD.state IN ('ineligible', 'rejected')) EXECUTE FUNCTION refusal_must_be_left_openly();
DROP TRIGGER applications_stay_untold ON applications;
DROP FUNCTION refusal_must_stay_untold();
DELETE FROM application_steps WHERE 'refused' IN (from_state, to_state);
ALTER TABLE applications
  DROP COLUMN embargo_until,
  DROP CONSTRAINT applications_state_check, ADD CONSTRAINT applications_state_check CHECK (state IN
  ('draft', 'submitted', 'returned', 'ineligible', 'in_assessment', 'recommended', 'on_reserve', 'rejected', 'approved', 'offered',
   'accepted', 'suspended', 'declined', 'lapsed', 'withdrawn', 'terminated', 'completed'));
