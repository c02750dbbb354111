/// A value that is given to a parameter from outside the text, and replaces its default.
///
/// A value is never read as part of a report: it becomes a constant of the declared type, or it is
/// refused.
public enum ParameterValue: Sendable, Hashable {
  /// A text, for a parameter of type STRING.
  case text(String)
  /// A whole number; for MONEY an amount in units of the model's currency.
  case integer(Int64)
  /// True or false.
  case bool(Bool)
  /// A day, in days since 1970.
  case date(Int32)
  /// The name of a metric or of a dimension.
  case name(String)
  /// A range of days since 1970, both ends included.
  case period(from: Int32, to: Int32)
  /// A value as a person writes it, such as `499 INR` or `last 90 days`, which is read by the
  /// declared type; for STRING it is the text itself.
  case written(String)
  /// Several values, for a parameter of a list type.
  case list([ParameterValue])
}
