-- Fields of expertise, the same for every scheme: officers keep the list, and what was in it once stays known by its code.
CREATE TABLE expertise_fields (
  code         text PRIMARY KEY CHECK (code ~ '^[a-z][a-z0-9_]{0,59}$'),
  name_en      text NOT NULL CHECK (name_en <> '' AND length(name_en) <= 200),
  name_zh_hant text NOT NULL CHECK (name_zh_hant <> '' AND length(name_zh_hant) <= 200),
  name_zh_hans text NOT NULL CHECK (name_zh_hans <> '' AND length(name_zh_hans) <= 200),
  in_use       boolean NOT NULL
);

CREATE TABLE assessor_profiles (
  person_id     uuid PRIMARY KEY REFERENCES people,
  from_on       date,
  until_on      date,
  proposals_max integer CHECK (proposals_max BETWEEN 1 AND 200),
  version       integer NOT NULL CHECK (version > 1),
  CHECK (until_on > from_on)
);

CREATE TABLE assessor_expertise (
  person_id  uuid NOT NULL REFERENCES assessor_profiles,
  field_code text NOT NULL REFERENCES expertise_fields,
  PRIMARY KEY (person_id, field_code)
);
CREATE INDEX assessor_expertise_by_field ON assessor_expertise (field_code);

-- What was declared stays as it was declared; whoever has more to say declares again.
CREATE TABLE interest_declarations (
  id          uuid PRIMARY KEY,
  person_id   uuid NOT NULL REFERENCES people,
  from_on     date NOT NULL,
  until_on    date NOT NULL CHECK (until_on > from_on),
  interests   jsonb NOT NULL CHECK (jsonb_typeof(interests) = 'array'),
  declared_at timestamptz NOT NULL
);
CREATE INDEX interest_declarations_by_person ON interest_declarations (person_id, until_on);

CREATE TRIGGER interest_declarations_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON interest_declarations
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- An assessment is an invitation first. Whoever has declined, or was taken off, has answered; what was scored stays scored.
ALTER TABLE assessments
  ADD COLUMN due_on date,
  ADD COLUMN reason text CHECK (reason <> '' AND length(reason) <= 2000),
  ADD COLUMN changed_at timestamptz;
DROP TRIGGER assessments_closed ON assessments;
ALTER TABLE assessments DROP CONSTRAINT assessments_state_check;
UPDATE assessments SET state = CASE state WHEN 'assigned' THEN 'accepted' ELSE state END, changed_at = created_at,
                       due_on = (created_at AT TIME ZONE 'Asia/Hong_Kong')::date + 21;
ALTER TABLE assessments
  ALTER COLUMN due_on SET NOT NULL,
  ALTER COLUMN changed_at SET NOT NULL,
  ADD CONSTRAINT assessments_state_check CHECK (state IN ('invited', 'accepted', 'scored', 'declined', 'conflicted', 'withdrawn')),
  DROP CONSTRAINT assessments_application_id_assessor_id_key;
-- Whoever was taken off may be asked again; nobody else twice.
CREATE UNIQUE INDEX assessments_once ON assessments (application_id, assessor_id) WHERE state <> 'withdrawn';
CREATE INDEX assessments_by_application ON assessments (application_id, id);
CREATE INDEX assessments_overdue ON assessments (due_on, id) WHERE state IN ('invited', 'accepted');

CREATE TRIGGER assessments_closed BEFORE UPDATE ON assessments FOR EACH ROW
  WHEN (OLD.state NOT IN ('invited', 'accepted') OR NEW.state = 'invited'
        OR (OLD.state, NEW.state) IN (('invited', 'scored'), ('accepted', 'accepted')))
  EXECUTE FUNCTION refuse_second_thoughts();

-- Nobody is asked, says yes or gives marks who has not declared their interests of the year, or who acts for the applicant.
CREATE FUNCTION assessor_must_be_free() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  today date := (NEW.changed_at AT TIME ZONE 'Asia/Hong_Kong')::date;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.interest_declarations d
                  WHERE d.person_id = NEW.assessor_id AND d.from_on <= today AND today < d.until_on) THEN
    RAISE EXCEPTION 'assessor % has declared no interests for %', NEW.assessor_id, today USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM public.memberships m JOIN public.applications a ON a.organisation_id = m.organisation_id
              WHERE m.person_id = NEW.assessor_id AND a.id = NEW.application_id) THEN
    RAISE EXCEPTION 'assessor % acts for the applicant', NEW.assessor_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER assessments_by_the_free BEFORE INSERT OR UPDATE ON assessments FOR EACH ROW
  WHEN (NEW.state IN ('invited', 'accepted', 'scored')) EXECUTE FUNCTION assessor_must_be_free();

-- That somebody assesses all the same, in spite of what is on file: one officer proposes it, another one confirms it.
CREATE TABLE conflict_overrides (
  id             uuid PRIMARY KEY,
  application_id uuid NOT NULL REFERENCES applications,
  assessor_id    uuid NOT NULL REFERENCES people,
  grounds        jsonb NOT NULL CHECK (jsonb_typeof(grounds) = 'array' AND jsonb_array_length(grounds) > 0),
  reason         text NOT NULL CHECK (reason <> '' AND length(reason) <= 2000),
  proposed_by    uuid NOT NULL REFERENCES people,
  proposed_at    timestamptz NOT NULL,
  confirmed_by   uuid REFERENCES people,
  confirmed_at   timestamptz,
  CHECK (num_nonnulls(confirmed_by, confirmed_at) IN (0, 2)),
  CHECK (confirmed_by <> proposed_by),
  CHECK (assessor_id NOT IN (proposed_by, confirmed_by))
);
CREATE INDEX conflict_overrides_by_application ON conflict_overrides (application_id, assessor_id);
CREATE INDEX conflict_overrides_by_assessor ON conflict_overrides (assessor_id);
CREATE INDEX conflict_overrides_by_proposer ON conflict_overrides (proposed_by);
CREATE INDEX conflict_overrides_by_confirmer ON conflict_overrides (confirmed_by);
CREATE UNIQUE INDEX conflict_overrides_proposed ON conflict_overrides (application_id, assessor_id) WHERE confirmed_at IS NULL;

CREATE TRIGGER conflict_overrides_confirmed_once BEFORE UPDATE ON conflict_overrides FOR EACH ROW
  WHEN (OLD.confirmed_at IS NOT NULL OR NEW.confirmed_at IS NULL) EXECUTE FUNCTION refuse_second_thoughts();
CREATE TRIGGER conflict_overrides_kept BEFORE DELETE OR TRUNCATE ON conflict_overrides
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT, UPDATE (name_en, name_zh_hant, name_zh_hans, in_use) ON expertise_fields TO almoner_app;
GRANT SELECT, INSERT, UPDATE (from_on, until_on, proposals_max, version) ON assessor_profiles TO almoner_app;
GRANT SELECT, INSERT, DELETE ON assessor_expertise TO almoner_app;
GRANT SELECT, INSERT ON interest_declarations TO almoner_app;
GRANT UPDATE (reason, changed_at) ON assessments TO almoner_app;
GRANT SELECT, INSERT, UPDATE (confirmed_by, confirmed_at) ON conflict_overrides TO almoner_app;
