DROP TABLE organisation_relations;
DROP FUNCTION relation_must_be_the_only_one();
