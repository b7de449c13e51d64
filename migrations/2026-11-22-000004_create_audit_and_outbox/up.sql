-- One chain of hashes for each subject: a case, a person, a published text.
CREATE TABLE audit_entries (
  subject_id    uuid NOT NULL,
  sequence      integer NOT NULL CHECK (sequence > 0),
  subject       text NOT NULL,
  event         text NOT NULL,
  who           text NOT NULL,
  person_id     uuid,
  happened_at   timestamptz NOT NULL,
  recorded_at   timestamptz NOT NULL,
  previous_hash text NOT NULL,
  hash          text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
  PRIMARY KEY (subject_id, sequence)
);
CREATE INDEX audit_entries_by_person ON audit_entries (person_id, recorded_at DESC) WHERE person_id IS NOT NULL;

CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The last link of each chain, so that a missing end is seen as well.
CREATE TABLE audit_heads (
  subject_id uuid PRIMARY KEY,
  sequence   integer NOT NULL CHECK (sequence > 0),
  hash       text NOT NULL
);

-- What is to be told to somebody, written with the change that it tells of.
CREATE TABLE outbox (
  id           uuid PRIMARY KEY,
  subject_id   uuid NOT NULL,
  sequence     integer NOT NULL,
  notice       text NOT NULL,
  state        text NOT NULL CHECK (state IN ('waiting', 'sent', 'dead')),
  attempts     integer NOT NULL CHECK (attempts >= 0),
  due_at       timestamptz NOT NULL,
  leased_until timestamptz,
  last_error   text,
  created_at   timestamptz NOT NULL,
  settled_at   timestamptz,
  FOREIGN KEY (subject_id, sequence) REFERENCES audit_entries,
  CHECK ((state = 'waiting') = (settled_at IS NULL))
);
CREATE INDEX outbox_waiting ON outbox (due_at, id) WHERE state = 'waiting';
CREATE INDEX outbox_dead ON outbox (id DESC) WHERE state = 'dead';
CREATE INDEX outbox_by_entry ON outbox (subject_id, sequence);

GRANT SELECT, INSERT ON audit_entries TO almoner_app;
GRANT SELECT, INSERT, UPDATE ON audit_heads TO almoner_app;
GRANT SELECT, INSERT, UPDATE ON outbox TO almoner_app;
