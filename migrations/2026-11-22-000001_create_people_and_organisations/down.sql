DROP TABLE memberships;
DROP TABLE organisations;
DROP TABLE person_authorities;
DROP TABLE person_roles;
DROP TABLE people;
