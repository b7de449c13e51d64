-- Whether the applicant has been told of a decision and not of what assessors have released for them on it. What is owed is found by
-- an index that forgets what was given, however many cases there have been.
ALTER TABLE applications ADD COLUMN feedback_owed boolean NOT NULL DEFAULT false;
CREATE INDEX applications_feedback_owed ON applications (id) WHERE feedback_owed;

-- Written with the state and the feedback, and by nobody: the server's role may not.
CREATE FUNCTION feedback_falls_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state IN ('rejected', 'offered') THEN
    NEW.feedback_owed := EXISTS (SELECT 1 FROM public.assessments WHERE application_id = NEW.id AND feedback IS NOT NULL);
  ELSIF NEW.state NOT IN ('accepted', 'declined', 'lapsed', 'completed') THEN
    NEW.feedback_owed := false;
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER applications_feedback BEFORE UPDATE ON applications FOR EACH ROW
  WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION feedback_falls_due();

CREATE FUNCTION feedback_is_given() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.applications SET feedback_owed = false WHERE id = NEW.application_id AND feedback_owed;
  RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION feedback_is_given() FROM PUBLIC;
CREATE TRIGGER feedback_given AFTER INSERT ON feedback FOR EACH ROW EXECUTE FUNCTION feedback_is_given();

ALTER TABLE applications DISABLE TRIGGER USER;
UPDATE applications a SET feedback_owed = true
 WHERE a.state IN ('rejected', 'offered', 'accepted', 'declined', 'lapsed', 'completed')
   AND EXISTS (SELECT 1 FROM assessments s WHERE s.application_id = a.id AND s.feedback IS NOT NULL)
   AND NOT EXISTS (SELECT 1 FROM feedback f WHERE f.application_id = a.id AND f.decision =
         (SELECT count(*) FROM application_stays t WHERE t.application_id = a.id AND t.state IN ('rejected', 'offered'))
         + (a.state IN ('rejected', 'offered'))::integer);
ALTER TABLE applications ENABLE TRIGGER USER;
