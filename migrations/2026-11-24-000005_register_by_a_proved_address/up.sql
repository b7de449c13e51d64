-- An organisation comes to be when its registrant has proved that the address is theirs. Until then it is only asked for: the same
-- identifier may be asked for many times, so that asking tells nothing.
CREATE TABLE registrations (
  organisation_id uuid PRIMARY KEY,
  person_id       uuid NOT NULL REFERENCES people,
  name            text NOT NULL CHECK (name <> ''),
  ubi             text NOT NULL CHECK (ubi ~ '^[0-9]{8}$'),
  created_at      timestamptz NOT NULL
);
CREATE INDEX registrations_by_person ON registrations (person_id);

-- What a link proves, beside the address.
ALTER TABLE password_tokens ADD COLUMN registration_id uuid REFERENCES registrations;
CREATE INDEX password_tokens_by_registration ON password_tokens (registration_id);

GRANT SELECT, INSERT ON registrations TO almoner_app;
