-- What is owed back of a grant: demanded by one person and confirmed by another, and what has been charged, received, written off and
-- reversed since. Nothing of it is edited.
CREATE SEQUENCE recovery_serial;

CREATE TABLE recoveries (
  id                  uuid PRIMARY KEY,
  reference           text NOT NULL UNIQUE,
  application_id      uuid NOT NULL REFERENCES applications,
  kind                text NOT NULL CHECK (kind IN ('overpaid', 'unspent', 'misspent', 'recoupment')),
  state               text NOT NULL CHECK (state IN ('raised', 'confirmed', 'settled', 'withdrawn')),
  principal_cents     bigint NOT NULL CHECK (principal_cents > 0),
  reason              text NOT NULL CHECK (reason <> '' AND length(reason) <= 2000),
  due_on              date NOT NULL,
  -- How much interest a year, from which day, and by which clause.
  rate_numerator      bigint CHECK (rate_numerator > 0),
  rate_denominator    bigint CHECK (rate_denominator >= rate_numerator),
  interest_from       date,
  interest_clause     text CHECK (interest_clause <> '' AND length(interest_clause) <= 300),
  -- Of recoupment, on which figures.
  income_cents        bigint CHECK (income_cents > 0),
  share_numerator     bigint CHECK (share_numerator > 0),
  share_denominator   bigint CHECK (share_denominator >= share_numerator),
  income_clause       text CHECK (income_clause <> '' AND length(income_clause) <= 300),
  raised_by           uuid NOT NULL REFERENCES people,
  raised_at           timestamptz NOT NULL,
  confirmed_by        uuid REFERENCES people CHECK (confirmed_by <> raised_by),
  confirmed_at        timestamptz,
  withdrawn_by        uuid REFERENCES people,
  withdrawn_at        timestamptz,
  withdrawn_because   text CHECK (withdrawn_because <> '' AND length(withdrawn_because) <= 2000),
  CHECK (due_on >= (raised_at AT TIME ZONE 'Asia/Hong_Kong')::date),
  CHECK (num_nonnulls(rate_numerator, rate_denominator, interest_from, interest_clause) IN (0, 4)),
  CHECK (num_nonnulls(income_cents, share_numerator, share_denominator, income_clause) = CASE kind WHEN 'recoupment' THEN 4 ELSE 0 END),
  CHECK (kind <> 'recoupment' OR principal_cents = floor(income_cents::numeric * share_numerator / share_denominator)),
  CHECK (num_nonnulls(confirmed_by, confirmed_at) = CASE WHEN state IN ('confirmed', 'settled') THEN 2 ELSE 0 END),
  CHECK (num_nonnulls(withdrawn_by, withdrawn_at, withdrawn_because) = CASE state WHEN 'withdrawn' THEN 3 ELSE 0 END)
);
CREATE INDEX recoveries_by_case ON recoveries (application_id, id);
CREATE INDEX recoveries_by_state ON recoveries (state, id DESC);
CREATE INDEX recoveries_by_raiser ON recoveries (raised_by);
CREATE INDEX recoveries_by_confirmer ON recoveries (confirmed_by) WHERE confirmed_by IS NOT NULL;
CREATE INDEX recoveries_by_withdrawer ON recoveries (withdrawn_by) WHERE withdrawn_by IS NOT NULL;

