public import ColumnStore

/// The surroundings of a report that are no part of its text.
public struct ReportContext: Sendable {
  /// The day that counts as today in the model's zone, in days since 1970.
  public var today: Int32
  /// The instant that counts as now, in microseconds since 1970 UTC, from which today follows in
  /// other zones; nil where today is one day everywhere.
  public var now: Int64?
  /// The offsets of the report's time zone; nil for those that the model's zone is known to have.
  public var zone: ZoneOffsets?
  /// Where the offsets of other zones come from.
  public var zones: ZoneSource
  /// Values of the script's parameters by name, which replace their defaults; case does not matter.
  public var parameters: [String: ParameterValue]
  /// What the workspace shares.
  public var definitions: [SharedDefinition] = []
  /// Whether the script may change what the workspace shares.
  public var sharing = SharingRight.denied

  /// Makes a context.
  public init(
    today: Int32,
    now: Int64? = nil,
    zone: ZoneOffsets? = nil,
    zones: ZoneSource? = nil,
    parameters: [String: ParameterValue] = [:]
  ) {
    self.today = today
    self.now = now
    self.zone = zone
    self.zones = zones ?? .known
    self.parameters = parameters
  }
}

/// Reads and binds scripts of the report language.
public enum Report {
  /// Prepares a script: reads it, settles its names, types and dates, and needs no data for it.
  ///
  /// What is wrong with the text is in the diagnostics of the prepared script.
  public static func prepare(
    _ text: String,
    name: String?,
    catalog: Catalog,
    context: ReportContext
  ) -> PreparedScript {
    let source = SourceText(text, name: name)
    let (script, problems) = ReportParser.parse(source)
    var binder = Binder(catalog, source, context)
    let statements = binder.statements(script)
    return PreparedScript(
      source: source,
      diagnostics: PreparedScript.merged(problems, binder.diagnostics),
      catalog: binder.catalog,
      zone: context.zone ?? KnownZones.offsets(of: catalog.defaults.timezone) ?? ZoneOffsets(),
      statements: statements
    )
  }
}

/// A script that was read and bound.
public struct PreparedScript: Sendable {
  /// The text.
  public let source: SourceText
  /// What is wrong with the text or worth knowing, sorted by place.
  public let diagnostics: [Diagnostic]
  let catalog: Catalog
  let zone: ZoneOffsets
  let statements: [BoundStatement]

  /// The most diagnostics that a script gets.
  static let maximumDiagnostics = 20

  /// Whether the script has no error.
  public var isRunnable: Bool { !diagnostics.contains { $0.severity == .error } }

  /// Runs every statement on one snapshot, in order; what the workspace shares is changed in
  /// `definitions`.
  ///
  /// - Throws: `ReportError` when the script has errors, the store cannot answer, the data does not
  ///   allow the answer, or a shared definition was changed by somebody else.
  public func run(
    on backend: any ScanBackend,
    policy: AccessPolicy,
    limits: ScanLimits,
    definitions: (any DefinitionStore)? = nil
  ) async throws(ReportError) -> [StatementResult] {
    guard isRunnable else { throw .notRunnable }
    let run = ReportRun(
      catalog: catalog,
      backend: backend,
      policy: policy,
      limits: limits,
      zone: zone
    )
    var results: [StatementResult] = []
    for statement in statements {
      switch statement {
      case .report(let report), .values(let report):
        results.append(.report(try await run.answer(report)))
      case .explain(let report):
        results.append(.plan(PlanPrinter.text(try run.plan(report))))
      case .explainSQL(let report):
        guard case .unrestricted = policy.scope else {
          throw .refused(
            Diagnostic(
              DiagnosticID(.error, 7003),
              "the SQL of a report is shown to those only who may see all rows",
              at: report.columns.first?.span ?? SourceSpan(start: 0, end: 0),
              label: "write EXPLAIN PLAN"
            )
          )
        }
        results.append(.plan(try sql(of: report, .clickhouse, policy).description))
      case .listing(var listing):
        listing.header.snapshot = backend.snapshotVersion
        results.append(.report(listing))
      case .defined(let text): results.append(.defined(text))
      case .shared(let change, let text):
        try PreparedScript.apply(change, to: definitions)
        results.append(change.definition == nil ? .dropped(text) : .defined(text))
      }
    }
    return results
  }

  private static func apply(
    _ change: DefinitionChange,
    to definitions: (any DefinitionStore)?
  ) throws(ReportError) {
    let start = SourceSpan(start: 0, end: 0)
    guard let definitions else {
      let message = "shared definitions cannot be kept here"
      throw .refused(Diagnostic(DiagnosticID(.error, 7002), message, at: start))
    }
    do throws(DefinitionStoreError) {
      try definitions.apply(change)
    } catch {
      switch error {
      case .conflict:
        throw .refused(Diagnostic(DiagnosticID(.error, 2210), error.description, at: start))
      case .unwritable:
        throw .refused(Diagnostic(DiagnosticID(.error, 2208), error.description, at: start))
      case .store(let error): throw .store(error)
      case .damaged: throw .engine(error.description)
      }
    }
  }

  /// The diagnostics of reading and binding by place, one for each span, errors before others.
  static func merged(_ read: [Diagnostic], _ bound: [Diagnostic]) -> [Diagnostic] {
    var seen: Set<SourceSpan> = []
    var merged: [Diagnostic] = []
    for diagnostic in read + bound where seen.insert(diagnostic.span).inserted {
      merged.append(diagnostic)
    }
    let ordered = merged.enumerated().sorted {
      ($0.element.span.start, $0.element.span.end, $0.offset)
        < ($1.element.span.start, $1.element.span.end, $1.offset)
    }
    return ordered.prefix(maximumDiagnostics).map(\.element)
  }
}

/// What a statement came to.
public enum StatementResult: Sendable, Equatable {
  /// The answer of a report or a listing.
  case report(ReportResult)
  /// A plan as text.
  case plan(String)
  /// What was defined.
  case defined(String)
  /// What is shared no more.
  case dropped(String)
}

/// Time zones without changes of their offset since the days of marketplaces.
enum KnownZones {
  private static let hours: [String: Double] = [
    "UTC": 0, "Etc/UTC": 0, "Asia/Kolkata": 5.5, "Asia/Calcutta": 5.5, "Asia/Dubai": 4,
    "Asia/Singapore": 8, "Asia/Kathmandu": 5.75, "Asia/Dhaka": 6, "Asia/Colombo": 5.5,
  ]

  /// The names of the zones, in alphabetical order.
  static let names = hours.keys.sorted()

  /// The offsets of a zone, or nil when they are not known here.
  static func offsets(of name: String) -> ZoneOffsets? {
    hours[name].map { ZoneOffsets(offsets: [Int32($0 * 3600)]) }
  }
}
