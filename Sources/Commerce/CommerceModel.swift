/// The default semantic model: which questions the canonical tables answer, and by what names.
public enum CommerceModel {
  /// The name of the file, for messages.
  public static let fileName = "commerce.yaml"

  /// The text of the model, as YAML.
  public static var text: String {
    String(decoding: PackageResources.commerce_yaml, as: UTF8.self)
  }
}
