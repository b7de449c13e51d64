DROP TRIGGER awards_raised_have_a_basis ON awards;
DROP TRIGGER awards_have_a_basis ON awards;
DROP TABLE award_limits;
DROP TABLE award_bases;
DROP FUNCTION award_must_have_a_basis, limit_must_add_up, award_must_have_seen_the_others;
