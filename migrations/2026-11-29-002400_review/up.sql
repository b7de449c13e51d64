-- It is looked again at a refusal, where the applicant asks for it in time, by somebody who has done nothing else on the case.
ALTER TABLE case_duties DROP CONSTRAINT case_duties_duty_check, ADD CONSTRAINT case_duties_duty_check CHECK (duty IN
  ('author', 'assessor', 'recommender', 'approver', 'payment_preparer', 'payment_releaser', 'reviewer'));

CREATE TABLE reviews (
  application_id  uuid NOT NULL REFERENCES applications,
  number          integer NOT NULL CHECK (number > 0),
  step            text NOT NULL CHECK (step <> ''),
  -- What was decided, why, and by which stay of the case it is known.
  of_state        text NOT NULL CHECK (of_state IN ('ineligible', 'rejected')),
  of_reason       text NOT NULL,
  stay            integer NOT NULL CHECK (stay > 0),
  told_on         date NOT NULL,
  last_day        date NOT NULL CHECK (last_day > told_on),
  -- The step of whoever decides, and the authorities that may take it.
  route           jsonb NOT NULL,
  authorities     text[] NOT NULL CHECK (authorities <> '{}'),
  state           text NOT NULL CHECK (state IN ('requested', 'withdrawn', 'dismissed', 'set_aside')),
  requested_by    uuid NOT NULL REFERENCES people,
  requested_at    timestamptz NOT NULL,
  grounds         text NOT NULL CHECK (grounds <> ''),
  ended_by        uuid REFERENCES people,
  on_behalf_of    uuid REFERENCES people,
  authority       text,
  ended_at        timestamptz,
  ended_because   text CHECK (ended_because <> ''),
  PRIMARY KEY (application_id, number),
  -- Once of a decision before each instance.
  CONSTRAINT reviews_once UNIQUE (application_id, stay, step),
  CONSTRAINT reviews_in_time CHECK ((requested_at AT TIME ZONE 'Asia/Hong_Kong')::date <= last_day),
  CHECK (num_nonnulls(ended_by, ended_at, ended_because) = CASE state WHEN 'requested' THEN 0 ELSE 3 END),
  CHECK (on_behalf_of <> ended_by),
  CONSTRAINT reviews_under_an_authority CHECK
    (CASE WHEN state IN ('dismissed', 'set_aside') THEN authority IS NOT NULL AND authority = ANY (authorities)
          ELSE authority IS NULL AND on_behalf_of IS NULL END)
);
CREATE UNIQUE INDEX reviews_open ON reviews (application_id) WHERE state = 'requested';
CREATE INDEX reviews_by_requester ON reviews (requested_by);
CREATE INDEX reviews_by_ender ON reviews (ended_by) WHERE ended_by IS NOT NULL;
CREATE INDEX reviews_by_absent ON reviews (on_behalf_of) WHERE on_behalf_of IS NOT NULL;

-- It is asked for by the applicant, of the refusal that stands; before another instance, of what the one before has decided.
CREATE FUNCTION review_must_be_of_a_refusal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  told     timestamptz;
  before   public.reviews%ROWTYPE;
BEGIN
  SELECT a.state_since INTO told FROM public.applications a
   WHERE a.id = NEW.application_id AND a.state = NEW.of_state AND a.reason = NEW.of_reason FOR NO KEY UPDATE;
  IF NOT FOUND OR NEW.state <> 'requested'
     OR NEW.stay <> 1 + (SELECT count(*) FROM public.application_stays WHERE application_id = NEW.application_id)
     OR NEW.number <> 1 + (SELECT count(*) FROM public.reviews WHERE application_id = NEW.application_id) THEN
    RAISE EXCEPTION 'review % of % is of no refusal that stands', NEW.number, NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  SELECT r.* INTO before FROM public.reviews r
   WHERE r.application_id = NEW.application_id AND r.stay = NEW.stay ORDER BY r.number DESC LIMIT 1;
  IF FOUND THEN
    IF before.state <> 'dismissed' THEN
      RAISE EXCEPTION 'review % of % is of nothing that an instance has decided', NEW.number, NEW.application_id USING ERRCODE = 'check_violation';
    END IF;
    told := before.ended_at;
  END IF;
  IF NEW.told_on <> (told AT TIME ZONE 'Asia/Hong_Kong')::date THEN
    RAISE EXCEPTION 'review % of % counts its days from another day', NEW.number, NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM public.case_duties d
                  WHERE d.application_id = NEW.application_id AND d.person_id = NEW.requested_by AND d.duty = 'author') THEN
    RAISE EXCEPTION 'review % of % is asked for by nobody of the applicant', NEW.number, NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER reviews_of_refusals BEFORE INSERT ON reviews FOR EACH ROW EXECUTE FUNCTION review_must_be_of_a_refusal();

-- Everybody who has had a part in a case: a separated duty, another review of it, an act that its audit knows, a seat in a sitting on it, or the
-- opening or the minutes of a panel that has ranked it.
CREATE FUNCTION on_the_case(the_case uuid) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
  SELECT person_id FROM public.case_duties WHERE application_id = the_case AND duty <> 'reviewer'
  UNION SELECT ended_by FROM public.reviews WHERE application_id = the_case AND ended_by IS NOT NULL
  UNION SELECT on_behalf_of FROM public.reviews WHERE application_id = the_case AND on_behalf_of IS NOT NULL
  UNION SELECT substring(who FROM '^{"person":"([0-9a-f-]{36})"}$')::uuid FROM public.audit_entries
         WHERE subject_id = the_case AND who LIKE '{"person":"%'
  UNION SELECT person_id FROM public.sitting_members WHERE application_id = the_case
  UNION SELECT p.opened_by FROM public.panels p JOIN public.panel_cases c ON c.panel_id = p.id WHERE c.application_id = the_case
  UNION SELECT m.written_by FROM public.panel_minutes m JOIN public.panel_cases c USING (panel_id)
         WHERE c.application_id = the_case AND (m.application_id IS NULL OR m.application_id = the_case)
