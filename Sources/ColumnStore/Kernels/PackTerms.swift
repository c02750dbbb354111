import CMandiKernels

/// What the rows of a strip add to one packed word: a constant, and a multiple of each column's code
/// where the row's bit is set.
@safe
struct PackTerms {
  /// Words of a bitmap over the rows that are packed at once.
  static let maskWords = PackKernel.stride / 64

  /// A multiple of a column's codes.
  private struct Term {
    /// The codes and their width in bytes; nil for the multiplier itself.
    let codes: (slice: CodeSlice, width: Int)?
    let multiplier: UInt64
    /// The number of the bitmap; nil for all rows.
    let mask: Int?
  }

  /// What every row adds.
  var start: UInt64 = 0
  private var terms: [Term] = []
  /// The same terms for the kernels in C; the slices in `terms` keep the memory.
  // Safe: only read by kernels during a call in which `terms` is kept.
  private var native: [mandi_term] = unsafe []

  /// Adds a term: a multiple of codes of 1, 2, 4 or 8 bytes, or without codes a constant.
  mutating func add(
    _ codes: (slice: CodeSlice, width: Int)?,
    times multiplier: UInt64,
    mask: Int?
  ) {
    terms.append(Term(codes: codes, multiplier: multiplier, mask: mask))
    // Safe: `terms` keeps the slice, and so its memory, as long as this value lives.
    unsafe native.append(
      mandi_term(
        codes: codes?.slice.address,
        multiplier: multiplier,
        width: Int32(codes?.width ?? 0),
        mask: Int32(mask ?? -1)
      )
    )
  }

  /// Writes the words of `count` rows from `first` on.
  ///
  /// `first` is a multiple of 64, and there are at most `PackKernel.stride` rows. Bitmaps have
  /// `maskWords` words each and begin with the first row.
  func pack(
    first: Int,
    count: Int,
    masks: Span<UInt64>,
    into sums: inout MutableSpan<UInt64>,
    at level: KernelLevel
  ) {
    precondition(first >= 0 && count <= PackKernel.stride && sums.count >= count, "a word each row")
    for term in terms {
      if let codes = term.codes {
        precondition(codes.slice.byteCount >= (first + count) * codes.width, "a code for every row")
      }
      if let mask = term.mask {
        precondition((mask + 1) * PackTerms.maskWords <= masks.count, "a bitmap for every mask")
      }
    }
    if level == .portable {
      GatherKernel.fill(&sums, with: start, count: count)
      for term in terms { add(term, first: first, count: count, masks: masks, to: &sums) }
      return
    }
    // Safe: codes, bitmaps and words are there for all rows; checked above. The slices outlive the
    // call, since `terms` has them.
    withExtendedLifetime(terms) {
      unsafe native.withUnsafeBufferPointer { terms in
        unsafe masks.withUnsafeBufferPointer { masks in
          unsafe sums.withUnsafeMutableBufferPointer { sums in
            unsafe mandi_pack(
              level.rawValue,
              terms.baseAddress,
              terms.count,
              masks.baseAddress,
              start,
              first,
              count,
              sums.baseAddress
            )
          }
        }
      }
    }
  }

  private func add(
    _ term: Term,
    first: Int,
    count: Int,
    masks: Span<UInt64>,
    to sums: inout MutableSpan<UInt64>
  ) {
    let begin = (term.mask ?? 0) * PackTerms.maskWords
    let words = masks.extracting(begin..<(begin + (term.mask == nil ? 0 : PackTerms.maskWords)))
    let rows = first..<(first + count)
    let multiplier = term.multiplier
    guard let (slice, width) = term.codes else {
      PackKernel.add(multiplier, valid: words, count: count, to: &sums)
      return
    }
    switch width {
    case 1:
      slice.withSpan(of: UInt8.self) {
        PackKernel.add($0.extracting(rows), multiplier, valid: words, count: count, to: &sums)
      }
    case 2:
      slice.withSpan(of: UInt16.self) {
        PackKernel.add($0.extracting(rows), multiplier, valid: words, count: count, to: &sums)
      }
    case 4:
      slice.withSpan(of: UInt32.self) {
        PackKernel.add($0.extracting(rows), multiplier, valid: words, count: count, to: &sums)
      }
    default:
      slice.withSpan(of: UInt64.self) {
        PackKernel.add($0.extracting(rows), multiplier, valid: words, count: count, to: &sums)
      }
    }
  }
}
