-- After the award: it is suspended and goes on, or ends before its time, and what was awarded changes by requests that somebody decides.
ALTER TABLE applications DROP CONSTRAINT applications_state_check, ADD CONSTRAINT applications_state_check CHECK (state IN
  ('draft', 'submitted', 'returned', 'ineligible', 'in_assessment', 'recommended', 'rejected', 'approved', 'offered', 'accepted',
   'suspended', 'declined', 'lapsed', 'withdrawn', 'terminated', 'completed'));
INSERT INTO application_steps (from_state, to_state) VALUES
  ('accepted', 'suspended'), ('accepted', 'terminated'), ('suspended', 'accepted'), ('suspended', 'terminated');

CREATE TABLE change_requests (
  application_id  uuid NOT NULL REFERENCES awards,
  number          integer NOT NULL CHECK (number > 0),
  kind            text NOT NULL CHECK (kind IN
    ('dates', 'budget', 'scope', 'people', 'partner', 'amount', 'suspension', 'resumption', 'termination')),
  state           text NOT NULL CHECK (state IN ('requested', 'returned', 'forwarded', 'withdrawn', 'granted', 'refused')),
  by_agency       boolean NOT NULL,
  requested_by    uuid NOT NULL REFERENCES people,
  requested_at    timestamptz NOT NULL,
  reason          text NOT NULL CHECK (reason <> ''),
  wanted          jsonb NOT NULL,
  before          jsonb NOT NULL,
  -- The step of whoever decides, and the authorities that may take it; none where an officer decides.
  route           jsonb,
  authorities     text[] NOT NULL,
  question        text CHECK (question <> ''),
  answer          text CHECK (answer <> ''),
  forwarded_by    uuid REFERENCES people,
  forwarded_at    timestamptz,
  ended_by        uuid REFERENCES people,
  on_behalf_of    uuid REFERENCES people,
  authority       text,
  ended_at        timestamptz,
  ended_because   text CHECK (ended_because <> ''),
  PRIMARY KEY (application_id, number),
  CHECK ((route IS NULL) = (authorities = '{}')),
  CHECK ((forwarded_by IS NULL) = (forwarded_at IS NULL)),
  CHECK (num_nonnulls(ended_by, ended_at, ended_because) = CASE WHEN state IN ('withdrawn', 'granted', 'refused') THEN 3 ELSE 0 END),
  CHECK (NOT by_agency OR kind IN ('suspension', 'resumption', 'termination')),
  -- Whoever decides is neither the one who asked nor the one who put it forward, and acts in the absence of neither.
  CONSTRAINT change_requests_by_others CHECK (state NOT IN ('granted', 'refused') OR
    ended_by <> requested_by AND ended_by IS DISTINCT FROM forwarded_by AND
    on_behalf_of IS DISTINCT FROM requested_by AND (on_behalf_of IS NULL OR on_behalf_of IS DISTINCT FROM forwarded_by)),
  CONSTRAINT change_requests_forwarded_by_others CHECK (forwarded_by <> requested_by),
  CHECK (on_behalf_of <> ended_by),
  CHECK (authority IS NULL OR authority = ANY (authorities)),
  -- What an authority decides was put forward; what an officer decides was not.
  CONSTRAINT change_requests_by_the_route CHECK (state NOT IN ('granted', 'refused') OR
    (route IS NOT NULL) = (forwarded_by IS NOT NULL) AND (route IS NOT NULL) = (authority IS NOT NULL))
);
CREATE UNIQUE INDEX change_requests_open ON change_requests (application_id, kind) WHERE state IN ('requested', 'returned', 'forwarded');
CREATE INDEX change_requests_waiting ON change_requests (state, application_id, number) WHERE state IN ('requested', 'returned', 'forwarded');
CREATE INDEX change_requests_by_requester ON change_requests (requested_by);
CREATE INDEX change_requests_by_forwarder ON change_requests (forwarded_by) WHERE forwarded_by IS NOT NULL;
CREATE INDEX change_requests_by_ender ON change_requests (ended_by) WHERE ended_by IS NOT NULL;
CREATE INDEX change_requests_by_absent ON change_requests (on_behalf_of) WHERE on_behalf_of IS NOT NULL;

