DROP TRIGGER change_requests_delegated ON change_requests;
DROP TRIGGER batches_by_releaser ON batches;
DROP TRIGGER payments_by_preparer ON payments;
DROP TRIGGER assessments_by_assessor ON assessments;
DROP TRIGGER applications_submitted_by_author ON applications;
DROP FUNCTION change_must_be_delegated, releaser_must_have_duty, preparer_must_have_duty, assessor_must_have_duty,
  submitter_must_have_duty;
DROP FUNCTION must_have_duty(uuid, uuid, text);
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
  -- Nobody who is debarred is given more.
  IF NEW.after_cents > NEW.before_cents THEN
    PERFORM public.none_may_be_debarred(public.who_applies(a.id), a.scheme_code, (NEW.changed_at AT TIME ZONE 'Asia/Hong_Kong')::date)
       FROM public.applications a WHERE a.id = NEW.application_id;
  END IF;
  RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION duty_must_be_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM public.applications WHERE id = NEW.application_id FOR UPDATE;
  IF public.is_tied(NEW.application_id, NEW.person_id) THEN
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
CREATE OR REPLACE FUNCTION sitting_must_be_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.sittings s
                  WHERE s.application_id = NEW.application_id AND s.number = NEW.number AND s.ended_at IS NULL
                    AND (NEW.part IS NULL OR NEW.part = s.part)) THEN
    RAISE EXCEPTION 'the sitting % on % takes no such vote', NEW.number, NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
ALTER TABLE envelopes DROP COLUMN limit_on;
