-- What a recipient owes beside the project: reports and audited accounts with their days, handed in with a file, and accepted or sent back
-- by an officer. What an instalment waits for, and what is late and blocks, keeps money where it is.
CREATE TABLE obligations (
  application_id    uuid NOT NULL REFERENCES awards,
  code              text NOT NULL CHECK (code ~ '^[a-z0-9_]{1,70}$'),
  kind              text NOT NULL CHECK (kind IN ('report', 'audited_accounts', 'books', 'other')),
  state             text NOT NULL CHECK (state IN ('open', 'submitted', 'accepted', 'dropped')),
  due_on            date,
  blocks_when_late  boolean NOT NULL,
  needed_for        text[] NOT NULL CHECK (array_position(needed_for, NULL) IS NULL),
  PRIMARY KEY (application_id, code),
  CHECK (kind <> 'books' OR state IN ('open', 'dropped') AND NOT blocks_when_late AND needed_for = '{}')
);
CREATE INDEX obligations_open ON obligations (due_on, application_id, code) WHERE state = 'open' AND kind <> 'books';
CREATE INDEX obligations_submitted ON obligations (application_id) WHERE state = 'submitted';

CREATE TABLE obligation_submissions (
  application_id uuid NOT NULL,
  code           text NOT NULL,
  number         integer NOT NULL CHECK (number > 0),
  attachment_id  uuid NOT NULL UNIQUE REFERENCES attachments,
  words          text NOT NULL CHECK (words <> '' AND length(words) <= 2000),
  submitted_by   uuid NOT NULL REFERENCES people,
  submitted_at   timestamptz NOT NULL,
  decided_by     uuid REFERENCES people CHECK (decided_by <> submitted_by),
  decided_at     timestamptz,
  -- Why it was sent back; nothing where it was accepted.
  reason         text CHECK (reason <> '' AND length(reason) <= 2000),
  PRIMARY KEY (application_id, code, number),
  FOREIGN KEY (application_id, code) REFERENCES obligations,
  CHECK (num_nonnulls(decided_by, decided_at) IN (0, 2)),
  CHECK (reason IS NULL OR decided_at IS NOT NULL)
);
CREATE INDEX obligation_submissions_by_submitter ON obligation_submissions (submitted_by);
CREATE INDEX obligation_submissions_by_decider ON obligation_submissions (decided_by) WHERE decided_by IS NOT NULL;

-- It comes open; what is accepted stays, and nothing else than its day and where it stands ever changes.
CREATE FUNCTION obligation_must_take_its_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND NEW.state <> 'open'
     OR TG_OP = 'UPDATE' AND ((to_jsonb(OLD) - '{state,due_on}'::text[]) <> (to_jsonb(NEW) - '{state,due_on}'::text[])
       OR OLD.state = 'accepted'
       OR OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN
            (('open', 'submitted'), ('submitted', 'open'), ('submitted', 'accepted'), ('open', 'dropped'), ('dropped', 'open'))) THEN
    RAISE EXCEPTION 'obligation % of % stays as it is', NEW.code, NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER obligations_steps BEFORE INSERT OR UPDATE ON obligations FOR EACH ROW EXECUTE FUNCTION obligation_must_take_its_steps();
CREATE TRIGGER obligations_kept BEFORE DELETE OR TRUNCATE ON obligations FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What is handed in is a file of the case that was attached for it; it is judged once, by nobody who acts for the recipient.
CREATE FUNCTION obligation_submission_must_fit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND (NEW.decided_at IS NOT NULL OR NOT EXISTS (
       SELECT 1 FROM public.attachments f
        WHERE f.id = NEW.attachment_id AND f.application_id = NEW.application_id AND f.document = NEW.code)) THEN
    RAISE EXCEPTION 'what is handed in for % of % is no file of it', NEW.code, NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND (OLD.decided_at IS NOT NULL
       OR (to_jsonb(OLD) - '{decided_by,decided_at,reason}'::text[]) <> (to_jsonb(NEW) - '{decided_by,decided_at,reason}'::text[])
       OR EXISTS (SELECT 1 FROM public.memberships m JOIN public.applications a ON a.organisation_id = m.organisation_id
                   WHERE a.id = NEW.application_id AND m.person_id = NEW.decided_by)) THEN
    RAISE EXCEPTION 'what was handed in for % of % stays as it is', NEW.code, NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER obligation_submissions_fit BEFORE INSERT OR UPDATE ON obligation_submissions
  FOR EACH ROW EXECUTE FUNCTION obligation_submission_must_fit();
