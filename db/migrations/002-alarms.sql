-- What an alarm tells, as JSON (src/domain/alarms.ts); null for every other notice.
alter table notices add column facts text;
