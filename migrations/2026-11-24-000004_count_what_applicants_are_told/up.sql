-- The version that the applicant reads and names: it counts only what the applicant is told of. Cases that are there already go on
-- from where they are.
ALTER TABLE applications ADD COLUMN told_version integer CHECK (told_version BETWEEN 1 AND version);
UPDATE applications SET told_version = version;
ALTER TABLE applications ALTER COLUMN told_version SET NOT NULL;

GRANT UPDATE (told_version) ON applications TO almoner_app;
