-- An authority keeps an organisation or a person from public money, or has found against them. One officer records it, another one
-- confirms it; it is ended before its time by two in the same way. What was recorded stays.
CREATE TABLE debarments (
  id               uuid PRIMARY KEY,
  organisation_id  uuid REFERENCES organisations,
  person_id        uuid REFERENCES people,
  kind         text NOT NULL CHECK (kind IN ('adverse', 'debarred')),
  from_on          date NOT NULL,
  -- The first day on which it holds no more.
  until_on         date CHECK (until_on > from_on),
  scheme_code      text,
  authority        text NOT NULL CHECK (authority <> '' AND length(authority) <= 200),
  ground           text NOT NULL CHECK (ground <> '' AND length(ground) <= 2000),
  recorded_by      uuid NOT NULL REFERENCES people,
  recorded_at      timestamptz NOT NULL,
  confirmed_by     uuid REFERENCES people CHECK (confirmed_by <> recorded_by),
  confirmed_at     timestamptz,
  -- That it ends before its time, as proposed, and as confirmed. What nobody has confirmed is set aside by it.
  end_on           date CHECK (end_on >= from_on AND (until_on IS NULL OR end_on < until_on)),
  end_reason       text CHECK (end_reason <> '' AND length(end_reason) <= 2000),
  end_by           uuid REFERENCES people,
  end_at           timestamptz,
  end_confirmed_by uuid REFERENCES people CHECK (end_confirmed_by <> end_by),
  end_confirmed_at timestamptz,
  CHECK (num_nonnulls(organisation_id, person_id) = 1),
  CHECK (num_nonnulls(confirmed_by, confirmed_at) IN (0, 2)),
  CHECK (num_nonnulls(end_on, end_reason, end_by, end_at) IN (0, 4)),
  CHECK (num_nonnulls(end_confirmed_by, end_confirmed_at) IN (0, 2)),
  CHECK (end_confirmed_at IS NULL OR confirmed_at IS NOT NULL AND end_on IS NOT NULL),
  -- What it has refused was refused by it: no end reaches into the past.
  CHECK (end_on >= (end_confirmed_at AT TIME ZONE 'Asia/Hong_Kong')::date),
  CHECK (confirmed_at IS NOT NULL OR end_on = from_on),
  -- Nobody does anything about what is on file of themselves.
  CHECK (person_id IS NULL OR person_id <> ALL (ARRAY[recorded_by, confirmed_by, end_by, end_confirmed_by]))
);
CREATE INDEX debarments_by_organisation ON debarments (organisation_id, id DESC);
CREATE INDEX debarments_by_person ON debarments (person_id, id DESC);
CREATE INDEX debarments_by_recorder ON debarments (recorded_by);
CREATE INDEX debarments_by_confirmer ON debarments (confirmed_by) WHERE confirmed_by IS NOT NULL;
CREATE INDEX debarments_by_ender ON debarments (end_by) WHERE end_by IS NOT NULL;
CREATE INDEX debarments_by_end_confirmer ON debarments (end_confirmed_by) WHERE end_confirmed_by IS NOT NULL;

-- By what whoever adds to what is on file of somebody, and whoever acts on it, wait for each other: the one alone, the others together.
CREATE FUNCTION debarment_key(the_party uuid) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT hashtextextended('debarment ' || the_party::text, 0)
$$;

-- Whoever acts is not of the organisation that it is about, nor acts for one with the person whom it is about.
CREATE FUNCTION debarment_must_be_of_others() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  acting uuid := CASE WHEN TG_OP = 'INSERT' THEN NEW.recorded_by
    WHEN NEW.end_confirmed_by IS NOT NULL THEN NEW.end_confirmed_by
    WHEN NEW.end_by IS NOT NULL THEN NEW.end_by
    ELSE NEW.confirmed_by END;