-- It comes as requested, takes its steps, and what was asked stays.
CREATE FUNCTION change_request_must_take_its_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'requested' OR NOT EXISTS (SELECT 1 FROM public.applications
         WHERE id = NEW.application_id AND state IN ('accepted', 'suspended') FOR NO KEY UPDATE) THEN
      RAISE EXCEPTION 'a change of % is requested while its award runs', NEW.application_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (OLD.application_id, OLD.number, OLD.kind, OLD.by_agency, OLD.requested_by, OLD.requested_at, OLD.reason, OLD.wanted, OLD.before,
      OLD.authorities) IS DISTINCT FROM
     (NEW.application_id, NEW.number, NEW.kind, NEW.by_agency, NEW.requested_by, NEW.requested_at, NEW.reason, NEW.wanted, NEW.before,
      NEW.authorities)
     OR OLD.route IS DISTINCT FROM NEW.route
     OR (OLD.state, NEW.state) NOT IN
        (('requested', 'returned'), ('requested', 'forwarded'), ('requested', 'withdrawn'), ('requested', 'granted'), ('requested', 'refused'),
         ('returned', 'requested'), ('returned', 'withdrawn'),
         ('forwarded', 'withdrawn'), ('forwarded', 'granted'), ('forwarded', 'refused'))
     OR OLD.forwarded_by IS NOT NULL AND (OLD.forwarded_by, OLD.forwarded_at) IS DISTINCT FROM (NEW.forwarded_by, NEW.forwarded_at) THEN
    RAISE EXCEPTION 'change request % of % takes no such step', OLD.number, OLD.application_id USING ERRCODE = 'check_violation';
  END IF;
  -- Whoever decides, and in whose absence they do, has the duty of an approver and therefore no other one.
  IF NEW.state IN ('granted', 'refused') AND EXISTS (
       SELECT 1 FROM unnest(ARRAY[NEW.ended_by, NEW.on_behalf_of]) decider (id) WHERE decider.id IS NOT NULL AND NOT EXISTS (
         SELECT 1 FROM public.case_duties d
          WHERE d.application_id = NEW.application_id AND d.person_id = decider.id AND d.duty = 'approver')) THEN
    RAISE EXCEPTION 'change request % of % is decided by somebody without the duty', NEW.number, NEW.application_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER change_requests_steps BEFORE INSERT OR UPDATE ON change_requests FOR EACH ROW EXECUTE FUNCTION change_request_must_take_its_steps();
CREATE TRIGGER change_requests_kept BEFORE DELETE OR TRUNCATE ON change_requests FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What the changes have made of an award, beside what was awarded. Only the trigger of the changes writes it.
ALTER TABLE awards
  ADD COLUMN current_cents bigint CHECK (current_cents > 0),
  ADD COLUMN revision integer NOT NULL DEFAULT 0 CHECK (revision >= 0);
ALTER TABLE awards DISABLE TRIGGER USER;
UPDATE awards SET current_cents = amount_cents;
ALTER TABLE awards ENABLE TRIGGER USER;
ALTER TABLE awards ALTER COLUMN current_cents SET NOT NULL,
  ADD CONSTRAINT awards_as_awarded CHECK (revision > 0 OR current_cents = amount_cents),
  DROP CONSTRAINT awards_check,
  ADD CONSTRAINT awards_settled CHECK (settled_cents BETWEEN 0 AND current_cents);

-- It begins as it was awarded, whatever the server says.
CREATE FUNCTION award_begins_as_awarded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.current_cents := NEW.amount_cents;
  NEW.revision := 0;
  RETURN NEW;
END
$$;
CREATE TRIGGER awards_begin BEFORE INSERT ON awards FOR EACH ROW EXECUTE FUNCTION award_begins_as_awarded();

-- The history of an award: what held before each change, and what holds after it.
CREATE TABLE award_changes (
  application_id  uuid NOT NULL REFERENCES awards,
  number          integer NOT NULL CHECK (number > 0),
  request         integer NOT NULL,
  kind            text NOT NULL,
  before          jsonb NOT NULL,
  after           jsonb NOT NULL CHECK (after <> before),
  project         jsonb,
  authority       text,
  before_cents    bigint NOT NULL CHECK (before_cents > 0),
  after_cents     bigint NOT NULL CHECK (after_cents > 0),
  changed_at      timestamptz NOT NULL,
  PRIMARY KEY (application_id, number),
  UNIQUE (application_id, request),
  FOREIGN KEY (application_id, request) REFERENCES change_requests,
  CHECK ((kind = 'amount') = (before_cents <> after_cents))
);
CREATE TRIGGER award_changes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON award_changes
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A change goes on from what holds, one after another, and moves the amount along.
CREATE FUNCTION award_follows_its_changes() RETURNS trigger LANGUAGE plpgsql
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
REVOKE EXECUTE ON FUNCTION award_follows_its_changes() FROM PUBLIC;
CREATE TRIGGER award_changes_followed AFTER INSERT ON award_changes FOR EACH ROW EXECUTE FUNCTION award_follows_its_changes();

