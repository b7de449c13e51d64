-- What has changed stays as it is now, without its history; what is suspended goes on, and what was terminated is over.
DROP TRIGGER batches_of_running_awards ON batches;
DROP TRIGGER payments_of_running_awards ON payments;
DROP TRIGGER claims_certified_of_running_awards ON claims;
DROP TRIGGER claims_of_running_awards ON claims;
DROP TRIGGER claims_planned ON claims;
DROP TRIGGER awards_staged_again ON awards;
DROP TRIGGER awards_planned_again ON awards;
DROP TRIGGER instalments_sum ON instalments;
DROP TRIGGER awards_have_some_stages ON awards;
DROP TRIGGER awards_begin ON awards;
DROP TABLE award_changes;
DROP TABLE change_requests;
DROP FUNCTION awards_of_batch_must_run, award_of_row_must_run, award_must_run, claim_must_be_planned, plan_must_sum,
  award_must_have_stages, request_of_row_must_be_made, change_of_row_must_be_granted, change_must_be_granted, award_follows_its_changes, award_begins_as_awarded,
  change_request_must_take_its_steps;

ALTER TABLE award_stages DISABLE TRIGGER USER;
DELETE FROM award_stages s USING awards w WHERE w.application_id = s.application_id AND w.revision <> s.revision;
ALTER TABLE award_stages ENABLE TRIGGER USER;
-- What was claimed of a plan that holds no more keeps its instalment, at what was certified of it.
DELETE FROM instalments i USING awards w WHERE w.application_id = i.application_id AND w.revision <> i.revision;
ALTER TABLE award_stages DROP CONSTRAINT award_stages_pkey, ADD PRIMARY KEY (application_id, sequence),
  DROP CONSTRAINT award_stages_application_id_revision_stage_key, ADD UNIQUE (application_id, stage), DROP COLUMN revision;
ALTER TABLE instalments DROP CONSTRAINT instalments_pkey, ADD PRIMARY KEY (application_id, sequence),
  DROP CONSTRAINT instalments_application_id_revision_code_key, ADD UNIQUE (application_id, code), DROP COLUMN revision;
ALTER TABLE claims DROP CONSTRAINT claims_application_id_fkey,
  ADD FOREIGN KEY (application_id, instalment) REFERENCES instalments (application_id, code);

