-- Committees that pass a part of the route by votes of their members.

-- Those of the authorities of a part that a committee exercises.
ALTER TABLE approval_parts ADD COLUMN committees text[] NOT NULL DEFAULT '{}' CHECK (committees <@ authorities);

CREATE TABLE sittings (
  application_id uuid NOT NULL,
  number         integer NOT NULL CHECK (number > 0),
  route          integer NOT NULL,
  part           text NOT NULL,
  committee      text NOT NULL,
  quorum         integer NOT NULL CHECK (quorum > 0),
  majority_of    bigint NOT NULL CHECK (majority_of > 0),
  majority_whole bigint NOT NULL CHECK (majority_whole BETWEEN majority_of AND 2 * majority_of),
  has_casting_vote boolean NOT NULL,
  may_circulate  boolean NOT NULL,
  way            text NOT NULL CHECK (way = 'meeting' OR way = 'circulation' AND may_circulate),
  held_on        date NOT NULL,
  chair_id       uuid NOT NULL,
  motion         jsonb NOT NULL,
  -- What is approved if it is carried; none where the motion is another one.
  amount_cents   bigint CHECK (amount_cents > 0),
  convened_by    uuid NOT NULL REFERENCES people,
  convened_at    timestamptz NOT NULL,
  outcome        text CHECK (outcome IN ('carried', 'lost', 'given_up')),
  ended_at       timestamptz,
  -- Why it was given up.
  reason         text,
  votes_for      integer,
  votes_against  integer,
  abstained      integer,
  conflicted     integer,
  casting_vote   boolean,
  PRIMARY KEY (application_id, number),
  FOREIGN KEY (application_id, route, part) REFERENCES approval_parts (application_id, route, code),
  CHECK ((outcome IS NULL) = (ended_at IS NULL)),
  CHECK ((outcome IS NOT DISTINCT FROM 'given_up') = (reason IS NOT NULL)),
  CHECK (num_nulls(votes_for, votes_against, abstained, conflicted) = CASE WHEN outcome IN ('carried', 'lost') THEN 0 ELSE 4 END),
  CHECK (votes_for + votes_against + abstained >= quorum),
  CHECK (casting_vote IS NULL
         OR has_casting_vote AND votes_for > 0 AND votes_for = votes_against AND majority_whole = 2 * majority_of),
  -- What the votes come to is no matter of opinion.
  CHECK (outcome IS NULL OR outcome = 'given_up' OR
         (outcome = 'carried') = (casting_vote IS NOT DISTINCT FROM true
           OR votes_for > votes_against
              AND votes_for::bigint * majority_whole >= majority_of * (votes_for + votes_against)))
);
CREATE UNIQUE INDEX sittings_open ON sittings (application_id, route) WHERE ended_at IS NULL;
CREATE INDEX sittings_of_part ON sittings (application_id, route, part);
CREATE INDEX sittings_by_chair ON sittings (application_id, number, chair_id);
CREATE INDEX sittings_by_convener ON sittings (convened_by);

CREATE TABLE sitting_members (
  application_id uuid NOT NULL,
  number         integer NOT NULL,
  person_id      uuid NOT NULL REFERENCES people,
  PRIMARY KEY (application_id, number, person_id),
  FOREIGN KEY (application_id, number) REFERENCES sittings
);
CREATE INDEX sitting_members_by_person ON sitting_members (person_id, application_id);
ALTER TABLE sittings ADD FOREIGN KEY (application_id, number, chair_id) REFERENCES sitting_members (application_id, number, person_id)
  DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE sitting_votes (
  application_id uuid NOT NULL,
  number         integer NOT NULL,
  person_id      uuid NOT NULL,
  vote           text NOT NULL CHECK (vote IN ('for', 'against', 'abstain', 'conflict')),
  reason         text CHECK (reason <> ''),
  -- For which the duty of an approver is taken.
  part           text,
  cast_at        timestamptz NOT NULL,
  PRIMARY KEY (application_id, number, person_id),
  CHECK ((vote = 'conflict') = (part IS NULL)),
  CHECK (vote <> 'conflict' OR reason IS NOT NULL),
  FOREIGN KEY (application_id, number, person_id) REFERENCES sitting_members,
  FOREIGN KEY (application_id, person_id, part) REFERENCES case_duties (application_id, person_id, part)
);
CREATE INDEX sitting_votes_by_person ON sitting_votes (person_id) WHERE vote = 'conflict';
CREATE INDEX sitting_votes_by_duty ON sitting_votes (application_id, person_id, part);

-- Nobody votes after the end, or for another part. Whoever is asked to sit is asked when it is convened, and does not convene it.
CREATE FUNCTION sitting_must_be_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.sittings s
                  WHERE s.application_id = NEW.application_id AND s.number = NEW.number AND s.ended_at IS NULL
                    AND (NEW.part IS NULL OR NEW.part = s.part)) THEN
    RAISE EXCEPTION 'the sitting % on % takes no such vote', NEW.number, NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER sitting_votes_while_open BEFORE INSERT ON sitting_votes FOR EACH ROW EXECUTE FUNCTION sitting_must_be_open();

