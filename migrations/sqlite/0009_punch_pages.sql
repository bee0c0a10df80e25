-- Punches by the page: what one batch brought of one day (in UTC, days since 1970) and of officials that follow each
-- other, a line a punch (append-only).
CREATE TABLE punch_page (
    day INTEGER NOT NULL,
    source TEXT NOT NULL,
    first_official TEXT NOT NULL,
    batch TEXT NOT NULL,
    number INTEGER NOT NULL,
    last_official TEXT NOT NULL,
    punches TEXT NOT NULL,
    PRIMARY KEY (batch, number)
) STRICT;
CREATE INDEX punch_page_day ON punch_page (day, first_official, last_official);
CREATE INDEX punch_page_source ON punch_page (source, day, first_official, last_official);

INSERT INTO punch_page (day, source, first_official, batch, number, last_official, punches)
SELECT day, source, official, first_batch, ROW_NUMBER() OVER (PARTITION BY first_batch ORDER BY day, source, official), official,
    group_concat(line, '' ORDER BY at, line)
FROM (
    SELECT (at - ((at % 86400000) + 86400000) % 86400000) / 86400000 AS day, source, official, first_batch, at,
        official || char(9) || at || char(9) || direction || char(9) || origin || char(9) || COALESCE(in_range, '') || char(9)
        || COALESCE(device, '') || char(9) || COALESCE(filed_at, '') || char(9) || filed_by || char(9) || file_row || char(10) AS line
    FROM punch
)
GROUP BY day, source, official, first_batch;
DROP TABLE punch;

CREATE TRIGGER punch_page_keeps BEFORE UPDATE ON punch_page BEGIN SELECT RAISE(ABORT, 'punch_page is append-only'); END;
CREATE TRIGGER punch_page_stays BEFORE DELETE ON punch_page BEGIN SELECT RAISE(ABORT, 'punch_page is append-only'); END;
