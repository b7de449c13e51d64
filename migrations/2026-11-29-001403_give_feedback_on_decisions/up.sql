-- On which decision it was given: how many the applicant had been told of, by a rejection or an offer.
ALTER TABLE feedback ADD COLUMN decision integer;
ALTER TABLE feedback DISABLE TRIGGER feedback_append_only;
UPDATE feedback f SET decision =
  (SELECT count(*) FROM application_stays s
    WHERE s.application_id = f.application_id AND s.state IN ('rejected', 'offered') AND s.from_at <= f.released_at)
  + (SELECT count(*) FROM applications a
      WHERE a.id = f.application_id AND a.state IN ('rejected', 'offered') AND a.state_since <= f.released_at);
ALTER TABLE feedback ENABLE TRIGGER feedback_append_only;
ALTER TABLE feedback
  ALTER COLUMN decision SET NOT NULL,
  ADD CHECK (decision >= 0),
  DROP CONSTRAINT feedback_pkey,
  ADD PRIMARY KEY (application_id, decision);

-- Nothing is said of a decision before it is told, and nothing twice.
CREATE FUNCTION feedback_must_be_on_what_is_told() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER feedback_on_what_is_told BEFORE INSERT ON feedback FOR EACH ROW
  EXECUTE FUNCTION feedback_must_be_on_what_is_told();
