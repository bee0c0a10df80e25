-- A year of a nation, from its register and its inspectors: what `nation.rs` runs once for every window that is over.
-- W: the number of the window, from 0; ID, DAY: the window's; START, END, DRAWN, CLOSED: milliseconds; LAST: the number
-- of the last window; COUNTIES: how many. One text for both databases; everything follows from numbers.

-- Lines: which places come up follows from a hash of place and window; detail as a release writes it.
INSERT INTO line (id, place, kind, origin, ticket, minute, p_visit, p_call, eligible, assignment, code, detail, state)
SELECT '{ID}', team, kind, 'ticket', '00000000' || num || '00', 30, 34359738, 171798691, {W},
    substr('{ABC}', CAST(mixed / 33554432 % 32 AS INTEGER) + 1, 1) || substr('{ABC}', CAST(mixed / 1048576 % 32 AS INTEGER) + 1, 1)
    || substr('{ABC}', CAST(mixed / 32768 % 32 AS INTEGER) + 1, 1) || substr('{ABC}', CAST(mixed / 1024 % 32 AS INTEGER) + 1, 1)
    || substr('{ABC}', CAST(mixed / 32 % 32 AS INTEGER) + 1, 1) || substr('{ABC}', CAST(mixed % 32 AS INTEGER) + 1, 1),
    code,
    '{"code":"' || code || '","contact":' || CASE WHEN kind = 'visit' THEN 'null' ELSE
        '{"contact":null,"name":{"latin":"","own":"队员' || num || '1"},"official":"P' || num || '1","phone":{"dial":"+86138' || num || '01","extension":null,"shown":"138' || num || '01"},"role":"Lead"}' END
    || ',"from":{START},"kind":"' || kind || '","officials":[' || CASE WHEN kind = 'visit' THEN
        '{"name":{"latin":"","own":"队员' || num || '1"},"official":"P' || num || '1","role":"Lead"},{"name":{"latin":"","own":"队员' || num || '2"},"official":"P' || num || '2","role":"Member"},{"name":{"latin":"","own":"队员' || num || '3"},"official":"P' || num || '3","role":"Member"}' ELSE '' END
    || '],"place":"' || team || '","team":{"latin":"","own":"' || team_name || '"},"to":{END},"township":{"latin":"","own":"' || township || '"},"village":{"latin":"","own":"' || village_name || '"},"window":"{ID}"}',
    CASE WHEN (n + {W}) % 20 = 0 THEN 'no_reply' ELSE 'answered' END
FROM (
    SELECT s.*, ({W} * {COUNTIES} + county + 1) * 405482177 % 1073741824 AS mixed,
        (CASE WHEN kind = 'visit' THEN 'V' ELSE 'C' END) || ROW_NUMBER() OVER (PARTITION BY county, kind ORDER BY n) AS code
    FROM (
        SELECT h.*, CASE WHEN hash < 57 THEN 'visit' ELSE 'call' END AS kind
        FROM (SELECT t.*, (n * 7919 + {W} * 104729) % 100003 % 10000 AS hash FROM bench_team t) h WHERE hash < 257
    ) s
) x;

INSERT INTO assignment (id, office, inspector, released_at, reply_by, closes_at, kid, message_id, closed_at)
SELECT l.assignment, c.office, 'i' || c.code || '-' || ({W} % 3), {DRAWN}, {END}, {CLOSED}, 1, '<' || l.assignment || '@nation.example>', {CLOSED}
FROM (SELECT assignment, MIN(place) AS place FROM line WHERE id = '{ID}' GROUP BY assignment) l
JOIN bench_team t ON t.team = l.place JOIN bench_county c ON c.county = t.county;

INSERT INTO letter (message_id, kind, office, assignment, inspector, sender, recipients, bytes, priority, created_at, state, fence, attempts, next_try_at, done_at)
SELECT message_id, 'assignment', office, id, inspector, 'desk@nation.example', '[]', '{SHA}', 0, {DRAWN}, 'acked', 1, 1, {DRAWN}, {DRAWN}
FROM assignment WHERE released_at = {DRAWN};

INSERT INTO outcome (assignment, line, person, seq, official, outcome, remark, by, received_at)
SELECT l.assignment, l.code, CASE WHEN l.kind = 'visit' THEN l.code || '.' || p.k ELSE l.code END, 1, p.official,
    CASE WHEN l.kind = 'call' AND (p.n + {W}) % 4 = 0 THEN 'no_answer' WHEN l.kind = 'call' THEN 'reached'
        WHEN (p.n * 31 + p.k * 7 + {W}) % 100 < 2 THEN 'absent' WHEN (p.n * 31 + p.k * 7 + {W}) % 100 < 5 THEN 'on_duty_elsewhere' ELSE 'present' END,
    '', 'code', {END}
FROM line l JOIN bench_team t ON t.team = l.place JOIN bench_person p ON p.n = t.n AND (l.kind = 'visit' OR p.k = 1)
WHERE l.id = '{ID}' AND l.state = 'answered';

INSERT INTO verdict (assignment, line, person, seq, official, outcome, verdict, strength, timing_unclear, evidence, sentence_en, sentence_zh, judged_at)
SELECT o.assignment, o.line, o.person, 1, o.official, o.outcome,
    CASE o.outcome WHEN 'absent' THEN 'unexcused' WHEN 'present' THEN 'present' WHEN 'on_duty_elsewhere' THEN 'excused_verify' END,
    CASE o.outcome WHEN 'absent' THEN 'high' WHEN 'on_duty_elsewhere' THEN 'low' ELSE 'none' END, 0, '[]',
    CASE o.outcome WHEN 'absent' THEN 'On {DAY} the official was found absent; no punch, no leave and no errand covers that time.' ELSE '' END,
    CASE o.outcome WHEN 'absent' THEN '{DAY}本人不在岗；该时段无打卡、请假或外勤记录。' ELSE '' END, {CLOSED}
