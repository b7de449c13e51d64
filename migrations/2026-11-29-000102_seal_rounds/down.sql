DROP TABLE round_seals;
