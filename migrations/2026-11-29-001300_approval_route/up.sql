-- The route of each recommendation as it was when it started, and what was passed of it.
CREATE TABLE approval_routes (
  application_id   uuid NOT NULL REFERENCES applications,
  number           integer NOT NULL CHECK (number > 0),
  amount_cents     bigint NOT NULL CHECK (amount_cents > 0),
  parts            jsonb NOT NULL,
  started_at       timestamptz NOT NULL,
  deferred_until   date,
  deferred_because text,
  PRIMARY KEY (application_id, number),
  CHECK ((deferred_until IS NULL) = (deferred_because IS NULL))
);
-- The codes again, in their order, to be held to.
CREATE TABLE approval_parts (
  application_id uuid NOT NULL,
  route          integer NOT NULL,
  position       integer NOT NULL CHECK (position > 0),
  code           text NOT NULL,
  is_check       boolean NOT NULL,
  -- With which it can be passed.
  authorities    text[] NOT NULL,
  PRIMARY KEY (application_id, route, position),
  UNIQUE (application_id, route, code),
  FOREIGN KEY (application_id, route) REFERENCES approval_routes
);

-- Which part of the route an approver has had: one person has one, whatever becomes of it.
ALTER TABLE case_duties ADD COLUMN part text CHECK (part IS NULL OR duty = 'approver'),
  ADD UNIQUE (application_id, person_id, part);

CREATE TABLE approvals (
  application_id uuid NOT NULL,
  route          integer NOT NULL,
  number         integer NOT NULL CHECK (number > 0),
  part           text NOT NULL,
  person_id      uuid NOT NULL,
  on_behalf_of   uuid,
  authority      text NOT NULL,
  amount_cents   bigint NOT NULL CHECK (amount_cents > 0),
  conditions     text[] NOT NULL,
  approved_at    timestamptz NOT NULL,
  void           text CHECK (void <> ''),
  PRIMARY KEY (application_id, route, number),
  CHECK (on_behalf_of <> person_id),
  FOREIGN KEY (application_id, route, part) REFERENCES approval_parts (application_id, route, code),
  -- Whoever approves, and in whose absence they do, has the duty for this part and therefore for no other one.
  FOREIGN KEY (application_id, person_id, part) REFERENCES case_duties (application_id, person_id, part),
  FOREIGN KEY (application_id, on_behalf_of, part) REFERENCES case_duties (application_id, person_id, part)
);
CREATE UNIQUE INDEX approvals_once ON approvals (application_id, route, part) WHERE void IS NULL;
CREATE INDEX approvals_by_person ON approvals (application_id, person_id, part);
CREATE INDEX approvals_by_absent ON approvals (application_id, on_behalf_of, part);

ALTER TABLE awards ADD COLUMN conditions text[] NOT NULL DEFAULT '{}', ADD COLUMN embargo_until date;

INSERT INTO application_steps (from_state, to_state) VALUES ('recommended', 'in_assessment');

-- What is recommended has no route that SQL could tell, so the committee recommends it again.
ALTER TABLE applications DISABLE TRIGGER USER;
UPDATE applications SET state = 'in_assessment', recommended_cents = NULL WHERE state = 'recommended';
ALTER TABLE applications ENABLE TRIGGER USER;

-- The checks come before every step, and a step after those before it. A step that stands is not passed again when another is.
CREATE FUNCTION approval_must_be_in_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM public.approval_parts own JOIN public.approval_parts earlier USING (application_id, route)
     WHERE own.application_id = NEW.application_id AND own.route = NEW.route AND own.code = NEW.part AND NOT own.is_check
       AND earlier.position < own.position
       -- Where the amount is reduced, what was passed before is void, and is passed again afterwards.
       AND NOT EXISTS (SELECT 1 FROM public.approvals a
                        WHERE a.application_id = NEW.application_id AND a.route = NEW.route AND a.part = earlier.code)) THEN
    RAISE EXCEPTION 'the part % of % is not in turn', NEW.part, NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER approvals_in_turn BEFORE INSERT ON approvals FOR EACH ROW EXECUTE FUNCTION approval_must_be_in_turn();

-- What is void stays so, and nothing else of an approval changes.
CREATE FUNCTION approval_must_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.void IS NOT NULL THEN
    RAISE EXCEPTION 'an approval of % that is void stays so', OLD.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER approvals_stay BEFORE UPDATE ON approvals FOR EACH ROW EXECUTE FUNCTION approval_must_stay();

-- Nothing is awarded before every part of the last route is passed, for the amount of the award.
CREATE FUNCTION award_must_be_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.approval_routes WHERE application_id = NEW.application_id) OR EXISTS (
    SELECT 1 FROM public.approval_parts p
     WHERE p.application_id = NEW.application_id
       AND p.route = (SELECT max(number) FROM public.approval_routes r WHERE r.application_id = NEW.application_id)
       AND NOT EXISTS (
         SELECT 1 FROM public.approvals a
          WHERE a.application_id = p.application_id AND a.route = p.route AND a.part = p.code AND a.void IS NULL
            AND a.amount_cents = NEW.amount_cents)) THEN
    RAISE EXCEPTION 'the award of % is not approved by all', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER awards_stand_on_approvals AFTER INSERT ON awards
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION award_must_be_approved();

-- An embargo is kept.
ALTER TABLE awards ADD CONSTRAINT awards_embargo
  CHECK (offered_at IS NULL OR embargo_until IS NULL OR (offered_at AT TIME ZONE 'Asia/Hong_Kong')::date >= embargo_until);

CREATE TRIGGER approval_routes_stay BEFORE DELETE OR TRUNCATE ON approval_routes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approval_parts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON approval_parts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approvals_kept BEFORE DELETE OR TRUNCATE ON approvals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT, UPDATE (deferred_until, deferred_because) ON approval_routes TO almoner_app;
GRANT SELECT, INSERT ON approval_parts TO almoner_app;
GRANT SELECT, INSERT, UPDATE (void) ON approvals TO almoner_app;