CREATE FUNCTION sitting_must_not_have_begun() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.sitting_votes v WHERE v.application_id = NEW.application_id AND v.number = NEW.number)
     OR EXISTS (SELECT 1 FROM public.sittings s
                 WHERE s.application_id = NEW.application_id AND s.number = NEW.number
                   AND (s.ended_at IS NOT NULL OR s.convened_by = NEW.person_id)) THEN
    RAISE EXCEPTION 'the sitting % on % has begun, or they convene it', NEW.number, NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER sitting_members_at_first BEFORE INSERT ON sitting_members
  FOR EACH ROW EXECUTE FUNCTION sitting_must_not_have_begun();

-- A sitting ends once, with the votes that were cast, one of them its chair's.
CREATE FUNCTION sitting_must_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.ended_at IS NOT NULL THEN
    RAISE EXCEPTION 'the sitting % on % has ended', OLD.number, OLD.application_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.outcome IN ('carried', 'lost') AND NOT EXISTS (
       SELECT 1 FROM (SELECT count(*) FILTER (WHERE vote = 'for') AS votes_for, count(*) FILTER (WHERE vote = 'against') AS votes_against,
                             count(*) FILTER (WHERE vote = 'abstain') AS abstained, count(*) FILTER (WHERE vote = 'conflict') AS conflicted
                        FROM public.sitting_votes v WHERE v.application_id = NEW.application_id AND v.number = NEW.number) c
        WHERE (c.votes_for, c.votes_against, c.abstained, c.conflicted)
            = (NEW.votes_for, NEW.votes_against, NEW.abstained, NEW.conflicted)) THEN
    RAISE EXCEPTION 'the votes of the sitting % on % come to something else', NEW.number, NEW.application_id
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.outcome IN ('carried', 'lost') AND NOT EXISTS (
       SELECT 1 FROM public.sitting_votes v
        WHERE v.application_id = NEW.application_id AND v.number = NEW.number AND v.person_id = NEW.chair_id AND v.vote <> 'conflict') THEN
    RAISE EXCEPTION 'the chair of the sitting % on % has not voted', NEW.number, NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER sittings_count BEFORE UPDATE ON sittings FOR EACH ROW EXECUTE FUNCTION sitting_must_count();

-- A part is passed under one of its authorities; and what a committee exercises, by a motion that it has carried, of this amount, and by
-- its chair.
CREATE FUNCTION approval_must_be_carried() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.approval_parts p
                  WHERE p.application_id = NEW.application_id AND p.route = NEW.route AND p.code = NEW.part
                    AND NEW.authority = ANY (p.authorities)) THEN
    RAISE EXCEPTION 'the part % of % is not passed by %', NEW.part, NEW.application_id, NEW.authority USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM public.approval_parts p
              WHERE p.application_id = NEW.application_id AND p.route = NEW.route AND p.code = NEW.part
                AND NEW.authority = ANY (p.committees))
     AND NOT EXISTS (SELECT 1 FROM public.sittings s
              WHERE s.application_id = NEW.application_id AND s.route = NEW.route AND s.part = NEW.part
                AND s.committee = NEW.authority AND s.outcome = 'carried' AND s.amount_cents = NEW.amount_cents
                AND s.chair_id = NEW.person_id) THEN
    RAISE EXCEPTION 'no motion of % carries the part % of %', NEW.authority, NEW.part, NEW.application_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER approvals_carried BEFORE INSERT ON approvals FOR EACH ROW EXECUTE FUNCTION approval_must_be_carried();

-- Whoever has declared a conflict in a sitting does nothing on the case for the agency, like an assessor who has.
CREATE OR REPLACE FUNCTION duty_must_be_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM public.applications WHERE id = NEW.application_id FOR UPDATE;
  IF public.is_tied(NEW.application_id, NEW.person_id) THEN
    RAISE EXCEPTION 'person % is on the side of the applicant', NEW.person_id USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM public.assessments s
              WHERE s.application_id = NEW.application_id AND s.assessor_id = NEW.person_id AND s.state = 'conflicted') THEN
    RAISE EXCEPTION 'person % has declared a conflict of interest on this case', NEW.person_id USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM public.sitting_votes v
              WHERE v.application_id = NEW.application_id AND v.person_id = NEW.person_id AND v.vote = 'conflict') THEN
    RAISE EXCEPTION 'person % has declared a conflict of interest on this case', NEW.person_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER sittings_kept BEFORE DELETE OR TRUNCATE ON sittings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sitting_members_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sitting_members
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sitting_votes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sitting_votes
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT, UPDATE (outcome, ended_at, reason, votes_for, votes_against, abstained, conflicted, casting_vote)
  ON sittings TO almoner_app;
GRANT SELECT, INSERT ON sitting_members, sitting_votes TO almoner_app;
