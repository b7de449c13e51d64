-- What was discarded is a draft again: the older rules have no other word for it.
ALTER TABLE scheme_drafts DISABLE TRIGGER USER;
UPDATE scheme_drafts SET state = 'draft' WHERE state = 'discarded';
ALTER TABLE scheme_drafts ENABLE TRIGGER USER;
DROP TRIGGER scheme_drafts_discarded ON scheme_drafts;

CREATE OR REPLACE FUNCTION scheme_draft_must_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT coalesce((OLD.state, NEW.state) IN (('proposed', 'draft'), ('draft', 'proposed'), ('proposed', 'published')), false) THEN
    RAISE EXCEPTION 'scheme draft % takes no step from % to %', NEW.id, coalesce(OLD.state, 'nothing'), NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;

ALTER TABLE scheme_drafts
  DROP CONSTRAINT scheme_drafts_state_check,
  DROP CONSTRAINT scheme_drafts_check,
  DROP CONSTRAINT scheme_drafts_check1,
  DROP CONSTRAINT scheme_drafts_check2,
  ADD CONSTRAINT scheme_drafts_state_check CHECK (state IN ('draft', 'proposed', 'published')),
  ADD CONSTRAINT scheme_drafts_check  CHECK ((state = 'draft') = (proposed_by IS NULL)),
  ADD CONSTRAINT scheme_drafts_check1 CHECK ((state = 'draft') = (in_force_from IS NULL)),
  ADD CONSTRAINT scheme_drafts_check2 CHECK (state = 'draft' OR code IS NOT NULL);
