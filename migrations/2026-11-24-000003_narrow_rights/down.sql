DROP TRIGGER outbox_sent ON outbox;
DROP TRIGGER audit_heads_forward ON audit_heads;
REVOKE UPDATE (notice, state, attempts, due_at, leased_until, last_error, settled_at) ON outbox FROM almoner_app;
REVOKE UPDATE (sequence, hash) ON audit_heads FROM almoner_app;
REVOKE UPDATE (state, title, content, submitted_by, submitted_at, submitted_on, scheme_text_id, requested_cents, allowed_cents,
               recommended_cents, reason, version) ON applications FROM almoner_app;
REVOKE UPDATE (name, language, password_hash, active, version) ON people FROM almoner_app;
GRANT UPDATE ON people, applications, audit_heads, outbox TO almoner_app;
