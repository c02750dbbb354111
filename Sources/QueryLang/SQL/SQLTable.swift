public import ColumnStore

/// The tables of a store as a database declares them.
public enum SQLTable {
  /// Returns the statement that creates a table for rows of a schema: money as `DECIMAL(18, 4)`,
  /// instants in UTC with microseconds, and a column that may be null where the field is nullable.
  public static func definition(of schema: TableSchema, in dialect: SQLDialect) -> String {
    let columns = schema.fields.map { field in
      "  \(dialect.quoted(field.name)) \(type(field, dialect))"
    }
    let body =
      "CREATE TABLE \(dialect.quoted(schema.name)) (\n\(columns.joined(separator: ",\n"))\n)"
    switch dialect {
    case .duckdb: return body
    case .clickhouse:
      let keys = schema.primaryKey.map { dialect.quoted($0) }.joined(separator: ", ")
      return "\(body)\nENGINE = MergeTree ORDER BY (\(keys))"
    }
  }

  private static func type(_ field: Field, _ dialect: SQLDialect) -> String {
    switch dialect {
    case .duckdb:
      let name =
        switch field.type {
        case .int32: "INTEGER"
        case .int64: "BIGINT"
        case .float64: "DOUBLE"
        case .decimal: "DECIMAL(18, 4)"
        case .bool: "BOOLEAN"
        case .date: "DATE"
        case .timestamp: "TIMESTAMP"
        case .string: "VARCHAR"
        }
      return field.isNullable ? name : "\(name) NOT NULL"
    case .clickhouse:
      let name =
        switch field.type {
        case .int32: "Int32"
        case .int64: "Int64"
        case .float64: "Float64"
        case .decimal: "Decimal(18, 4)"
        case .bool: "Bool"
        case .date: "Date32"
        case .timestamp: "DateTime64(6, 'UTC')"
        case .string: "String"
        }
      return field.isNullable ? "Nullable(\(name))" : name
    }
  }
}
