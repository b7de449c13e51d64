-- A panel ranks proposals of its own scheme, as it ranks those of its own round.
CREATE FUNCTION panel_case_must_be_of_its_scheme() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.panels p JOIN public.applications a ON a.id = NEW.application_id
              WHERE p.id = NEW.panel_id AND a.scheme_code <> p.scheme_code) THEN
    RAISE EXCEPTION 'application % is not of the scheme of panel %', NEW.application_id, NEW.panel_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER panel_cases_of_the_scheme BEFORE INSERT ON panel_cases FOR EACH ROW
  EXECUTE FUNCTION panel_case_must_be_of_its_scheme();

-- What a panel says of a proposal, or a decision of its rank, is of a proposal that is in the panel.
ALTER TABLE panel_cases ADD CONSTRAINT panel_cases_in_panel UNIQUE (panel_id, application_id);
ALTER TABLE panel_minutes ADD CONSTRAINT panel_minutes_of_panel
  FOREIGN KEY (panel_id, application_id) REFERENCES panel_cases (panel_id, application_id);
CREATE INDEX panel_minutes_by_case ON panel_minutes (panel_id, application_id);
ALTER TABLE panel_departures ADD CONSTRAINT panel_departures_of_panel
  FOREIGN KEY (panel_id, application_id) REFERENCES panel_cases (panel_id, application_id);
CREATE INDEX panel_departures_by_case ON panel_departures (panel_id, application_id);
DROP INDEX panel_departures_by_panel;
