-- What an amount of an award was decided on: which earlier awards were looked at, and what each limit on its applicant's awards had used
-- of them. Whatever is decided has seen what was decided before it and counts with it: so no two decisions can each take what is left.
CREATE TABLE award_bases (
  application_id uuid NOT NULL REFERENCES awards,
  revision       integer NOT NULL CHECK (revision >= 0),
  schemes        text[] NOT NULL,
  groups         text[] NOT NULL,
  seen           uuid[] NOT NULL,
  -- In which order it was decided, and with what as one.
  sequence       bigint GENERATED ALWAYS AS IDENTITY,
  transaction    text NOT NULL DEFAULT pg_current_xact_id()::text,
  PRIMARY KEY (application_id, revision)
);
CREATE TABLE award_limits (
  application_id uuid NOT NULL,
  revision       integer NOT NULL,
  ceiling        text NOT NULL,
  stage          text,
  unit           text NOT NULL CHECK (unit IN ('cents', 'projects')),
  limit_units    bigint NOT NULL CHECK (limit_units >= 0),
  used_units     bigint NOT NULL CHECK (used_units >= 0),
  takes_units    bigint NOT NULL CHECK (takes_units >= 0),
  counted        uuid[] NOT NULL,
  PRIMARY KEY (application_id, revision, ceiling),
  FOREIGN KEY (application_id, revision) REFERENCES award_bases,
  -- Of a stage that gets nothing more may have been used than a later text allows.
  CHECK (takes_units = 0 OR used_units + takes_units <= limit_units),
  CHECK (unit = 'cents' OR takes_units = 1 AND used_units = cardinality(counted))
);
CREATE TRIGGER award_bases_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON award_bases
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER award_limits_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON award_limits
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Whoever decides locks what the applicant is granted, in every scheme, and the balances of related parties; here once more, so that of two
-- who did not, the second sees the first.
CREATE FUNCTION award_must_have_seen_the_others() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  award   public.awards;
  today   date;
  parties uuid[];
BEGIN
  SELECT * INTO award FROM public.awards WHERE application_id = NEW.application_id;
  PERFORM pg_advisory_xact_lock(hashtextextended('awards of ' || award.organisation_id, 0));
  SELECT (coalesce(max(changed_at), award.decided_at) AT TIME ZONE 'Asia/Hong_Kong')::date INTO today
    FROM public.award_changes WHERE (application_id, number) = (NEW.application_id, NEW.revision);
  SELECT array_agg(CASE first_id WHEN award.organisation_id THEN second_id ELSE first_id END) INTO parties
    FROM public.organisation_relations
   WHERE (first_id = award.organisation_id OR second_id = award.organisation_id) AND group_code = ANY (NEW.groups)
     AND from_on <= today AND (until_on IS NULL OR until_on > today);
  PERFORM 1 FROM public.applicant_balances
    WHERE scheme_code = award.scheme_code AND organisation_id = ANY (parties || award.organisation_id)
    ORDER BY organisation_id FOR UPDATE;
  IF EXISTS (
    SELECT 1 FROM public.awards o
     WHERE o.organisation_id = ANY (parties || award.organisation_id)
       AND (o.organisation_id = award.organisation_id AND o.scheme_code = ANY (NEW.schemes)
            OR o.organisation_id = ANY (parties) AND o.scheme_code = award.scheme_code)
       AND o.application_id <> NEW.application_id AND o.state <> 'released' AND o.application_id <> ALL (NEW.seen)
       AND NOT EXISTS (SELECT 1 FROM public.award_bases b
                        WHERE (b.application_id, b.revision) = (o.application_id, o.revision) AND b.sequence > NEW.sequence
                          -- What is decided later has seen this one, or does not count it.
                          AND (NEW.application_id = ANY (b.seen) OR b.transaction = NEW.transaction))) THEN
    RAISE EXCEPTION 'the award of % was decided without another one that counts with it', NEW.application_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER award_bases_complete AFTER INSERT ON award_bases
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION award_must_have_seen_the_others();

-- What a limit had used is what the awards that it counted come to, and what it gives is this award. Of one stage it is no more.
CREATE FUNCTION limit_must_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  amount bigint;
  used   bigint;
BEGIN
  SELECT current_cents INTO amount FROM public.awards WHERE (application_id, revision) = (NEW.application_id, NEW.revision);
  SELECT coalesce(sum(coalesce(settled_cents, current_cents)), 0) INTO used FROM public.awards
   WHERE application_id = ANY (NEW.counted);
  IF NOT NEW.counted <@ (SELECT seen FROM public.award_bases
                          WHERE (application_id, revision) = (NEW.application_id, NEW.revision))
     OR NEW.unit = 'cents' AND NEW.stage IS NULL AND (NEW.used_units, NEW.takes_units) IS DISTINCT FROM (used, amount)
     OR NEW.unit = 'cents' AND NEW.stage IS NOT NULL AND (NEW.used_units > used OR NEW.takes_units > amount) THEN
    RAISE EXCEPTION 'the limit % of the award of % does not add up', NEW.ceiling, NEW.application_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER award_limits_add_up AFTER INSERT ON award_limits
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION limit_must_add_up();

-- Nothing is awarded, and no award raised, without it.
CREATE FUNCTION award_must_have_a_basis() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.award_bases
                  WHERE (application_id, revision) = (NEW.application_id, NEW.revision)
                    AND transaction = pg_current_xact_id()::text) THEN
    RAISE EXCEPTION 'nothing says what the award of % was decided on', NEW.application_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER awards_have_a_basis AFTER INSERT ON awards
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION award_must_have_a_basis();
CREATE CONSTRAINT TRIGGER awards_raised_have_a_basis AFTER UPDATE ON awards
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.current_cents > OLD.current_cents) EXECUTE FUNCTION award_must_have_a_basis();

GRANT SELECT, INSERT (application_id, revision, schemes, groups, seen) ON award_bases TO almoner_app;
GRANT SELECT, INSERT ON award_limits TO almoner_app;
