-- Claims that are made of costs, queries on claims, and certification line by line.

ALTER TABLE claims
  -- Against what its costs are held; none where it is an amount alone.
  ADD COLUMN costs text CHECK (costs IN ('per_category', 'in_total')),
  -- How often it was answered; the lines of that number hold.
  ADD COLUMN revision integer NOT NULL DEFAULT 0 CHECK (revision >= 0),
  DROP CONSTRAINT claims_state_check,
  ADD CONSTRAINT claims_state_check CHECK (state IN ('submitted', 'queried', 'returned', 'certified', 'paid', 'nil'));
GRANT UPDATE (claimed_cents, revision) ON claims TO almoner_app;

CREATE TABLE claim_lines (
  claim_id        uuid NOT NULL REFERENCES claims,
  revision        integer NOT NULL CHECK (revision >= 0),
  number          integer NOT NULL CHECK (number > 0),
  category        text NOT NULL CHECK (category <> ''),
  spent_cents     bigint NOT NULL CHECK (spent_cents > 0),
  claimed_cents   bigint NOT NULL CHECK (claimed_cents > 0),
  -- Which part of what was spent may be claimed.
  rate_part       bigint NOT NULL CHECK (rate_part > 0),
  rate_whole      bigint NOT NULL CHECK (rate_whole >= rate_part),
  evidence        text NOT NULL CHECK (evidence <> ''),
  attachment_id   uuid REFERENCES attachments,
  certified_cents bigint CHECK (certified_cents BETWEEN 0 AND claimed_cents),
  reason          text CHECK (reason <> ''),
  PRIMARY KEY (claim_id, revision, number),
  -- Rounded once, down.
  CONSTRAINT claim_lines_at_their_rate CHECK (claimed_cents <= div(spent_cents::numeric * rate_part, rate_whole)),
  CONSTRAINT claim_lines_reduced_with_reason CHECK ((reason IS NOT NULL) = coalesce(certified_cents < claimed_cents, false))
);
CREATE INDEX claim_lines_by_attachment ON claim_lines (attachment_id) WHERE attachment_id IS NOT NULL;
CREATE TRIGGER claim_lines_certified BEFORE UPDATE ON claim_lines FOR EACH ROW
  WHEN (OLD.certified_cents IS NOT NULL) EXECUTE FUNCTION refuse_second_thoughts();
CREATE TRIGGER claim_lines_kept BEFORE DELETE OR TRUNCATE ON claim_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What each category of a claim may take of the award in all claims of the case: by what is planned for it, and moved to it.
CREATE TABLE claim_allotments (
  claim_id       uuid NOT NULL REFERENCES claims,
  category       text NOT NULL CHECK (category <> ''),
  allotted_cents bigint NOT NULL CHECK (allotted_cents >= 0),
  moved_cents    bigint NOT NULL CHECK (moved_cents >= 0),
  PRIMARY KEY (claim_id, category)
);
-- Both are written while what is due of the claim is not decided.
CREATE FUNCTION claim_of_part_must_be_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM public.claims WHERE id = NEW.claim_id AND state IN ('submitted', 'queried') FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'claim % is decided', NEW.claim_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER claim_lines_open BEFORE INSERT OR UPDATE ON claim_lines FOR EACH ROW EXECUTE FUNCTION claim_of_part_must_be_open();
CREATE TRIGGER claim_allotments_open BEFORE INSERT OR UPDATE ON claim_allotments FOR EACH ROW EXECUTE FUNCTION claim_of_part_must_be_open();

