-- What `year.sql` multiplies: teams by number, their people, counties.
CREATE TABLE bench_team AS
SELECT CAST(substr(t.id, 2) AS BIGINT) AS n, substr(t.id, 2) AS num, t.id AS team, t.name AS team_name, v.id AS village, v.name AS village_name,
    r.name AS township, CAST(substr(t.id, 2) AS BIGINT) / 90 AS county
FROM team t JOIN village v ON v.id = t.village JOIN region r ON r.code = v.region ORDER BY t.id;
CREATE UNIQUE INDEX bench_team_team ON bench_team (team);
CREATE TABLE bench_person AS
SELECT t.n, k.k, o.id AS official FROM bench_team t CROSS JOIN (SELECT 1 AS k UNION ALL SELECT 2 UNION ALL SELECT 3) k
JOIN official o ON o.id = 'P' || t.num || k.k;
CREATE UNIQUE INDEX bench_person_n ON bench_person (n, k);
CREATE TABLE bench_county (county BIGINT NOT NULL PRIMARY KEY, code TEXT NOT NULL, office TEXT NOT NULL);
CREATE TABLE bench_week (n BIGINT NOT NULL PRIMARY KEY, day TEXT NOT NULL, until TEXT NOT NULL, at BIGINT NOT NULL);
