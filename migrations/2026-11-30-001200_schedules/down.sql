CREATE OR REPLACE FUNCTION claim_must_be_planned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.instalments i JOIN public.awards w USING (application_id, revision)
                  WHERE application_id = NEW.application_id AND i.code = NEW.instalment) THEN
    RAISE EXCEPTION 'claim % is of no instalment of the plan', NEW.id USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NEW;
END
$$;

ALTER TABLE claims DROP COLUMN shown;
ALTER TABLE instalments DROP CONSTRAINT instalments_timed_check, DROP CONSTRAINT instalments_due_check,
  ADD CONSTRAINT instalments_due_check CHECK (due IN ('acceptance', 'completion', 'final_accounts')),
  DROP COLUMN needs, DROP COLUMN after_months;
