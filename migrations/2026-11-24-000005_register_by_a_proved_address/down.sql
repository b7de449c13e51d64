ALTER TABLE password_tokens DROP COLUMN registration_id;
DROP TABLE registrations;
