-- Reports of a period, fixed when they were closed. A correction is one more; all are kept.
CREATE TABLE period_report (
    office TEXT COLLATE "C" NOT NULL,
    from_day TEXT COLLATE "C" NOT NULL,
    to_day TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    closed_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (office, from_day, to_day, number)
);
CREATE TRIGGER period_report_keeps BEFORE UPDATE OR DELETE ON period_report FOR EACH ROW EXECUTE FUNCTION append_only();
