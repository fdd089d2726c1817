//! Partitions. MariaDB takes any ALGORITHM for them, whatever it does.

use super::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("partition by", "", "ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 2"),
    Case::new("partitioned add column", "ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 2", "ALTER TABLE t ADD COLUMN n INT"),
    Case::new("partitioned drop column", "ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 2", "ALTER TABLE t DROP COLUMN c"),
    Case::new("partitioned add index", "ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 2", "ALTER TABLE t ADD INDEX i (c)"),
    Case::new("partitioned force", "ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 2", "ALTER TABLE t FORCE").on_mysql(),
    Case::new("remove partitioning", "ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 2", "ALTER TABLE t REMOVE PARTITIONING"),
    Case::new("add partition hash", "ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 2", "ALTER TABLE t ADD PARTITION PARTITIONS 1").on_mysql(),
    Case::new("add partition range", "ALTER TABLE t PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (1000))", "ALTER TABLE t ADD PARTITION (PARTITION p1 VALUES LESS THAN (2000))").on_mysql(),
    Case::new("drop partition", "ALTER TABLE t PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (2), PARTITION p1 VALUES LESS THAN (1000))", "ALTER TABLE t DROP PARTITION p0").on_mysql(),
    Case::new("truncate partition", "ALTER TABLE t PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (2), PARTITION p1 VALUES LESS THAN (1000))", "ALTER TABLE t TRUNCATE PARTITION p0").on_mysql(),
    Case::new("reorganize partition", "ALTER TABLE t PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (2), PARTITION p1 VALUES LESS THAN (1000))", "ALTER TABLE t REORGANIZE PARTITION p1 INTO (PARTITION p1 VALUES LESS THAN (500), PARTITION p2 VALUES LESS THAN (1000))").on_mysql(),
    Case::new("coalesce partition", "ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 3", "ALTER TABLE t COALESCE PARTITION 1").on_mysql(),
    Case::new("rebuild partition", "ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 3", "ALTER TABLE t REBUILD PARTITION p0").on_mysql(),
];
