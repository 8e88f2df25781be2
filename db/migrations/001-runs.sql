-- What must be remembered so that no run is lost, pushed twice or told twice. Times are ms since the epoch.

create table meta (
  name text primary key,
  value text not null
) strict;

-- One linked Kaggle account a person. The credential is sealed; it opens only with this row's identity (src/secret.ts).
create table accounts (
  discord_user text primary key,
  kaggle_user text not null,
  credential text not null,
  linked_at integer not null,
  refused_at integer
) strict;

-- Sources by their hash: kept until pushed, and for /again.
create table sources (
  hash text primary key,
  text text not null
) strict;

create table runs (
  key text primary key,
  numbered_by text not null,
  number integer not null,
  interaction_id text not null unique,
  place text not null check (place in ('guild', 'dm', 'foreign')),
  guild_id text,
  channel_id text not null,
  launcher text not null,
  launcher_name text not null,
  kaggle_user text not null,
  kernel text not null,
  title text not null,
  version integer,
  settings text not null,
  source_hash text not null references sources (hash),
  phase text not null check (phase in
    ('accepted', 'waiting', 'pushing', 'queued', 'running', 'finishing', 'complete', 'error', 'cancelled', 'lost')),
  state text not null,
  revision integer not null default 0,
  accepted_at integer not null,
  due_at integer,
  progress text,
  report text,
  unique (numbered_by, number)
) strict;

create index runs_due on runs (due_at) where due_at is not null;
create index runs_of_guild on runs (guild_id, accepted_at desc) where guild_id is not null;
create index runs_of_launcher on runs (launcher, accepted_at desc);
create index runs_of_kernel on runs (kernel, accepted_at desc);
create index runs_of_account on runs (kaggle_user, accepted_at)
  where phase in ('accepted', 'waiting', 'pushing', 'queued', 'running', 'finishing');
create index runs_pushing on runs (kernel) where phase = 'pushing';

create table outputs (
  run_key text not null references runs (key) on delete cascade,
  position integer not null,
  name text not null,
  kind text not null check (kind in ('model', 'table', 'image', 'other')),
  size integer,
  primary key (run_key, position)
) strict, without rowid;

-- The run's one message in the channel, and when it next wants an edit.
create table cards (
  run_key text primary key references runs (key) on delete cascade,
  channel_id text not null,
  message_id text not null,
  posted_at integer not null,
  shown text,
  shown_at integer,
  due_at integer
) strict;

create index cards_due on cards (due_at) where due_at is not null;

-- Messages we owe. Stored with the change they tell of, sent by the announce step.
create table notices (
  id integer primary key,
  run_key text not null references runs (key) on delete cascade,
  kind text not null,
  owed_at integer not null,
  due_at integer,
  attempts integer not null default 0,
  -- The channel of the first attempt and when it was made: the nonce holds for that channel and some minutes.
  channel_id text,
  first_try_at integer,
  -- 0: as it is, 1: without files, 2: without buttons too, 3: as a direct message.
  reduced integer not null default 0,
  message_id text,
  sent_at integer,
  parked_because text,
  unique (run_key, kind)
) strict;

create index notices_due on notices (due_at) where due_at is not null;

-- Things people began and have not finished: a commit that waits for a linked account, a confirmation.
create table drafts (
  key text primary key,
  discord_user text not null,
  kind text not null,
  value text not null,
  expires_at integer not null
) strict;

create index drafts_expiry on drafts (expires_at);

create table guilds (
  guild_id text primary key,
  settings text not null,
  welcomed_at integer
) strict;
