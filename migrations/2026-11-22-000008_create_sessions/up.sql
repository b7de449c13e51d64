-- Who has proved to be whom, and with what. Technical tables: no case depends on them, they are not audited, and rows that
-- have expired are deleted. Of every token only the hash is here.
CREATE TABLE sessions (
  id            uuid PRIMARY KEY,
  person_id     uuid NOT NULL REFERENCES people,
  created_at    timestamptz NOT NULL,
  refreshed_at  timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL,
  ended_at      timestamptz,
  ended_because text CHECK (ended_because IN ('signed_out', 'token_reused', 'password_set', 'account_changed')),
  CHECK ((ended_at IS NULL) = (ended_because IS NULL))
);
CREATE INDEX sessions_by_person ON sessions (person_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Every refresh token of a session: one that is used a second time ends it.
CREATE TABLE refresh_tokens (
  hash       bytea PRIMARY KEY CHECK (length(hash) = 32),
  session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  used_at    timestamptz
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

-- Links to choose a password, each for one use.
CREATE TABLE password_tokens (
  hash       bytea PRIMARY KEY CHECK (length(hash) = 32),
  person_id  uuid NOT NULL REFERENCES people,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz
);
CREATE INDEX password_tokens_by_person ON password_tokens (person_id);
CREATE INDEX password_tokens_by_expiry ON password_tokens (expires_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON sessions, refresh_tokens, password_tokens TO almoner_app;
