-- What is written in an application has revisions. The row has the last one; those before it are kept whatever the code does. A revision
-- knows the first version, as the applicant counts them, that had it, so that a late edit is told what has changed since.
ALTER TABLE applications
  ADD COLUMN revision           integer NOT NULL DEFAULT 1 CHECK (revision > 0),
  ADD COLUMN revised_by         uuid REFERENCES people,
  ADD COLUMN revised_at         timestamptz,
  ADD COLUMN revised_version    integer NOT NULL DEFAULT 1 CHECK (revised_version > 0),
  ADD COLUMN submitted_revision integer CHECK (submitted_revision BETWEEN 1 AND revision);
UPDATE applications SET revised_by = author_id, revised_at = created_at,
  submitted_revision = CASE WHEN submitted_at IS NOT NULL THEN 1 END;
ALTER TABLE applications
  ALTER COLUMN revised_by SET NOT NULL,
  ALTER COLUMN revised_at SET NOT NULL,
  ADD CONSTRAINT applications_submitted_revision CHECK ((submitted_at IS NULL) = (submitted_revision IS NULL)),
  DROP CONSTRAINT applications_state_check,
  ADD CONSTRAINT applications_state_check CHECK (state IN ('draft', 'submitted', 'returned', 'ineligible', 'in_assessment',
    'recommended', 'rejected', 'approved', 'offered', 'accepted', 'declined', 'lapsed', 'withdrawn', 'completed'));
CREATE INDEX applications_by_reviser ON applications (revised_by);
GRANT UPDATE (revision, revised_by, revised_at, revised_version, submitted_revision) ON applications TO almoner_app;

CREATE TABLE application_revisions (
  application_id uuid NOT NULL REFERENCES applications,
  number         integer NOT NULL CHECK (number > 0),
  content        jsonb NOT NULL,
  revised_by     uuid NOT NULL REFERENCES people,
  revised_at     timestamptz NOT NULL,
  version        integer NOT NULL CHECK (version > 0),
  PRIMARY KEY (application_id, number)
);
CREATE INDEX application_revisions_by_reviser ON application_revisions (revised_by);
CREATE TRIGGER application_revisions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON application_revisions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT ON application_revisions TO almoner_app;

CREATE FUNCTION revision_ends() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO public.application_revisions (application_id, number, content, revised_by, revised_at, version)
  VALUES (OLD.id, OLD.revision, OLD.content, OLD.revised_by, OLD.revised_at, OLD.revised_version);
  RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION revision_ends() FROM PUBLIC;
CREATE TRIGGER applications_revisions AFTER UPDATE OF content ON applications FOR EACH ROW
  WHEN (OLD.content <> NEW.content) EXECUTE FUNCTION revision_ends();
-- Each change of the content is the next revision, and nothing else is one.
CREATE TRIGGER applications_revised BEFORE UPDATE ON applications FOR EACH ROW
  WHEN (NEW.revision <> OLD.revision + CASE WHEN OLD.content <> NEW.content THEN 1 ELSE 0 END
        OR (OLD.content = NEW.content AND (OLD.revised_by, OLD.revised_at, OLD.revised_version)
            IS DISTINCT FROM (NEW.revised_by, NEW.revised_at, NEW.revised_version)))
  EXECUTE FUNCTION refuse_second_thoughts();

