-- What is asked of an applicant cannot be said any more: such a case is where it was, with what was sent, and without what came since.
ALTER TABLE attachments DISABLE TRIGGER USER;
DELETE FROM attachments f USING application_returns r
  WHERE r.application_id = f.application_id AND r.number = f.in_answer_to AND r.answered_revision IS NULL;
ALTER TABLE attachments ENABLE TRIGGER USER;
ALTER TABLE applications DISABLE TRIGGER USER;
UPDATE applications a SET content = v.content, title = v.content->>'title'
  FROM application_revisions v WHERE v.application_id = a.id AND v.number = a.submitted_revision AND a.revision > a.submitted_revision;
UPDATE applications a SET state = r.from_state
  FROM application_returns r WHERE r.application_id = a.id AND r.ended_at IS NULL;
ALTER TABLE applications ENABLE TRIGGER USER;
DROP TRIGGER attachments_taken ON attachments;
DROP FUNCTION attachment_must_be_taken();
ALTER TABLE attachments DROP COLUMN in_answer_to;
CREATE FUNCTION attachment_must_be_of_a_draft() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  the_application uuid := CASE TG_OP WHEN 'DELETE' THEN OLD.application_id ELSE NEW.application_id END;
BEGIN
  IF (SELECT state FROM public.applications WHERE id = the_application FOR UPDATE) IS DISTINCT FROM 'draft' THEN
    RAISE EXCEPTION 'the files of application % stay as they were submitted', the_application USING ERRCODE = 'check_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER attachments_of_drafts BEFORE INSERT OR DELETE ON attachments FOR EACH ROW
  EXECUTE FUNCTION attachment_must_be_of_a_draft();
REVOKE UPDATE (due_on) ON assessments FROM almoner_app;
DROP TRIGGER assessments_closed ON assessments;
CREATE TRIGGER assessments_closed BEFORE UPDATE ON assessments FOR EACH ROW
  WHEN (OLD.state NOT IN ('invited', 'accepted') OR NEW.state = 'invited'
        OR (OLD.state, NEW.state) IN (('invited', 'scored'), ('accepted', 'accepted')))
  EXECUTE FUNCTION refuse_second_thoughts();
DROP TRIGGER assessments_by_the_free ON assessments;
CREATE TRIGGER assessments_by_the_free BEFORE INSERT OR UPDATE ON assessments FOR EACH ROW
  WHEN (NEW.state IN ('invited', 'accepted', 'scored')) EXECUTE FUNCTION assessor_must_be_free();
ALTER TABLE reminders DISABLE TRIGGER USER;
DELETE FROM reminders WHERE kind = 'return_due';
ALTER TABLE reminders ENABLE TRIGGER USER;
ALTER TABLE reminders DROP CONSTRAINT reminders_kind_check, ADD CONSTRAINT reminders_kind_check
  CHECK (kind IN ('assessment_due', 'assessment_late', 'award_expires', 'round_closes'));
DROP TRIGGER applications_asked ON applications;
DROP FUNCTION only_what_is_asked_changes();
DROP FUNCTION content_without(jsonb, text[]);
DROP TRIGGER applications_returned ON applications;
DROP TRIGGER applications_revised ON applications;
DROP TRIGGER applications_revisions ON applications;
DROP TABLE application_returns;
DROP TABLE application_revisions;
DROP FUNCTION return_of_case_must_be_open();
DROP FUNCTION return_of_row_must_be_open();
DROP FUNCTION return_must_be_open(uuid);
DROP FUNCTION revision_ends();
DELETE FROM application_steps WHERE 'returned' IN (from_state, to_state);
ALTER TABLE applications
  DROP CONSTRAINT applications_state_check,
  ADD CONSTRAINT applications_state_check CHECK (state IN ('draft', 'submitted', 'ineligible', 'in_assessment', 'recommended', 'rejected',
    'approved', 'offered', 'accepted', 'declined', 'lapsed', 'withdrawn', 'completed'));
DROP TRIGGER applications_submission ON applications;
ALTER TABLE applications
  DROP COLUMN revision, DROP COLUMN revised_by, DROP COLUMN revised_at, DROP COLUMN revised_version, DROP COLUMN submitted_revision;
CREATE TRIGGER applications_submission BEFORE UPDATE ON applications FOR EACH ROW
  WHEN (OLD.submitted_at IS NOT NULL AND
        (OLD.reference, OLD.scheme_code, OLD.organisation_id, OLD.author_id, OLD.title, OLD.content, OLD.submitted_by,
         OLD.submitted_at, OLD.submitted_on, OLD.scheme_text_id, OLD.round, OLD.requested_cents, OLD.allowed_cents)
        IS DISTINCT FROM
        (NEW.reference, NEW.scheme_code, NEW.organisation_id, NEW.author_id, NEW.title, NEW.content, NEW.submitted_by,
         NEW.submitted_at, NEW.submitted_on, NEW.scheme_text_id, NEW.round, NEW.requested_cents, NEW.allowed_cents))
  EXECUTE FUNCTION refuse_second_thoughts();
