DROP TABLE password_tokens;
DROP TABLE refresh_tokens;
DROP TABLE sessions;
