-- What the check cell of a run said of its machine, as JSON; null before it did, and where there is none.
alter table runs add column receipt text;
