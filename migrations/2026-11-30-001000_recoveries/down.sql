-- Money that has come back had no place before: this refuses while there is any.
DROP INDEX awards_overpaid;
ALTER TABLE reminders DISABLE TRIGGER USER;
DELETE FROM reminders WHERE kind = 'recovery_overdue';
ALTER TABLE reminders ENABLE TRIGGER USER;
ALTER TABLE reminders DROP CONSTRAINT reminders_kind_check,
  ADD CONSTRAINT reminders_kind_check CHECK (kind IN ('assessment_due', 'assessment_late', 'return_due', 'award_expires', 'round_closes'));
DROP TRIGGER letters_of_their_demand ON letters;
DROP FUNCTION letter_must_be_of_its_demand();
ALTER TABLE letters DISABLE TRIGGER USER;
DELETE FROM letters WHERE kind = 'demand';
ALTER TABLE letters ENABLE TRIGGER USER;
DROP INDEX letters_application_id_kind_version_key;
ALTER TABLE letters
  DROP COLUMN recovery_id,
  DROP CONSTRAINT letters_kind_check,
  ADD CONSTRAINT letters_kind_check CHECK (kind IN ('offer', 'agreement', 'refusal', 'amendment'));
CREATE UNIQUE INDEX letters_application_id_kind_version_key ON letters (application_id, kind, version) WHERE kind <> 'amendment';
CREATE OR REPLACE FUNCTION balance_must_agree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT coalesce(sum(committed_cents), 0) FROM public.applicant_balances
      WHERE scheme_code = NEW.scheme_code AND organisation_id = NEW.organisation_id)
     <> (SELECT coalesce(sum(CASE WHEN settled_cents IS NULL THEN current_cents WHEN counts_as = 'lifetime' THEN settled_cents ELSE 0 END), 0)
           FROM public.awards
          WHERE organisation_id = NEW.organisation_id AND scheme_code = NEW.scheme_code AND state <> 'released') THEN
    RAISE EXCEPTION 'the balance of % in % does not agree with its awards', NEW.organisation_id, NEW.scheme_code
      USING ERRCODE = 'check_violation';
  END IF;
  IF (SELECT coalesce(sum(reserved_cents), 0) FROM public.applicant_balances
      WHERE scheme_code = NEW.scheme_code AND organisation_id = NEW.organisation_id)
     <> (SELECT coalesce(sum(reserved_cents), 0) FROM public.applications
          WHERE organisation_id = NEW.organisation_id AND scheme_code = NEW.scheme_code AND reserved_cents > 0) THEN
    RAISE EXCEPTION 'the balance of % in % does not agree with what its cases have reserved', NEW.organisation_id, NEW.scheme_code
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
DROP TRIGGER ledger_entries_recovered ON ledger_entries;
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_account_check,
  ADD CONSTRAINT ledger_entries_account_check CHECK (account IN ('envelope', 'reservation', 'commitment', 'paid'));
CREATE OR REPLACE FUNCTION ledger_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum(amount_cents) FROM public.ledger_entries WHERE posting_id = NEW.posting_id) <> 0 THEN
    RAISE EXCEPTION 'posting % does not sum to zero', NEW.posting_id USING ERRCODE = 'check_violation';
  END IF;
  -- Two that pay from one commitment see each other's lines only if the second waits for the first.
  PERFORM 1 FROM public.applications WHERE id = NEW.application_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT 1 FROM public.ledger_entries WHERE application_id = NEW.application_id AND account <> 'envelope'
             GROUP BY account HAVING sum(amount_cents) < 0) THEN
    RAISE EXCEPTION 'case % pays or releases more than is committed', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
DROP TABLE recovery_instalments, recovery_arrangements, recovery_write_offs, recovery_entries, recoveries;
DROP FUNCTION demand_must_be_told();
DROP FUNCTION arrangement_must_come_out();
DROP FUNCTION recovery_of_row_must_come_out();
DROP FUNCTION recoveries_must_be_in_the_ledger(uuid);
DROP FUNCTION recovery_must_come_out(uuid);
DROP FUNCTION write_off_must_be_by_two();
DROP FUNCTION recovery_entry_must_fit();
DROP FUNCTION recovery_must_take_its_steps();
DROP FUNCTION recovery_sums(uuid, timestamptz);
DROP SEQUENCE recovery_serial;
