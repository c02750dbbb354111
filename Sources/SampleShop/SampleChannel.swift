/// A channel that the sample writes files for; the raw value names its folder and its rows in the truth.
enum SampleChannel: String, CaseIterable {
  case amazon
  case shopify
  case zepto

  /// Keeps the channels' random sequences apart.
  var stream: UInt64 {
    switch self {
    case .amazon: 1
    case .shopify: 2
    case .zepto: 3
    }
  }
}
