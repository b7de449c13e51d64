-- One person has at most one of the separated duties of a case: the key says so, whatever the code does.
CREATE TABLE case_duties (
  application_id uuid NOT NULL REFERENCES applications,
  person_id      uuid NOT NULL REFERENCES people,
  duty           text NOT NULL CHECK (duty IN ('author', 'assessor', 'recommender', 'approver', 'payment_preparer', 'payment_releaser')),
  PRIMARY KEY (application_id, person_id)
);
CREATE INDEX case_duties_by_person ON case_duties (person_id);

CREATE TRIGGER case_duties_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_duties
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE assessments (
  id             uuid PRIMARY KEY,
  application_id uuid NOT NULL REFERENCES applications,
  assessor_id    uuid NOT NULL REFERENCES people,
  state          text NOT NULL CHECK (state IN ('assigned', 'conflicted', 'scored')),
  marks          jsonb NOT NULL,
  comment        text NOT NULL,
  score          integer CHECK (score BETWEEN 0 AND 10000),
  created_at     timestamptz NOT NULL,
  UNIQUE (application_id, assessor_id),
  CHECK ((state = 'scored') = (score IS NOT NULL))
);
CREATE INDEX assessments_by_assessor ON assessments (assessor_id, state, application_id);

CREATE TRIGGER assessments_closed BEFORE UPDATE ON assessments FOR EACH ROW
  WHEN (OLD.state <> 'assigned') EXECUTE FUNCTION refuse_second_thoughts();

GRANT SELECT, INSERT ON case_duties TO almoner_app;
GRANT SELECT, INSERT, UPDATE (state, marks, comment, score) ON assessments TO almoner_app;