-- What is changed was granted, and what was granted is changed, in one transaction.
CREATE FUNCTION change_must_be_granted(the_case uuid, the_request integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT state = 'granted' FROM public.change_requests WHERE (application_id, number) = (the_case, the_request))
     IS DISTINCT FROM
     (SELECT true FROM public.award_changes c JOIN public.change_requests r ON (r.application_id, r.number) = (c.application_id, c.request)
       WHERE (c.application_id, c.request) = (the_case, the_request) AND r.kind = c.kind AND r.authority IS NOT DISTINCT FROM c.authority) THEN
    RAISE EXCEPTION 'change request % of % is not what was granted', the_request, the_case USING ERRCODE = 'check_violation';
  END IF;
END
$$;
CREATE FUNCTION change_of_row_must_be_granted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.change_must_be_granted(NEW.application_id, NEW.request);
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER award_changes_granted AFTER INSERT ON award_changes
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION change_of_row_must_be_granted();
CREATE FUNCTION request_of_row_must_be_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.change_must_be_granted(NEW.application_id, NEW.number);
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER change_requests_made AFTER UPDATE ON change_requests
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'granted') EXECUTE FUNCTION request_of_row_must_be_made();

-- The stages and the instalments of each amount that an award has had; those of its revision hold.
ALTER TABLE award_stages ADD COLUMN revision integer NOT NULL DEFAULT 0 CHECK (revision >= 0),
  DROP CONSTRAINT award_stages_pkey, ADD PRIMARY KEY (application_id, revision, sequence),
  DROP CONSTRAINT award_stages_application_id_stage_key, ADD UNIQUE (application_id, revision, stage);
ALTER TABLE claims DROP CONSTRAINT claims_application_id_instalment_fkey, ADD FOREIGN KEY (application_id) REFERENCES awards;
ALTER TABLE instalments ADD COLUMN revision integer NOT NULL DEFAULT 0 CHECK (revision >= 0),
  DROP CONSTRAINT instalments_pkey, ADD PRIMARY KEY (application_id, revision, sequence),
  DROP CONSTRAINT instalments_application_id_code_key, ADD UNIQUE (application_id, revision, code);

CREATE OR REPLACE FUNCTION award_stages_must_sum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT current_cents FROM public.awards WHERE application_id = NEW.application_id)
     IS DISTINCT FROM (SELECT sum(s.amount_cents) FROM public.award_stages s JOIN public.awards w USING (application_id, revision)
                        WHERE application_id = NEW.application_id)
     -- Awards made before stages were kept have none.
     AND EXISTS (SELECT 1 FROM public.award_stages WHERE application_id = NEW.application_id) THEN
    RAISE EXCEPTION 'the stages of the award of % do not sum to it', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE FUNCTION award_must_have_stages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.award_stages WHERE application_id = NEW.application_id) THEN
    RAISE EXCEPTION 'the stages of the award of % do not sum to it', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER awards_have_some_stages AFTER INSERT ON awards
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION award_must_have_stages();

-- The plan that holds sums to the award that holds.
CREATE FUNCTION plan_must_sum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.awards w WHERE w.application_id = NEW.application_id AND w.state = 'accepted' AND w.current_cents <>
      (SELECT coalesce(sum(i.amount_cents), 0) FROM public.instalments i
        WHERE (i.application_id, i.revision) = (w.application_id, w.revision))) THEN
    RAISE EXCEPTION 'the instalments of % do not sum to its award', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER instalments_sum AFTER INSERT ON instalments
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION plan_must_sum();
CREATE CONSTRAINT TRIGGER awards_planned_again AFTER UPDATE ON awards
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.revision <> NEW.revision) EXECUTE FUNCTION plan_must_sum();
CREATE CONSTRAINT TRIGGER awards_staged_again AFTER UPDATE ON awards
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.revision <> NEW.revision) EXECUTE FUNCTION award_stages_must_sum();

