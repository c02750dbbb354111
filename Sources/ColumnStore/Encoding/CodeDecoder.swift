/// Puts the codes of a page together again from its streams.
///
/// Whether the codes are inside the bounds of the block is the caller's to check.
struct CodeDecoder {
  private typealias Failure = PageDecoder.Failure

  let streams: PageStreams
  /// The first stream of the codes.
  let first: Int
  let coding: CodeCoding

  /// Returns `count` codes of a width; `start` is the code before the first distance.
  func decode(
    _ width: ColumnVector.CodeWidth,
    count: Int,
    from start: UInt64
  ) throws(PageDecoder.Failure) -> VectorBuffer {
    switch coding.form {
    case .plain: return try streams.buffer(first)
    case .planes: return try planes(width, count: count, at: first)
    case .delta:
      let deltas = try planes(coding.width, count: count, at: first)
      switch width {
      case .bits8: return sums(deltas, of: UInt8.self, count, start)
      case .bits16: return sums(deltas, of: UInt16.self, count, start)
      case .bits32: return sums(deltas, of: UInt32.self, count, start)
      case .bits64: return sums(deltas, of: UInt64.self, count, start)
      }
    case .palette:
      let places = try planes(coding.width, count: count, at: first)
      let next = first + Int(coding.width.rawValue)
      let palette = try planes(width, count: coding.entryCount, at: next)
      guard largest(places) < UInt64(coding.entryCount) else {
        throw Failure(reason: "a code is not in its palette")
      }
      switch width {
      case .bits8: return entries(places, palette, of: UInt8.self, count)
      case .bits16: return entries(places, palette, of: UInt16.self, count)
      case .bits32: return entries(places, palette, of: UInt32.self, count)
      case .bits64: return entries(places, palette, of: UInt64.self, count)
      }
    }
  }

  /// Merges the planes of codes.
  private func planes(
    _ width: ColumnVector.CodeWidth,
    count: Int,
    at place: Int
  ) throws(PageDecoder.Failure) -> VectorBuffer {
    var planes: [VectorBuffer] = []
    for number in 0..<Int(width.rawValue) { planes.append(try streams.buffer(place + number)) }
    switch width {
    case .bits8: return planes[0]
    case .bits16:
      return VectorBuffer.writing(count, of: UInt16.self) { codes in
        planes[0].withSpan(of: UInt8.self) { low in
          planes[1].withSpan(of: UInt8.self) { PlaneKernel.merge(low, $0, into: &codes) }
        }
      }
    case .bits32:
      return VectorBuffer.writing(count, of: UInt32.self) { codes in
        planes[0].withSpan(of: UInt8.self) { first in
          planes[1].withSpan(of: UInt8.self) { second in
            planes[2].withSpan(of: UInt8.self) { third in
              planes[3].withSpan(of: UInt8.self) { fourth in
                PlaneKernel.merge(first, second, third, fourth, into: &codes)
              }
            }
          }
        }
      }
    case .bits64:
      return VectorBuffer.writing(count, of: UInt64.self) { codes in
        for row in codes.indices { codes[row] = 0 }
        for (place, plane) in planes.enumerated() {
          plane.withSpan(of: UInt8.self) { PlaneKernel.add($0, at: place, to: &codes) }
        }
      }
    }
  }

  private func sums<Code: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ deltas: VectorBuffer,
    of type: Code.Type,
    _ count: Int,
    _ start: UInt64
  ) -> VectorBuffer {
    let start = Code(truncatingIfNeeded: start)
    return VectorBuffer.writing(count, of: type) { codes in
      switch coding.width {
      case .bits8:
        deltas.withSpan(of: UInt8.self) { PlaneKernel.sum($0, from: start, into: &codes) }
      case .bits16:
        deltas.withSpan(of: UInt16.self) { PlaneKernel.sum($0, from: start, into: &codes) }
      case .bits32:
        deltas.withSpan(of: UInt32.self) { PlaneKernel.sum($0, from: start, into: &codes) }
      case .bits64:
        deltas.withSpan(of: UInt64.self) { PlaneKernel.sum($0, from: start, into: &codes) }
      }
    }
  }

  private func entries<Code: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ places: VectorBuffer,
    _ palette: VectorBuffer,
    of type: Code.Type,
    _ count: Int
  ) -> VectorBuffer {
    VectorBuffer.writing(count, of: type) { codes in
      palette.withSpan(of: type) { palette in
        switch coding.width {
        case .bits8:
          places.withSpan(of: UInt8.self) { PlaneKernel.gather($0, in: palette, into: &codes) }
        case .bits16:
          places.withSpan(of: UInt16.self) { PlaneKernel.gather($0, in: palette, into: &codes) }
        case .bits32, .bits64:
          places.withSpan(of: UInt32.self) { PlaneKernel.gather($0, in: palette, into: &codes) }
        }
      }
    }
  }

  private func largest(_ places: VectorBuffer) -> UInt64 {
    switch coding.width {
    case .bits8: places.withSpan(of: UInt8.self) { UInt64(PlaneKernel.largest($0)) }
    case .bits16: places.withSpan(of: UInt16.self) { UInt64(PlaneKernel.largest($0)) }
    case .bits32, .bits64: places.withSpan(of: UInt32.self) { UInt64(PlaneKernel.largest($0)) }
    }
  }
}
