DROP FUNCTION stages_of_award;
DROP FUNCTION programme_year;
