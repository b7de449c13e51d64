DROP TABLE attachments;
DROP FUNCTION attachment_must_be_of_a_draft();
