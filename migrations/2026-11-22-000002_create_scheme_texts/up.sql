-- A published text is never edited; the newest of a code is the one in force.
CREATE TABLE scheme_texts (
  id           uuid PRIMARY KEY,
  code         text NOT NULL CHECK (code ~ '^[A-Z0-9-]{1,40}$'),
  hash         text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
  text         text NOT NULL,
  published_at timestamptz NOT NULL
);
CREATE INDEX scheme_texts_by_code ON scheme_texts (code, published_at DESC, id DESC);

CREATE TRIGGER scheme_texts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON scheme_texts
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON scheme_texts TO almoner_app;
