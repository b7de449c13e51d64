ALTER TABLE audit_entries ADD COLUMN person_id uuid;
ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_append_only;
UPDATE audit_entries SET person_id = (who::jsonb ->> 'person')::uuid WHERE who LIKE '{"person":%';
ALTER TABLE audit_entries ENABLE TRIGGER audit_entries_append_only;
CREATE INDEX audit_entries_by_person ON audit_entries (person_id, recorded_at DESC) WHERE person_id IS NOT NULL;
