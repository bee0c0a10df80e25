-- How far a mailbox on a mail server was looked through: a hint that saves fetching, never a proof.
CREATE TABLE mailbox_look (
    mailbox TEXT NOT NULL,
    folder TEXT NOT NULL,
    validity INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    PRIMARY KEY (mailbox, folder)
) STRICT;
