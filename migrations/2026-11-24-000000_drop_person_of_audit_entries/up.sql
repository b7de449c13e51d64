-- Who acted is in `who`, which is hashed. This copy of it was not, and no query read it.
ALTER TABLE audit_entries DROP COLUMN person_id;
