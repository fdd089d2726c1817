//! Tables and their options.

use super::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new(
        "varchar extend crossing latin1",
        "ALTER TABLE t MODIFY v VARCHAR(50) CHARACTER SET latin1",
        "ALTER TABLE t MODIFY v VARCHAR(255) CHARACTER SET latin1",
    ),
    Case::new(
        "varchar extend crossing latin1 256",
        "ALTER TABLE t MODIFY v VARCHAR(50) CHARACTER SET latin1",
        "ALTER TABLE t MODIFY v VARCHAR(256) CHARACTER SET latin1",
    ),
    Case::new("rename table", "", "ALTER TABLE t RENAME TO t2"),
    Case::new("rename table and add column", "", "ALTER TABLE t RENAME TO t2, ADD COLUMN n INT"),
    Case::new("rename table and column", "", "ALTER TABLE t RENAME TO t2, RENAME COLUMN c TO d"),
    Case::new("convert same", "", "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4"),
    Case::new("convert latin1", "", "ALTER TABLE t CONVERT TO CHARACTER SET latin1"),
    Case::new("convert collation", "", "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"),
    Case::new(
        "convert no text",
        "CREATE TABLE t (id INT PRIMARY KEY, a INT) CHARSET latin1",
        "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4",
    )
    .own_table(),
    Case::new(
        "convert utf8mb3",
        "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20)) CHARSET utf8mb3",
        "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4",
    )
    .own_table(),
    Case::new(
        "convert latin1 to utf8mb4",
        "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20)) CHARSET latin1",
        "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4",
    )
    .own_table(),
    Case::new("default charset", "", "ALTER TABLE t DEFAULT CHARACTER SET latin1"),
    Case::new("default collate", "", "ALTER TABLE t COLLATE utf8mb4_bin"),
    Case::new("engine innodb", "", "ALTER TABLE t ENGINE=InnoDB"),
    Case::new("engine myisam", "", "ALTER TABLE t ENGINE=MyISAM"),
    Case::new("force", "", "ALTER TABLE t FORCE"),
    Case::new("row format", "", "ALTER TABLE t ROW_FORMAT=COMPACT"),
    Case::new("row format same", "", "ALTER TABLE t ROW_FORMAT=DYNAMIC"),
    Case::new("row format compressed", "", "ALTER TABLE t ROW_FORMAT=COMPRESSED"),
    Case::new("key block size", "", "ALTER TABLE t KEY_BLOCK_SIZE=8"),
    Case::new("auto_increment", "", "ALTER TABLE t AUTO_INCREMENT=1000"),
    Case::new("comment", "", "ALTER TABLE t COMMENT='x'"),
    Case::new("stats", "", "ALTER TABLE t STATS_PERSISTENT=1"),
    Case::new("stats pages", "", "ALTER TABLE t STATS_SAMPLE_PAGES=20"),
    Case::new("max rows", "", "ALTER TABLE t MAX_ROWS=1000"),
    Case::new("avg_row", "", "ALTER TABLE t AVG_ROW_LENGTH=100"),
    Case::new("pack_keys", "", "ALTER TABLE t PACK_KEYS=1"),
    Case::new("delay_key_write", "", "ALTER TABLE t DELAY_KEY_WRITE=1"),
    Case::new("encryption", "", "ALTER TABLE t ENCRYPTION='N'").on_mysql(),
    Case::new("compression", "", "ALTER TABLE t COMPRESSION='zlib'").on_mysql(),
    Case::new("page compressed", "", "ALTER TABLE t PAGE_COMPRESSED=1").on_mariadb(),
    Case::new("autoextend", "", "ALTER TABLE t AUTOEXTEND_SIZE=4M").on_mysql(),
    Case::new("disable keys", "", "ALTER TABLE t DISABLE KEYS"),
    Case::new("empty", "", "ALTER TABLE t"),
    Case::new("myisam comment", "ALTER TABLE t ENGINE=MyISAM", "ALTER TABLE t COMMENT='x'"),
    Case::new("myisam to innodb", "ALTER TABLE t ENGINE=MyISAM", "ALTER TABLE t ENGINE=InnoDB"),
    Case::new("system versioning", "", "ALTER TABLE t ADD SYSTEM VERSIONING").on_mariadb(),
    Case::new("force table with virtual", "ALTER TABLE t ADD COLUMN n INT AS (a + 1) VIRTUAL", "ALTER TABLE t FORCE"),
    Case::new("comment and add column", "", "ALTER TABLE t COMMENT='x', ADD COLUMN n INT"),
];