-- What an officer asks of an applicant: which fields may be changed, until when, and how it ended.
CREATE TABLE application_returns (
  application_id    uuid NOT NULL REFERENCES applications,
  number            integer NOT NULL CHECK (number BETWEEN 1 AND 20),
  from_state        text NOT NULL CHECK (from_state IN ('submitted', 'in_assessment')),
  revision          integer NOT NULL CHECK (revision > 0),
  fields            text[] NOT NULL CHECK (cardinality(fields) BETWEEN 1 AND 50),
  reason            text NOT NULL CHECK (reason <> '' AND length(reason) <= 2000),
  answer_by         date NOT NULL,
  returned_by       uuid NOT NULL REFERENCES people,
  returned_at       timestamptz NOT NULL,
  answered_revision integer CHECK (answered_revision >= revision),
  unanswered        text CHECK (unanswered <> '' AND length(unanswered) <= 2000),
  ended_by          uuid REFERENCES people,
  ended_at          timestamptz,
  PRIMARY KEY (application_id, number),
  CHECK (num_nulls(ended_by, ended_at) IN (0, 2)),
  CHECK (num_nonnulls(answered_revision, unanswered) = CASE WHEN ended_at IS NULL THEN 0 ELSE 1 END)
);
CREATE UNIQUE INDEX application_returns_open ON application_returns (application_id) WHERE ended_at IS NULL;
CREATE INDEX application_returns_due ON application_returns (answer_by, application_id) WHERE ended_at IS NULL;
CREATE INDEX application_returns_by_officer ON application_returns (returned_by);
CREATE INDEX application_returns_by_ender ON application_returns (ended_by) WHERE ended_by IS NOT NULL;
CREATE TRIGGER application_returns_end_once BEFORE UPDATE ON application_returns FOR EACH ROW
  WHEN (OLD.ended_at IS NOT NULL OR
        (OLD.application_id, OLD.number, OLD.from_state, OLD.revision, OLD.fields, OLD.reason, OLD.answer_by, OLD.returned_by, OLD.returned_at)
        IS DISTINCT FROM
        (NEW.application_id, NEW.number, NEW.from_state, NEW.revision, NEW.fields, NEW.reason, NEW.answer_by, NEW.returned_by, NEW.returned_at))
  EXECUTE FUNCTION refuse_second_thoughts();
CREATE TRIGGER application_returns_kept BEFORE DELETE OR TRUNCATE ON application_returns
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT, UPDATE (answered_revision, unanswered, ended_by, ended_at) ON application_returns TO almoner_app;

ALTER TABLE reminders DROP CONSTRAINT reminders_kind_check, ADD CONSTRAINT reminders_kind_check
  CHECK (kind IN ('assessment_due', 'assessment_late', 'return_due', 'award_expires', 'round_closes'));

INSERT INTO application_steps (from_state, to_state) VALUES
  ('submitted', 'returned'), ('in_assessment', 'returned'),
  ('returned', 'submitted'), ('returned', 'in_assessment'), ('returned', 'withdrawn');

-- A case is returned while, and only while, something is asked of its applicant.
CREATE FUNCTION return_must_be_open(the_case uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT state = 'returned' FROM public.applications WHERE id = the_case)
     <> EXISTS (SELECT 1 FROM public.application_returns WHERE application_id = the_case AND ended_at IS NULL) THEN
    RAISE EXCEPTION 'case %: it is returned while something is asked for, and only then', the_case USING ERRCODE = 'check_violation';
  END IF;
END
$$;
CREATE FUNCTION return_of_row_must_be_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.return_must_be_open(NEW.application_id);
  RETURN NULL;
END
$$;
CREATE FUNCTION return_of_case_must_be_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.return_must_be_open(NEW.id);
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER application_returns_agree AFTER INSERT OR UPDATE ON application_returns
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION return_of_row_must_be_open();
CREATE CONSTRAINT TRIGGER applications_returned AFTER UPDATE ON applications
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND (OLD.state = 'returned' OR NEW.state = 'returned')) EXECUTE FUNCTION return_of_case_must_be_open();

-- What was submitted stays as it was submitted, under the text and the day of the submission; what is returned may change in what is
-- asked for, and its figures when it leaves that state.
DROP TRIGGER applications_submission ON applications;
CREATE TRIGGER applications_submission BEFORE UPDATE ON applications FOR EACH ROW
  WHEN (OLD.submitted_at IS NOT NULL AND
        ((OLD.reference, OLD.scheme_code, OLD.organisation_id, OLD.author_id, OLD.submitted_by, OLD.submitted_at, OLD.submitted_on,
          OLD.scheme_text_id, OLD.round, OLD.title)
         IS DISTINCT FROM
         (NEW.reference, NEW.scheme_code, NEW.organisation_id, NEW.author_id, NEW.submitted_by, NEW.submitted_at, NEW.submitted_on,
          NEW.scheme_text_id, NEW.round, NEW.title)
         OR OLD.state <> 'returned' AND OLD.content <> NEW.content
         OR (OLD.state <> 'returned' OR NEW.state = 'returned') AND (OLD.requested_cents, OLD.allowed_cents, OLD.submitted_revision)
            IS DISTINCT FROM (NEW.requested_cents, NEW.allowed_cents, NEW.submitted_revision)))
  EXECUTE FUNCTION refuse_second_thoughts();

