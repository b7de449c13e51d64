-- What is known of the files of applications. Their bytes lie elsewhere, under the id. A file comes to a draft and leaves a draft:
-- what was submitted keeps the files that it was submitted with, and no file is ever changed.
CREATE TABLE attachments (
  id             uuid PRIMARY KEY,
  application_id uuid NOT NULL REFERENCES applications,
  document       text CHECK (document ~ '^[a-z0-9_]{1,60}$'),
  name           text NOT NULL CHECK (name <> '' AND length(name) <= 200 AND name !~ '[[:cntrl:]/\\]'),
  media_type     text NOT NULL,
  size_bytes     bigint NOT NULL CHECK (size_bytes > 0),
  sha256         text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  scanned        text NOT NULL CHECK (scanned IN ('not_scanned', 'clean')),
  attached_by    uuid NOT NULL REFERENCES people,
  attached_at    timestamptz NOT NULL
);
CREATE INDEX attachments_by_application ON attachments (application_id, id);
CREATE INDEX attachments_by_person ON attachments (attached_by);
-- The same content behind several applications is found by it.
CREATE INDEX attachments_by_content ON attachments (sha256);

-- The application is locked against a submission at the same moment.
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
CREATE TRIGGER attachments_kept BEFORE UPDATE OR TRUNCATE ON attachments
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT, DELETE ON attachments TO almoner_app;
