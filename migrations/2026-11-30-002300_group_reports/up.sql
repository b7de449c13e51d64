-- What reports group by. The year of its scheme in which an application was submitted, or else the financial year: `2025-26`, or `2025` where
-- the year begins in January. One expression, so that it is worked out within the query that asks.
CREATE FUNCTION programme_year(year_from date, submitted_on date) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT extract(year FROM coalesce(year_from, (submitted_on - interval '3 months')::date))::int::text
      || CASE WHEN extract(month FROM year_from) = 1 THEN ''
              ELSE '-' || lpad(((extract(year FROM coalesce(year_from, (submitted_on - interval '3 months')::date))::int + 1) % 100)::text, 2, '0') END
$$;

-- The stages that an award is for, in the order of the scheme.
CREATE FUNCTION stages_of_award(the_case uuid) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(string_agg(s.stage, ' + ' ORDER BY s.sequence), '')
    FROM public.awards w JOIN public.award_stages s ON (s.application_id, s.revision) = (w.application_id, w.revision)
   WHERE w.application_id = the_case
$$;
