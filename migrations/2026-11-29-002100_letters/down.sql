DROP TRIGGER awards_accepted_with_agreement ON awards;
DROP FUNCTION acceptance_must_be_of_the_agreement;
ALTER TABLE awards DROP COLUMN agreement_sha256;
DROP TABLE letters;
DROP FUNCTION letter_must_be_of_an_offer;
