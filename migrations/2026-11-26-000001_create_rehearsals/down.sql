DROP TABLE rehearsal_cases;
DROP TABLE rehearsals;
