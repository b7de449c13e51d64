-- How much of an award is for each stage, so that ceilings of one stage can be kept from what is recorded. Awards made before this
-- have no lines here and count in full.
CREATE TABLE award_stages (
  application_id uuid NOT NULL REFERENCES awards,
  sequence       integer NOT NULL CHECK (sequence > 0),
  stage          text NOT NULL CHECK (stage <> ''),
  amount_cents   bigint NOT NULL CHECK (amount_cents >= 0),
  PRIMARY KEY (application_id, sequence),
  UNIQUE (application_id, stage)
);

CREATE TRIGGER award_stages_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON award_stages
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION award_stages_must_sum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT amount_cents FROM public.awards WHERE application_id = NEW.application_id)
     IS DISTINCT FROM (SELECT sum(amount_cents) FROM public.award_stages WHERE application_id = NEW.application_id) THEN
    RAISE EXCEPTION 'the stages of the award of % do not sum to it', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER award_stages_sum AFTER INSERT ON award_stages
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION award_stages_must_sum();
CREATE CONSTRAINT TRIGGER awards_have_stages AFTER INSERT ON awards
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION award_stages_must_sum();

GRANT SELECT, INSERT ON award_stages TO almoner_app;