FROM line l JOIN outcome o ON o.assignment = l.assignment AND o.line = l.code WHERE l.id = '{ID}';

-- Most are settled after three weeks; some never are.
INSERT INTO flag (id, office, official, assignment, line, person, opened_at, state, holds)
SELECT 'F-' || v.assignment || substr('{ABC}', CAST(substr(v.line, 2) AS INTEGER) % 32 + 1, 1) || substr(v.person, LENGTH(v.person), 1),
    a.office, v.official, v.assignment, v.line, v.person, {CLOSED},
    CASE WHEN {W} + 30 < {LAST} AND (v.judged_at / 1000 + LENGTH(v.line) + CAST(substr(v.official, 2) AS INTEGER)) % 25 > 0
        THEN CASE CAST(substr(v.official, 2) AS INTEGER) % 3 WHEN 0 THEN 'dismissed' ELSE 'confirmed' END
        ELSE CASE CAST(substr(v.official, 2) AS INTEGER) % 4 WHEN 0 THEN 'open' WHEN 1 THEN 'explained' ELSE 'asked' END END, 1
FROM line l JOIN verdict v ON v.assignment = l.assignment AND v.line = l.code JOIN assignment a ON a.id = l.assignment
WHERE l.id = '{ID}' AND v.strength = 'high';

INSERT INTO flag_step (flag, seq, step, actor, at, reason, state)
SELECT id, 1, 'open', 'machine', opened_at, 'unexcused', 'open' FROM flag WHERE opened_at = {CLOSED};
INSERT INTO flag_step (flag, seq, step, actor, at, reason, state)
SELECT id, 2, 'ask', '刘芳', opened_at + 86400000, '请说明当日去向。', 'asked' FROM flag WHERE opened_at = {CLOSED} AND state <> 'open';
INSERT INTO flag_step (flag, seq, step, actor, at, reason, state)
SELECT id, 3, CASE state WHEN 'explained' THEN 'explain' WHEN 'confirmed' THEN 'confirm' ELSE 'dismiss' END, '赵敏', opened_at + 604800000, '已核实。', state
FROM flag WHERE opened_at = {CLOSED} AND state IN ('explained', 'confirmed', 'dismissed');
INSERT INTO case_letter (id, letter, written_at, kid, days, addressee, address, message_id, page)
SELECT id, 'explain', opened_at + 86400000, 1, 5, '队员', 'p@nation.example', '<' || id || '@nation.example>', '{SHA}'
FROM flag WHERE opened_at = {CLOSED} AND state <> 'open';

-- A page of punches for the day of each flag; of what no page of the console reads there is none.
INSERT INTO punch_page (day, source, first_official, batch, number, last_official, punches)
SELECT {START} / 86400000, 'a' || substr(office, 2), official, 'flagged-{W}', ROW_NUMBER() OVER (ORDER BY id), official,
    official || '{TAB}' || ({START} - 3600000) || '{TAB}in{TAB}phone{TAB}1{TAB}{TAB}' || {START} || '{TAB}machine{TAB}1{LF}'
FROM flag WHERE opened_at = {CLOSED};

INSERT INTO finding (id, office, subject_kind, subject, team, village, code, origin, text, assignment, line, owner, deadline, opened_at, opened_by, state)
SELECT 'R-' || l.assignment || substr('{ABC}', CAST(substr(l.code, 2) AS INTEGER) % 32 + 1, 1) || '0', a.office, 'team', l.place, l.place, t.village,
    'attendance_register', 'checklist', '考勤登记到当日 – 否', l.assignment, l.code, '', '{DUE}', {END}, '检查员',
    CASE WHEN {W} + 40 < {LAST} AND t.n % 40 > 0 THEN 'closed' WHEN t.n % 3 = 0 THEN 'rectified' ELSE 'open' END
FROM line l JOIN bench_team t ON t.team = l.place JOIN assignment a ON a.id = l.assignment
WHERE l.id = '{ID}' AND l.kind = 'visit' AND l.state = 'answered' AND (t.n + {W}) % 15 = 0;
INSERT INTO finding_step (finding, seq, step, actor, at, reason, state)
SELECT id, 1, 'rectify', '赵敏', opened_at + 86400000, '已整改。', 'rectified' FROM finding WHERE opened_at = {END} AND state <> 'open';

INSERT INTO window_seal (id, programme, office, day, slot, starts_at, ends_at, draw_at, chain_index, root, frame, duty, places, sum_p, sealed_at, generation, beacon_prefix)
VALUES ('{ID}', 'posts', 'nation', '{DAY}', '{SLOT}', {START}, {END}, {DRAWN}, {W}, '{SHA}', '{SHA}', '{SHA}', {COUNTIES} * 90, 1, {DRAWN} - 43200000, 0, 'local:');
INSERT INTO beacon (id, beacon, at) VALUES ('{ID}', 'local:{SHA}', {DRAWN});
INSERT INTO draw (id, links, seed, drawn_at, list_mac, deals) VALUES ('{ID}', '{SHA}', '{SHA}', {DRAWN}, '{SHA}', '{"calls":[],"visits":[]}');
