DROP TRIGGER applicant_balances_begin ON applicant_balances;
DROP TRIGGER applicant_balances_agree ON applicant_balances;
CREATE CONSTRAINT TRIGGER applicant_balances_agree AFTER INSERT OR UPDATE ON applicant_balances
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION balance_must_agree();

CREATE OR REPLACE FUNCTION last_word_must_be(the_case uuid, the_act text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (
    SELECT 1 FROM public.approvals a
      JOIN public.approval_parts p ON (p.application_id, p.route, p.code) = (a.application_id, a.route, a.part)
     WHERE a.application_id = the_case AND a.void IS NULL AND a.authority = ANY (p.committees)
       AND a.route = (SELECT max(number) FROM public.approval_routes r WHERE r.application_id = the_case)
       AND p.position = (SELECT max(l.position) FROM public.approval_parts l
                          WHERE (l.application_id, l.route) = (a.application_id, a.route))
       AND NOT EXISTS (
         SELECT 1 FROM public.sittings s
          WHERE (s.application_id, s.route, s.part) = (a.application_id, a.route, a.part) AND s.committee = a.authority
            AND s.outcome = 'carried' AND s.amount_cents = a.amount_cents AND s.motion->>'act' = the_act))
$$;
