-- What is approved for when money frees up: the reserve list of a round, or of a scheme without rounds, in the order in which it moves up.
ALTER TABLE applications DROP CONSTRAINT applications_state_check, ADD CONSTRAINT applications_state_check CHECK (state IN
  ('draft', 'submitted', 'returned', 'ineligible', 'in_assessment', 'recommended', 'on_reserve', 'rejected', 'approved', 'offered',
   'accepted', 'suspended', 'declined', 'lapsed', 'withdrawn', 'terminated', 'completed'));
INSERT INTO application_steps (from_state, to_state) VALUES
  ('recommended', 'on_reserve'), ('on_reserve', 'approved'), ('on_reserve', 'rejected'), ('on_reserve', 'withdrawn');

CREATE TABLE reserve_entries (
  application_id  uuid NOT NULL,
  route           integer NOT NULL,
  scheme_code     text NOT NULL,
  round           text,
  position        integer NOT NULL CHECK (position > 0),
  amount_cents    bigint NOT NULL CHECK (amount_cents > 0),
  until_on        date NOT NULL,
  -- The first day on which its award may be told, where it moves up before that.
  embargo_until   date,
  placed_by       uuid NOT NULL REFERENCES people,
  placed_at       timestamptz NOT NULL,
  -- Why it was passed over the last time: the code of the refusal, and what it said.
  skipped         text CHECK (skipped <> ''),
  skipped_because text,
  skipped_at      timestamptz,
  left_at         timestamptz,
  outcome         text CHECK (outcome IN ('awarded', 'closed', 'withdrawn')),
  PRIMARY KEY (application_id, route),
  FOREIGN KEY (application_id, route) REFERENCES approval_routes,
  CHECK (until_on > (placed_at AT TIME ZONE 'Asia/Hong_Kong')::date),
  CHECK (embargo_until > (placed_at AT TIME ZONE 'Asia/Hong_Kong')::date),
  CHECK ((left_at IS NULL) = (outcome IS NULL)),
  CHECK (num_nulls(skipped, skipped_because, skipped_at) IN (0, 3)),
  -- Nobody moves up after the last day.
  CHECK (outcome <> 'awarded' OR (left_at AT TIME ZONE 'Asia/Hong_Kong')::date <= until_on)
);
-- No two share a place, whatever has become of them; and a case has one at most.
CREATE UNIQUE INDEX reserve_entries_in_their_places ON reserve_entries (scheme_code, coalesce(round, ''), position);
CREATE UNIQUE INDEX reserve_entries_once ON reserve_entries (application_id) WHERE left_at IS NULL;
CREATE INDEX reserve_entries_by_placer ON reserve_entries (placed_by);
CREATE INDEX reserve_entries_waiting ON reserve_entries (scheme_code, round, position) WHERE left_at IS NULL;

-- Only what its route has approved in all its parts, with that amount, and of the scheme and the round of its case.
CREATE FUNCTION reserve_must_be_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.applications a
                  WHERE a.id = NEW.application_id AND a.scheme_code = NEW.scheme_code AND a.round IS NOT DISTINCT FROM NEW.round
                    AND a.recommended_cents = NEW.amount_cents) OR EXISTS (
    SELECT 1 FROM public.approval_parts p
     WHERE p.application_id = NEW.application_id AND p.route = NEW.route
       AND NOT EXISTS (
         SELECT 1 FROM public.approvals a
          WHERE a.application_id = p.application_id AND a.route = p.route AND a.part = p.code AND a.void IS NULL
            AND a.amount_cents = NEW.amount_cents)) THEN
    RAISE EXCEPTION 'the place of % on the reserve list is not approved by all', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER reserve_entries_stand_on_approvals AFTER INSERT ON reserve_entries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reserve_must_be_approved();

-- A case that has left stays so, and while one in a better place waits and was not passed over nobody else moves up.
CREATE FUNCTION reserve_must_be_in_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.left_at IS NOT NULL THEN
    RAISE EXCEPTION 'case % has left the reserve list', OLD.application_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.outcome = 'awarded' AND EXISTS (
    SELECT 1 FROM public.reserve_entries better
     WHERE better.scheme_code = NEW.scheme_code AND better.round IS NOT DISTINCT FROM NEW.round AND better.left_at IS NULL
       AND better.position < NEW.position AND better.skipped IS NULL
       AND better.until_on >= (NEW.left_at AT TIME ZONE 'Asia/Hong_Kong')::date) THEN
    RAISE EXCEPTION 'case % is not the first on the reserve list', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER reserve_entries_in_turn BEFORE UPDATE ON reserve_entries FOR EACH ROW EXECUTE FUNCTION reserve_must_be_in_turn();

-- A case waits on the list while it is in the state of that, and leaves it as its state says.
CREATE FUNCTION case_must_agree_with_reserve(the_case uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  now_in  text := (SELECT state FROM public.applications WHERE id = the_case);
  waits   bigint := (SELECT count(*) FROM public.reserve_entries WHERE application_id = the_case AND left_at IS NULL);
BEGIN
  IF (now_in = 'on_reserve') <> (waits = 1) THEN
    RAISE EXCEPTION 'case % does not wait on the reserve list as its state says', the_case USING ERRCODE = 'check_violation';
  END IF;
END
$$;
CREATE FUNCTION application_must_agree_with_reserve() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE CONSTRAINT TRIGGER applications_reserve_list AFTER UPDATE ON applications
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND 'on_reserve' IN (OLD.state, NEW.state)) EXECUTE FUNCTION application_must_agree_with_reserve();
CREATE FUNCTION reserve_must_agree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.case_must_agree_with_reserve(NEW.application_id);
  -- What moves up has the award that was approved.
  IF NEW.outcome = 'awarded' AND NOT EXISTS (SELECT 1 FROM public.awards w
      WHERE w.application_id = NEW.application_id AND w.amount_cents = NEW.amount_cents) THEN
    RAISE EXCEPTION 'case % has left the reserve list without its award', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER reserve_entries_tied AFTER INSERT OR UPDATE ON reserve_entries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reserve_must_agree();

CREATE TRIGGER reserve_entries_kept BEFORE DELETE OR TRUNCATE ON reserve_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT, UPDATE (skipped, skipped_because, skipped_at, left_at, outcome) ON reserve_entries TO almoner_app;

-- To put a case on the list beside one below it that is awarded departs from the rank, and so does to refuse it beside one that waits.
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
DROP TRIGGER applications_depart_with_reason ON applications;
CREATE CONSTRAINT TRIGGER applications_depart_with_reason AFTER UPDATE OF state ON applications
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND NEW.state IN ('recommended', 'on_reserve', 'rejected')) EXECUTE FUNCTION departure_must_say_why();
