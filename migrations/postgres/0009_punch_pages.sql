-- Punches by the page: what one batch brought of one day (in UTC, days since 1970) and of officials that follow each
-- other, a line a punch (append-only).
CREATE TABLE punch_page (
    day BIGINT NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    first_official TEXT COLLATE "C" NOT NULL,
    batch TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    last_official TEXT COLLATE "C" NOT NULL,
    punches TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (batch, number)
);
-- Packing costs more time than it saves room.
ALTER TABLE punch_page ALTER COLUMN punches SET STORAGE EXTERNAL;
CREATE INDEX punch_page_day ON punch_page (day, first_official, last_official);
CREATE INDEX punch_page_source ON punch_page (source, day, first_official, last_official);

INSERT INTO punch_page (day, source, first_official, batch, number, last_official, punches)
SELECT day, source, official, first_batch, ROW_NUMBER() OVER (PARTITION BY first_batch ORDER BY day, source, official), official,
    string_agg(line, '' ORDER BY at, line)
FROM (
    SELECT (at - ((at % 86400000) + 86400000) % 86400000) / 86400000 AS day, source, official, first_batch, at,
        official || chr(9) || at::TEXT || chr(9) || direction || chr(9) || origin || chr(9) || COALESCE(in_range::TEXT, '') || chr(9)
        || COALESCE(device, '') || chr(9) || COALESCE(filed_at::TEXT, '') || chr(9) || filed_by || chr(9) || file_row::TEXT || chr(10) AS line
    FROM punch
) AS lines
GROUP BY day, source, official, first_batch;
DROP TABLE punch;

CREATE TRIGGER punch_page_keeps BEFORE UPDATE OR DELETE ON punch_page FOR EACH ROW EXECUTE FUNCTION append_only();
