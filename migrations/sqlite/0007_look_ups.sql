-- What is asked of letters and mails with every reply.
CREATE INDEX letter_to ON letter (inspector, kind, created_at) WHERE inspector IS NOT NULL;
CREATE INDEX letter_kind ON letter (kind, created_at);
CREATE INDEX inbox_assignment ON inbox (assignment) WHERE recorded = 1;
