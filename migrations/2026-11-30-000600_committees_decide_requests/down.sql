-- What a committee has decided of a request stays decided; its sittings are forgotten, for there is no place for them.
DROP TRIGGER change_requests_carried ON change_requests;
DROP TRIGGER sitting_members_by_others ON sitting_members;
DROP TRIGGER sittings_of_their_request ON sittings;
DROP FUNCTION change_must_be_carried, member_must_be_another, sitting_must_be_of_its_request;
CREATE OR REPLACE FUNCTION sitting_must_be_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM public.sittings s
    WHERE s.application_id = NEW.application_id AND s.number = NEW.number AND s.ended_at IS NULL
      AND (NEW.part IS NULL OR NEW.part = s.part) FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the sitting % on % takes no such vote', NEW.number, NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
ALTER TABLE sitting_votes DISABLE TRIGGER USER;
ALTER TABLE sitting_members DISABLE TRIGGER USER;
ALTER TABLE sittings DISABLE TRIGGER USER;
DELETE FROM sitting_votes v USING sittings s WHERE (s.application_id, s.number) = (v.application_id, v.number) AND s.route IS NULL;
SET CONSTRAINTS ALL DEFERRED;
DELETE FROM sitting_members m USING sittings s WHERE (s.application_id, s.number) = (m.application_id, m.number) AND s.route IS NULL;
DELETE FROM sittings WHERE route IS NULL;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE sitting_votes ENABLE TRIGGER USER;
ALTER TABLE sitting_members ENABLE TRIGGER USER;
ALTER TABLE sittings ENABLE TRIGGER USER;
ALTER TABLE sitting_votes DROP CONSTRAINT sitting_votes_conflicted,
  ADD CONSTRAINT sitting_votes_check CHECK ((vote = 'conflict') = (part IS NULL));
ALTER TABLE sittings DROP COLUMN change_request, ALTER COLUMN route SET NOT NULL;
