//! What the handlers of a block catch: condition names and SQLSTATE codes.

/// Condition names of errors that schema changes and the DML around them meet, with their codes.
const CONDITIONS: &[(&str, &str)] = &[
    ("feature_not_supported", "0A000"),
    ("cardinality_violation", "21000"),
    ("data_exception", "22000"),
    ("string_data_right_truncation", "22001"),
    ("numeric_value_out_of_range", "22003"),
    ("null_value_not_allowed", "22004"),
    ("invalid_datetime_format", "22007"),
    ("datetime_field_overflow", "22008"),
    ("division_by_zero", "22012"),
    ("invalid_parameter_value", "22023"),
    ("invalid_text_representation", "22P02"),
    ("integrity_constraint_violation", "23000"),
    ("restrict_violation", "23001"),
    ("not_null_violation", "23502"),
    ("foreign_key_violation", "23503"),
    ("unique_violation", "23505"),
    ("check_violation", "23514"),
    ("exclusion_violation", "23P01"),
    ("invalid_transaction_state", "25000"),
    ("active_sql_transaction", "25001"),
    ("dependent_privilege_descriptors_still_exist", "2B000"),
    ("dependent_objects_still_exist", "2BP01"),
    ("invalid_schema_name", "3F000"),
    ("invalid_catalog_name", "3D000"),
    ("with_check_option_violation", "44000"),
    ("syntax_error_or_access_rule_violation", "42000"),
    ("syntax_error", "42601"),
    ("insufficient_privilege", "42501"),
    ("cannot_coerce", "42846"),
    ("grouping_error", "42803"),
    ("invalid_foreign_key", "42830"),
    ("invalid_name", "42602"),
    ("name_too_long", "42622"),
    ("reserved_name", "42939"),
    ("datatype_mismatch", "42804"),
    ("indeterminate_datatype", "42P18"),
    ("collation_mismatch", "42P21"),
    ("wrong_object_type", "42809"),
    ("generated_always", "428C9"),
    ("undefined_column", "42703"),
    ("undefined_function", "42883"),
    ("undefined_table", "42P01"),
    ("undefined_parameter", "42P02"),
    ("undefined_object", "42704"),
    ("duplicate_column", "42701"),
    ("duplicate_cursor", "42P03"),
    ("duplicate_database", "42P04"),
    ("duplicate_function", "42723"),
    ("duplicate_schema", "42P06"),
    ("duplicate_table", "42P07"),
    ("duplicate_alias", "42712"),
    ("duplicate_object", "42710"),
    ("ambiguous_column", "42702"),
    ("ambiguous_function", "42725"),
    ("invalid_column_reference", "42P10"),
    ("invalid_column_definition", "42611"),
    ("invalid_function_definition", "42P13"),
    ("invalid_schema_definition", "42P15"),
    ("invalid_table_definition", "42P16"),
    ("invalid_object_definition", "42P17"),
    ("object_not_in_prerequisite_state", "55000"),
    ("object_in_use", "55006"),
    ("lock_not_available", "55P03"),
    ("unsafe_new_enum_value_usage", "55P04"),
    ("plpgsql_error", "P0000"),
    ("raise_exception", "P0001"),
];

/// The code of a condition name; one that is not known catches nothing that is foreseen.
pub(super) fn code_of(name: &str) -> Box<str> {
    if name == "others" {
        return OTHERS.into();
    }
    CONDITIONS.iter().find(|(known, _)| *known == name).map_or_else(|| name.into(), |(_, code)| (*code).into())
}

/// Stands for `OTHERS`.
const OTHERS: &str = "*";

/// Whether a handler for `condition` takes an error: its own, any of its class, or any at all.
pub(crate) fn catches(condition: &str, sqlstate: &str) -> bool {
    condition == OTHERS
        || condition == sqlstate
        || condition.strip_suffix("000").is_some_and(|class| class.len() == 2 && sqlstate.starts_with(class))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_take_errors() {
        for (condition, sqlstate, expected) in [
            ("others", "42P01", true),
            ("duplicate_object", "42710", true),
            ("duplicate_object", "42P07", false),
            ("syntax_error_or_access_rule_violation", "42P07", true),
            ("feature_not_supported", "0A000", true),
            ("no_such_condition", "42710", false),
        ] {
            assert_eq!(catches(&code_of(condition), sqlstate), expected, "{condition} {sqlstate}");
        }
    }
}
