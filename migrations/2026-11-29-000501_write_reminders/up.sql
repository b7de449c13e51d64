-- What somebody has been reminded of: once of each thing, however many workers there are and whenever they start.
CREATE TABLE reminders (
  application_id uuid NOT NULL REFERENCES applications,
  kind           text NOT NULL CHECK (kind IN ('assessment_due', 'assessment_late', 'award_expires', 'round_closes')),
  about          text NOT NULL CHECK (about <> '' AND length(about) <= 60),
  written_at     timestamptz NOT NULL,
  PRIMARY KEY (application_id, kind, about)
);
CREATE TRIGGER reminders_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reminders
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The drafts of a scheme, looked for while one of its rounds is about to close.
CREATE INDEX applications_drafts_by_scheme ON applications (scheme_code, id) WHERE state = 'draft';

GRANT SELECT, INSERT ON reminders TO almoner_app;
