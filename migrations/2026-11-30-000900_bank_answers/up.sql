-- What banks answer: each file once, whole, and not itself but its hash.
CREATE TABLE bank_answers (
  id             uuid PRIMARY KEY,
  kind           text NOT NULL CHECK (kind IN ('pain.002', 'status_csv', 'camt.053', 'camt.054', 'statement_csv')),
  -- The bank's own identifier of the message; a CSV has none.
  message        text CHECK (message <> '' AND length(message) <= 35),
  sha256         text NOT NULL UNIQUE CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  batch_id       uuid REFERENCES batches,
  recorded_by    uuid NOT NULL REFERENCES people,
  recorded_at    timestamptz NOT NULL,
  payments       integer NOT NULL CHECK (payments >= 0),
  unmatched      integer NOT NULL CHECK (unmatched >= 0),
  returned_cents bigint NOT NULL CHECK (returned_cents >= 0),
  UNIQUE (kind, message),
  CHECK ((batch_id IS NOT NULL) = (kind IN ('pain.002', 'status_csv'))),
  CHECK ((message IS NULL) = (kind IN ('status_csv', 'statement_csv')))
);
CREATE INDEX bank_answers_by_batch ON bank_answers (batch_id, id DESC);
CREATE INDEX bank_answers_by_recorder ON bank_answers (recorded_by);
CREATE TRIGGER bank_answers_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_answers
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What is said in it of each payment, and how much has come back by that.
ALTER TABLE payments ADD CONSTRAINT payments_once_in_a_batch UNIQUE (batch_id, claim_id);
CREATE TABLE payment_statuses (
  answer_id      uuid NOT NULL REFERENCES bank_answers,
  place          integer NOT NULL CHECK (place > 0),
  line           integer NOT NULL CHECK (line > 0),
  batch_id       uuid NOT NULL,
  claim_id       uuid NOT NULL,
  status         text NOT NULL CHECK (status IN ('pending', 'accepted', 'executed', 'returned', 'rejected')),
  reason         text CHECK (reason <> '' AND length(reason) <= 35),
  returned_cents bigint NOT NULL CHECK (returned_cents >= 0),
  booked_on      date,
  bank_reference text CHECK (bank_reference <> '' AND length(bank_reference) <= 35),
  PRIMARY KEY (answer_id, place, batch_id, claim_id),
  FOREIGN KEY (batch_id, claim_id) REFERENCES payments (batch_id, claim_id),
  CHECK ((returned_cents > 0) = (status IN ('returned', 'rejected')))
);
CREATE INDEX payment_statuses_by_payment ON payment_statuses (batch_id, claim_id);
CREATE INDEX payment_statuses_by_claim ON payment_statuses (claim_id) WHERE returned_cents > 0;
CREATE TRIGGER payment_statuses_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_statuses
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What in it matches nothing, and how each such item was closed, once.
CREATE TABLE unmatched_items (
  id             uuid PRIMARY KEY,
  answer_id      uuid NOT NULL REFERENCES bank_answers,
  place          integer NOT NULL CHECK (place > 0),
  line           integer NOT NULL CHECK (line > 0),
  side           text NOT NULL CHECK (side IN ('debit', 'credit')),
  amount_cents   bigint NOT NULL CHECK (amount_cents >= 0),
  currency       text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  booked_on      date,
  payment        text CHECK (payment <> '' AND length(payment) <= 35),
  bank_reference text CHECK (bank_reference <> '' AND length(bank_reference) <= 35),
  reason         text CHECK (reason <> '' AND length(reason) <= 35),
  why            text NOT NULL CHECK (why IN ('unknown', 'reversal', 'seen_before', 'award_ended')),
  UNIQUE (answer_id, place)
);
CREATE TRIGGER unmatched_items_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON unmatched_items
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE unmatched_closings (
  item_id   uuid PRIMARY KEY REFERENCES unmatched_items,
  closed_by uuid NOT NULL REFERENCES people,
  closed_at timestamptz NOT NULL,
  reason    text NOT NULL CHECK (reason <> '' AND length(reason) <= 2000),
  -- The payment of which the money has come back; none where the item was set aside.
  payment   text CHECK (payment <> '')
);
CREATE INDEX unmatched_closings_by_closer ON unmatched_closings (closed_by);
CREATE TRIGGER unmatched_closings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON unmatched_closings
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- Whoever has recorded the file does not say what its items are.
CREATE FUNCTION closing_must_be_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.unmatched_items i JOIN public.bank_answers a ON a.id = i.answer_id
              WHERE i.id = NEW.item_id AND a.recorded_by = NEW.closed_by) THEN
    RAISE EXCEPTION 'item % is closed by whoever recorded it', NEW.item_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER unmatched_closings_by_another BEFORE INSERT ON unmatched_closings
  FOR EACH ROW EXECUTE FUNCTION closing_must_be_by_another();

