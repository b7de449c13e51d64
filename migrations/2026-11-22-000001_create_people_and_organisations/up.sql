CREATE TABLE people (
  id            uuid PRIMARY KEY,
  email         text NOT NULL UNIQUE CHECK (email = lower(email) AND length(email) <= 254),
  name          text NOT NULL CHECK (name <> ''),
  language      text NOT NULL CHECK (language IN ('en', 'zh-Hant', 'zh-Hans')),
  password_hash text,
  active        boolean NOT NULL,
  version       integer NOT NULL CHECK (version > 0),
  created_at    timestamptz NOT NULL
);

CREATE TABLE person_roles (
  person_id uuid NOT NULL REFERENCES people,
  role      text NOT NULL CHECK (role IN ('applicant', 'assessor', 'officer', 'committee', 'approver', 'finance_preparer',
                                          'finance_releaser', 'auditor', 'administrator')),
  PRIMARY KEY (person_id, role)
);

-- Under which authorities an approver may approve, as schemes name them.
CREATE TABLE person_authorities (
  person_id uuid NOT NULL REFERENCES people,
  authority text NOT NULL CHECK (authority ~ '^[a-z_]{1,60}$'),
  PRIMARY KEY (person_id, authority)
);

CREATE TABLE organisations (
  id         uuid PRIMARY KEY,
  name       text NOT NULL CHECK (name <> ''),
  ubi        text NOT NULL UNIQUE CHECK (ubi ~ '^[0-9]{8}$'),
  created_at timestamptz NOT NULL
);

CREATE TABLE memberships (
  person_id       uuid NOT NULL REFERENCES people,
  organisation_id uuid NOT NULL REFERENCES organisations,
  PRIMARY KEY (person_id, organisation_id)
);
CREATE INDEX memberships_by_organisation ON memberships (organisation_id);

GRANT SELECT, INSERT, UPDATE ON people TO almoner_app;
GRANT SELECT, INSERT, DELETE ON person_roles, person_authorities TO almoner_app;
GRANT SELECT, INSERT ON organisations, memberships TO almoner_app;
