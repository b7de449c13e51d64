-- The last day on which the limit of a scheme was set: an older one does not take its place.
ALTER TABLE envelopes ADD COLUMN limit_on date;
GRANT UPDATE (limit_on) ON envelopes TO almoner_app;

-- A vote that is cast while the sitting is closed waits, and finds it closed.
CREATE OR REPLACE FUNCTION sitting_must_be_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM public.sittings s
    WHERE s.application_id = NEW.application_id AND s.number = NEW.number AND s.ended_at IS NULL
      AND (NEW.part IS NULL OR NEW.part = s.part) FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the sitting % on % takes no such vote', NEW.number, NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;

-- Nobody who acts for the applicant has a duty on its case.
CREATE OR REPLACE FUNCTION duty_must_be_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM public.applications WHERE id = NEW.application_id FOR UPDATE;
  IF public.is_tied(NEW.application_id, NEW.person_id)
     OR EXISTS (SELECT 1 FROM public.memberships m JOIN public.applications a ON a.organisation_id = m.organisation_id
                 WHERE m.person_id = NEW.person_id AND a.id = NEW.application_id) THEN
    RAISE EXCEPTION 'person % is on the side of the applicant', NEW.person_id USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM public.assessments s
              WHERE s.application_id = NEW.application_id AND s.assessor_id = NEW.person_id AND s.state = 'conflicted') THEN
    RAISE EXCEPTION 'person % has declared a conflict of interest on this case', NEW.person_id USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM public.sitting_votes v
              WHERE v.application_id = NEW.application_id AND v.person_id = NEW.person_id AND v.vote = 'conflict') THEN
    RAISE EXCEPTION 'person % has declared a conflict of interest on this case', NEW.person_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;

-- What is done on a case is done by somebody who has its duty, and therefore no other one.
CREATE FUNCTION must_have_duty(the_case uuid, the_person uuid, the_duty text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.case_duties d
                  WHERE d.application_id = the_case AND d.person_id = the_person AND d.duty = the_duty) THEN
    RAISE EXCEPTION 'person % has not the duty % on %', the_person, the_duty, the_case USING ERRCODE = 'check_violation';
  END IF;
END
$$;

CREATE FUNCTION submitter_must_have_duty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.must_have_duty(NEW.id, NEW.submitted_by, 'author');
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER applications_submitted_by_author AFTER UPDATE OF submitted_by ON applications
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.submitted_by IS NOT NULL AND OLD.submitted_by IS DISTINCT FROM NEW.submitted_by) EXECUTE FUNCTION submitter_must_have_duty();

CREATE FUNCTION assessor_must_have_duty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.must_have_duty(NEW.application_id, NEW.assessor_id, 'assessor');
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER assessments_by_assessor AFTER INSERT ON assessments
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION assessor_must_have_duty();

CREATE FUNCTION preparer_must_have_duty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.must_have_duty(NEW.application_id, b.prepared_by, 'payment_preparer') FROM public.batches b WHERE b.id = NEW.batch_id;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER payments_by_preparer AFTER INSERT ON payments
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION preparer_must_have_duty();

CREATE FUNCTION releaser_must_have_duty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.must_have_duty(p.application_id, NEW.released_by, 'payment_releaser') FROM public.payments p WHERE p.batch_id = NEW.id;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER batches_by_releaser AFTER UPDATE OF released_by ON batches
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.released_by IS NOT NULL AND OLD.released_by IS NULL) EXECUTE FUNCTION releaser_must_have_duty();

-- Nothing is decided in somebody's absence without a delegation that holds then, for this scheme.
CREATE FUNCTION change_must_be_delegated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
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
CREATE TRIGGER change_requests_delegated BEFORE UPDATE ON change_requests FOR EACH ROW
  WHEN (NEW.on_behalf_of IS NOT NULL AND OLD.on_behalf_of IS NULL) EXECUTE FUNCTION change_must_be_delegated();

-- Nobody who is debarred is given more: neither who applies, nor who has submitted it, nor who asks for it.
CREATE OR REPLACE FUNCTION award_follows_its_changes() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  held bigint;
BEGIN
  SELECT current_cents INTO held FROM public.awards WHERE application_id = NEW.application_id FOR NO KEY UPDATE;
  IF held IS DISTINCT FROM NEW.before_cents
     OR NEW.number <> 1 + (SELECT count(*) FROM public.award_changes WHERE application_id = NEW.application_id AND number <> NEW.number) THEN
    RAISE EXCEPTION 'change % of % does not go on from what holds', NEW.number, NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.after_cents <> NEW.before_cents THEN
    UPDATE public.awards SET current_cents = NEW.after_cents, revision = NEW.number WHERE application_id = NEW.application_id;
  END IF;
  IF NEW.after_cents > NEW.before_cents THEN
    PERFORM public.none_may_be_debarred(public.who_applies(a.id) || a.submitted_by || r.requested_by, a.scheme_code,
                                        (NEW.changed_at AT TIME ZONE 'Asia/Hong_Kong')::date)
       FROM public.applications a JOIN public.change_requests r ON (r.application_id, r.number) = (a.id, NEW.request)
      WHERE a.id = NEW.application_id;
  END IF;
  RETURN NULL;
END
$$;
