CREATE SEQUENCE batch_serial;

CREATE TABLE claims (
  id              uuid PRIMARY KEY,
  application_id  uuid NOT NULL,
  instalment      text NOT NULL,
  state           text NOT NULL CHECK (state IN ('submitted', 'returned', 'certified', 'paid')),
  claimed_cents   bigint NOT NULL CHECK (claimed_cents > 0),
  evidence        text NOT NULL,
  actual          jsonb,
  certified_cents bigint CHECK (certified_cents > 0 AND certified_cents <= claimed_cents),
  reason          text,
  created_at      timestamptz NOT NULL,
  FOREIGN KEY (application_id, instalment) REFERENCES instalments (application_id, code),
  CHECK ((state IN ('certified', 'paid')) = (certified_cents IS NOT NULL))
);
CREATE INDEX claims_by_instalment ON claims (application_id, instalment);
CREATE UNIQUE INDEX claims_once ON claims (application_id, instalment) WHERE state <> 'returned';
CREATE INDEX claims_by_state ON claims (state, id);

CREATE TABLE batches (
  id          uuid PRIMARY KEY,
  reference   text NOT NULL UNIQUE,
  state       text NOT NULL CHECK (state IN ('prepared', 'released')),
  prepared_by uuid NOT NULL REFERENCES people,
  prepared_at timestamptz NOT NULL,
  released_by uuid REFERENCES people,
  released_at timestamptz,
  total_cents bigint NOT NULL CHECK (total_cents > 0),
  CHECK ((state = 'released') = (released_by IS NOT NULL)),
  CHECK ((released_by IS NULL) = (released_at IS NULL)),
  CHECK (released_by <> prepared_by)
);
CREATE INDEX batches_by_state ON batches (state, id DESC);
CREATE INDEX batches_by_preparer ON batches (prepared_by);
CREATE INDEX batches_by_releaser ON batches (released_by);

CREATE FUNCTION refuse_released_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'released' THEN
    RAISE EXCEPTION 'batch % has been released', OLD.reference USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER batches_released_are_final BEFORE UPDATE OR DELETE ON batches
  FOR EACH ROW EXECUTE FUNCTION refuse_released_change();

-- A claim is paid once: it stands in one batch at most.
CREATE TABLE payments (
  claim_id       uuid PRIMARY KEY REFERENCES claims,
  batch_id       uuid NOT NULL REFERENCES batches,
  application_id uuid NOT NULL REFERENCES applications,
  amount_cents   bigint NOT NULL CHECK (amount_cents > 0)
);
CREATE INDEX payments_by_batch ON payments (batch_id);
CREATE INDEX payments_by_case ON payments (application_id);

CREATE TRIGGER payments_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT USAGE ON SEQUENCE batch_serial TO almoner_app;
GRANT SELECT, INSERT, UPDATE ON claims, batches TO almoner_app;
GRANT SELECT, INSERT ON payments TO almoner_app;
