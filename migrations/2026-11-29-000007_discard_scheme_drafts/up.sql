-- A draft that nobody will propose is discarded: it stays, with who wrote it, and never changes again.
ALTER TABLE scheme_drafts
  DROP CONSTRAINT scheme_drafts_state_check,
  DROP CONSTRAINT scheme_drafts_check,
  DROP CONSTRAINT scheme_drafts_check1,
  DROP CONSTRAINT scheme_drafts_check2,
  ADD CONSTRAINT scheme_drafts_state_check CHECK (state IN ('draft', 'proposed', 'published', 'discarded')),
  ADD CONSTRAINT scheme_drafts_check  CHECK ((state IN ('draft', 'discarded')) = (proposed_by IS NULL)),
  ADD CONSTRAINT scheme_drafts_check1 CHECK ((state IN ('draft', 'discarded')) = (in_force_from IS NULL)),
  ADD CONSTRAINT scheme_drafts_check2 CHECK (state IN ('draft', 'discarded') OR code IS NOT NULL);

CREATE OR REPLACE FUNCTION scheme_draft_must_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT coalesce((OLD.state, NEW.state) IN
       (('proposed', 'draft'), ('draft', 'proposed'), ('proposed', 'published'), ('draft', 'discarded')), false) THEN
    RAISE EXCEPTION 'scheme draft % takes no step from % to %', NEW.id, coalesce(OLD.state, 'nothing'), NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER scheme_drafts_discarded BEFORE UPDATE ON scheme_drafts FOR EACH ROW
  WHEN (OLD.state = 'discarded') EXECUTE FUNCTION refuse_second_thoughts();
