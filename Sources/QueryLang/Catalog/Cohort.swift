/// Members of an entity grouped by when their first event was.
public struct Cohort: Sendable, Hashable {
  /// The name.
  public var name: String
  /// What people call it.
  public var label: String
  /// The dimension whose members it groups.
  public var entity: String
  /// The fact whose first row is the entry; nil where the model does not say.
  public var fact: String?
  /// The column of the entity's table with the day of the entry.
  public var dateColumn: String
  /// The column of the entity's table with the instant of the entry, where there is one.
  public var instantColumn: String?
  /// The metric that counts as activity; nil where the model does not say.
  public var activity: String?
  /// The dimensions that show the entry, in the order of the model.
  public var dimensions: [String]
  /// Where the model file defines it.
  var origin: CatalogOrigin
}
