-- Agendas: a ranked list on which a committee sits as that many sittings, which are closed and given up together.
CREATE TABLE agendas (
  id            uuid PRIMARY KEY,
  scheme_code   text NOT NULL,
  round         text,
  -- What identified the ranked list when it was read.
  list          text NOT NULL,
  reserve_until date,
  committee     text NOT NULL,
  way           text NOT NULL CHECK (way IN ('meeting', 'circulation')),
  held_on       date NOT NULL,
  chair_id      uuid NOT NULL REFERENCES people,
  lines         integer NOT NULL CHECK (lines BETWEEN 1 AND 200),
  convened_by   uuid NOT NULL REFERENCES people,
  convened_at   timestamptz NOT NULL,
  outcome       text CHECK (outcome IN ('closed', 'given_up')),
  ended_at      timestamptz,
  -- Why it was given up.
  reason        text,
  CHECK ((outcome IS NULL) = (ended_at IS NULL)),
  CHECK ((outcome IS NOT DISTINCT FROM 'given_up') = (reason IS NOT NULL)),
  -- What its sittings repeat.
  UNIQUE (id, committee, way, held_on, chair_id, convened_by, convened_at)
);
CREATE INDEX agendas_by_chair ON agendas (chair_id);
CREATE INDEX agendas_by_convener ON agendas (convened_by);
CREATE INDEX agendas_of_scheme ON agendas (scheme_code, id);

ALTER TABLE sittings ADD COLUMN agenda_id uuid, ADD COLUMN agenda_line integer CHECK (agenda_line > 0),
  ADD CHECK ((agenda_id IS NULL) = (agenda_line IS NULL)),
  ADD FOREIGN KEY (agenda_id, committee, way, held_on, chair_id, convened_by, convened_at)
    REFERENCES agendas (id, committee, way, held_on, chair_id, convened_by, convened_at),
  ADD CONSTRAINT sittings_check_on_figures CHECK ((amount_cents IS NOT NULL) = (motion->>'act' IN ('approve', 'reserve'))),
  ADD CONSTRAINT sittings_by_themselves CHECK (motion->>'act' <> 'reserve' OR agenda_id IS NOT NULL),
  ADD CHECK (agenda_id IS NULL OR motion->>'act' IN ('approve', 'reserve', 'reject'));
CREATE UNIQUE INDEX sittings_on_agenda ON sittings (agenda_id, agenda_line);
CREATE INDEX sittings_as_agenda ON sittings (agenda_id, committee, way, held_on, chair_id, convened_by, convened_at)
  WHERE agenda_id IS NOT NULL;

-- It ends once.
CREATE FUNCTION agenda_must_be_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.ended_at IS NOT NULL THEN
    RAISE EXCEPTION 'the agenda % has ended', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER agendas_end_once BEFORE UPDATE ON agendas FOR EACH ROW EXECUTE FUNCTION agenda_must_be_open();

-- It has the lines that it was convened with, each a case of its scheme and its round, and ends with all of them at once.
CREATE FUNCTION agenda_must_agree(the_agenda uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  agenda public.agendas;
BEGIN
  SELECT * INTO agenda FROM public.agendas WHERE id = the_agenda;
  IF (SELECT (count(*), coalesce(max(agenda_line), 0)) FROM public.sittings WHERE agenda_id = the_agenda)
       IS DISTINCT FROM (agenda.lines::bigint, agenda.lines) THEN
    RAISE EXCEPTION 'the agenda % has other lines', the_agenda USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM public.sittings s JOIN public.applications a ON a.id = s.application_id
              WHERE s.agenda_id = the_agenda AND (a.scheme_code, a.round) IS DISTINCT FROM (agenda.scheme_code, agenda.round)) THEN
    RAISE EXCEPTION 'the agenda % has a line of another list', the_agenda USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM public.sittings s
              WHERE s.agenda_id = the_agenda
                AND (s.ended_at IS DISTINCT FROM agenda.ended_at OR agenda.outcome = 'given_up' AND s.outcome <> 'given_up')) THEN
    RAISE EXCEPTION 'the agenda % does not end with its sittings', the_agenda USING ERRCODE = 'check_violation';
  END IF;