BEGIN
  IF EXISTS (SELECT 1 FROM public.memberships m WHERE m.person_id = acting
              AND (m.organisation_id = NEW.organisation_id OR m.organisation_id IN
                   (SELECT o.organisation_id FROM public.memberships o WHERE o.person_id = NEW.person_id))) THEN
    RAISE EXCEPTION 'debarment % is of the organisation of %', NEW.id, acting USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER debarments_of_others BEFORE INSERT OR UPDATE ON debarments FOR EACH ROW EXECUTE FUNCTION debarment_must_be_of_others();

-- It comes as recorded, is confirmed once, and is over once: set aside before, or ended after, by the end that was proposed.
CREATE FUNCTION debarment_must_take_its_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.confirmed_at IS NOT NULL OR NEW.end_at IS NOT NULL THEN
      RAISE EXCEPTION 'debarment % is not confirmed when it is recorded', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (OLD.id, OLD.organisation_id, OLD.person_id, OLD.kind, OLD.from_on, OLD.until_on, OLD.scheme_code, OLD.authority, OLD.ground,
      OLD.recorded_by, OLD.recorded_at) IS DISTINCT FROM
     (NEW.id, NEW.organisation_id, NEW.person_id, NEW.kind, NEW.from_on, NEW.until_on, NEW.scheme_code, NEW.authority, NEW.ground,
      NEW.recorded_by, NEW.recorded_at)
     OR OLD.confirmed_at IS NOT NULL AND (OLD.confirmed_by, OLD.confirmed_at) IS DISTINCT FROM (NEW.confirmed_by, NEW.confirmed_at)
     OR OLD.end_confirmed_at IS NOT NULL
     OR OLD.confirmed_at IS NULL AND OLD.end_at IS NOT NULL THEN
    RAISE EXCEPTION 'debarment % stays as it is', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL AND NEW.end_at IS NOT NULL
     OR NEW.end_confirmed_at IS NOT NULL AND
        ((OLD.end_reason, OLD.end_by, OLD.end_at) IS DISTINCT FROM (NEW.end_reason, NEW.end_by, NEW.end_at) OR NEW.end_on < OLD.end_on) THEN
    RAISE EXCEPTION 'debarment % is ended by two, one after the other', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  -- Whoever has read that nothing is on file has done what they do, or waits and reads it again.
  IF OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock(public.debarment_key(COALESCE(NEW.organisation_id, NEW.person_id)));
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER debarments_steps BEFORE INSERT OR UPDATE ON debarments FOR EACH ROW EXECUTE FUNCTION debarment_must_take_its_steps();
CREATE TRIGGER debarments_kept BEFORE DELETE OR TRUNCATE ON debarments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- None of these is debarred from a scheme on a day, and nobody becomes so until the transaction ends.
CREATE FUNCTION none_may_be_debarred(parties uuid[], the_scheme text, the_day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  found_one uuid;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(public.debarment_key(p.id))
     FROM (SELECT DISTINCT u.id FROM unnest(parties) u (id) WHERE u.id IS NOT NULL ORDER BY u.id) p;
  SELECT d.id INTO found_one FROM public.debarments d
   WHERE (d.organisation_id = ANY (parties) OR d.person_id = ANY (parties))
     AND d.kind = 'debarred' AND d.confirmed_at IS NOT NULL
     AND (d.scheme_code IS NULL OR d.scheme_code = the_scheme)
     AND d.from_on <= the_day
     AND (CASE WHEN d.end_confirmed_at IS NOT NULL THEN d.end_on ELSE d.until_on END > the_day) IS NOT FALSE
   LIMIT 1;
  IF found_one IS NOT NULL THEN
    RAISE EXCEPTION 'debarment % stands in the way', found_one USING ERRCODE = 'check_violation';
  END IF;
END
$$;

-- Who applies for a case: its applicant, and those co-applicants who have members on it now.
CREATE FUNCTION who_applies(the_case uuid) RETURNS uuid[] LANGUAGE sql STABLE AS $$
  SELECT ARRAY(SELECT a.organisation_id FROM public.applications a WHERE a.id = the_case
    UNION SELECT m.organisation_id FROM public.application_members m
           WHERE m.application_id = the_case AND m.state = 'accepted' AND m.organisation_id IS NOT NULL)
$$;

CREATE FUNCTION submission_must_not_be_debarred() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.none_may_be_debarred(public.who_applies(NEW.id) || NEW.submitted_by, NEW.scheme_code, NEW.submitted_on);
  RETURN NEW;
END
$$;
CREATE TRIGGER applications_not_debarred BEFORE UPDATE ON applications FOR EACH ROW
  WHEN (OLD.submitted_at IS NULL AND NEW.submitted_at IS NOT NULL) EXECUTE FUNCTION submission_must_not_be_debarred();

CREATE FUNCTION answer_must_not_be_debarred() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.none_may_be_debarred(public.who_applies(a.id) || NEW.ended_by, a.scheme_code,
                                      (NEW.ended_at AT TIME ZONE 'Asia/Hong_Kong')::date)
     FROM public.applications a WHERE a.id = NEW.application_id;
  RETURN NEW;
END
$$;
CREATE TRIGGER application_returns_not_debarred BEFORE UPDATE ON application_returns FOR EACH ROW
  WHEN (OLD.answered_revision IS NULL AND NEW.answered_revision IS NOT NULL) EXECUTE FUNCTION answer_must_not_be_debarred();

CREATE FUNCTION award_must_not_be_debarred() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM public.none_may_be_debarred(public.who_applies(a.id) || a.submitted_by, a.scheme_code,
                                        (NEW.decided_at AT TIME ZONE 'Asia/Hong_Kong')::date)
       FROM public.applications a WHERE a.id = NEW.application_id;
  ELSE
    PERFORM public.none_may_be_debarred(public.who_applies(NEW.application_id), NEW.scheme_code,
                                        (NEW.accepted_at AT TIME ZONE 'Asia/Hong_Kong')::date);
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER awards_not_debarred BEFORE INSERT ON awards FOR EACH ROW EXECUTE FUNCTION award_must_not_be_debarred();
CREATE TRIGGER awards_accepted_not_debarred BEFORE UPDATE ON awards FOR EACH ROW
  WHEN (OLD.accepted_at IS NULL AND NEW.accepted_at IS NOT NULL) EXECUTE FUNCTION award_must_not_be_debarred();

CREATE FUNCTION payment_must_not_be_debarred() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.none_may_be_debarred(ARRAY[a.organisation_id], a.scheme_code, (b.prepared_at AT TIME ZONE 'Asia/Hong_Kong')::date)
     FROM public.applications a, public.batches b WHERE a.id = NEW.application_id AND b.id = NEW.batch_id;
  RETURN NEW;
END
$$;
CREATE TRIGGER payments_not_debarred BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION payment_must_not_be_debarred();

CREATE FUNCTION release_must_not_be_debarred() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.none_may_be_debarred(array_agg(c.organisation_id), c.scheme_code, (NEW.released_at AT TIME ZONE 'Asia/Hong_Kong')::date)
     FROM (SELECT a.organisation_id, a.scheme_code FROM public.payments p JOIN public.applications a ON a.id = p.application_id
            WHERE p.batch_id = NEW.id) c
    GROUP BY c.scheme_code;
  RETURN NEW;
END
$$;
CREATE TRIGGER batches_not_debarred BEFORE UPDATE ON batches FOR EACH ROW
  WHEN (OLD.state <> 'released' AND NEW.state = 'released') EXECUTE FUNCTION release_must_not_be_debarred();

GRANT SELECT, INSERT,
  UPDATE (confirmed_by, confirmed_at, end_on, end_reason, end_by, end_at, end_confirmed_by, end_confirmed_at) ON debarments TO almoner_app;
