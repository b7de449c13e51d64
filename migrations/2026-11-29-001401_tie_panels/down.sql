CREATE INDEX panel_departures_by_panel ON panel_departures (panel_id);
DROP INDEX panel_departures_by_case;
ALTER TABLE panel_departures DROP CONSTRAINT panel_departures_of_panel;
DROP INDEX panel_minutes_by_case;
ALTER TABLE panel_minutes DROP CONSTRAINT panel_minutes_of_panel;
ALTER TABLE panel_cases DROP CONSTRAINT panel_cases_in_panel;
DROP TRIGGER panel_cases_of_the_scheme ON panel_cases;
DROP FUNCTION panel_case_must_be_of_its_scheme();
