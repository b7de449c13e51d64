ALTER TABLE reminders DROP CONSTRAINT reminders_kind_check,
  ADD CONSTRAINT reminders_kind_check
  CHECK (kind IN ('assessment_due', 'assessment_late', 'return_due', 'award_expires', 'round_closes', 'recovery_overdue'));
DROP TRIGGER payments_not_blocked ON payments;
DROP TRIGGER claims_waiting ON claims;
DROP FUNCTION payment_must_not_wait_for_what_is_late, claim_must_have_what_it_waits_for;
ALTER TABLE attachments DROP CONSTRAINT attachments_document_check,
  ADD CONSTRAINT attachments_document_check CHECK (document ~ '^[a-z0-9_]{1,60}$');
CREATE OR REPLACE FUNCTION attachment_must_be_taken() RETURNS trigger LANGUAGE plpgsql AS $$
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
DROP TABLE obligation_submissions, obligations;
DROP FUNCTION obligation_must_come_out, obligation_submission_must_fit, obligation_must_take_its_steps;
