-- Until when what is submitted to a round stays closed to the agency: set when a text is published that says so. Another text may prolong
-- a seal; nothing shortens it.
CREATE TABLE round_seals (
  scheme_code text NOT NULL,
  round       text NOT NULL CHECK (round ~ '^(round|cut_off)\.[a-z0-9_]{1,40}$'),
  until       timestamptz NOT NULL,
  PRIMARY KEY (scheme_code, round)
);
CREATE TRIGGER round_seals_prolonged BEFORE UPDATE ON round_seals FOR EACH ROW
  WHEN (NEW.until < OLD.until OR (NEW.scheme_code, NEW.round) IS DISTINCT FROM (OLD.scheme_code, OLD.round))
  EXECUTE FUNCTION refuse_second_thoughts();
CREATE TRIGGER round_seals_kept BEFORE DELETE OR TRUNCATE ON round_seals
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT, UPDATE (until) ON round_seals TO almoner_app;
