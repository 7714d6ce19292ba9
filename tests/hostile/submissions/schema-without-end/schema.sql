CREATE TABLE t (n INT) AS WITH RECURSIVE c AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM c) SELECT n FROM c, information_schema.columns a, information_schema.columns b, information_schema.columns d;