-- What is entered on a demand. Of principal and interest a part is never negative: the kind says which way it goes.
CREATE TABLE recovery_entries (
  id              uuid PRIMARY KEY,
  recovery_id     uuid NOT NULL REFERENCES recoveries,
  number          integer NOT NULL CHECK (number > 0),
  kind            text NOT NULL CHECK (kind IN ('interest', 'receipt', 'write_off', 'reversal')),
  principal_cents bigint NOT NULL CHECK (principal_cents >= 0),
  interest_cents  bigint NOT NULL CHECK (interest_cents >= 0),
  on_day          date NOT NULL,
  from_day        date,
  reverses        uuid UNIQUE REFERENCES recovery_entries,
  words           text NOT NULL CHECK (length(words) <= 2000),
  entered_by      uuid NOT NULL REFERENCES people,
  entered_at      timestamptz NOT NULL,
  UNIQUE (recovery_id, number),
  CHECK (principal_cents + interest_cents > 0),
  CHECK ((kind = 'interest') = (from_day IS NOT NULL)),
  CHECK (kind <> 'interest' OR principal_cents = 0 AND from_day < on_day),
  CHECK ((kind = 'reversal') = (reverses IS NOT NULL)),
  CHECK (kind = 'interest' OR words <> ''),
  CHECK (on_day <= (entered_at AT TIME ZONE 'Asia/Hong_Kong')::date)
);
CREATE INDEX recovery_entries_by_person ON recovery_entries (entered_by);
CREATE TRIGGER recovery_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON recovery_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- That somebody asks to give something up, and that another one has approved it.
CREATE TABLE recovery_write_offs (
  id             uuid PRIMARY KEY,
  recovery_id    uuid NOT NULL REFERENCES recoveries,
  number         integer NOT NULL CHECK (number > 0),
  amount_cents   bigint NOT NULL CHECK (amount_cents > 0),
  reason         text NOT NULL CHECK (reason <> '' AND length(reason) <= 2000),
  asked_by       uuid NOT NULL REFERENCES people,
  asked_at       timestamptz NOT NULL,
  approved_by    uuid REFERENCES people CHECK (approved_by <> asked_by),
  approved_at    timestamptz,
  approved_under text,
  -- How far that authority reached; nothing where it had no end.
  limit_cents    bigint CHECK (limit_cents >= amount_cents),
  entry_id       uuid UNIQUE REFERENCES recovery_entries DEFERRABLE INITIALLY DEFERRED,
  UNIQUE (recovery_id, number),
  CHECK (num_nonnulls(approved_by, approved_at, approved_under, entry_id) IN (0, 4)),
  CHECK (limit_cents IS NULL OR approved_by IS NOT NULL)
);
CREATE INDEX recovery_write_offs_by_asker ON recovery_write_offs (asked_by);
CREATE INDEX recovery_write_offs_by_approver ON recovery_write_offs (approved_by) WHERE approved_by IS NOT NULL;

-- What was agreed to be paid in parts: the last one holds.
CREATE TABLE recovery_arrangements (
  recovery_id    uuid NOT NULL REFERENCES recoveries,
  number         integer NOT NULL CHECK (number > 0),
  total_cents    bigint NOT NULL CHECK (total_cents > 0),
  credited_cents bigint NOT NULL CHECK (credited_cents >= 0),
  reason         text NOT NULL CHECK (reason <> '' AND length(reason) <= 2000),
  agreed_by      uuid NOT NULL REFERENCES people,
  agreed_at      timestamptz NOT NULL,
  PRIMARY KEY (recovery_id, number)
);
CREATE INDEX recovery_arrangements_by_person ON recovery_arrangements (agreed_by);
CREATE TABLE recovery_instalments (
  recovery_id  uuid NOT NULL,
  arrangement  integer NOT NULL,
  place        integer NOT NULL CHECK (place BETWEEN 1 AND 60),
  due_on       date NOT NULL,
  amount_cents bigint NOT NULL CHECK (amount_cents > 0),
  PRIMARY KEY (recovery_id, arrangement, place),
  UNIQUE (recovery_id, arrangement, due_on),
  FOREIGN KEY (recovery_id, arrangement) REFERENCES recovery_arrangements
);
CREATE TRIGGER recovery_arrangements_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON recovery_arrangements
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER recovery_instalments_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON recovery_instalments
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER recoveries_kept BEFORE DELETE OR TRUNCATE ON recoveries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER recovery_write_offs_kept BEFORE DELETE OR TRUNCATE ON recovery_write_offs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What a demand comes to, of the entries that were made before an instant: what is outstanding of the principal and of the interest, the
-- interest charged, what was received, and of that of the principal, and what was written off.
CREATE FUNCTION recovery_sums(the_recovery uuid, before timestamptz, OUT principal bigint, OUT interest bigint, OUT charged bigint,
                              OUT received bigint, OUT recovered bigint, OUT written_off bigint) LANGUAGE sql STABLE AS $$
  SELECT r.principal_cents - coalesce(sum(e.principal_cents) FILTER (WHERE e.kind <> 'interest'), 0)::bigint,
         coalesce(sum(e.interest_cents) FILTER (WHERE e.kind = 'interest'), 0)::bigint
           - coalesce(sum(e.interest_cents) FILTER (WHERE e.kind <> 'interest'), 0)::bigint,
         coalesce(sum(e.interest_cents) FILTER (WHERE e.kind = 'interest'), 0)::bigint,
         coalesce(sum(e.principal_cents + e.interest_cents) FILTER (WHERE e.kind = 'receipt'), 0)::bigint,
         coalesce(sum(e.principal_cents) FILTER (WHERE e.kind = 'receipt'), 0)::bigint,
         coalesce(sum(e.principal_cents + e.interest_cents) FILTER (WHERE e.kind = 'write_off'), 0)::bigint
    FROM public.recoveries r
    LEFT JOIN public.recovery_entries e ON e.recovery_id = r.id AND e.kind <> 'reversal' AND e.entered_at < before
      AND NOT EXISTS (SELECT 1 FROM public.recovery_entries v WHERE v.reverses = e.id AND v.entered_at < before)
   WHERE r.id = the_recovery GROUP BY r.id
