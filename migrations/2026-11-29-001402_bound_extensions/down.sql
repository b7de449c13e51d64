ALTER TABLE round_extensions DROP COLUMN closes_at;
