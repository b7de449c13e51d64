-- The steps of a case, as rules::application::State has them; a test compares the two lists. A case begins as a draft.
CREATE TABLE application_steps (
  from_state text NOT NULL,
  to_state   text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
INSERT INTO application_steps (from_state, to_state) VALUES
  ('draft', 'submitted'), ('draft', 'withdrawn'),
  ('submitted', 'in_assessment'), ('submitted', 'ineligible'), ('submitted', 'withdrawn'),
  ('ineligible', 'submitted'), ('ineligible', 'withdrawn'),
  ('in_assessment', 'recommended'), ('in_assessment', 'rejected'), ('in_assessment', 'withdrawn'),
  ('recommended', 'approved'), ('recommended', 'rejected'), ('recommended', 'withdrawn'),
  ('rejected', 'in_assessment'),
  ('approved', 'offered'), ('approved', 'withdrawn'),
  ('offered', 'accepted'), ('offered', 'declined'), ('offered', 'lapsed'),
  ('accepted', 'completed');

CREATE FUNCTION application_must_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.application_steps WHERE from_state = OLD.state AND to_state = NEW.state) THEN
    RAISE EXCEPTION 'application % takes no step from % to %', NEW.reference, coalesce(OLD.state, 'nothing'), NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER applications_begin BEFORE INSERT ON applications FOR EACH ROW
  WHEN (NEW.state <> 'draft') EXECUTE FUNCTION application_must_step();
CREATE TRIGGER applications_steps BEFORE UPDATE ON applications FOR EACH ROW
  WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION application_must_step();

GRANT SELECT ON application_steps TO almoner_app;