CREATE TABLE claim_queries (
  claim_id    uuid NOT NULL REFERENCES claims,
  number      integer NOT NULL CHECK (number > 0),
  asked_by    uuid NOT NULL REFERENCES people,
  asked_at    timestamptz NOT NULL,
  question    text NOT NULL CHECK (length(question) BETWEEN 1 AND 1000),
  answered_by uuid REFERENCES people,
  answered_at timestamptz,
  answer      text CHECK (length(answer) BETWEEN 1 AND 2000),
  PRIMARY KEY (claim_id, number),
  CHECK (num_nonnulls(answered_by, answered_at, answer) IN (0, 3)),
  CHECK (answered_by <> asked_by)
);
CREATE INDEX claim_queries_by_asker ON claim_queries (asked_by);
CREATE INDEX claim_queries_by_answerer ON claim_queries (answered_by) WHERE answered_by IS NOT NULL;
CREATE FUNCTION claim_query_must_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND (NEW.answer IS NOT NULL
       OR NEW.number <> 1 + (SELECT count(*) FROM public.claim_queries WHERE claim_id = NEW.claim_id))
     OR TG_OP = 'UPDATE' AND (OLD.answer IS NOT NULL OR (OLD.asked_by, OLD.asked_at, OLD.question) <> (NEW.asked_by, NEW.asked_at, NEW.question)) THEN
    RAISE EXCEPTION 'query % on claim % does not follow', NEW.number, NEW.claim_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER claim_queries_follow BEFORE INSERT OR UPDATE ON claim_queries FOR EACH ROW EXECUTE FUNCTION claim_query_must_follow();
CREATE TRIGGER claim_queries_kept BEFORE DELETE OR TRUNCATE ON claim_queries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A claim takes its steps; what is claimed is put right with an answer only.
CREATE FUNCTION claim_must_take_its_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN
       (('submitted', 'queried'), ('submitted', 'returned'), ('submitted', 'certified'), ('submitted', 'nil'),
        ('queried', 'submitted'), ('queried', 'returned'), ('certified', 'paid'), ('paid', 'certified'))
     OR (OLD.state, NEW.state) <> ('queried', 'submitted')
        AND (OLD.claimed_cents, OLD.revision) <> (NEW.claimed_cents, NEW.revision)
     OR (OLD.state, NEW.state) = ('queried', 'submitted') AND NEW.revision <> OLD.revision + 1
     OR OLD.costs IS DISTINCT FROM NEW.costs THEN
    RAISE EXCEPTION 'claim % takes no such step', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER claims_steps BEFORE UPDATE ON claims FOR EACH ROW EXECUTE FUNCTION claim_must_take_its_steps();
CREATE TRIGGER claims_asked_of_running_awards BEFORE UPDATE ON claims FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND NEW.state IN ('queried', 'submitted')) EXECUTE FUNCTION award_of_row_must_run();

-- What a claim says is what its lines and its queries say; and all that is certified of a case is within its award.
CREATE FUNCTION claim_must_agree(the_claim uuid) RETURNS void LANGUAGE plpgsql AS $$
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
       > (SELECT current_cents FROM public.awards WHERE application_id = the_claims.application_id) THEN
    amiss := 'is certified beyond the award';
  END IF;
  IF amiss IS NOT NULL THEN
    RAISE EXCEPTION 'claim % %', the_claim, amiss USING ERRCODE = 'check_violation';
  END IF;
END
$$;
CREATE FUNCTION claim_of_row_must_agree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.claim_must_agree(NEW.id);
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER claims_agree AFTER INSERT ON claims
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION claim_of_row_must_agree();
CREATE CONSTRAINT TRIGGER claims_agree_again AFTER UPDATE ON claims
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.state IN ('submitted', 'queried')) EXECUTE FUNCTION claim_of_row_must_agree();
CREATE FUNCTION claim_of_part_must_agree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.claim_must_agree(NEW.claim_id);
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER claim_lines_agree AFTER INSERT OR UPDATE ON claim_lines
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION claim_of_part_must_agree();
CREATE CONSTRAINT TRIGGER claim_queries_agree AFTER INSERT OR UPDATE ON claim_queries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION claim_of_part_must_agree();

GRANT SELECT, INSERT, UPDATE (certified_cents, reason) ON claim_lines TO almoner_app;
GRANT SELECT, INSERT, UPDATE (allotted_cents, moved_cents) ON claim_allotments TO almoner_app;
GRANT SELECT, INSERT, UPDATE (answered_by, answered_at, answer) ON claim_queries TO almoner_app;
