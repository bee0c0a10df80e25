-- How far a mailbox on a mail server was looked through: a hint that saves fetching, never a proof.
CREATE TABLE mailbox_look (
    mailbox TEXT COLLATE "C" NOT NULL,
    folder TEXT COLLATE "C" NOT NULL,
    validity BIGINT NOT NULL,
    uid BIGINT NOT NULL,
    PRIMARY KEY (mailbox, folder)
);
