-- What was made of costs loses them; what was asked on it is forgotten.
DROP TRIGGER claims_agree ON claims;
DROP TRIGGER claims_agree_again ON claims;
DROP TRIGGER claims_asked_of_running_awards ON claims;
DROP TRIGGER claims_steps ON claims;
DROP TABLE claim_queries, claim_allotments, claim_lines;
DROP FUNCTION claim_of_row_must_agree, claim_of_part_must_agree, claim_must_agree, claim_must_take_its_steps, claim_query_must_follow, claim_of_part_must_be_open;
UPDATE claims SET state = 'submitted' WHERE state = 'queried';
REVOKE UPDATE (claimed_cents, revision) ON claims FROM almoner_app;
ALTER TABLE claims DROP COLUMN costs, DROP COLUMN revision,
  DROP CONSTRAINT claims_state_check,
  ADD CONSTRAINT claims_state_check CHECK (state IN ('submitted', 'returned', 'certified', 'paid', 'nil'));
