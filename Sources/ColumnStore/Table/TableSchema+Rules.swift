extension TableSchema {
  /// The longest name of a table, a column or a dictionary, in bytes.
  static let nameLimit = 128

  /// Says what is wrong with a schema that a store cannot keep; nil when nothing is.
  var flaw: String? {
    guard Self.isName(name) else {
      return "the table name \"\(name)\" is not made of letters, digits and underscores"
    }
    guard !fields.isEmpty else { return "the table \(name) has no columns" }
    guard Set(fields.map(\.name)).count == fields.count else {
      return "the table \(name) has two columns of one name"
    }
    for field in fields {
      guard !field.name.isEmpty, field.name.utf8.count <= Self.nameLimit else {
        return "a column name of the table \(name) is empty or too long"
      }
      if let dictionary = field.dictionaryName, !Self.isName(dictionary) {
        return "the dictionary name \"\(dictionary)\" of column \(name).\(field.name) is not made "
          + "of letters, digits and underscores"
      }
    }
    return keyFlaw ?? versionFlaw
  }

  private var keyFlaw: String? {
    for key in primaryKey {
      guard let field = field(key) else { return "the key column \(name).\(key) does not exist" }
      guard !field.isNullable, field.type.isInteger || field.dictionaryName != nil else {
        return "the key column \(name).\(key) must be an integer or a dictionary text, never null"
      }
    }
    guard !primaryKey.isEmpty else { return "the table \(name) has no primary key" }
    for column in sortOrder {
      guard let field = field(column), field.type != .string || field.dictionaryName != nil else {
        return "the table \(name) cannot be sorted by \(column)"
      }
    }
    return nil
  }

  private var versionFlaw: String? {
    let versions = fields.filter { $0.role == .version }
    let fits = versions.allSatisfy { $0.type == .int64 || $0.type == .timestamp }
    guard versions.count <= 1, fits else {
      return "the table \(name) needs at most one version column, an int64 or a timestamp"
    }
    return nil
  }

  private static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= nameLimit
      && name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || $0 == 0x5F
      }
  }

  /// Says why a table of this schema cannot become one of another; nil when it can.
  func obstacle(to next: TableSchema) -> String? {
    guard primaryKey == next.primaryKey else { return "the primary key of \(name) cannot change" }
    for field in fields {
      guard let other = next.field(field.name) else {
        return "the column \(name).\(field.name) cannot be left out"
      }
      guard other.type == field.type,
        other.type != .string || other.textStorage == field.textStorage
      else { return "the column \(name).\(field.name) cannot change its type" }
      guard other.isNullable || !field.isNullable else {
        return "the column \(name).\(field.name) has nulls already"
      }
    }
    for field in next.fields where index(of: field.name) == nil && !field.isNullable {
      return "the new column \(name).\(field.name) must be nullable"
    }
    return nil
  }
}
