-- To which round of its scheme an application belongs, or with which cut-off it is assessed: the path in the text, such as `round.2`.
-- Fixed by the submission; none where the text named none.
ALTER TABLE applications ADD COLUMN round text CHECK (round ~ '^(round|cut_off)\.[a-z0-9_]{1,40}$');

-- Those that were submitted before belong to the round of their text in whose days they were submitted.
UPDATE applications SET round = windows.round
  FROM (SELECT scheme_texts.id, 'round.' || found[1] AS round, found[2]::date AS opens_on, found[3]::date AS closes_on
          FROM scheme_texts, regexp_matches(text,
               '\[round\.([a-z0-9_]+)\]\s+opens_on\s*=\s*"([0-9-]+)"\s+closes_on\s*=\s*"([0-9-]+)"', 'g') found) windows
 WHERE windows.id = scheme_text_id AND submitted_on BETWEEN opens_on AND closes_on;

ALTER TABLE applications ADD CONSTRAINT applications_round_submitted CHECK (round IS NULL OR submitted_at IS NOT NULL);

DROP TRIGGER applications_submission ON applications;
CREATE TRIGGER applications_submission BEFORE UPDATE ON applications FOR EACH ROW
  WHEN (OLD.submitted_at IS NOT NULL AND
        (OLD.reference, OLD.scheme_code, OLD.organisation_id, OLD.author_id, OLD.title, OLD.content, OLD.submitted_by,
         OLD.submitted_at, OLD.submitted_on, OLD.scheme_text_id, OLD.round, OLD.requested_cents, OLD.allowed_cents)
        IS DISTINCT FROM
        (NEW.reference, NEW.scheme_code, NEW.organisation_id, NEW.author_id, NEW.title, NEW.content, NEW.submitted_by,
         NEW.submitted_at, NEW.submitted_on, NEW.scheme_text_id, NEW.round, NEW.requested_cents, NEW.allowed_cents))
  EXECUTE FUNCTION refuse_second_thoughts();

-- The list of a round, in its order.
CREATE INDEX applications_by_round ON applications (scheme_code, round, id DESC) WHERE round IS NOT NULL;

GRANT UPDATE (round) ON applications TO almoner_app;