-- A content without the fields that are asked for, and without what is empty for lack of them.
CREATE FUNCTION content_without(content jsonb, fields text[]) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  field text;
  path  text[];
BEGIN
  FOREACH field IN ARRAY fields LOOP
    path := (SELECT array_agg(replace(replace(segment, '~1', '/'), '~0', '~') ORDER BY place)
               FROM unnest(string_to_array(substr(field, 2), '/')) WITH ORDINALITY segments (segment, place));
    content := content #- path;
  END LOOP;
  RETURN (SELECT jsonb_object_agg(key, value) FROM jsonb_each(content) WHERE value NOT IN ('{}', '[]'));
END
$$;
CREATE FUNCTION only_what_is_asked_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  asked text[] := (SELECT fields FROM public.application_returns WHERE application_id = NEW.id AND ended_at IS NULL);
BEGIN
  IF asked IS NULL
     OR public.content_without(OLD.content, asked) IS DISTINCT FROM public.content_without(NEW.content, asked) THEN
    RAISE EXCEPTION 'application % changes in what nobody asked for', NEW.reference USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER applications_asked BEFORE UPDATE ON applications FOR EACH ROW
  WHEN (OLD.state = 'returned' AND OLD.content <> NEW.content) EXECUTE FUNCTION only_what_is_asked_changes();

-- A file comes to a draft, or in answer to a return that asks for it; what was sent is never taken away.
ALTER TABLE attachments
  ADD COLUMN in_answer_to integer,
  ADD CONSTRAINT attachments_in_answer FOREIGN KEY (application_id, in_answer_to) REFERENCES application_returns (application_id, number);
CREATE INDEX attachments_by_return ON attachments (application_id, in_answer_to) WHERE in_answer_to IS NOT NULL;
DROP TRIGGER attachments_of_drafts ON attachments;
DROP FUNCTION attachment_must_be_of_a_draft();
CREATE FUNCTION attachment_must_be_taken() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  the_file  public.attachments := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  the_state text := (SELECT state FROM public.applications WHERE id = the_file.application_id FOR UPDATE);
BEGIN
  IF NOT (the_state = 'draft' AND the_file.in_answer_to IS NULL OR the_state = 'returned' AND EXISTS (
       SELECT 1 FROM public.application_returns
        WHERE application_id = the_file.application_id AND ended_at IS NULL AND number = the_file.in_answer_to
          AND fields && ARRAY['/documents', '/documents/' || the_file.document])) THEN
    RAISE EXCEPTION 'the files of application % stay as they were submitted', the_file.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER attachments_taken BEFORE INSERT OR DELETE ON attachments FOR EACH ROW EXECUTE FUNCTION attachment_must_be_taken();

-- While a case is with its applicant, its assessors wait: their days are moved on, and nothing else of what they are asked.
DROP TRIGGER assessments_closed ON assessments;
CREATE TRIGGER assessments_closed BEFORE UPDATE ON assessments FOR EACH ROW
  WHEN (OLD.state NOT IN ('invited', 'accepted') OR NEW.state = 'invited' AND OLD.state <> 'invited'
        OR OLD.state = 'invited' AND NEW.state = 'scored'
        OR OLD.state = NEW.state AND (NEW.due_on < OLD.due_on OR to_jsonb(OLD) - 'due_on' <> to_jsonb(NEW) - 'due_on'))
  EXECUTE FUNCTION refuse_second_thoughts();
DROP TRIGGER assessments_by_the_free ON assessments;
CREATE TRIGGER assessments_by_the_free BEFORE INSERT OR UPDATE OF state ON assessments FOR EACH ROW
  WHEN (NEW.state IN ('invited', 'accepted', 'scored')) EXECUTE FUNCTION assessor_must_be_free();
GRANT UPDATE (due_on) ON assessments TO almoner_app;
