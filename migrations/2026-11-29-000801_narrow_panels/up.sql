-- The round, or the cut-off, to which a panel was narrowed when it was opened; none where it ranks all of the scheme.
ALTER TABLE panels ADD COLUMN round text CHECK (round ~ '^(round|cut_off)\.[a-z0-9_]{1,40}$');

CREATE FUNCTION panel_case_must_be_of_its_round() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.panels p JOIN public.applications a ON a.id = NEW.application_id
              WHERE p.id = NEW.panel_id AND p.round IS NOT NULL AND a.round IS DISTINCT FROM p.round) THEN
    RAISE EXCEPTION 'application % is not of the round of panel %', NEW.application_id, NEW.panel_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER panel_cases_of_the_round BEFORE INSERT ON panel_cases FOR EACH ROW
  EXECUTE FUNCTION panel_case_must_be_of_its_round();
