-- How many invitations somebody has sent lately.
CREATE INDEX application_members_by_inviter_lately ON application_members (invited_by, invited_at);
DROP INDEX application_members_by_inviter;
