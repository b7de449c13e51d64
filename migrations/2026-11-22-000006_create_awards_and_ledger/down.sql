DROP TABLE ledger_entries;
DROP FUNCTION ledger_must_balance();
DROP TABLE instalments;
DROP TABLE awards;
DROP TABLE applicant_balances;
DROP TABLE envelopes;
