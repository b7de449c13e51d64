DROP FUNCTION refuse_change();
REVOKE USAGE ON SCHEMA public FROM almoner_app;
