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
CREATE TRIGGER claims_certified BEFORE UPDATE ON claims FOR EACH ROW
  WHEN (OLD.state IN ('returned', 'paid') OR OLD.certified_cents <> NEW.certified_cents OR
        OLD.state = 'certified' AND NEW.state <> 'paid')
  EXECUTE FUNCTION refuse_second_thoughts();

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

CREATE TRIGGER batches_released BEFORE UPDATE OR DELETE ON batches FOR EACH ROW
  WHEN (OLD.state = 'released') EXECUTE FUNCTION refuse_second_thoughts();

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

-- A payment pays what was certified, into a batch that still waits; a batch is released with the total that was controlled.
CREATE FUNCTION payment_must_fit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.claims WHERE id = NEW.claim_id AND state = 'certified'
                 AND application_id = NEW.application_id AND certified_cents = NEW.amount_cents) THEN
    RAISE EXCEPTION 'payment of % is not what was certified', NEW.claim_id USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM public.batches WHERE id = NEW.batch_id AND state = 'prepared' FOR NO KEY UPDATE) THEN
    RAISE EXCEPTION 'batch % has been released', NEW.batch_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER payments_fit BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION payment_must_fit();

CREATE FUNCTION batch_must_have_its_total() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum(amount_cents) FROM public.payments WHERE batch_id = NEW.id) IS DISTINCT FROM NEW.total_cents::numeric THEN
    RAISE EXCEPTION 'batch % does not have its total', NEW.reference USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER batches_total BEFORE UPDATE ON batches FOR EACH ROW
  WHEN (NEW.state = 'released') EXECUTE FUNCTION batch_must_have_its_total();

GRANT USAGE ON SEQUENCE batch_serial TO almoner_app;
GRANT SELECT, INSERT, UPDATE (state, certified_cents, reason) ON claims TO almoner_app;
GRANT SELECT, INSERT, UPDATE (state, released_by, released_at) ON batches TO almoner_app;
GRANT SELECT, INSERT ON payments TO almoner_app;
