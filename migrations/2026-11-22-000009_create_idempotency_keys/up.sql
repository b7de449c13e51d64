-- The first answer to each Idempotency-Key, written in the transaction that did the work. Technical, and deleted after a day.
CREATE TABLE idempotency_keys (
  person_id    uuid NOT NULL REFERENCES people,
  route        text NOT NULL,
  key          text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  request_hash bytea NOT NULL CHECK (length(request_hash) = 32),
  answer       text NOT NULL,
  created_at   timestamptz NOT NULL,
  PRIMARY KEY (person_id, route, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

GRANT SELECT, INSERT, DELETE ON idempotency_keys TO almoner_app;
