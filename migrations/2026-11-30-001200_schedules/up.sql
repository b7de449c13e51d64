-- Instalments of a later day, and instalments that need something shown before they are due.

ALTER TABLE instalments ADD COLUMN after_months integer CHECK (after_months > 0),
  ADD COLUMN needs text[] NOT NULL DEFAULT '{}' CHECK (array_position(needs, NULL) IS NULL),
  DROP CONSTRAINT instalments_due_check,
  ADD CONSTRAINT instalments_due_check CHECK (due IN ('acceptance', 'milestone', 'completion', 'final_accounts')),
  ADD CONSTRAINT instalments_timed_check CHECK (after_months IS NULL OR due = 'acceptance');
ALTER TABLE claims ADD COLUMN shown jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(shown) = 'object');

-- A claim is of an instalment of the plan that holds, not before its day, with what it needs.
CREATE OR REPLACE FUNCTION claim_must_be_planned() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  planned     public.instalments;
  accepted_on date;
BEGIN
  SELECT i.* INTO planned FROM public.instalments i JOIN public.awards w USING (application_id, revision)
   WHERE application_id = NEW.application_id AND i.code = NEW.instalment;
  IF planned.application_id IS NULL THEN
    RAISE EXCEPTION 'claim % is of no instalment of the plan', NEW.id USING ERRCODE = 'foreign_key_violation';
  END IF;
  SELECT (accepted_at AT TIME ZONE 'Asia/Hong_Kong')::date INTO accepted_on FROM public.awards
   WHERE application_id = NEW.application_id;
  IF (NEW.created_at AT TIME ZONE 'Asia/Hong_Kong')::date < accepted_on + make_interval(months => planned.after_months) THEN
    RAISE EXCEPTION 'claim % comes before its instalment is due', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  IF NOT NEW.shown ?& planned.needs THEN
    RAISE EXCEPTION 'claim % does not show what its instalment needs', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
