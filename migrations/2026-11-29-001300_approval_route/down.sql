DROP TRIGGER awards_stand_on_approvals ON awards;
DROP FUNCTION award_must_be_approved;
ALTER TABLE awards DROP COLUMN conditions, DROP COLUMN embargo_until;
DROP TABLE approvals, approval_parts, approval_routes;
DROP FUNCTION approval_must_be_in_turn, approval_must_stay;
ALTER TABLE case_duties DROP COLUMN part;
DELETE FROM application_steps WHERE (from_state, to_state) = ('recommended', 'in_assessment');
