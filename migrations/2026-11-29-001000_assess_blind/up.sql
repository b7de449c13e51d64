-- Whether the text and the day that the case has pinned keep from this assessor who applies: worked out when they are asked, and kept.
-- The server may not change it. It makes the assessor see the case as nothing but its assessor, from the first request on.
ALTER TABLE assessments ADD COLUMN blind_to_applicant boolean NOT NULL DEFAULT false;
CREATE INDEX assessments_blind ON assessments (assessor_id, application_id) WHERE blind_to_applicant;