-- What is out of a claim: what its released payments came to, less what has come back of them.
CREATE FUNCTION claim_out_cents(the_claim uuid) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT sum(p.amount_cents) FROM public.payments p JOIN public.batches b ON b.id = p.batch_id
                    WHERE p.claim_id = the_claim AND b.state = 'released'), 0)
       - coalesce((SELECT sum(s.returned_cents) FROM public.payment_statuses s WHERE s.claim_id = the_claim), 0)
$$;

-- A bank speaks of payments that were released; what comes back is out, and what was rejected was never executed.
CREATE FUNCTION payment_status_must_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  amount   bigint;
  returned numeric;
BEGIN
  PERFORM 1 FROM public.claims WHERE id = NEW.claim_id FOR NO KEY UPDATE;
  SELECT p.amount_cents INTO amount FROM public.payments p JOIN public.batches b ON b.id = p.batch_id
   WHERE (p.batch_id, p.claim_id) = (NEW.batch_id, NEW.claim_id) AND b.state = 'released';
  IF amount IS NULL OR NOT EXISTS (SELECT 1 FROM public.bank_answers a
       WHERE a.id = NEW.answer_id AND (a.batch_id IS NULL OR a.batch_id = NEW.batch_id)) THEN
    RAISE EXCEPTION 'the answer % is to no release of %', NEW.answer_id, NEW.claim_id USING ERRCODE = 'check_violation';
  END IF;
  SELECT coalesce(sum(returned_cents), 0) INTO returned FROM public.payment_statuses
   WHERE (batch_id, claim_id) = (NEW.batch_id, NEW.claim_id);
  IF returned + NEW.returned_cents > amount THEN
    RAISE EXCEPTION 'more of the payment of % comes back than is out', NEW.claim_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.status = 'rejected' AND (NEW.returned_cents <> amount OR EXISTS (SELECT 1 FROM public.payment_statuses
        WHERE (batch_id, claim_id) = (NEW.batch_id, NEW.claim_id) AND status IN ('executed', 'returned', 'rejected')))
     OR NEW.status = 'executed' AND EXISTS (SELECT 1 FROM public.payment_statuses
        WHERE (batch_id, claim_id) = (NEW.batch_id, NEW.claim_id) AND status = 'rejected') THEN
    RAISE EXCEPTION 'the payment of % cannot be %', NEW.claim_id, NEW.status USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER payment_statuses_follow BEFORE INSERT ON payment_statuses FOR EACH ROW EXECUTE FUNCTION payment_status_must_follow();

-- A claim is paid where all that was certified is out, and certified while it is not; never more is out.
CREATE FUNCTION claim_must_stand(the_claim uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  amiss text;
BEGIN
  SELECT state INTO amiss FROM public.claims
   WHERE id = the_claim AND CASE state WHEN 'paid' THEN public.claim_out_cents(id) <> certified_cents
                                       WHEN 'certified' THEN public.claim_out_cents(id) >= certified_cents
                                       ELSE public.claim_out_cents(id) <> 0 END;
  IF amiss IS NOT NULL THEN
    RAISE EXCEPTION 'claim % is %, and released batches say otherwise', the_claim, amiss USING ERRCODE = 'check_violation';
  END IF;
END
$$;
CREATE FUNCTION claim_of_status_must_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.claim_must_stand(NEW.claim_id);
  PERFORM public.case_must_be_sound(application_id) FROM public.claims WHERE id = NEW.claim_id;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER payment_statuses_sound AFTER INSERT ON payment_statuses
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.returned_cents > 0) EXECUTE FUNCTION claim_of_status_must_stand();

DROP TRIGGER claims_paid ON claims;
DROP FUNCTION claim_must_be_paid;
CREATE FUNCTION claim_of_row_must_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.claim_must_stand(NEW.id);
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER claims_paid AFTER INSERT OR UPDATE ON claims
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state IN ('certified', 'paid')) EXECUTE FUNCTION claim_of_row_must_stand();

CREATE OR REPLACE FUNCTION cases_of_batch_must_be_sound() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.case_must_be_sound(application_id) FROM public.payments WHERE batch_id = NEW.id GROUP BY application_id;
  PERFORM public.claim_must_stand(claim_id) FROM public.payments WHERE batch_id = NEW.id;
  RETURN NULL;
END
$$;

-- What has come back of a claim makes it one that waits for payment again; nothing else of it changes.
DROP TRIGGER claims_certified ON claims;
CREATE TRIGGER claims_certified BEFORE UPDATE ON claims FOR EACH ROW
  WHEN (OLD.state IN ('returned', 'nil') OR OLD.certified_cents <> NEW.certified_cents OR
        OLD.state IN ('certified', 'paid') AND (NEW.state NOT IN ('certified', 'paid') OR OLD.reason IS DISTINCT FROM NEW.reason))
  EXECUTE FUNCTION refuse_second_thoughts();
