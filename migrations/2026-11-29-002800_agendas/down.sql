DROP TRIGGER applications_refused_by_motion ON applications;
DROP TRIGGER reserve_entries_carried ON reserve_entries;
DROP TRIGGER awards_carried ON awards;
DROP TRIGGER sittings_tied_to_agenda ON sittings;
DROP FUNCTION refusal_must_be_carried(), place_must_be_carried(), award_must_be_carried(), last_word_must_be(uuid, text),
  sitting_must_agree_with_agenda();
ALTER TABLE sittings DROP CONSTRAINT sittings_check_on_figures, DROP COLUMN agenda_id CASCADE, DROP COLUMN agenda_line CASCADE;
DROP TABLE agendas;
DROP FUNCTION agenda_must_agree_with_sittings(), agenda_must_agree(uuid), agenda_must_be_open();
