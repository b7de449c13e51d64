DROP INDEX applications_drafts_by_scheme;
DROP TABLE reminders;