-- A claim is of an instalment of the plan that holds, and no more than that holds.
CREATE FUNCTION claim_must_be_planned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.instalments i JOIN public.awards w USING (application_id, revision)
                  WHERE application_id = NEW.application_id AND i.code = NEW.instalment) THEN
    RAISE EXCEPTION 'claim % is of no instalment of the plan', NEW.id USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER claims_planned BEFORE INSERT ON claims FOR EACH ROW EXECUTE FUNCTION claim_must_be_planned();

-- While an award is suspended, and after it has ended before its time, nothing is claimed, certified, batched or paid.
CREATE FUNCTION award_must_run(the_case uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM public.applications WHERE id = the_case AND state IN ('suspended', 'terminated') FOR NO KEY UPDATE;
  IF FOUND THEN
    RAISE EXCEPTION 'the award of % does not run', the_case USING ERRCODE = 'check_violation';
  END IF;
END
$$;
CREATE FUNCTION award_of_row_must_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.award_must_run(NEW.application_id);
  RETURN NEW;
END
$$;
CREATE TRIGGER claims_of_running_awards BEFORE INSERT ON claims FOR EACH ROW EXECUTE FUNCTION award_of_row_must_run();
CREATE TRIGGER claims_certified_of_running_awards BEFORE UPDATE ON claims FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND NEW.state IN ('certified', 'nil', 'paid')) EXECUTE FUNCTION award_of_row_must_run();
CREATE TRIGGER payments_of_running_awards BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION award_of_row_must_run();
CREATE FUNCTION awards_of_batch_must_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.award_must_run(application_id) FROM
    (SELECT DISTINCT application_id FROM public.payments WHERE batch_id = NEW.id ORDER BY application_id) p;
  RETURN NEW;
END
$$;
CREATE TRIGGER batches_of_running_awards BEFORE UPDATE ON batches FOR EACH ROW
  WHEN (OLD.state <> 'released' AND NEW.state = 'released') EXECUTE FUNCTION awards_of_batch_must_run();

-- An applicant's balance counts what holds.
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
DROP TRIGGER awards_counted_again ON awards;
CREATE CONSTRAINT TRIGGER awards_counted_again AFTER UPDATE ON awards
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.state = 'released' OR OLD.settled_cents IS DISTINCT FROM NEW.settled_cents OR OLD.current_cents <> NEW.current_cents)
  EXECUTE FUNCTION balance_must_agree();

