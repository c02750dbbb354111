import CMandiKernels

/// Which instructions the kernels may use; every level gives the same answers.
public enum KernelLevel: Int32, Sendable, CaseIterable {
  /// What every processor has: the loops in Swift, which are the reference for the others.
  case portable = 0
  /// AVX2, BMI and BMI2.
  case avx2 = 1
  /// AVX-512 with its byte extensions.
  case avx512 = 2

  /// Tells whether this processor has the level.
  public var isSupported: Bool { mandi_level_is_supported(rawValue) }

  /// The levels of this processor, the portable one first.
  public static var supported: [KernelLevel] { allCases.filter(\.isSupported) }

  /// The level that the environment's `MANDI_KERNELS` asks for, or the best one without it.
  public static var ofEnvironment: KernelLevel {
    // Safe: the text is copied at once; a null pointer is no text.
    guard let text = unsafe mandi_wanted_level() else { return choice(wanted: nil) }
    return choice(wanted: unsafe String(cString: text))
  }

  /// Returns the level for a wish: `portable`, `avx2` or `avx512`.
  ///
  /// A level that the processor lacks becomes the best one below it. Any other text is no wish, and
  /// without a wish it is the best level that there is.
  static func choice(wanted: String?) -> KernelLevel {
    let limit = allCases.last { "\($0)" == wanted } ?? .avx512
    return supported.last { $0.rawValue <= limit.rawValue } ?? .portable
  }
}