DROP TRIGGER claims_certified_of_running_awards ON claims;
CREATE TRIGGER claims_certified_of_running_awards BEFORE UPDATE ON claims FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND OLD.state <> 'paid' AND NEW.state IN ('certified', 'nil', 'paid')) EXECUTE FUNCTION award_of_row_must_run();
INSERT INTO application_steps (from_state, to_state) VALUES ('completed', 'accepted');

-- A payment pays what is owed of its claim: what was certified, less what is out. The payments of a claim are numbered, and each but the
-- last is of a batch that is decided: the next number is one more than those are. So the key lets none stand beside one that waits, whoever
-- comes at the same moment; and whoever prepares waits for whoever releases, or records what came back.
CREATE OR REPLACE FUNCTION payment_must_fit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM public.claims WHERE id = NEW.claim_id FOR NO KEY UPDATE;
  IF NOT EXISTS (SELECT 1 FROM public.claims WHERE id = NEW.claim_id AND state = 'certified' AND application_id = NEW.application_id
                 AND certified_cents - public.claim_out_cents(id) = NEW.amount_cents) THEN
    RAISE EXCEPTION 'payment of % is not what was certified and is owed', NEW.claim_id USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM public.batches WHERE id = NEW.batch_id AND state = 'prepared' FOR NO KEY UPDATE) THEN
    RAISE EXCEPTION 'batch % has been released or dissolved', NEW.batch_id USING ERRCODE = 'check_violation';
  END IF;
  NEW.number := 1 + (SELECT count(*) FROM public.payments p JOIN public.batches b ON b.id = p.batch_id
                      WHERE p.claim_id = NEW.claim_id AND b.state IN ('released', 'dissolved'));
  RETURN NEW;
END
$$;

-- The laws of a case: it has been paid what its released batches say, less what has come back.
CREATE OR REPLACE FUNCTION case_must_be_sound(the_case uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  law       text;
  held      numeric;
  reserved  numeric;
  paid      numeric;
  paid_out  numeric := (SELECT sum(p.amount_cents - (SELECT coalesce(sum(s.returned_cents), 0) FROM public.payment_statuses s
                                                  WHERE (s.batch_id, s.claim_id) = (p.batch_id, p.claim_id)))
                         FROM public.payments p JOIN public.batches b ON b.id = p.batch_id
                        WHERE p.application_id = the_case AND b.state = 'released');
  moved_by  text    := (SELECT kind FROM public.award_changes WHERE application_id = the_case AND
                         kind IN ('suspension', 'resumption', 'termination') ORDER BY number DESC LIMIT 1);
BEGIN
  SELECT sum(amount_cents) FILTER (WHERE account IN ('commitment', 'paid')), sum(amount_cents) FILTER (WHERE account = 'reservation'),
         sum(amount_cents) FILTER (WHERE account = 'paid')
    INTO held, reserved, paid FROM public.ledger_entries WHERE application_id = the_case;
  SELECT CASE
      WHEN w.state IS DISTINCT FROM CASE a.state
             WHEN 'approved' THEN 'decided' WHEN 'offered' THEN 'offered' WHEN 'accepted' THEN 'accepted' WHEN 'completed' THEN 'accepted'
             WHEN 'suspended' THEN 'accepted' WHEN 'terminated' THEN 'accepted'
             WHEN 'declined' THEN 'released' WHEN 'lapsed' THEN 'released'
             WHEN 'withdrawn' THEN CASE WHEN w.state IS NOT NULL THEN 'released' END
           END THEN 'has an award that does not go with its state'
      WHEN (w.amount_cents, w.scheme_code, w.organisation_id) <> (a.recommended_cents, a.scheme_code, a.organisation_id)
        THEN 'has an award that was not recommended'
      WHEN coalesce(held, 0) <> CASE WHEN w.state IS NULL OR w.state = 'released' THEN 0 ELSE coalesce(w.settled_cents, w.current_cents) END
        THEN 'does not hold in the ledger what its award says'
      WHEN coalesce(reserved, 0) <> a.reserved_cents THEN 'has not reserved in the ledger what it says'
      WHEN paid IS DISTINCT FROM paid_out THEN 'has not been paid what its released batches say'
      WHEN a.state IN ('completed', 'terminated') AND (w.settled_cents IS NULL OR coalesce(held, 0) <> coalesce(paid, 0))
        THEN 'is completed before all is paid'
      WHEN (a.state = 'suspended') <> coalesce(moved_by = 'suspension', false) OR (a.state = 'terminated') <> coalesce(moved_by = 'termination', false)
        THEN 'does not stand where its changes have brought it'
    END INTO law
    FROM public.applications a LEFT JOIN public.awards w ON w.application_id = a.id WHERE a.id = the_case;
  IF law IS NOT NULL THEN
    RAISE EXCEPTION 'case % %', the_case, law USING ERRCODE = 'check_violation';
  END IF;
END
$$;

GRANT SELECT, INSERT ON bank_answers, payment_statuses, unmatched_items, unmatched_closings TO almoner_app;