$$;

-- It is raised, confirmed by another person or withdrawn, and settled while nothing is outstanding. What was paid is demanded once, and of
-- what a settlement has found to be overpaid no more than that.
CREATE FUNCTION recovery_must_take_its_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (to_jsonb(OLD) - '{state,confirmed_by,confirmed_at,withdrawn_by,withdrawn_at,withdrawn_because}'::text[])
         <> (to_jsonb(NEW) - '{state,confirmed_by,confirmed_at,withdrawn_by,withdrawn_at,withdrawn_because}'::text[])
       OR (OLD.state, NEW.state) NOT IN (('raised', 'confirmed'), ('raised', 'withdrawn'), ('confirmed', 'settled'), ('settled', 'confirmed'))
       OR OLD.state <> 'raised' AND (OLD.confirmed_by, OLD.confirmed_at) IS DISTINCT FROM (NEW.confirmed_by, NEW.confirmed_at) THEN
      RAISE EXCEPTION 'demand % stays as it is', OLD.reference USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.state <> 'raised' THEN
    RAISE EXCEPTION 'demand % is raised first', NEW.reference USING ERRCODE = 'check_violation';
  END IF;
  -- Two that demand of one case see each other only if the second waits for the first.
  PERFORM 1 FROM public.applications WHERE id = NEW.application_id FOR NO KEY UPDATE;
  IF NEW.kind <> 'recoupment' AND NEW.principal_cents
       + (SELECT coalesce(sum(principal_cents), 0) FROM public.recoveries
           WHERE application_id = NEW.application_id AND kind <> 'recoupment' AND state <> 'withdrawn')
       > (SELECT coalesce(sum(amount_cents), 0) FROM public.ledger_entries WHERE application_id = NEW.application_id AND account = 'paid') THEN
    RAISE EXCEPTION 'demand % is of more than was paid', NEW.reference USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.kind = 'overpaid' AND NEW.principal_cents
       + (SELECT coalesce(sum(principal_cents), 0) FROM public.recoveries
           WHERE application_id = NEW.application_id AND kind = 'overpaid' AND state <> 'withdrawn')
       > (SELECT coalesce(sum(overpaid_cents), 0) FROM public.awards WHERE application_id = NEW.application_id) THEN
    RAISE EXCEPTION 'demand % is of more than was overpaid', NEW.reference USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER recoveries_steps BEFORE INSERT OR UPDATE ON recoveries FOR EACH ROW EXECUTE FUNCTION recovery_must_take_its_steps();

-- An entry is on a demand that is owed, and one after the other. Interest is no more than the rate says; a reversal is of all of an entry; what
-- is written off was approved.
CREATE FUNCTION recovery_entry_must_fit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  the_demand public.recoveries;
  sums       record;
  reversed   public.recovery_entries;
