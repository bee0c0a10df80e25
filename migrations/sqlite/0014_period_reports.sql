-- Reports of a period, fixed when they were closed. A correction is one more; all are kept.
CREATE TABLE period_report (
    office TEXT NOT NULL,
    from_day TEXT NOT NULL,
    to_day TEXT NOT NULL,
    number INTEGER NOT NULL,
    closed_at INTEGER NOT NULL,
    closed_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (office, from_day, to_day, number)
) STRICT;
CREATE TRIGGER period_report_keeps BEFORE UPDATE ON period_report BEGIN SELECT RAISE(ABORT, 'period_report is append-only'); END;
CREATE TRIGGER period_report_stays BEFORE DELETE ON period_report BEGIN SELECT RAISE(ABORT, 'period_report is append-only'); END;
