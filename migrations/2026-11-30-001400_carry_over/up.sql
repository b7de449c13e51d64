-- An award may be cut below what is certified of it: that stays, and what is more than the award is now is carried over.

-- Only the trigger of the changes writes it.
ALTER TABLE awards ADD COLUMN carried_cents bigint NOT NULL DEFAULT 0 CHECK (carried_cents >= 0),
  DROP CONSTRAINT awards_settled, ADD CONSTRAINT awards_settled CHECK (settled_cents BETWEEN 0 AND current_cents + carried_cents),
  ADD CONSTRAINT awards_carried_by_changes CHECK (revision > 0 OR carried_cents = 0);
CREATE INDEX awards_carried ON awards (application_id) WHERE carried_cents > 0;

-- It begins as it was awarded, whatever the server says.
CREATE OR REPLACE FUNCTION award_begins_as_awarded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.current_cents := NEW.amount_cents;
  NEW.carried_cents := 0;
  NEW.revision := 0;
  RETURN NEW;
END
$$;

-- A change goes on from what holds, one after another, and moves the amount along.
CREATE OR REPLACE FUNCTION award_follows_its_changes() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  held      bigint;
  certified numeric := (SELECT coalesce(sum(certified_cents), 0) FROM public.claims WHERE application_id = NEW.application_id);
BEGIN
  SELECT current_cents INTO held FROM public.awards WHERE application_id = NEW.application_id FOR NO KEY UPDATE;
  IF held IS DISTINCT FROM NEW.before_cents
     OR NEW.number <> 1 + (SELECT count(*) FROM public.award_changes WHERE application_id = NEW.application_id AND number <> NEW.number) THEN
    RAISE EXCEPTION 'change % of % does not go on from what holds', NEW.number, NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.after_cents <> NEW.before_cents THEN
    -- What is certified stays; what is more of it than the award is now is carried over, and at least what is demanded of it.
    UPDATE public.awards SET current_cents = NEW.after_cents, revision = NEW.number, carried_cents = greatest(0, certified - NEW.after_cents)
     WHERE application_id = NEW.application_id;
    IF (SELECT coalesce(sum(principal_cents), 0) FROM public.recoveries
         WHERE application_id = NEW.application_id AND kind = 'overpaid' AND state <> 'withdrawn') > greatest(0, certified - NEW.after_cents) THEN
      RAISE EXCEPTION 'change % of % gives what is demanded back', NEW.number, NEW.application_id USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  -- Nobody who is debarred is given more.
  IF NEW.after_cents > NEW.before_cents THEN
    PERFORM public.none_may_be_debarred(public.who_applies(a.id), a.scheme_code, (NEW.changed_at AT TIME ZONE 'Asia/Hong_Kong')::date)
       FROM public.applications a WHERE a.id = NEW.application_id;
  END IF;
  RETURN NULL;
END
$$;

-- The plan that holds sums to the award that holds, and to what is carried over.
CREATE OR REPLACE FUNCTION plan_must_sum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.awards w WHERE w.application_id = NEW.application_id AND w.state = 'accepted' AND w.current_cents + w.carried_cents <>
      (SELECT coalesce(sum(i.amount_cents), 0) FROM public.instalments i
        WHERE (i.application_id, i.revision) = (w.application_id, w.revision))) THEN
    RAISE EXCEPTION 'the instalments of % do not sum to its award', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;

-- An applicant's balance counts what is held, less what has come back of it where all counts that was ever granted.
CREATE OR REPLACE FUNCTION balance_must_agree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT coalesce(sum(committed_cents), 0) FROM public.applicant_balances
      WHERE scheme_code = NEW.scheme_code AND organisation_id = NEW.organisation_id)
     <> (SELECT coalesce(sum(CASE WHEN settled_cents IS NULL THEN current_cents + carried_cents WHEN counts_as = 'lifetime' THEN settled_cents ELSE 0 END), 0)
           FROM public.awards
          WHERE organisation_id = NEW.organisation_id AND scheme_code = NEW.scheme_code AND state <> 'released')
        + (SELECT coalesce(sum(e.amount_cents), 0) FROM public.awards w JOIN public.ledger_entries e ON e.application_id = w.application_id
            WHERE w.organisation_id = NEW.organisation_id AND w.scheme_code = NEW.scheme_code AND w.counts_as = 'lifetime'
              AND e.account = 'recovered') THEN
    RAISE EXCEPTION 'the balance of % in % does not agree with its awards', NEW.organisation_id, NEW.scheme_code
      USING ERRCODE = 'check_violation';
  END IF;
  IF (SELECT coalesce(sum(reserved_cents), 0) FROM public.applicant_balances
      WHERE scheme_code = NEW.scheme_code AND organisation_id = NEW.organisation_id)
     <> (SELECT coalesce(sum(reserved_cents), 0) FROM public.applications
          WHERE organisation_id = NEW.organisation_id AND scheme_code = NEW.scheme_code AND reserved_cents > 0) THEN
    RAISE EXCEPTION 'the balance of % in % does not agree with what its cases have reserved', NEW.organisation_id, NEW.scheme_code
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;

-- The laws of a case: it holds what its award and what is carried over come to.
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
      WHEN coalesce(held, 0) <> CASE WHEN w.state IS NULL OR w.state = 'released' THEN 0 ELSE coalesce(w.settled_cents, w.current_cents + w.carried_cents) END
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

