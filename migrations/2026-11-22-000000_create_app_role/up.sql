-- The server works under this role: it may do what each table below grants it, and nothing else.
-- Roles belong to the whole cluster, so another database of it may have made it already.
DO $$
BEGIN
  CREATE ROLE almoner_app NOLOGIN;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

GRANT almoner_app TO CURRENT_USER;
GRANT USAGE ON SCHEMA public TO almoner_app;

-- Tables that only grow: what was written stays as it was written.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END
$$;

-- Rows of which a part, or all from some state on, stays as it was decided. The condition stands in each trigger.
CREATE FUNCTION refuse_second_thoughts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% % is decided and stays as it is', TG_TABLE_NAME, TG_NAME USING ERRCODE = 'check_violation';
END
$$;
