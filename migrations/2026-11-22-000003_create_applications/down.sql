DROP TABLE application_calculations;
DROP TABLE applications;
DROP SEQUENCE application_serial;