-- The laws of a case: it holds what holds of its award, and is suspended, goes on or has ended by the last change that says so.
CREATE OR REPLACE FUNCTION case_must_be_sound(the_case uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  law       text;
  held      numeric;
  reserved  numeric;
  paid      numeric;
  paid_out  numeric := (SELECT sum(p.amount_cents) FROM public.payments p JOIN public.batches b ON b.id = p.batch_id
                        WHERE p.application_id = the_case AND b.state = 'released');
  moved_by  text    := (SELECT kind FROM public.award_changes WHERE application_id = the_case AND
                         kind IN ('suspension', 'resumption', 'termination') ORDER BY number DESC LIMIT 1);
BEGIN
  SELECT sum(amount_cents) FILTER (WHERE account IN ('commitment', 'paid')), sum(amount_cents) FILTER (WHERE account = 'reservation'),
         sum(amount_cents) FILTER (WHERE account = 'paid')
    INTO held, reserved, paid FROM public.ledger_entries WHERE application_id = the_case;
  SELECT CASE
      WHEN w.state IS DISTINCT FROM CASE a.state
             WHEN 'approved' THEN 'decided' WHEN 'offered' THEN 'offered' WHEN 'accepted' THEN 'accepted' WHEN 'completed' THEN 'accepted'
             WHEN 'suspended' THEN 'accepted' WHEN 'terminated' THEN 'accepted'
             WHEN 'declined' THEN 'released' WHEN 'lapsed' THEN 'released'
             WHEN 'withdrawn' THEN CASE WHEN w.state IS NOT NULL THEN 'released' END
           END THEN 'has an award that does not go with its state'
      WHEN (w.amount_cents, w.scheme_code, w.organisation_id) <> (a.recommended_cents, a.scheme_code, a.organisation_id)
        THEN 'has an award that was not recommended'
      WHEN coalesce(held, 0) <> CASE WHEN w.state IS NULL OR w.state = 'released' THEN 0 ELSE coalesce(w.settled_cents, w.current_cents) END
        THEN 'does not hold in the ledger what its award says'
      WHEN coalesce(reserved, 0) <> a.reserved_cents THEN 'has not reserved in the ledger what it says'
      WHEN paid IS DISTINCT FROM paid_out THEN 'has not been paid what its released batches say'
      WHEN a.state IN ('completed', 'terminated') AND (w.settled_cents IS NULL OR coalesce(held, 0) <> coalesce(paid, 0))
        THEN 'is completed before all is paid'
      WHEN (a.state = 'suspended') <> coalesce(moved_by = 'suspension', false) OR (a.state = 'terminated') <> coalesce(moved_by = 'termination', false)
        THEN 'does not stand where its changes have brought it'
    END INTO law
    FROM public.applications a LEFT JOIN public.awards w ON w.application_id = a.id WHERE a.id = the_case;
  IF law IS NOT NULL THEN
    RAISE EXCEPTION 'case % %', the_case, law USING ERRCODE = 'check_violation';
  END IF;
END
$$;
CREATE CONSTRAINT TRIGGER award_changes_sound AFTER INSERT ON award_changes
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION case_of_row_must_be_sound();

-- Where cases are told apart by their states, the new ones are told apart too.
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
CREATE OR REPLACE FUNCTION feedback_must_be_on_what_is_told() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  now_in text;
BEGIN
  SELECT state INTO now_in FROM public.applications WHERE id = NEW.application_id FOR SHARE;
  IF now_in NOT IN ('rejected', 'offered', 'accepted', 'suspended', 'declined', 'lapsed', 'terminated', 'completed')
     OR NEW.decision <> (SELECT count(*) FROM public.application_stays
                          WHERE application_id = NEW.application_id AND state IN ('rejected', 'offered'))
                        + (now_in IN ('rejected', 'offered'))::integer THEN
    RAISE EXCEPTION 'feedback on % is on no decision that stands and was told', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE OR REPLACE FUNCTION feedback_falls_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state IN ('rejected', 'offered') THEN
    NEW.feedback_owed := EXISTS (SELECT 1 FROM public.assessments WHERE application_id = NEW.id AND feedback IS NOT NULL);
  ELSIF NEW.state NOT IN ('accepted', 'suspended', 'declined', 'lapsed', 'terminated', 'completed') THEN
    NEW.feedback_owed := false;
  END IF;
  RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION member_must_be_free() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  the_state text := (SELECT state FROM public.applications WHERE id = NEW.application_id FOR UPDATE);
BEGIN
  IF the_state IN ('rejected', 'declined', 'lapsed', 'withdrawn', 'terminated', 'completed') THEN
    RAISE EXCEPTION 'application % has ended and takes no more members', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' AND (SELECT count(*) FROM public.application_members WHERE application_id = NEW.application_id) >= 100 THEN
    RAISE EXCEPTION 'application % has as many invitations as it may have', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'accepted' THEN
    IF NOT EXISTS (SELECT 1 FROM public.people WHERE id = NEW.person_id AND email = NEW.email) THEN
      RAISE EXCEPTION 'member % is not the one who was invited', NEW.person_id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.ubi IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM public.organisations o JOIN public.memberships m ON m.organisation_id = o.id
       WHERE o.id = NEW.organisation_id AND o.ubi = NEW.ubi AND m.person_id = NEW.person_id) THEN
      RAISE EXCEPTION 'member % does not act for the organisation that was invited', NEW.person_id USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM public.case_duties d
                WHERE d.application_id = NEW.application_id AND d.person_id = NEW.person_id AND d.duty <> 'author') THEN
      RAISE EXCEPTION 'member % has a duty on this case for the agency', NEW.person_id USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END
$$;

GRANT SELECT, INSERT,
  UPDATE (state, question, answer, forwarded_by, forwarded_at, ended_by, on_behalf_of, authority, ended_at, ended_because)
  ON change_requests TO almoner_app;
GRANT SELECT, INSERT ON award_changes TO almoner_app;
