-- Invitations to applications, and the members that came of them. What was answered stays answered; a member who has left is kept, for
-- who was on the side of the applicant once stays so.
CREATE TABLE application_members (
  id                uuid PRIMARY KEY,
  application_id    uuid NOT NULL REFERENCES applications,
  email             text NOT NULL CHECK (email = lower(email) AND email LIKE '%_@_%' AND length(email) <= 254),
  role              text NOT NULL CHECK (role IN ('view', 'edit', 'sign')),
  state             text NOT NULL CHECK (state IN ('invited', 'accepted', 'declined', 'withdrawn', 'ended')),
  -- The organisation on whose behalf somebody is invited, as it was named.
  ubi               text CHECK (ubi ~ '^[0-9]{8}$'),
  organisation_name text CHECK (organisation_name <> '' AND length(organisation_name) <= 200),
  -- Who has accepted, when, and for which organisation.
  person_id         uuid REFERENCES people,
  organisation_id   uuid REFERENCES organisations,
  accepted_at       timestamptz,
  invited_by        uuid NOT NULL REFERENCES people,
  invited_at        timestamptz NOT NULL,
  version           integer NOT NULL CHECK (version > 0),
  CHECK (num_nulls(ubi, organisation_name) IN (0, 2)),
  CHECK (num_nulls(person_id, accepted_at) = CASE WHEN state IN ('accepted', 'ended') THEN 0 ELSE 2 END),
  CHECK ((organisation_id IS NOT NULL) = (person_id IS NOT NULL AND ubi IS NOT NULL)),
  CHECK (person_id <> invited_by)
);
-- Nobody is invited twice at a time, or a member twice.
CREATE UNIQUE INDEX application_members_once ON application_members (application_id, email) WHERE state IN ('invited', 'accepted');
CREATE INDEX application_members_by_application ON application_members (application_id, id);
CREATE INDEX application_members_by_person ON application_members (person_id, application_id);
CREATE INDEX application_members_by_organisation ON application_members (organisation_id, application_id);
CREATE INDEX application_members_by_inviter ON application_members (invited_by);
-- What waits for whoever has an address.
CREATE INDEX application_members_invited ON application_members (email, id) WHERE state = 'invited';

CREATE TRIGGER application_members_answered_once BEFORE UPDATE ON application_members FOR EACH ROW
  WHEN (OLD.state NOT IN ('invited', 'accepted') OR (OLD.state, NEW.state) = ('invited', 'ended')
        OR (OLD.state = 'accepted' AND NEW.state NOT IN ('accepted', 'ended'))
        OR (OLD.person_id IS NOT NULL AND (OLD.person_id, OLD.organisation_id, OLD.accepted_at)
              IS DISTINCT FROM (NEW.person_id, NEW.organisation_id, NEW.accepted_at)))
  EXECUTE FUNCTION refuse_second_thoughts();
CREATE TRIGGER application_members_kept BEFORE DELETE OR TRUNCATE ON application_members
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Whether somebody is, or was, a member of a case, or acts for an organisation that applies together with the applicant.
CREATE FUNCTION is_tied(the_application uuid, the_person uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM public.application_members m WHERE m.application_id = the_application AND m.person_id = the_person)
      OR EXISTS (SELECT 1 FROM public.application_members m JOIN public.memberships o ON o.organisation_id = m.organisation_id
                  WHERE m.application_id = the_application AND o.person_id = the_person)
$$;

-- A member and a duty for the agency exclude each other: both lock the case, so that of two at the same moment one sees the other.
CREATE FUNCTION member_must_be_free() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  the_state text := (SELECT state FROM public.applications WHERE id = NEW.application_id FOR UPDATE);
BEGIN
  IF the_state IN ('rejected', 'declined', 'lapsed', 'withdrawn', 'completed') THEN
    RAISE EXCEPTION 'application % has ended and takes no more members', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' AND (SELECT count(*) FROM public.application_members WHERE application_id = NEW.application_id) >= 100 THEN
    RAISE EXCEPTION 'application % has as many invitations as it may have', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'accepted' THEN
    IF NOT EXISTS (SELECT 1 FROM public.people WHERE id = NEW.person_id AND email = NEW.email) THEN
      RAISE EXCEPTION 'member % is not the one who was invited', NEW.person_id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.ubi IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM public.organisations o JOIN public.memberships m ON m.organisation_id = o.id
       WHERE o.id = NEW.organisation_id AND o.ubi = NEW.ubi AND m.person_id = NEW.person_id) THEN
      RAISE EXCEPTION 'member % does not act for the organisation that was invited', NEW.person_id USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM public.case_duties d
                WHERE d.application_id = NEW.application_id AND d.person_id = NEW.person_id AND d.duty <> 'author') THEN
      RAISE EXCEPTION 'member % has a duty on this case for the agency', NEW.person_id USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER application_members_by_the_free BEFORE INSERT OR UPDATE ON application_members FOR EACH ROW
  WHEN (NEW.state IN ('invited', 'accepted')) EXECUTE FUNCTION member_must_be_free();

CREATE FUNCTION duty_must_be_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM public.applications WHERE id = NEW.application_id FOR UPDATE;
  IF public.is_tied(NEW.application_id, NEW.person_id) THEN
    RAISE EXCEPTION 'person % is on the side of the applicant', NEW.person_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER case_duties_by_the_free BEFORE INSERT ON case_duties FOR EACH ROW
  WHEN (NEW.duty <> 'author') EXECUTE FUNCTION duty_must_be_free();

-- Nobody assesses for whom they act, be it the applicant or one that applies together with it.
CREATE OR REPLACE FUNCTION assessor_must_be_free() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  today date := (NEW.changed_at AT TIME ZONE 'Asia/Hong_Kong')::date;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.interest_declarations d
                  WHERE d.person_id = NEW.assessor_id AND d.from_on <= today AND today < d.until_on) THEN
    RAISE EXCEPTION 'assessor % has declared no interests for %', NEW.assessor_id, today USING ERRCODE = 'check_violation';
  END IF;
  IF public.is_tied(NEW.application_id, NEW.assessor_id)
     OR EXISTS (SELECT 1 FROM public.memberships m JOIN public.applications a ON a.organisation_id = m.organisation_id
                 WHERE m.person_id = NEW.assessor_id AND a.id = NEW.application_id) THEN
    RAISE EXCEPTION 'assessor % acts for the applicant', NEW.assessor_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;

GRANT SELECT, INSERT, UPDATE (role, state, person_id, organisation_id, accepted_at, version) ON application_members TO almoner_app;
