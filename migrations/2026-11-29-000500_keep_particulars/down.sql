DROP INDEX people_by_domain;
DROP TABLE application_keys;
DROP TABLE organisation_particulars;
