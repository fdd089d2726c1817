-- Wider is free: the server only changes its catalog.
ALTER TABLE users ALTER COLUMN email TYPE varchar(254);
