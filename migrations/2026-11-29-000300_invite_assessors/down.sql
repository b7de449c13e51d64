DROP TABLE conflict_overrides;
DROP TRIGGER assessments_by_the_free ON assessments;
DROP FUNCTION assessor_must_be_free();
DROP TRIGGER assessments_closed ON assessments;
DROP INDEX assessments_overdue;
DROP INDEX assessments_by_application;
DROP INDEX assessments_once;
ALTER TABLE assessments DROP CONSTRAINT assessments_state_check;
-- Who has said no, or was taken off, has had it and is not at work: the nearest word that there was.
UPDATE assessments SET state = CASE WHEN state IN ('invited', 'accepted') THEN 'assigned' WHEN state = 'scored' THEN state ELSE 'conflicted' END;
DELETE FROM assessments a USING assessments later
  WHERE a.application_id = later.application_id AND a.assessor_id = later.assessor_id AND a.id < later.id;
ALTER TABLE assessments
  ADD CONSTRAINT assessments_state_check CHECK (state IN ('assigned', 'conflicted', 'scored')),
  ADD CONSTRAINT assessments_application_id_assessor_id_key UNIQUE (application_id, assessor_id),
  DROP COLUMN due_on,
  DROP COLUMN reason,
  DROP COLUMN changed_at;
CREATE TRIGGER assessments_closed BEFORE UPDATE ON assessments FOR EACH ROW
  WHEN (OLD.state <> 'assigned') EXECUTE FUNCTION refuse_second_thoughts();
DROP TABLE interest_declarations;
DROP TABLE assessor_expertise;
DROP TABLE assessor_profiles;
DROP TABLE expertise_fields;
