-- Imports look for what was released around their days.
CREATE INDEX assignment_released ON assignment (released_at);