END
$$;
CREATE FUNCTION agenda_must_agree_with_sittings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.agenda_must_agree(NEW.id);
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER agendas_tied AFTER INSERT OR UPDATE ON agendas
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION agenda_must_agree_with_sittings();
CREATE FUNCTION sitting_must_agree_with_agenda() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.agenda_must_agree(NEW.agenda_id);
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER sittings_tied_to_agenda AFTER INSERT OR UPDATE ON sittings
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.agenda_id IS NOT NULL) EXECUTE FUNCTION sitting_must_agree_with_agenda();

-- What a committee has the last word on is done as its motion says: an award by one to approve, or by moving up from the reserve list; a
-- place on that by one to put it there.
CREATE FUNCTION last_word_must_be(the_case uuid, the_act text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (
    SELECT 1 FROM public.approvals a
      JOIN public.approval_parts p ON (p.application_id, p.route, p.code) = (a.application_id, a.route, a.part)
     WHERE a.application_id = the_case AND a.void IS NULL AND a.authority = ANY (p.committees)
       AND a.route = (SELECT max(number) FROM public.approval_routes r WHERE r.application_id = the_case)
       AND p.position = (SELECT max(l.position) FROM public.approval_parts l
                          WHERE (l.application_id, l.route) = (a.application_id, a.route))
       AND NOT EXISTS (
         SELECT 1 FROM public.sittings s
          WHERE (s.application_id, s.route, s.part) = (a.application_id, a.route, a.part) AND s.committee = a.authority
            AND s.outcome = 'carried' AND s.amount_cents = a.amount_cents AND s.motion->>'act' = the_act))
$$;
CREATE FUNCTION award_must_be_carried() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT public.last_word_must_be(NEW.application_id, 'approve')
     AND NOT EXISTS (SELECT 1 FROM public.reserve_entries e
                      WHERE e.application_id = NEW.application_id AND e.outcome = 'awarded'
                        AND e.route = (SELECT max(number) FROM public.approval_routes r WHERE r.application_id = NEW.application_id)) THEN
    RAISE EXCEPTION 'no motion carries the award of %', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER awards_carried AFTER INSERT ON awards
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION award_must_be_carried();
CREATE FUNCTION place_must_be_carried() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT public.last_word_must_be(NEW.application_id, 'reserve') THEN
    RAISE EXCEPTION 'no motion carries the place of % on the reserve list', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER reserve_entries_carried AFTER INSERT ON reserve_entries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION place_must_be_carried();

-- Where nobody has a step of the route alone, what is recommended or waits on the reserve list is refused, or sent back, by a carried motion.
CREATE FUNCTION refusal_must_be_carried() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  the_route integer := (SELECT max(number) FROM public.approval_routes WHERE application_id = NEW.id);
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.approval_parts p
                  WHERE p.application_id = NEW.id AND p.route = the_route AND NOT p.is_check AND NOT p.authorities <@ p.committees)
     AND NOT EXISTS (SELECT 1 FROM public.sittings s
                      WHERE s.application_id = NEW.id AND s.route = the_route AND s.outcome = 'carried'
                        AND s.motion->>'act' = CASE NEW.state WHEN 'rejected' THEN 'reject' ELSE 'send_back' END) THEN
    RAISE EXCEPTION 'no motion carries what becomes of %', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER applications_refused_by_motion AFTER UPDATE OF state ON applications
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.state IN ('recommended', 'on_reserve') AND NEW.state IN ('rejected', 'in_assessment')) EXECUTE FUNCTION refusal_must_be_carried();

CREATE TRIGGER agendas_kept BEFORE DELETE OR TRUNCATE ON agendas FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT, UPDATE (outcome, ended_at, reason) ON agendas TO almoner_app;
