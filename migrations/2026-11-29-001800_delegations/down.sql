DROP TRIGGER approvals_delegated ON approvals;
DROP TABLE delegations;
DROP FUNCTION approval_must_be_delegated, delegation_must_end_once;