CREATE TRIGGER obligation_submissions_kept BEFORE DELETE OR TRUNCATE ON obligation_submissions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- When all is written: where it stands is what became of what was last handed in.
CREATE FUNCTION obligation_must_come_out() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  the_state text := (SELECT state FROM public.obligations WHERE application_id = NEW.application_id AND code = NEW.code);
  stands    text := (SELECT CASE WHEN s.decided_at IS NULL THEN 'submitted' WHEN s.reason IS NULL THEN 'accepted' ELSE 'open' END
                       FROM public.obligation_submissions s
                      WHERE s.application_id = NEW.application_id AND s.code = NEW.code ORDER BY s.number DESC LIMIT 1);
BEGIN
  IF coalesce(stands, 'open') <> (CASE the_state WHEN 'dropped' THEN 'open' ELSE the_state END) THEN
    RAISE EXCEPTION 'obligation % of % is % by what was handed in', NEW.code, NEW.application_id, stands USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER obligations_come_out AFTER UPDATE ON obligations
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION obligation_must_come_out();
CREATE CONSTRAINT TRIGGER obligation_submissions_come_out AFTER INSERT OR UPDATE ON obligation_submissions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION obligation_must_come_out();

-- A file comes to a draft, in answer to a return that asks for it, or for what is owed on a running case; what was sent is never taken away.
CREATE OR REPLACE FUNCTION attachment_must_be_taken() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  the_file  public.attachments := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  the_state text := (SELECT state FROM public.applications WHERE id = the_file.application_id FOR UPDATE);
BEGIN
  IF NOT (the_state = 'draft' AND the_file.in_answer_to IS NULL OR the_state = 'returned' AND EXISTS (
       SELECT 1 FROM public.application_returns
        WHERE application_id = the_file.application_id AND ended_at IS NULL AND number = the_file.in_answer_to
          AND fields && ARRAY['/documents', '/documents/' || the_file.document])
     OR TG_OP = 'INSERT' AND the_file.in_answer_to IS NULL AND the_state IN ('accepted', 'suspended', 'completed', 'terminated') AND EXISTS (
       SELECT 1 FROM public.obligations
        WHERE application_id = the_file.application_id AND code = the_file.document AND state = 'open' AND kind <> 'books')) THEN
    RAISE EXCEPTION 'the files of application % stay as they were submitted', the_file.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
ALTER TABLE attachments DROP CONSTRAINT attachments_document_check,
  ADD CONSTRAINT attachments_document_check CHECK (document ~ '^[a-z0-9_]{1,70}$');

-- What an instalment waits for is accepted before it is certified. The day of a certification is on no row: whether something is late is
-- asked when its payment is prepared.
CREATE FUNCTION claim_must_have_what_it_waits_for() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.obligations
              WHERE application_id = NEW.application_id AND NEW.instalment = ANY (needed_for) AND state NOT IN ('accepted', 'dropped')) THEN
    RAISE EXCEPTION 'claim % waits for something that is not accepted', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER claims_waiting BEFORE UPDATE ON claims FOR EACH ROW
  WHEN (OLD.state = 'submitted' AND NEW.state IN ('certified', 'nil')) EXECUTE FUNCTION claim_must_have_what_it_waits_for();

CREATE FUNCTION payment_must_not_wait_for_what_is_late() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- What is handed in or accepted at the same moment comes before or after.
  PERFORM 1 FROM public.applications WHERE id = NEW.application_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT 1 FROM public.obligations o, public.batches b
              WHERE o.application_id = NEW.application_id AND o.blocks_when_late AND o.state = 'open'
                AND b.id = NEW.batch_id AND o.due_on < (b.prepared_at AT TIME ZONE 'Asia/Hong_Kong')::date) THEN
    RAISE EXCEPTION 'the payment of claim % is blocked by something late', NEW.claim_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER payments_not_blocked BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION payment_must_not_wait_for_what_is_late();

ALTER TABLE reminders DROP CONSTRAINT reminders_kind_check,
  ADD CONSTRAINT reminders_kind_check
  CHECK (kind IN ('assessment_due', 'assessment_late', 'return_due', 'award_expires', 'round_closes', 'recovery_overdue',
                  'obligation_due', 'obligation_late'));

GRANT SELECT, INSERT, UPDATE (state, due_on) ON obligations TO almoner_app;
GRANT SELECT, INSERT, UPDATE (decided_by, decided_at, reason) ON obligation_submissions TO almoner_app;
