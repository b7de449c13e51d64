DROP TABLE scheme_texts;
