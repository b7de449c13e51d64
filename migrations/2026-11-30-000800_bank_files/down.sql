DROP TABLE bank_files;
DROP TRIGGER batches_of_authority ON batches;
DROP TRIGGER batches_to_payees ON batches;
DROP TRIGGER payments_to_payee ON payments;
DROP FUNCTION release_must_be_of_its_authority, bank_file_must_be_of_a_release, release_must_go_to_its_payees, payment_must_go_to_its_payee, payee_account_in_force;
ALTER TABLE batches DROP COLUMN release_limit_cents, DROP COLUMN released_under, DROP COLUMN pay_on;
ALTER TABLE payments DROP COLUMN payee_account_id;
