DROP TABLE payments;
DROP FUNCTION payment_must_fit();
DROP TABLE batches;
DROP FUNCTION batch_must_have_its_total();
DROP TABLE claims;
DROP SEQUENCE batch_serial;
