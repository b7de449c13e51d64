-- A committee decides change requests as well: a sitting is about a part of a route, or about a request that was put forward.
ALTER TABLE sittings ALTER COLUMN route DROP NOT NULL, ADD COLUMN change_request integer,
  ADD FOREIGN KEY (application_id, change_request) REFERENCES change_requests (application_id, number),
  ADD CONSTRAINT sittings_about_one CHECK (num_nonnulls(route, change_request) = 1),
  ADD CONSTRAINT sittings_about_a_change CHECK ((motion->>'act' = 'decide_change') = (change_request IS NOT NULL)
    AND (change_request IS NULL OR (motion->>'request')::integer IS NOT DISTINCT FROM change_request));
CREATE UNIQUE INDEX sittings_open_on_change ON sittings (application_id, change_request) WHERE ended_at IS NULL AND change_request IS NOT NULL;
CREATE INDEX sittings_of_change ON sittings (application_id, change_request) WHERE change_request IS NOT NULL;

-- It is of the committee that the route of the request names, and decides as that says.
CREATE FUNCTION sitting_must_be_of_its_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.change_requests r
                  WHERE (r.application_id, r.number) = (NEW.application_id, NEW.change_request) AND r.state = 'forwarded' AND r.requested_by <> NEW.convened_by
                    AND r.route->>'code' = NEW.part AND r.route->'committees'->NEW.committee = jsonb_build_object(
                      'quorum', NEW.quorum, 'majority', jsonb_build_object('of', NEW.majority_of, 'whole', NEW.majority_whole),
                      'casting_vote', NEW.has_casting_vote, 'circulation', NEW.may_circulate)) THEN
    RAISE EXCEPTION 'the sitting % on % is of no request that this committee decides', NEW.number, NEW.application_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER sittings_of_their_request BEFORE INSERT ON sittings FOR EACH ROW WHEN (NEW.change_request IS NOT NULL)
  EXECUTE FUNCTION sitting_must_be_of_its_request();

-- Whoever asks for a change or puts it forward does not sit on it.
CREATE FUNCTION member_must_be_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.sittings s
               JOIN public.change_requests r ON (r.application_id, r.number) = (s.application_id, s.change_request)
              WHERE (s.application_id, s.number) = (NEW.application_id, NEW.number) AND NEW.person_id IN (r.requested_by, r.forwarded_by)) THEN
    RAISE EXCEPTION 'person % has asked for what the sitting % on % decides, or put it forward', NEW.person_id, NEW.number, NEW.application_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER sitting_members_by_others BEFORE INSERT ON sitting_members FOR EACH ROW EXECUTE FUNCTION member_must_be_another();

-- A vote on a part of a route takes the duty of an approver for that part; one on a request, that of an approver.
ALTER TABLE sitting_votes DROP CONSTRAINT sitting_votes_check,
  ADD CONSTRAINT sitting_votes_conflicted CHECK (vote <> 'conflict' OR part IS NULL);
CREATE OR REPLACE FUNCTION sitting_must_be_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  sitting public.sittings;
BEGIN
  SELECT s.* INTO sitting FROM public.sittings s
    WHERE s.application_id = NEW.application_id AND s.number = NEW.number AND s.ended_at IS NULL
      AND (NEW.vote = 'conflict' OR NEW.part IS NOT DISTINCT FROM CASE WHEN s.route IS NOT NULL THEN s.part END) FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the sitting % on % takes no such vote', NEW.number, NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.vote <> 'conflict' AND sitting.route IS NULL THEN
    PERFORM public.must_have_duty(NEW.application_id, NEW.person_id, 'approver');
  END IF;
  RETURN NEW;
END
$$;

-- What is decided under the authority of a committee is what a motion says that it has carried on this request, by its chair.
CREATE FUNCTION change_must_be_carried() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.sittings s
                  WHERE (s.application_id, s.change_request) = (NEW.application_id, NEW.number) AND s.committee = NEW.authority
                    AND s.outcome = 'carried' AND s.motion->>'verdict' = NEW.state AND s.motion->>'reason' = NEW.ended_because
                    AND s.chair_id = NEW.ended_by AND NEW.on_behalf_of IS NULL) THEN
    RAISE EXCEPTION 'no motion of % carries change request % of %', NEW.authority, NEW.number, NEW.application_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER change_requests_carried BEFORE UPDATE ON change_requests FOR EACH ROW
  WHEN (NEW.state IN ('granted', 'refused') AND NEW.route->'committees' ? NEW.authority) EXECUTE FUNCTION change_must_be_carried();
