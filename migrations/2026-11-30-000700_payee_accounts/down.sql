DROP TABLE payee_accounts;
DROP FUNCTION payee_account_must_take_its_steps, payee_account_key;