BEGIN
  SELECT * INTO the_demand FROM public.recoveries WHERE id = NEW.recovery_id FOR NO KEY UPDATE;
  IF the_demand.state IS NULL OR the_demand.state NOT IN ('confirmed', 'settled') THEN
    RAISE EXCEPTION 'demand % is not owed', the_demand.reference USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.kind = 'interest' THEN
    SELECT * INTO sums FROM public.recovery_sums(NEW.recovery_id, 'infinity');
    IF the_demand.interest_from IS NULL OR NEW.from_day < the_demand.interest_from
       OR NEW.interest_cents > floor(sums.principal::numeric * the_demand.rate_numerator * (NEW.on_day - NEW.from_day)
                                     / (the_demand.rate_denominator * 365::numeric))
       OR EXISTS (SELECT 1 FROM public.recovery_entries e WHERE e.recovery_id = NEW.recovery_id AND e.kind = 'interest' AND e.on_day > NEW.from_day
                     AND NOT EXISTS (SELECT 1 FROM public.recovery_entries v WHERE v.reverses = e.id)) THEN
      RAISE EXCEPTION 'demand % does not bear this interest', the_demand.reference USING ERRCODE = 'check_violation';
    END IF;
  ELSIF NEW.kind = 'reversal' THEN
    SELECT * INTO reversed FROM public.recovery_entries WHERE id = NEW.reverses;
    IF reversed.recovery_id IS DISTINCT FROM NEW.recovery_id OR reversed.kind = 'reversal'
       OR (reversed.principal_cents, reversed.interest_cents) <> (NEW.principal_cents, NEW.interest_cents) THEN
      RAISE EXCEPTION 'entry % is not what it reverses', NEW.id USING ERRCODE = 'check_violation';
    END IF;
  ELSIF NEW.kind = 'write_off' AND NOT EXISTS (
    SELECT 1 FROM public.recovery_write_offs w
     WHERE w.entry_id = NEW.id AND w.recovery_id = NEW.recovery_id AND w.amount_cents = NEW.principal_cents + NEW.interest_cents) THEN
    RAISE EXCEPTION 'entry % was not approved', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER recovery_entries_fit BEFORE INSERT ON recovery_entries FOR EACH ROW EXECUTE FUNCTION recovery_entry_must_fit();

-- A write-off is asked by one and approved by another, the last one alone, under an authority that the approver holds. Whoever has prepared or
-- released a payment of the case does neither.
CREATE FUNCTION write_off_must_be_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  acting   uuid := CASE TG_OP WHEN 'INSERT' THEN NEW.asked_by ELSE NEW.approved_by END;
  the_case uuid := (SELECT application_id FROM public.recoveries WHERE id = NEW.recovery_id AND state IN ('confirmed', 'settled') FOR NO KEY UPDATE);
BEGIN
  IF the_case IS NULL OR TG_OP = 'INSERT' AND NEW.approved_by IS NOT NULL THEN
    RAISE EXCEPTION 'write-off % is asked of what is owed', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND (OLD.approved_by IS NOT NULL OR NEW.approved_by IS NULL
       OR (OLD.id, OLD.recovery_id, OLD.number, OLD.amount_cents, OLD.reason, OLD.asked_by, OLD.asked_at)
          <> (NEW.id, NEW.recovery_id, NEW.number, NEW.amount_cents, NEW.reason, NEW.asked_by, NEW.asked_at)
       OR EXISTS (SELECT 1 FROM public.recovery_write_offs WHERE recovery_id = NEW.recovery_id AND number > NEW.number)) THEN
    RAISE EXCEPTION 'write-off % stays as it is', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM public.case_duties WHERE application_id = the_case AND person_id = acting
                AND duty IN ('payment_preparer', 'payment_releaser')) THEN
    RAISE EXCEPTION 'write-off %: % had to do with a payment', NEW.id, acting USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND NOT EXISTS (SELECT 1 FROM public.person_authorities WHERE person_id = acting AND authority = NEW.approved_under) THEN
    RAISE EXCEPTION 'write-off %: % does not hold %', NEW.id, acting, NEW.approved_under USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER recovery_write_offs_by_two BEFORE INSERT OR UPDATE ON recovery_write_offs FOR EACH ROW EXECUTE FUNCTION write_off_must_be_by_two();

