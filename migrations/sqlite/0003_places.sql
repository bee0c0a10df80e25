-- Whether anybody is posted in a team, and can be rung, is read from these alone.
DROP INDEX official_team;
CREATE INDEX official_posted ON official (team, from_day, to_day);
CREATE INDEX official_reachable ON official (team, from_day, to_day) WHERE phone IS NOT NULL;

-- What a recusal touches.
CREATE INDEX official_unit ON official (sending_unit);
CREATE INDEX team_unit ON team (sending_unit);

CREATE INDEX line_credit ON line (credit) WHERE credit IS NOT NULL;
