-- Since which day a case would have waited for the step of its state if it had waited without a break: its earlier stays there are
-- taken from the day on which the present one began. In this order the report of clocks finds what has waited longest.
ALTER TABLE applications ADD COLUMN waits_from date;
CREATE INDEX applications_waiting ON applications (scheme_text_id, state, waits_from, id)
  WHERE state IN ('submitted', 'in_assessment', 'recommended', 'approved');

-- Written with the state, and by nobody: the server's role may not.
CREATE FUNCTION waits_from(application uuid, in_state text, since timestamptz) RETURNS date LANGUAGE sql STABLE AS $$
  SELECT (since AT TIME ZONE 'Asia/Hong_Kong')::date - coalesce(sum(
           (until_at AT TIME ZONE 'Asia/Hong_Kong')::date - (from_at AT TIME ZONE 'Asia/Hong_Kong')::date), 0)::integer
    FROM application_stays WHERE application_id = application AND state = in_state
$$;
CREATE FUNCTION wait_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.waits_from := waits_from(NEW.id, NEW.state, NEW.state_since);
  RETURN NEW;
END
$$;
CREATE TRIGGER applications_wait BEFORE UPDATE ON applications FOR EACH ROW
  WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION wait_begins();

UPDATE applications SET waits_from = waits_from(id, state, state_since) WHERE state <> 'draft';
