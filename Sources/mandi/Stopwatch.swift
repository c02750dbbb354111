import Foundation

/// Measures one repetition of a report: planning, scanning, and the CPU time of all threads.
struct Stopwatch {
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private let startCPU: clock_t
  private var planned: ContinuousClock.Instant
  private var scanned: ContinuousClock.Instant
  private var endCPU: clock_t

  /// Starts.
  init() {
    start = clock.now
    planned = start
    scanned = start
    startCPU = Foundation.clock()
    endCPU = startCPU
  }

  /// Ends the planning.
  mutating func endPlan() {
    planned = clock.now
    scanned = planned
  }

  /// Ends the scan and the finishing of the result.
  mutating func endScan() {
    scanned = clock.now
    endCPU = Foundation.clock()
  }

  /// The figures in milliseconds.
  var text: String {
    let cpu = Double(endCPU - startCPU) / Double(CLOCKS_PER_SEC) * 1_000
    return "plan \(milliseconds(planned - start))  scan \(milliseconds(scanned - planned))  "
      + "total \(milliseconds(scanned - start))  cpu \(milliseconds(cpu))"
  }

  private func milliseconds(_ duration: Duration) -> String {
    let parts = duration.components
    return milliseconds(Double(parts.seconds) * 1_000 + Double(parts.attoseconds) / 1e15)
  }

  private func milliseconds(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) ms"
  }
}
