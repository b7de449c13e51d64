-- What is committed of a scheme's money. The row is locked before a commitment is decided, and the check repeats the decision.
CREATE TABLE envelopes (
  scheme_code     text PRIMARY KEY,
  limit_cents     bigint CHECK (limit_cents >= 0),
  committed_cents bigint NOT NULL CHECK (committed_cents >= 0),
  CHECK (committed_cents <= limit_cents)
);

-- The same for what one applicant may have of it.
CREATE TABLE applicant_balances (
  scheme_code     text NOT NULL,
  organisation_id uuid NOT NULL REFERENCES organisations,
  limit_cents     bigint CHECK (limit_cents >= 0),
  committed_cents bigint NOT NULL CHECK (committed_cents >= 0),
  PRIMARY KEY (scheme_code, organisation_id),
  CHECK (committed_cents <= limit_cents)
);
CREATE INDEX applicant_balances_by_organisation ON applicant_balances (organisation_id);

CREATE TABLE awards (
  application_id  uuid PRIMARY KEY REFERENCES applications,
  scheme_code     text NOT NULL,
  organisation_id uuid NOT NULL REFERENCES organisations,
  amount_cents    bigint NOT NULL CHECK (amount_cents > 0),
  authority       text NOT NULL,
  state           text NOT NULL CHECK (state IN ('decided', 'offered', 'accepted', 'released')),
  decided_at      timestamptz NOT NULL,
  offered_at      timestamptz,
  expires_on      date,
  accepted_at     timestamptz,
  settled_cents   bigint CHECK (settled_cents BETWEEN 0 AND amount_cents),
  settled_on      date,
  CHECK ((offered_at IS NULL) = (expires_on IS NULL)),
  CHECK ((settled_cents IS NULL) = (settled_on IS NULL)),
  CHECK ((state = 'accepted') = (accepted_at IS NOT NULL))
);
-- The amount is fixed once, and once more by the settlement.
CREATE TRIGGER awards_ended BEFORE UPDATE ON awards FOR EACH ROW
  WHEN (OLD.settled_cents IS NOT NULL OR OLD.state = 'released') EXECUTE FUNCTION refuse_second_thoughts();
CREATE INDEX awards_by_applicant ON awards (organisation_id, scheme_code);
CREATE INDEX awards_to_lapse ON awards (expires_on) WHERE state = 'offered';

CREATE TABLE instalments (
  application_id uuid NOT NULL REFERENCES awards,
  sequence       integer NOT NULL CHECK (sequence > 0),
  code           text NOT NULL,
  due            text NOT NULL CHECK (due IN ('acceptance', 'completion', 'final_accounts')),
  amount_cents   bigint NOT NULL CHECK (amount_cents >= 0),
  PRIMARY KEY (application_id, sequence),
  UNIQUE (application_id, code)
);

-- Double entry: the lines of a posting sum to zero, and nothing is paid that was not committed.
CREATE TABLE ledger_entries (
  posting_id     uuid NOT NULL,
  account        text NOT NULL CHECK (account IN ('envelope', 'commitment', 'paid')),
  application_id uuid NOT NULL REFERENCES applications,
  amount_cents   bigint NOT NULL CHECK (amount_cents <> 0),
  posted_at      timestamptz NOT NULL,
  PRIMARY KEY (posting_id, account)
);
CREATE INDEX ledger_entries_by_case ON ledger_entries (application_id, account);

CREATE TRIGGER ledger_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION ledger_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum(amount_cents) FROM public.ledger_entries WHERE posting_id = NEW.posting_id) <> 0 THEN
    RAISE EXCEPTION 'posting % does not sum to zero', NEW.posting_id USING ERRCODE = 'check_violation';
  END IF;
  -- Two that pay from one commitment see each other's lines only if the second waits for the first.
  PERFORM 1 FROM public.applications WHERE id = NEW.application_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT 1 FROM public.ledger_entries WHERE application_id = NEW.application_id AND account <> 'envelope'
             GROUP BY account HAVING sum(amount_cents) < 0) THEN
    RAISE EXCEPTION 'case % pays or releases more than is committed', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER ledger_entries_balance AFTER INSERT ON ledger_entries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_must_balance();

GRANT SELECT, INSERT, UPDATE (limit_cents, committed_cents) ON envelopes, applicant_balances TO almoner_app;
GRANT SELECT, INSERT, UPDATE (state, offered_at, expires_on, accepted_at, settled_cents, settled_on) ON awards TO almoner_app;
GRANT SELECT, INSERT ON instalments, ledger_entries TO almoner_app;
