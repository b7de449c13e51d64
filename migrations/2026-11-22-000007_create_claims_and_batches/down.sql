DROP TABLE payments;
DROP TABLE batches;
DROP FUNCTION refuse_released_change();
DROP TABLE claims;
DROP SEQUENCE batch_serial;
