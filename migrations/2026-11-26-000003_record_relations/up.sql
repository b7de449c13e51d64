-- That two organisations belong together, by day: what is granted to one may count in the ceilings of the other. The smaller id comes
-- first. What was recorded stays; only an end is added to what had none. On its first day: then it has never held.
CREATE TABLE organisation_relations (
  id         uuid PRIMARY KEY,
  first_id   uuid NOT NULL REFERENCES organisations,
  second_id  uuid NOT NULL REFERENCES organisations,
  group_code text NOT NULL CHECK (group_code ~ '^[a-z][a-z0-9_]{0,59}$'),
  from_on    date NOT NULL,
  until_on   date,
  evidence   text NOT NULL CHECK (evidence <> '' AND length(evidence) <= 2000),
  created_by uuid NOT NULL REFERENCES people,
  created_at timestamptz NOT NULL,
  ended_by   uuid REFERENCES people,
  ended_at   timestamptz,
  end_reason text CHECK (end_reason <> '' AND length(end_reason) <= 2000),
  CHECK (first_id < second_id),
  CHECK (until_on > from_on OR until_on = from_on AND ended_at IS NOT NULL),
  CHECK (num_nonnulls(ended_by, ended_at, end_reason) IN (0, 3)),
  CHECK (ended_at IS NULL OR until_on IS NOT NULL)
);
CREATE INDEX organisation_relations_by_first ON organisation_relations (first_id, id DESC);
CREATE INDEX organisation_relations_by_second ON organisation_relations (second_id, id DESC);
CREATE INDEX organisation_relations_by_creator ON organisation_relations (created_by);
CREATE INDEX organisation_relations_by_ender ON organisation_relations (ended_by);

-- Of two that say the same of a day, the second is refused, however close they come: the first is waited for.
CREATE FUNCTION relation_must_be_the_only_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(concat_ws(' ', NEW.first_id, NEW.second_id, NEW.group_code), 0));
  IF EXISTS (SELECT 1 FROM public.organisation_relations r
              WHERE (r.first_id, r.second_id, r.group_code) = (NEW.first_id, NEW.second_id, NEW.group_code)
                AND daterange(r.from_on, r.until_on) && daterange(NEW.from_on, NEW.until_on)) THEN
    RAISE EXCEPTION 'relation % holds already', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER organisation_relations_once BEFORE INSERT ON organisation_relations FOR EACH ROW
  EXECUTE FUNCTION relation_must_be_the_only_one();
CREATE TRIGGER organisation_relations_end_once BEFORE UPDATE ON organisation_relations FOR EACH ROW
  WHEN (OLD.until_on IS NOT NULL OR NEW.ended_at IS NULL
        OR (OLD.id, OLD.first_id, OLD.second_id, OLD.group_code, OLD.from_on, OLD.evidence, OLD.created_by, OLD.created_at)
           IS DISTINCT FROM
           (NEW.id, NEW.first_id, NEW.second_id, NEW.group_code, NEW.from_on, NEW.evidence, NEW.created_by, NEW.created_at))
  EXECUTE FUNCTION refuse_second_thoughts();
CREATE TRIGGER organisation_relations_kept BEFORE DELETE OR TRUNCATE ON organisation_relations
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT, UPDATE (until_on, ended_by, ended_at, end_reason) ON organisation_relations TO almoner_app;
