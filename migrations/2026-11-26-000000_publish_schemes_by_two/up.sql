-- A text of a scheme is written and proposed by officers, and published by another one, from a day. In force is the text whose day
-- came last; of two for the same day, the one that was published later.
CREATE TABLE scheme_drafts (
  id            uuid PRIMARY KEY,
  code          text CHECK (code ~ '^[A-Z0-9-]{1,40}$'),
  hash          text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
  text          text NOT NULL,
  state         text NOT NULL CHECK (state IN ('draft', 'proposed', 'published')),
  edited_by     uuid NOT NULL,
  proposed_by   uuid,
  in_force_from date,
  reason        text,
  created_at    timestamptz NOT NULL,
  version       integer NOT NULL CHECK (version > 0),
  CHECK ((state = 'draft') = (proposed_by IS NULL)),
  CHECK ((state = 'draft') = (in_force_from IS NULL)),
  CHECK (state = 'draft' OR code IS NOT NULL)
);
CREATE INDEX scheme_drafts_by_state ON scheme_drafts (state, id DESC);

-- Who has written a draft or proposed it: none of them publishes it.
CREATE TABLE scheme_draft_authors (
  draft_id  uuid NOT NULL REFERENCES scheme_drafts,
  person_id uuid NOT NULL REFERENCES people,
  PRIMARY KEY (draft_id, person_id)
);
CREATE INDEX scheme_draft_authors_by_person ON scheme_draft_authors (person_id);
CREATE TRIGGER scheme_draft_authors_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON scheme_draft_authors
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION scheme_draft_must_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT coalesce((OLD.state, NEW.state) IN (('proposed', 'draft'), ('draft', 'proposed'), ('proposed', 'published')), false) THEN
    RAISE EXCEPTION 'scheme draft % takes no step from % to %', NEW.id, coalesce(OLD.state, 'nothing'), NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER scheme_drafts_begin BEFORE INSERT ON scheme_drafts FOR EACH ROW
  WHEN (NEW.state <> 'draft') EXECUTE FUNCTION scheme_draft_must_step();
CREATE TRIGGER scheme_drafts_steps BEFORE UPDATE ON scheme_drafts FOR EACH ROW
  WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION scheme_draft_must_step();
-- While it is proposed, neither its words nor its day change; once published, nothing does.
CREATE TRIGGER scheme_drafts_frozen BEFORE UPDATE ON scheme_drafts FOR EACH ROW
  WHEN (OLD.state = 'published'
        OR (OLD.state, NEW.state) <> ('draft', 'draft') AND (OLD.text, OLD.hash, OLD.code, OLD.edited_by)
           IS DISTINCT FROM (NEW.text, NEW.hash, NEW.code, NEW.edited_by)
        OR OLD.state = 'proposed' AND NEW.state <> 'draft' AND (OLD.proposed_by, OLD.in_force_from)
           IS DISTINCT FROM (NEW.proposed_by, NEW.in_force_from))
  EXECUTE FUNCTION refuse_second_thoughts();

-- What was published before was in force at once; nobody proposed it. So is what the console publishes.
ALTER TABLE scheme_texts
  ADD COLUMN in_force_from date,
  ADD COLUMN draft_id      uuid UNIQUE REFERENCES scheme_drafts,
  ADD COLUMN proposed_by   uuid REFERENCES people,
  ADD COLUMN published_by  uuid REFERENCES people;
ALTER TABLE scheme_texts DISABLE TRIGGER USER;
UPDATE scheme_texts SET in_force_from = (published_at AT TIME ZONE 'Asia/Hong_Kong')::date;
ALTER TABLE scheme_texts ENABLE TRIGGER USER;
ALTER TABLE scheme_texts
  ALTER COLUMN in_force_from SET NOT NULL,
  ADD CHECK (num_nonnulls(draft_id, proposed_by, published_by) IN (0, 3)),
  ADD CONSTRAINT scheme_texts_by_two CHECK (published_by <> proposed_by),
  ADD CONSTRAINT scheme_texts_not_before CHECK (draft_id IS NULL OR in_force_from >= (published_at AT TIME ZONE 'Asia/Hong_Kong')::date);
DROP INDEX scheme_texts_by_code;
CREATE INDEX scheme_texts_by_day ON scheme_texts (code, in_force_from DESC, published_at DESC, id DESC);
CREATE INDEX scheme_texts_by_proposer ON scheme_texts (proposed_by);
CREATE INDEX scheme_texts_by_publisher ON scheme_texts (published_by);

-- What is published is what was proposed, to the letter, by nobody who has had a hand in it.
CREATE FUNCTION scheme_text_must_be_proposed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.scheme_drafts d WHERE d.id = NEW.draft_id AND d.state = 'proposed'
                 AND (d.code, d.hash, d.text, d.proposed_by, d.in_force_from)
                   = (NEW.code, NEW.hash, NEW.text, NEW.proposed_by, NEW.in_force_from)) THEN
    RAISE EXCEPTION 'scheme text % is not what was proposed', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM public.scheme_draft_authors WHERE draft_id = NEW.draft_id AND person_id = NEW.published_by) THEN
    RAISE EXCEPTION 'scheme text % is published by somebody who has written it', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER scheme_texts_proposed BEFORE INSERT ON scheme_texts FOR EACH ROW
  WHEN (NEW.draft_id IS NOT NULL) EXECUTE FUNCTION scheme_text_must_be_proposed();

-- Whoever wrote or proposed a draft last is among its authors, and it is published when its text is, and not otherwise.
CREATE FUNCTION scheme_draft_must_be_sound() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM unnest(ARRAY[NEW.edited_by, NEW.proposed_by]) AS hand (person_id)
              WHERE person_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM public.scheme_draft_authors a WHERE a.draft_id = NEW.id AND a.person_id = hand.person_id)) THEN
    RAISE EXCEPTION 'scheme draft % leaves out one of its authors', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.state = 'published') <> EXISTS (SELECT 1 FROM public.scheme_texts WHERE draft_id = NEW.id) THEN
    RAISE EXCEPTION 'scheme draft % does not agree with the published texts', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER scheme_drafts_sound AFTER INSERT OR UPDATE ON scheme_drafts
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION scheme_draft_must_be_sound();

CREATE FUNCTION scheme_text_must_end_its_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.scheme_drafts WHERE id = NEW.draft_id AND state = 'published') THEN
    RAISE EXCEPTION 'scheme draft % does not agree with the published texts', NEW.draft_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER scheme_texts_sound AFTER INSERT ON scheme_texts
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.draft_id IS NOT NULL) EXECUTE FUNCTION scheme_text_must_end_its_draft();

GRANT SELECT, INSERT ON scheme_draft_authors TO almoner_app;
GRANT SELECT, INSERT, UPDATE (code, hash, text, state, edited_by, proposed_by, in_force_from, reason, version)
  ON scheme_drafts TO almoner_app;