-- When all is written: no more has come or was given up than is owed, a demand is settled while nothing is outstanding, and what has come back
-- of what was paid on a case is what the ledger says.
CREATE FUNCTION recovery_must_come_out(the_recovery uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  the_demand public.recoveries;
  sums       record;
BEGIN
  SELECT * INTO the_demand FROM public.recoveries WHERE id = the_recovery;
  SELECT * INTO sums FROM public.recovery_sums(the_recovery, 'infinity');
  IF sums.principal < 0 OR sums.interest < 0
     OR the_demand.state IN ('confirmed', 'settled') AND (the_demand.state = 'settled') <> (sums.principal + sums.interest = 0) THEN
    RAISE EXCEPTION 'demand % does not come out', the_demand.reference USING ERRCODE = 'check_violation';
  END IF;
END
$$;
CREATE FUNCTION recoveries_must_be_in_the_ledger(the_case uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT coalesce(sum(s.recovered), 0) FROM public.recoveries r, public.recovery_sums(r.id, 'infinity') s
       WHERE r.application_id = the_case AND r.kind <> 'recoupment')
     <> (SELECT coalesce(-sum(amount_cents), 0) FROM public.ledger_entries WHERE application_id = the_case AND account = 'recovered') THEN
    RAISE EXCEPTION 'case % has recovered something else than its ledger says', the_case USING ERRCODE = 'check_violation';
  END IF;
END
$$;
CREATE FUNCTION recovery_of_row_must_come_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'recoveries' THEN
    PERFORM public.recovery_must_come_out(NEW.id);
  ELSIF TG_TABLE_NAME = 'ledger_entries' THEN
    PERFORM public.recoveries_must_be_in_the_ledger(NEW.application_id);
  ELSE
    PERFORM public.recovery_must_come_out(NEW.recovery_id);
    PERFORM public.recoveries_must_be_in_the_ledger(application_id) FROM public.recoveries WHERE id = NEW.recovery_id;
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER recoveries_come_out AFTER UPDATE ON recoveries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION recovery_of_row_must_come_out();
CREATE CONSTRAINT TRIGGER recovery_entries_come_out AFTER INSERT ON recovery_entries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION recovery_of_row_must_come_out();
CREATE CONSTRAINT TRIGGER ledger_entries_recovered AFTER INSERT ON ledger_entries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.account = 'recovered') EXECUTE FUNCTION recovery_of_row_must_come_out();

-- The parts of an arrangement come to what is outstanding, to the cent.
CREATE FUNCTION arrangement_must_come_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.total_cents IS DISTINCT FROM
       (SELECT sum(amount_cents) FROM public.recovery_instalments WHERE recovery_id = NEW.recovery_id AND arrangement = NEW.number)
     OR (NEW.total_cents, NEW.credited_cents) IS DISTINCT FROM
          (SELECT (s.principal + s.interest, s.received + s.written_off) FROM public.recovery_sums(NEW.recovery_id, 'infinity') s) THEN
    RAISE EXCEPTION 'the parts of an arrangement of % do not come to what is outstanding', NEW.recovery_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER recovery_arrangements_come_out AFTER INSERT ON recovery_arrangements
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION arrangement_must_come_out();

-- What has come back stands in an account of its own, below zero, so that what was paid stays what was paid. It is never more than that.
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_account_check,
  ADD CONSTRAINT ledger_entries_account_check CHECK (account IN ('envelope', 'reservation', 'commitment', 'paid', 'recovered'));
CREATE OR REPLACE FUNCTION ledger_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum(amount_cents) FROM public.ledger_entries WHERE posting_id = NEW.posting_id) <> 0 THEN
    RAISE EXCEPTION 'posting % does not sum to zero', NEW.posting_id USING ERRCODE = 'check_violation';
  END IF;
  -- Two that pay from one commitment see each other's lines only if the second waits for the first.
  PERFORM 1 FROM public.applications WHERE id = NEW.application_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT 1 FROM public.ledger_entries WHERE application_id = NEW.application_id AND account NOT IN ('envelope', 'recovered')
             GROUP BY account HAVING sum(amount_cents) < 0) THEN
    RAISE EXCEPTION 'case % pays or releases more than is committed', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM public.ledger_entries WHERE application_id = NEW.application_id AND account IN ('paid', 'recovered')
             HAVING sum(amount_cents) < 0 OR sum(amount_cents) FILTER (WHERE account = 'recovered') > 0) THEN
    RAISE EXCEPTION 'case % recovers more than was paid', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;

