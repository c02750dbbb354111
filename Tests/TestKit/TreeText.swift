/// A value as text with all that it holds, but without places in the source, so that the trees of
/// texts that are spaced in different ways can be compared.
public enum TreeText {
  /// Returns the text of a value.
  public static func of(_ value: Any) -> String {
    if "\(type(of: value))" == "SourceSpan" { return "·" }
    let mirror = Mirror(reflecting: value)
    guard !mirror.children.isEmpty else { return "\(value)" }
    let parts = mirror.children.map { ($0.label ?? "") + ":" + of($0.value) }
    return "\(type(of: value))(" + parts.joined(separator: ",") + ")"
  }
}
