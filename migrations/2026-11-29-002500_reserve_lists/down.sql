-- What waits on a reserve list is recommended again.
ALTER TABLE applications DISABLE TRIGGER USER;
UPDATE applications SET state = 'in_assessment', recommended_cents = NULL WHERE state = 'on_reserve';
ALTER TABLE applications ENABLE TRIGGER USER;
DROP TRIGGER applications_depart_with_reason ON applications;
CREATE CONSTRAINT TRIGGER applications_depart_with_reason AFTER UPDATE OF state ON applications
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND NEW.state IN ('recommended', 'rejected')) EXECUTE FUNCTION departure_must_say_why();
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
                        AND a.state IN ('recommended', 'approved', 'offered', 'accepted', 'suspended', 'terminated', 'completed')))
     AND NOT EXISTS (SELECT 1 FROM public.panel_departures d
                      WHERE d.application_id = NEW.id AND d.version = NEW.version) THEN
    RAISE EXCEPTION 'the decision on % departs from the rank and says no reason', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
DROP TRIGGER applications_reserve_list ON applications;
DROP TABLE reserve_entries;
DROP FUNCTION reserve_must_agree();
DROP FUNCTION application_must_agree_with_reserve();
DROP FUNCTION case_must_agree_with_reserve(uuid);
DROP FUNCTION reserve_must_be_in_turn();
DROP FUNCTION reserve_must_be_approved();
DELETE FROM application_steps WHERE 'on_reserve' IN (from_state, to_state);
ALTER TABLE applications DROP CONSTRAINT applications_state_check, ADD CONSTRAINT applications_state_check CHECK (state IN
  ('draft', 'submitted', 'returned', 'ineligible', 'in_assessment', 'recommended', 'rejected', 'approved', 'offered', 'accepted',
   'suspended', 'declined', 'lapsed', 'withdrawn', 'terminated', 'completed'));