$$;

-- What was asked stays; it ends once; and whoever decides, and in whose absence they do, has the duty of a reviewer, and has had no part in
-- the case.
CREATE FUNCTION review_must_end_by_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'requested' OR NEW.state = 'requested'
     OR (OLD.application_id, OLD.number, OLD.step, OLD.of_state, OLD.of_reason, OLD.stay, OLD.told_on, OLD.last_day, OLD.route,
         OLD.authorities, OLD.requested_by, OLD.requested_at, OLD.grounds) IS DISTINCT FROM
        (NEW.application_id, NEW.number, NEW.step, NEW.of_state, NEW.of_reason, NEW.stay, NEW.told_on, NEW.last_day, NEW.route,
         NEW.authorities, NEW.requested_by, NEW.requested_at, NEW.grounds) THEN
    RAISE EXCEPTION 'review % of % takes no such step', OLD.number, OLD.application_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'withdrawn' THEN
    RETURN NEW;
  END IF;
  IF EXISTS (
       SELECT 1 FROM unnest(ARRAY[NEW.ended_by, NEW.on_behalf_of]) decider (id)
        WHERE decider.id IS NOT NULL
          AND (NOT EXISTS (SELECT 1 FROM public.case_duties d
                            WHERE d.application_id = NEW.application_id AND d.person_id = decider.id AND d.duty = 'reviewer')
               OR decider.id IN (SELECT public.on_the_case(NEW.application_id)))) THEN
    RAISE EXCEPTION 'review % of % is decided by somebody who was on the case', NEW.number, NEW.application_id
      USING ERRCODE = 'check_violation';
  END IF;
  -- Nothing is decided in somebody's absence without a delegation that holds then, for this scheme.
  IF NEW.on_behalf_of IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM public.delegations d JOIN public.applications a ON a.id = NEW.application_id
        WHERE d.of_id = NEW.on_behalf_of AND d.to_id = NEW.ended_by AND d.ended_at IS NULL
          AND (d.scheme_code IS NULL OR d.scheme_code = a.scheme_code)
          AND (NEW.ended_at AT TIME ZONE 'Asia/Hong_Kong')::date >= d.from_on
          AND (NEW.ended_at AT TIME ZONE 'Asia/Hong_Kong')::date < d.until_on) THEN
    RAISE EXCEPTION '% has delegated nothing to %', NEW.on_behalf_of, NEW.ended_by USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER reviews_end BEFORE UPDATE ON reviews FOR EACH ROW EXECUTE FUNCTION review_must_end_by_others();
CREATE TRIGGER reviews_kept BEFORE DELETE OR TRUNCATE ON reviews FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What is set aside is opened again where it was refused, in the same transaction.
CREATE FUNCTION review_must_open_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.applications a
                  WHERE a.id = NEW.application_id
                    AND a.state = CASE NEW.of_state WHEN 'ineligible' THEN 'submitted' ELSE 'in_assessment' END
                    AND NEW.stay = (SELECT count(*) FROM public.application_stays s WHERE s.application_id = a.id)) THEN
    RAISE EXCEPTION 'review % of % is set aside and opens nothing again', NEW.number, NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER reviews_open_again AFTER UPDATE ON reviews
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'set_aside') EXECUTE FUNCTION review_must_open_again();

-- A refusal is left while nobody looks at it again; and once it was looked at and stands, it is opened again by another instance alone.
CREATE FUNCTION refusal_must_be_left_openly() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  left_by integer := (SELECT max(number) FROM public.application_stays WHERE application_id = NEW.id AND state = OLD.state);
BEGIN
  IF EXISTS (SELECT 1 FROM public.reviews WHERE application_id = NEW.id AND state = 'requested') THEN
    RAISE EXCEPTION 'case % is left while a review of it is open', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state IN ('submitted', 'in_assessment')
     AND EXISTS (SELECT 1 FROM public.reviews r WHERE r.application_id = NEW.id AND r.stay = left_by AND r.state = 'dismissed')
     AND NOT EXISTS (SELECT 1 FROM public.reviews r WHERE r.application_id = NEW.id AND r.stay = left_by AND r.state = 'set_aside') THEN
    RAISE EXCEPTION 'case % was looked at again and its refusal stands', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  -- Whoever has had a duty on it does not set its refusal aside, but for a review that is theirs to decide.
  IF NEW.state IN ('submitted', 'in_assessment')
     AND NOT EXISTS (SELECT 1 FROM public.reviews r WHERE r.application_id = NEW.id AND r.stay = left_by AND r.state = 'set_aside')
     AND EXISTS (SELECT 1 FROM public.case_duties d
                   JOIN (SELECT who FROM public.audit_entries WHERE subject_id = NEW.id ORDER BY sequence DESC LIMIT 1) e
                     ON e.who = '{"person":"' || d.person_id || '"}'
                  WHERE d.application_id = NEW.id) THEN
    RAISE EXCEPTION 'case % is opened again by somebody with a duty on it', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER refusals_left AFTER UPDATE ON applications
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND OLD.state IN ('ineligible', 'rejected')) EXECUTE FUNCTION refusal_must_be_left_openly();

GRANT SELECT, INSERT, UPDATE (state, ended_by, on_behalf_of, authority, ended_at, ended_because) ON reviews TO almoner_app;
