/// An integer as a kernel meets it: a stored code (unsigned, narrow) or a computed value (`Int64`).
///
/// `value = base + multiplier * code` in wrapping arithmetic; computed values have base 0 and
/// multiplier 1. The conforming types are the only ones, so every generic kernel is specialised
/// inside this module.
protocol LaneCode: FixedWidthInteger, BitwiseCopyable, Sendable {}

extension UInt8: LaneCode {}
extension UInt16: LaneCode {}
extension UInt32: LaneCode {}
extension UInt64: LaneCode {}
extension Int64: LaneCode {}
