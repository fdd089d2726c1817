PRAGMA foreign_keys = OFF;

CREATE TABLE members_new (
    id INTEGER PRIMARY KEY,
    name TEXT,
    email TEXT NOT NULL UNIQUE
);
INSERT INTO members_new (id, name, email) SELECT id, name, email FROM members;
DROP TABLE members;
ALTER TABLE members_new RENAME TO members;

PRAGMA foreign_keys = ON;
