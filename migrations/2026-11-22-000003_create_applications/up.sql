CREATE SEQUENCE application_serial;

CREATE TABLE applications (
  id              uuid PRIMARY KEY,
  reference       text NOT NULL UNIQUE,
  scheme_code     text NOT NULL,
  organisation_id uuid NOT NULL REFERENCES organisations,
  author_id       uuid NOT NULL REFERENCES people,
  state           text NOT NULL CHECK (state IN ('draft', 'submitted', 'ineligible', 'in_assessment', 'recommended', 'rejected',
                                               'approved', 'offered', 'accepted', 'declined', 'lapsed', 'withdrawn', 'completed')),
  title           text NOT NULL CHECK (length(title) <= 200),
  content         jsonb NOT NULL,
  submitted_by    uuid REFERENCES people,
  submitted_at    timestamptz,
  submitted_on    date,
  scheme_text_id  uuid REFERENCES scheme_texts,
  requested_cents bigint CHECK (requested_cents >= 0),
  allowed_cents   bigint CHECK (allowed_cents >= 0),
  recommended_cents bigint CHECK (recommended_cents > 0),
  reason          text,
  created_at      timestamptz NOT NULL,
  version         integer NOT NULL CHECK (version > 0),
  CHECK (num_nulls(submitted_by, submitted_at, submitted_on, scheme_text_id, requested_cents, allowed_cents) IN (0, 6)),
  CHECK (state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL),
  CHECK (state <> 'draft' OR submitted_at IS NULL),
  CHECK (requested_cents <= allowed_cents),
  CHECK (recommended_cents <= requested_cents)
);
CREATE INDEX applications_by_organisation ON applications (organisation_id, id DESC);
CREATE INDEX applications_submitted ON applications (id DESC) WHERE submitted_at IS NOT NULL;
CREATE INDEX applications_by_state ON applications (state, id DESC);
CREATE INDEX applications_by_scheme_and_state ON applications (scheme_code, state, id DESC);
CREATE INDEX applications_by_author ON applications (author_id);
CREATE INDEX applications_by_submitter ON applications (submitted_by);
CREATE INDEX applications_by_scheme_text ON applications (scheme_text_id);

-- What was submitted stays as it was submitted, under the text and the day of the submission.
CREATE TRIGGER applications_submission BEFORE UPDATE ON applications FOR EACH ROW
  WHEN (OLD.submitted_at IS NOT NULL AND
        (OLD.reference, OLD.scheme_code, OLD.organisation_id, OLD.author_id, OLD.title, OLD.content, OLD.submitted_by,
         OLD.submitted_at, OLD.submitted_on, OLD.scheme_text_id, OLD.requested_cents, OLD.allowed_cents)
        IS DISTINCT FROM
        (NEW.reference, NEW.scheme_code, NEW.organisation_id, NEW.author_id, NEW.title, NEW.content, NEW.submitted_by,
         NEW.submitted_at, NEW.submitted_on, NEW.scheme_text_id, NEW.requested_cents, NEW.allowed_cents))
  EXECUTE FUNCTION refuse_second_thoughts();

-- Each calculation that a decision rests on, so that it can be worked out again to the same hash.
CREATE TABLE application_calculations (
  application_id uuid NOT NULL REFERENCES applications,
  sequence       integer NOT NULL CHECK (sequence > 0),
  request        text NOT NULL,
  answer         text NOT NULL,
  created_at     timestamptz NOT NULL,
  PRIMARY KEY (application_id, sequence)
);

CREATE TRIGGER application_calculations_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON application_calculations
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT USAGE ON SEQUENCE application_serial TO almoner_app;
GRANT SELECT, INSERT, UPDATE ON applications TO almoner_app;
GRANT SELECT, INSERT ON application_calculations TO almoner_app;
