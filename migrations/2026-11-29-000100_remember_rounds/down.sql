DROP TRIGGER applications_submission ON applications;
CREATE TRIGGER applications_submission BEFORE UPDATE ON applications FOR EACH ROW
  WHEN (OLD.submitted_at IS NOT NULL AND
        (OLD.reference, OLD.scheme_code, OLD.organisation_id, OLD.author_id, OLD.title, OLD.content, OLD.submitted_by,
         OLD.submitted_at, OLD.submitted_on, OLD.scheme_text_id, OLD.requested_cents, OLD.allowed_cents)
        IS DISTINCT FROM
        (NEW.reference, NEW.scheme_code, NEW.organisation_id, NEW.author_id, NEW.title, NEW.content, NEW.submitted_by,
         NEW.submitted_at, NEW.submitted_on, NEW.scheme_text_id, NEW.requested_cents, NEW.allowed_cents))
  EXECUTE FUNCTION refuse_second_thoughts();
ALTER TABLE applications DROP COLUMN round;