-- An applicant's balance counts what holds, less what has come back of it where all counts that was ever granted.
CREATE OR REPLACE FUNCTION balance_must_agree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT coalesce(sum(committed_cents), 0) FROM public.applicant_balances
      WHERE scheme_code = NEW.scheme_code AND organisation_id = NEW.organisation_id)
     <> (SELECT coalesce(sum(CASE WHEN settled_cents IS NULL THEN current_cents WHEN counts_as = 'lifetime' THEN settled_cents ELSE 0 END), 0)
           FROM public.awards
          WHERE organisation_id = NEW.organisation_id AND scheme_code = NEW.scheme_code AND state <> 'released')
        + (SELECT coalesce(sum(e.amount_cents), 0) FROM public.awards w JOIN public.ledger_entries e ON e.application_id = w.application_id
            WHERE w.organisation_id = NEW.organisation_id AND w.scheme_code = NEW.scheme_code AND w.counts_as = 'lifetime'
              AND e.account = 'recovered') THEN
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

-- A demand goes out by a letter of its own when it is confirmed: text and hash, kept as the others are.
ALTER TABLE letters
  DROP CONSTRAINT letters_kind_check,
  ADD CONSTRAINT letters_kind_check CHECK (kind IN ('offer', 'agreement', 'refusal', 'amendment', 'demand')),
  ADD COLUMN recovery_id uuid UNIQUE REFERENCES recoveries,
  ADD CONSTRAINT letters_of_a_demand CHECK ((kind = 'demand') = (recovery_id IS NOT NULL));
DROP INDEX letters_application_id_kind_version_key;
CREATE UNIQUE INDEX letters_application_id_kind_version_key ON letters (application_id, kind, version) WHERE kind NOT IN ('amendment', 'demand');
CREATE FUNCTION letter_must_be_of_its_demand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.recoveries r
                  WHERE r.id = NEW.recovery_id AND r.application_id = NEW.application_id AND r.confirmed_at = NEW.written_at
                    AND NEW.text::jsonb @> jsonb_build_object('blocks', jsonb_build_array(jsonb_build_object('text', jsonb_build_object('en', r.reason))))) THEN
    RAISE EXCEPTION 'letter % is not of a demand that is confirmed with it', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER letters_of_their_demand BEFORE INSERT ON letters FOR EACH ROW WHEN (NEW.kind = 'demand') EXECUTE FUNCTION letter_must_be_of_its_demand();
CREATE FUNCTION demand_must_be_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.letters l WHERE l.recovery_id = NEW.id) THEN
    RAISE EXCEPTION 'demand % is confirmed without a letter', NEW.reference USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER recoveries_told AFTER UPDATE ON recoveries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'confirmed') EXECUTE FUNCTION demand_must_be_told();

ALTER TABLE reminders DROP CONSTRAINT reminders_kind_check,
  ADD CONSTRAINT reminders_kind_check
  CHECK (kind IN ('assessment_due', 'assessment_late', 'return_due', 'award_expires', 'round_closes', 'recovery_overdue'));

-- Settlements that have found something overpaid: few, and looked for until it is demanded.
CREATE INDEX awards_overpaid ON awards (application_id) WHERE overpaid_cents > 0;

GRANT USAGE ON SEQUENCE recovery_serial TO almoner_app;
GRANT SELECT, INSERT, UPDATE (state, confirmed_by, confirmed_at, withdrawn_by, withdrawn_at, withdrawn_because) ON recoveries TO almoner_app;
GRANT SELECT, INSERT ON recovery_entries, recovery_arrangements, recovery_instalments TO almoner_app;
GRANT SELECT, INSERT, UPDATE (approved_by, approved_at, approved_under, limit_cents, entry_id) ON recovery_write_offs TO almoner_app;
