CREATE TABLE members (
    id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name varchar(60) NOT NULL,
    email varchar(120) NOT NULL,
    UNIQUE KEY members_email (email)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE posts (
    id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    member_id bigint unsigned NOT NULL,
    body mediumtext NOT NULL,
    score int NOT NULL DEFAULT 0,
    posted_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
