-- In the language sql a function that cannot be inlined is planned at each call, which took as long as all else that the triggers
-- do on an approval. These plan once in each session.
CREATE OR REPLACE FUNCTION waits_from(application uuid, in_state text, since timestamptz) RETURNS date LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT (since AT TIME ZONE 'Asia/Hong_Kong')::date - coalesce(sum(
           (until_at AT TIME ZONE 'Asia/Hong_Kong')::date - (from_at AT TIME ZONE 'Asia/Hong_Kong')::date), 0)::integer
    FROM application_stays WHERE application_id = application AND state = in_state);
END
$$;
CREATE OR REPLACE FUNCTION is_tied(the_application uuid, the_person uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM public.application_members m WHERE m.application_id = the_application AND m.person_id = the_person)
      OR EXISTS (SELECT 1 FROM public.application_members m JOIN public.memberships o ON o.organisation_id = m.organisation_id
                  WHERE m.application_id = the_application AND o.person_id = the_person);
END
$$;
CREATE OR REPLACE FUNCTION who_applies(the_case uuid) RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN ARRAY(SELECT a.organisation_id FROM public.applications a WHERE a.id = the_case
    UNION SELECT m.organisation_id FROM public.application_members m
           WHERE m.application_id = the_case AND m.state = 'accepted' AND m.organisation_id IS NOT NULL);
END
$$;
