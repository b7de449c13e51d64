DROP TABLE round_extensions;
DROP FUNCTION extension_must_be_of_others();
