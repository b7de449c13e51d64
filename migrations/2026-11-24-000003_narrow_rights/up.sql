-- The server may change what its acts change, column by column: no address of an account, no author or scheme of a case, no chain
-- of an entry. The hash of a password must stay among them: it is renewed at a sign-in and chosen with a link.
REVOKE UPDATE ON people, applications, audit_heads, outbox FROM almoner_app;
GRANT UPDATE (name, language, password_hash, active, version) ON people TO almoner_app;
GRANT UPDATE (state, title, content, submitted_by, submitted_at, submitted_on, scheme_text_id, requested_cents, allowed_cents,
              recommended_cents, reason, version) ON applications TO almoner_app;
GRANT UPDATE (sequence, hash) ON audit_heads TO almoner_app;
GRANT UPDATE (notice, state, attempts, due_at, leased_until, last_error, settled_at) ON outbox TO almoner_app;

-- The end of a chain moves on by one entry; what was sent was sent.
CREATE TRIGGER audit_heads_forward BEFORE UPDATE ON audit_heads FOR EACH ROW
  WHEN (NEW.sequence <> OLD.sequence + 1) EXECUTE FUNCTION refuse_second_thoughts();
CREATE TRIGGER outbox_sent BEFORE UPDATE ON outbox FOR EACH ROW
  WHEN (OLD.state = 'sent') EXECUTE FUNCTION refuse_second_thoughts();
