DROP FUNCTION refuse_second_thoughts();
DROP FUNCTION refuse_change();
REVOKE USAGE ON SCHEMA public FROM almoner_app;
