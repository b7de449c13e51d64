DROP TABLE assessments;
DROP TABLE case_duties;
