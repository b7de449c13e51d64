-- Exports: who asked for which report, how far the worker has come, and the file that came of it: how many rows, what they come to, and its hash.
-- The bytes lie with the files and expire; that they were asked for stays.
CREATE TABLE exports (
  id            uuid PRIMARY KEY,
  report        text NOT NULL CHECK (report IN ('disbursements', 'recoveries', 'obligations')),
  format        text NOT NULL CHECK (format IN ('csv', 'json', 'xlsx')),
  filter        jsonb NOT NULL,
  asked_by      uuid NOT NULL REFERENCES people,
  asked_at      timestamptz NOT NULL,
  state         text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
  attempts      integer NOT NULL CHECK (attempts >= 0),
  leased_until  timestamptz,
  rows_done     bigint NOT NULL CHECK (rows_done >= 0),
  rows_total    bigint CHECK (rows_total >= 0),
  failure       text CHECK (failure <> ''),
  file_id       uuid UNIQUE,
  size_bytes    bigint CHECK (size_bytes > 0),
  sha256        text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  control_cents bigint,
  made_at       timestamptz,
  expires_at    timestamptz CHECK (expires_at > made_at),
  CHECK (num_nonnulls(file_id, size_bytes, sha256, control_cents, made_at, expires_at) = CASE state WHEN 'done' THEN 6 ELSE 0 END),
  CHECK ((state = 'failed') = (failure IS NOT NULL)),
  CHECK ((state = 'running') = (leased_until IS NOT NULL))
);
CREATE INDEX exports_by_person ON exports (asked_by, id DESC);
CREATE INDEX exports_at_work ON exports (id) WHERE state IN ('waiting', 'running');

GRANT SELECT, INSERT, UPDATE (state, attempts, leased_until, rows_done, rows_total, failure, file_id, size_bytes, sha256, control_cents, made_at, expires_at)
  ON exports TO almoner_app;