ALTER TABLE applications DISABLE TRIGGER USER;
UPDATE applications a SET recommended_cents = w.current_cents FROM awards w WHERE w.application_id = a.id AND w.revision > 0;
UPDATE applications SET state = CASE state WHEN 'suspended' THEN 'accepted' ELSE 'completed' END WHERE state IN ('suspended', 'terminated');
ALTER TABLE applications ENABLE TRIGGER USER;
ALTER TABLE awards DISABLE TRIGGER USER;
UPDATE awards SET amount_cents = current_cents WHERE revision > 0;
ALTER TABLE awards ENABLE TRIGGER USER;
DROP TRIGGER awards_counted_again ON awards;
CREATE OR REPLACE FUNCTION balance_must_agree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT coalesce(sum(committed_cents), 0) FROM public.applicant_balances
      WHERE scheme_code = NEW.scheme_code AND organisation_id = NEW.organisation_id)
     <> (SELECT coalesce(sum(CASE WHEN settled_cents IS NULL THEN amount_cents WHEN counts_as = 'lifetime' THEN settled_cents ELSE 0 END), 0)
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
CREATE CONSTRAINT TRIGGER awards_counted_again AFTER UPDATE ON awards
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.state = 'released' OR OLD.settled_cents IS DISTINCT FROM NEW.settled_cents) EXECUTE FUNCTION balance_must_agree();
CREATE OR REPLACE FUNCTION case_must_be_sound(the_case uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  law       text;
  held      numeric := (SELECT sum(amount_cents) FROM public.ledger_entries
                         WHERE application_id = the_case AND account IN ('commitment', 'paid'));
  reserved  numeric := (SELECT sum(amount_cents) FROM public.ledger_entries WHERE application_id = the_case AND account = 'reservation');
  paid      numeric := (SELECT sum(amount_cents) FROM public.ledger_entries WHERE application_id = the_case AND account = 'paid');
  paid_out  numeric := (SELECT sum(p.amount_cents) FROM public.payments p JOIN public.batches b ON b.id = p.batch_id
                        WHERE p.application_id = the_case AND b.state = 'released');
BEGIN
  SELECT CASE
      WHEN w.state IS DISTINCT FROM CASE a.state
             WHEN 'approved' THEN 'decided' WHEN 'offered' THEN 'offered' WHEN 'accepted' THEN 'accepted' WHEN 'completed' THEN 'accepted'
             WHEN 'declined' THEN 'released' WHEN 'lapsed' THEN 'released'
             WHEN 'withdrawn' THEN CASE WHEN w.state IS NOT NULL THEN 'released' END
           END THEN 'has an award that does not go with its state'
      WHEN (w.amount_cents, w.scheme_code, w.organisation_id) <> (a.recommended_cents, a.scheme_code, a.organisation_id)
        THEN 'has an award that was not recommended'
      WHEN coalesce(held, 0) <> CASE WHEN w.state IS NULL OR w.state = 'released' THEN 0 ELSE coalesce(w.settled_cents, w.amount_cents) END
        THEN 'does not hold in the ledger what its award says'
      WHEN coalesce(reserved, 0) <> a.reserved_cents THEN 'has not reserved in the ledger what it says'
      WHEN paid IS DISTINCT FROM paid_out THEN 'has not been paid what its released batches say'
      WHEN a.state = 'completed' AND (w.settled_cents IS NULL OR coalesce(held, 0) <> coalesce(paid, 0)) THEN 'is completed before all is paid'
    END INTO law
    FROM public.applications a LEFT JOIN public.awards w ON w.application_id = a.id WHERE a.id = the_case;
  IF law IS NOT NULL THEN
    RAISE EXCEPTION 'case % %', the_case, law USING ERRCODE = 'check_violation';
  END IF;
END
$$;
CREATE OR REPLACE FUNCTION award_stages_must_sum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT amount_cents FROM public.awards WHERE application_id = NEW.application_id)
     IS DISTINCT FROM (SELECT sum(amount_cents) FROM public.award_stages WHERE application_id = NEW.application_id) THEN
    RAISE EXCEPTION 'the stages of the award of % do not sum to it', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
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
                        AND a.state IN ('recommended', 'approved', 'offered', 'accepted', 'completed')))
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
  IF now_in NOT IN ('rejected', 'offered', 'accepted', 'declined', 'lapsed', 'completed')
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
  ELSIF NEW.state NOT IN ('accepted', 'declined', 'lapsed', 'completed') THEN
    NEW.feedback_owed := false;
  END IF;
  RETURN NEW;
END
$$;
CREATE OR REPLACE FUNCTION member_must_be_free() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  the_state text := (SELECT state FROM public.applications WHERE id = NEW.application_id FOR UPDATE);
BEGIN
  IF the_state IN ('rejected', 'declined', 'lapsed', 'withdrawn', 'completed') THEN
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
ALTER TABLE awards DROP CONSTRAINT awards_settled, DROP CONSTRAINT awards_as_awarded,
  DROP COLUMN current_cents, DROP COLUMN revision,
  ADD CONSTRAINT awards_check CHECK (settled_cents BETWEEN 0 AND amount_cents);

DELETE FROM application_steps WHERE 'suspended' IN (from_state, to_state) OR 'terminated' IN (from_state, to_state);
ALTER TABLE applications DROP CONSTRAINT applications_state_check, ADD CONSTRAINT applications_state_check CHECK (state IN
  ('draft', 'submitted', 'returned', 'ineligible', 'in_assessment', 'recommended', 'rejected', 'approved', 'offered', 'accepted',
   'declined', 'lapsed', 'withdrawn', 'completed'));
