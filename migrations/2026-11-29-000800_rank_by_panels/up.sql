-- What an assessor releases for the applicant, beside what they write for the agency.
ALTER TABLE assessments ADD COLUMN feedback text CHECK (feedback <> '' AND length(feedback) <= 2000);
GRANT UPDATE (feedback) ON assessments TO almoner_app;

-- What was held before a recommendation, such as an interview.
CREATE TABLE assessment_steps (
  id             uuid PRIMARY KEY,
  application_id uuid NOT NULL REFERENCES applications,
  step           text NOT NULL CHECK (step <> ''),
  held_on        date NOT NULL,
  minutes        text NOT NULL CHECK (minutes <> '' AND length(minutes) <= 2000),
  recorded_by    uuid NOT NULL REFERENCES people,
  recorded_at    timestamptz NOT NULL
);
CREATE INDEX assessment_steps_by_application ON assessment_steps (application_id, id);
CREATE INDEX assessment_steps_by_recorder ON assessment_steps (recorded_by);

CREATE TABLE panels (
  id          uuid PRIMARY KEY,
  scheme_code text NOT NULL,
  name        text NOT NULL CHECK (name <> '' AND length(name) <= 200),
  opened_by   uuid NOT NULL REFERENCES people,
  opened_at   timestamptz NOT NULL,
  cases       integer NOT NULL CHECK (cases > 0)
);
CREATE INDEX panels_by_scheme ON panels (scheme_code, id DESC);
CREATE INDEX panels_by_opener ON panels (opened_by);

-- A proposal is ranked once: its scores are final.
CREATE TABLE panel_cases (
  panel_id       uuid NOT NULL REFERENCES panels,
  place          integer NOT NULL CHECK (place > 0),
  application_id uuid NOT NULL UNIQUE REFERENCES applications,
  rank           integer NOT NULL CHECK (rank BETWEEN 1 AND place),
  mean           integer NOT NULL CHECK (mean BETWEEN 0 AND 10000),
  spread         integer NOT NULL CHECK (spread BETWEEN 0 AND 10000),
  scores         integer NOT NULL CHECK (scores > 0),
  outliers       uuid[] NOT NULL,
  passes         boolean NOT NULL,
  PRIMARY KEY (panel_id, place)
);

CREATE TABLE panel_assessors (
  panel_id     uuid NOT NULL REFERENCES panels,
  assessor_id  uuid NOT NULL REFERENCES people,
  scored       integer NOT NULL CHECK (scored > 0),
  mean         integer NOT NULL CHECK (mean BETWEEN 0 AND 10000),
  above_others integer CHECK (above_others BETWEEN -10000 AND 10000),
  PRIMARY KEY (panel_id, assessor_id)
);
CREATE INDEX panel_assessors_by_assessor ON panel_assessors (assessor_id);

CREATE TABLE panel_minutes (
  id             uuid PRIMARY KEY,
  panel_id       uuid NOT NULL REFERENCES panels,
  application_id uuid REFERENCES applications,
  text           text NOT NULL CHECK (text <> '' AND length(text) <= 2000),
  written_by     uuid NOT NULL REFERENCES people,
  written_at     timestamptz NOT NULL
);
CREATE INDEX panel_minutes_by_panel ON panel_minutes (panel_id, id);
CREATE INDEX panel_minutes_by_application ON panel_minutes (application_id);
CREATE INDEX panel_minutes_by_writer ON panel_minutes (written_by);

-- Why a decision departs from the rank: by the version of the case that the decision made.
CREATE TABLE panel_departures (
  application_id uuid NOT NULL REFERENCES applications,
  version        integer NOT NULL,
  panel_id       uuid NOT NULL REFERENCES panels,
  reason         text NOT NULL CHECK (reason <> '' AND length(reason) <= 2000),
  PRIMARY KEY (application_id, version)
);
CREATE INDEX panel_departures_by_panel ON panel_departures (panel_id);

-- What the applicant is told of the assessment, once.
CREATE TABLE feedback (
  application_id uuid PRIMARY KEY REFERENCES applications,
  note           text NOT NULL CHECK (note <> '' AND length(note) <= 2000),
  parts          text[] NOT NULL,
  released_by    uuid NOT NULL REFERENCES people,
  released_at    timestamptz NOT NULL
);
CREATE INDEX feedback_by_releaser ON feedback (released_by);

CREATE FUNCTION departure_must_say_why() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1
               FROM public.panel_cases own
               JOIN public.panel_cases other ON other.panel_id = own.panel_id
               JOIN public.applications a ON a.id = other.application_id
              WHERE own.application_id = NEW.id
                AND (NEW.state = 'recommended' AND other.mean > own.mean AND a.state = 'rejected'
                     OR NEW.state = 'rejected' AND other.mean < own.mean
                        AND a.state IN ('recommended', 'approved', 'offered', 'accepted', 'completed')))
     AND NOT EXISTS (SELECT 1 FROM public.panel_departures d
                      WHERE d.application_id = NEW.id AND d.version = NEW.version) THEN
    RAISE EXCEPTION 'the decision on % departs from the rank and says no reason', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER applications_depart_with_reason AFTER UPDATE OF state ON applications
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND NEW.state IN ('recommended', 'rejected')) EXECUTE FUNCTION departure_must_say_why();

CREATE TRIGGER assessment_steps_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON assessment_steps
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER panels_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON panels
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER panel_cases_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON panel_cases
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER panel_assessors_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON panel_assessors
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER panel_minutes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON panel_minutes
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER panel_departures_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON panel_departures
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER feedback_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON feedback
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON assessment_steps, panels, panel_cases, panel_assessors, panel_minutes, panel_departures, feedback
  TO almoner_app;
