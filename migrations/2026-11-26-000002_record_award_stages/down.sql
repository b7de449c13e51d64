DROP TRIGGER awards_have_stages ON awards;
DROP TABLE award_stages;
DROP FUNCTION award_stages_must_sum();
