-- A rehearsal of a draft: which two texts are compared, over which cases, and how far the worker has come. What was asked stays as it
-- was asked, though the draft goes on; all of it is deleted some time after.
CREATE TABLE rehearsals (
  id             uuid PRIMARY KEY,
  draft_id       uuid NOT NULL REFERENCES scheme_drafts,
  scheme_code    text NOT NULL,
  before_text_id uuid NOT NULL REFERENCES scheme_texts,
  after_hash     text NOT NULL CHECK (after_hash ~ '^[0-9a-f]{64}$'),
  after_text     text NOT NULL,
  on_day         date,
  format         text CHECK (format IN ('csv', 'jsonl')),
  portfolio      text,
  asked_by       uuid NOT NULL REFERENCES people,
  asked_at       timestamptz NOT NULL,
  recorded_at    timestamptz NOT NULL,
  state          text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
  attempts       integer NOT NULL CHECK (attempts >= 0),
  leased_until   timestamptz,
  cases_done     bigint NOT NULL CHECK (cases_done >= 0),
  cases_total    bigint CHECK (cases_total >= 0),
  result         jsonb,
  failure        text,
  CHECK ((format IS NULL) = (portfolio IS NULL)),
  CHECK ((state = 'done') = (result IS NOT NULL)),
  CHECK ((state = 'failed') = (failure IS NOT NULL))
);
-- One at a time of each draft.
CREATE UNIQUE INDEX rehearsals_at_work ON rehearsals (draft_id) WHERE state IN ('waiting', 'running');
CREATE INDEX rehearsals_by_draft ON rehearsals (draft_id, id DESC);
CREATE INDEX rehearsals_waiting ON rehearsals (id) WHERE state IN ('waiting', 'running');
CREATE INDEX rehearsals_by_text ON rehearsals (before_text_id);
CREATE INDEX rehearsals_by_person ON rehearsals (asked_by);
CREATE INDEX rehearsals_by_age ON rehearsals USING brin (recorded_at);

-- The cases that change, and those that could not be worked out.
CREATE TABLE rehearsal_cases (
  rehearsal_id    uuid NOT NULL REFERENCES rehearsals ON DELETE CASCADE,
  sequence        bigint NOT NULL CHECK (sequence > 0),
  name            text NOT NULL,
  organisation_id uuid,
  change          text NOT NULL CHECK (change IN ('more', 'less', 'nothing', 'new', 'faulty')),
  verdict         jsonb NOT NULL,
  PRIMARY KEY (rehearsal_id, sequence)
);
CREATE INDEX rehearsal_cases_by_change ON rehearsal_cases (rehearsal_id, change, sequence);

GRANT SELECT, INSERT, DELETE, UPDATE (state, attempts, leased_until, cases_done, cases_total, result, failure)
  ON rehearsals TO almoner_app;
GRANT SELECT, INSERT, DELETE ON rehearsal_cases TO almoner_app;