-- What was paid is demanded once, and of what a settlement, or a cut before it, has found to be overpaid no more than that.
CREATE OR REPLACE FUNCTION recovery_must_take_its_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (to_jsonb(OLD) - '{state,confirmed_by,confirmed_at,withdrawn_by,withdrawn_at,withdrawn_because}'::text[])
         <> (to_jsonb(NEW) - '{state,confirmed_by,confirmed_at,withdrawn_by,withdrawn_at,withdrawn_because}'::text[])
       OR (OLD.state, NEW.state) NOT IN (('raised', 'confirmed'), ('raised', 'withdrawn'), ('confirmed', 'settled'), ('settled', 'confirmed'))
       OR OLD.state <> 'raised' AND (OLD.confirmed_by, OLD.confirmed_at) IS DISTINCT FROM (NEW.confirmed_by, NEW.confirmed_at) THEN
      RAISE EXCEPTION 'demand % stays as it is', OLD.reference USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.state <> 'raised' THEN
    RAISE EXCEPTION 'demand % is raised first', NEW.reference USING ERRCODE = 'check_violation';
  END IF;
  -- Two that demand of one case see each other only if the second waits for the first.
  PERFORM 1 FROM public.applications WHERE id = NEW.application_id FOR NO KEY UPDATE;
  IF NEW.kind <> 'recoupment' AND NEW.principal_cents
       + (SELECT coalesce(sum(principal_cents), 0) FROM public.recoveries
           WHERE application_id = NEW.application_id AND kind <> 'recoupment' AND state <> 'withdrawn')
       > (SELECT coalesce(sum(amount_cents), 0) FROM public.ledger_entries WHERE application_id = NEW.application_id AND account = 'paid') THEN
    RAISE EXCEPTION 'demand % is of more than was paid', NEW.reference USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.kind = 'overpaid' AND NEW.principal_cents
       + (SELECT coalesce(sum(principal_cents), 0) FROM public.recoveries
           WHERE application_id = NEW.application_id AND kind = 'overpaid' AND state <> 'withdrawn')
       > (SELECT coalesce(sum(coalesce(overpaid_cents, carried_cents)), 0) FROM public.awards WHERE application_id = NEW.application_id) THEN
    RAISE EXCEPTION 'demand % is of more than was overpaid', NEW.reference USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;

-- What a claim says is what its lines and its queries say; and all that is certified of a case is within what it holds.
CREATE OR REPLACE FUNCTION claim_must_agree(the_claim uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  the_claims public.claims;
  amiss      text;
BEGIN
  SELECT * INTO the_claims FROM public.claims WHERE id = the_claim;
  SELECT CASE
      WHEN the_claims.costs IS NULL AND count(*) > 0 THEN 'has lines and is not made of costs'
      WHEN the_claims.costs IS NOT NULL AND coalesce(sum(claimed_cents), 0) <> the_claims.claimed_cents THEN 'is not what its lines come to'
      WHEN the_claims.costs IS NOT NULL AND (coalesce(sum(certified_cents), 0) <> coalesce(the_claims.certified_cents, 0)
           OR count(certified_cents) <> CASE WHEN the_claims.certified_cents IS NULL THEN 0 ELSE count(*) END)
        THEN 'is not certified as its lines are'
      WHEN count(*) FILTER (WHERE attachment_id IS NOT NULL AND NOT EXISTS
             (SELECT 1 FROM public.attachments a WHERE (a.id, a.application_id) = (attachment_id, the_claims.application_id))) > 0
        THEN 'shows a file of another case'
    END INTO amiss FROM public.claim_lines WHERE (claim_id, revision) = (the_claim, the_claims.revision);
  IF amiss IS NULL AND (the_claims.state <> 'returned' AND (the_claims.state = 'queried') <> EXISTS
       (SELECT 1 FROM public.claim_queries WHERE claim_id = the_claim AND answer IS NULL)
     OR the_claims.revision <> (SELECT count(answer) FROM public.claim_queries WHERE claim_id = the_claim)) THEN
    amiss := 'does not stand where its queries have brought it';
  END IF;
  IF amiss IS NULL AND the_claims.costs = 'per_category' AND the_claims.state <> 'returned' AND EXISTS (
       SELECT 1 FROM (SELECT DISTINCT category FROM public.claim_lines WHERE (claim_id, revision) = (the_claim, the_claims.revision)) own
         LEFT JOIN public.claim_allotments m ON (m.claim_id, m.category) = (the_claim, own.category)
        WHERE coalesce(m.allotted_cents + m.moved_cents, 0) <
              (SELECT sum(coalesce(l.certified_cents, l.claimed_cents)) FROM public.claim_lines l JOIN public.claims c ON (c.id, c.revision) = (l.claim_id, l.revision)
                WHERE c.application_id = the_claims.application_id AND c.state <> 'returned' AND l.category = own.category)) THEN
    amiss := 'takes more of a category than it has';
  END IF;
  IF amiss IS NULL AND (SELECT coalesce(sum(certified_cents), 0) FROM public.claims WHERE application_id = the_claims.application_id)
       > (SELECT current_cents + carried_cents FROM public.awards WHERE application_id = the_claims.application_id) THEN
    amiss := 'is certified beyond the award';
  END IF;
  IF amiss IS NOT NULL THEN
    RAISE EXCEPTION 'claim % %', the_claim, amiss USING ERRCODE = 'check_violation';
  END IF;
END
$$;
