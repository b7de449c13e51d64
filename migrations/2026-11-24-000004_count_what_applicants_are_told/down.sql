ALTER TABLE applications DROP COLUMN told_version;
