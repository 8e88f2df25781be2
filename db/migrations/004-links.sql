-- How often the download links of a run were revoked: links of an earlier count are dead. No row: never.
create table link_revocations (
  run_key text primary key references runs (key) on delete cascade,
  times integer not null
) strict;
