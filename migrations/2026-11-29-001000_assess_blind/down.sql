ALTER TABLE assessments DROP COLUMN blind_to_applicant;
