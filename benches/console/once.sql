-- What stands beside the windows of a year: files that came, reports, the audit log. As `year.sql`.

-- Every week a file of punches and every fourth one of leave, a county each.
INSERT INTO import_batch (id, office, kind, source, file_name, file_sha, seen_at, covers_from, covers_to, complete, rows_read, rows_new, rows_known, rows_rejected, layout)
SELECT 'p' || w.n || '-' || c.code, c.office, 'attendance', 'a' || c.code, 'punches-' || w.day || '.xlsx', '{SHA}', w.at, w.day, w.until,
    CASE WHEN (c.county + w.n) % 97 = 0 THEN 0 ELSE 1 END, 3240, 3230, 10, c.county % 3, 'attendance'
FROM bench_week w CROSS JOIN bench_county c;
INSERT INTO import_batch (id, office, kind, source, file_name, file_sha, seen_at, covers_from, covers_to, complete, rows_read, rows_new, rows_known, rows_rejected, layout)
SELECT 'l' || w.n || '-' || c.code, c.office, 'leave', 'l' || c.code, 'leave-' || w.day || '.xlsx', '{SHA}', w.at, w.day, w.until, 1, 40, 40, 0, 0, 'leave'
FROM bench_week w CROSS JOIN bench_county c WHERE w.n % 4 = 0;
INSERT INTO batch_day (batch, day, records)
SELECT b.id, b.covers_from, 640 FROM import_batch b WHERE b.kind = 'attendance';

-- Closed reports of every county and week; what stands in them is read of those alone that somebody opens.
INSERT INTO period_report (office, from_day, to_day, number, closed_at, closed_by, reason, sha256, body)
SELECT c.office, w.day, w.until, 1, w.at, '赵敏', '', '{SHA}', '{}' FROM bench_week w CROSS JOIN bench_county c WHERE w.n % 4 = 0;

INSERT INTO complaint (id, office, inspector, said, heard_from, opened_by, opened_at, state)
SELECT 'C-' || c.code || '00', c.office, 'i' || c.code || '-0', '检查员未进村。', '一名村民', '刘芳', w.at, CASE WHEN c.county % 100 = 0 THEN 'open' ELSE 'dismissed' END
FROM bench_week w CROSS JOIN bench_county c WHERE w.n = 0 AND c.county % 10 = 0;

INSERT INTO place_position (place, longitude, latitude)
SELECT village, 100000000 + n % 700 * 20000 + n % 90 * 2000, 22000000 + n / 700 * 50000 + n * 53 % 90 * 2000 FROM bench_team;

-- Two accounts an office; nobody signs in with them.
INSERT INTO account (id, name, role, office, language, second, second_on, second_kid, second_step, state, created_at)
SELECT 'u' || k.k || '-' || c.code, '刘芳' || c.code, CASE k.k WHEN 1 THEN 'dispatcher' ELSE 'head' END, c.office, 'zh-Hans', 0, 0, 1, 0, 'active', {DRAWN}
FROM bench_county c CROSS JOIN (SELECT 1 AS k UNION ALL SELECT 2) k;
INSERT INTO api_token (id, hash, name, office, source, created_by, created_at)
SELECT 't' || code, 'h' || code, '考勤系统', office, 'a' || code, 'u1-' || code, {DRAWN} FROM bench_county;

-- What a year of people looking leaves in the audit log.
INSERT INTO audit (seq, at, entry, head)
SELECT s.seq, {DRAWN}, '{"seq":' || s.seq || ',"at":{DRAWN},"account":"u1-' || s.code || '","address":"10.0.0.1","action":"view","subject":"/today","detail":"","before":"{SHA}"}', '{SHA}'
FROM (SELECT ROW_NUMBER() OVER (ORDER BY w.n, c.county) AS seq, c.code FROM bench_week w CROSS JOIN bench_county c) s;
