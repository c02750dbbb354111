extension ModelMapping {
  private static let label = ModelKey("label", .text, "What people call it")
  private static let description = ModelKey("description", .text, "What it means, in a sentence")
  private static let aka = ModelKey("aka", .texts, "Other names for it")
  private static let hidden = ModelKey("hidden", .flag, "Whether listings leave it out")

  static let modelKeys = [
    ModelKey.required("mandi", .version, "The version of the file format"),
    ModelKey("model", .text, "The name of the model"),
    ModelKey("defaults", .mapping(.defaults), "What a report means where it does not say"),
    ModelKey("calendars", .definitions(.calendar), "Weeks and fiscal years"),
    ModelKey("periods", .definitions(.period), "Ranges of days with names"),
    ModelKey("tables", .definitions(.table), "Tables of the store, and tables of its own"),
    ModelKey("dimensions", .definitions(.dimension), "What rows are grouped and filtered by"),
    ModelKey("facts", .definitions(.fact), "Tables of events and of daily figures"),
    ModelKey("metrics", .definitions(.metric), "What can be measured"),
    ModelKey("cohorts", .definitions(.cohort), "Members by when their first event was"),
    ModelKey("segments", .definitions(.segment), "Conditions on members, with names"),
    ModelKey("parameters", .definitions(.parameter), "Values that come from outside"),
    ModelKey("limits", .mapping(.limits), "How large a result may be"),
    ModelKey("targets", .definitions(.target), "What metrics should come to"),
    ModelKey("policies", .list(.policy), "What roles can let their users see"),
    .later("currencies"), .later("bridges"),
  ]

  static let defaultsKeys = [
    ModelKey("timezone", .text, "The time zone of reports, such as Asia/Kolkata"),
    ModelKey("currency", .text, "The currency of amounts, such as INR"),
    ModelKey("calendar", .text, "The calendar of weeks and fiscal years"),
    ModelKey("period", .text, "The range of a report without a date clause"),
    ModelKey("week_start", .word(weekdays), "The first day of a week"),
  ]

  static let calendarKeys = [
    ModelKey("fiscal_year_start", .text, "The first day of a fiscal year, such as 04-01"),
    ModelKey("fiscal_year_label", .word(["start", "end"]), "The year that names a fiscal year"),
    ModelKey("week_start", .word(weekdays), "The first day of a week"),
    ModelKey(
      "pattern",
      .word(FiscalTable.Pattern.allCases.map(\.rawValue)),
      "The weeks of the months of a quarter, in a retail calendar"
    ),
    ModelKey("starts", .dates, "The first days of its years, and the day after the last year"),
    .later("table"),
  ]

  static let periodKeys = [
    ModelKey.required("from", .date, "The first day"),
    ModelKey.required("to", .date, "The last day"), label,
  ]

  static let tableKeys = [
    ModelKey("source", .text, "The stored table, where its name differs"),
    ModelKey("primary_key", .texts, "The columns that identify a row"),
    ModelKey("columns", .definitions(.tableColumn), "The columns of a table of the model's own"),
    ModelKey("sort", .texts, "The columns that rows are sorted by"), .later("valid"),
  ]

  static let tableColumnKeys = [
    ModelKey.required(
      "type",
      .word(CatalogReader.columnTypes.keys.sorted()),
      "How values are stored"
    ),
    ModelKey("nullable", .flag, "Whether a row may lack a value"),
  ]

  static let dimensionKeys = [
    ModelKey("type", .word(typeWords + ["text"]), "The type of its values"), label, description,
    aka, hidden, ModelKey("table", .text, "The table that holds its members"),
    ModelKey("key", .text, "The column of the table by which facts find a member"),
    ModelKey("column", .text, "The column that people see"),
    ModelKey("label_column", .text, "A column with other names for the members"),
    ModelKey("of", .text, "The dimension of whose members it is an attribute"),
    ModelKey("order_by", .text, "A column of its table that orders the members"),
    ModelKey("values", .texts, "The known values"),
    ModelKey("expr", .text, "A row expression that gives its values"),
    ModelKey("only", .texts, "The facts that have the columns of the expression"),
    ModelKey("entity", .flag, "Whether it is someone who acts, such as a customer"),
    ModelKey("parents", .texts, "The dimensions that are coarser"),
  ]

  static let factKeys = [
    ModelKey.required("source", .mapping(.factSource), "The stored table"),
    ModelKey("kind", .word(Fact.Kind.allCases.map(\.rawValue)), "What one row is"),
    ModelKey("grain", .texts, "The columns that identify a row"),
    ModelKey.required("date", .mapping(.factDate), "The report date"),
    ModelKey("other_dates", .texts, "Columns with other dates of the row"),
    ModelKey("recorded_from", .date, "The first day that was recorded"),
    ModelKey("covers", .lists, "The members of dimensions that it has rows of"),
    ModelKey("columns", .definitions(.factColumn), "The columns with their meaning"),
    ModelKey("relations", .textsOrMappings(.relation), "How a row finds members of dimensions"),
    label, description, .later("complete_through"), .later("snapshot"),
  ]

  static let factSourceKeys = [
    ModelKey.required("table", .text, "A table of the store"),
    ModelKey("clickhouse", .text, "Its counterpart in ClickHouse"),
  ]

  static let factDateKeys = [
    ModelKey.required("column", .text, "The column of the day"),
    ModelKey("type", .word(["date"]), "The type of the column"),
    ModelKey("instant", .text, "The column of the instant"),
    ModelKey("zone", .text, "The time zone of the day"),
  ]

  static let factColumnKeys = [
    ModelKey.required("type", .word(typeWords + ["text"]), "The type of its values"),
    ModelKey("currency", .text, "The currency of its amounts"),
    ModelKey("currency_column", .text, "The column with the currency of each amount"),
    ModelKey("unit", .text, "What its numbers count, such as hours"),
    ModelKey("dimension", .flag, "Whether it is a dimension of its own too"), label,
  ]

  static let relationKeys = [
    ModelKey("column", .text, "The column by which a member is found"),
    ModelKey("columns", .texts, "The columns by which a member is found"),
    ModelKey("missing", .word(["none"]), "What a row without a key belongs to"), .later("as_of"),
  ]

  static let metricKeys = [
    label, description, ModelKey("owner", .text, "Who answers for it"), aka, hidden,
    ModelKey("format", .text, "A spreadsheet pattern for its values"),
    ModelKey("type", .word(typeWords + ["text"]), "The type of its values"),
    ModelKey("empty", .word(["zero", "null"]), "Its value where there are no rows"),
    ModelKey("expr", .text, "An expression over other metrics"),
    ModelKey("fact", .text, "The fact whose rows are aggregated"),
    ModelKey("agg", .word(aggregateWords), "How rows are aggregated"),
    ModelKey("column", .text, "The column that is aggregated"),
    ModelKey("key", .text, "The dimension whose members are counted"),
    ModelKey("where", .text, "A condition on the rows that count"), .later("over_time"),
  ]

  static let cohortKeys = [
    ModelKey.required("entity", .text, "The dimension whose members are grouped"),
    ModelKey.required("enter", .mapping(.cohortEntry), "The event by which a member enters"),
    ModelKey("activity", .text, "The metric that counts as activity"),
    ModelKey("expose", .words(cohortGrains + ["instant"]), "Dimensions that show the entry"),
    label,
  ]

  static let cohortEntryKeys = [
    ModelKey("fact", .text, "The fact of the event"),
    ModelKey("at", .word(["first"]), "Which event counts"),
    ModelKey.required("date", .text, "The column with the day of the event"),
    ModelKey("instant", .text, "The column with the instant of the event"), .later("tie_break"),
  ]

  static let segmentKeys = [
    ModelKey.required("of", .text, "The dimension whose members it picks"),
    ModelKey.required("where", .text, "A condition on the dimension and its attributes"),
    label, description,
  ]

  static let parameterKeys = [
    ModelKey.required("type", .word(parameterTypes), "What it stands for"),
    ModelKey("in", .texts, "The values that are admitted"),
    ModelKey("values_of", .text, "The dimension whose members are admitted"),
    ModelKey("default", .texts, "Its value where none is given, or any"), label, description,
  ]

  static let targetKeys = [
    ModelKey.required("source", .text, "The table with the targets"),
    ModelKey.required("date", .text, "The column with a day of the period of a target"),
    ModelKey.required("grain", .texts, "One grain, and the dimensions that targets are for"),
    ModelKey.required("metrics", .namedTexts, "The column of each metric"),
    ModelKey("columns", .namedTexts, "The columns of the dimensions, where they differ in name"),
    ModelKey("currency", .text, "The currency of its amounts, such as INR"), label,
  ]

  static let policyKeys = [
    ModelKey.required("name", .text, "The name by which roles refer to it"),
    ModelKey("rows", .text, "A condition on rows, with $attributes of the user"),
    ModelKey("attributes", .words(attributeTypes), "The types of the user's attributes"),
    ModelKey("deny_metrics", .texts, "Metrics that are unknown to the user"),
    ModelKey("deny_dimensions", .texts, "Dimensions that are unknown to the user"),
    ModelKey(
      "facts_without_dimension",
      .word(PolicyTemplate.Lacking.allCases.map(\.rawValue)),
      "What becomes of facts that lack what rows are tested by"
    ),
    ModelKey("mandatory", .flag, "Whether it restricts what other policies let through"),
    description, .later("applies_to"),
  ]

  static let limitsKeys = [
    ModelKey("max_rows", .count, "Rows of one result"),
    ModelKey("max_cells", .count, "Cells that FILL may create"),
    ModelKey("max_pivot_columns", .count, "Columns that PIVOT may make"),
    .later("timeout_seconds"),
  ]
}
