/// A file with the data set that it belongs to.
struct RecognisedFile {
  let channel: ChannelDefinition
  /// The variant that fits, with the name of its data set.
  let dataset: DatasetDefinition
  let header: FileHeader
  let dialect: CSVDecoder.Dialect
}

/// Finds out by its headers which data set a file belongs to; its name is not asked.
struct Recognition {
  private struct Candidate {
    let channel: ChannelDefinition
    let dataset: DatasetDefinition

    var name: String { "\(channel.name).\(dataset.name)" }
  }

  /// One way to cut the top of the file, with its rows.
  private struct Attempt {
    let dialect: CSVDecoder.Dialect
    let page: DecodedPage
    let headers: [Set<String>]
  }

  private let path: String
  private let attempts: [Attempt]

  /// Looks at the top of a file.
  init(path: String, top: FileTop) {
    self.path = path
    let isWhole = top.byteCount <= IngestLimits.headBytes
    attempts = Recognition.dialects(in: top.text).compactMap { dialect in
      let page = Recognition.rows(of: top.text, dialect: dialect, isWhole: isWhole)
      guard page.rowCount > 0 else { return nil }
      let headers = (0..<page.rowCount).map { row in
        Set(Recognition.names(of: page, row: row).map(HeaderText.normalised))
      }
      return Attempt(dialect: dialect, page: page, headers: headers)
    }
  }

  /// The delimiters that the top of the file has, the most frequent first.
  private static func dialects(in head: [UInt8]) -> [CSVDecoder.Dialect] {
    let delimiters: [UInt8] = [0x09, 0x2C, 0x3B, 0x7C]
    let counts = delimiters.map { delimiter in head.reduce(0) { $0 + ($1 == delimiter ? 1 : 0) } }
    let order = delimiters.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }
    return order.map { index in
      delimiters[index] == 0x09
        ? .tab : CSVDecoder.Dialect(delimiter: delimiters[index], isQuoted: true)
    }
  }

  private static func rows(
    of head: [UInt8],
    dialect: CSVDecoder.Dialect,
    isWhole: Bool
  ) -> DecodedPage {
    // What is wrong with the rest of the file is told when it is read; the rows before count.
    let shape = CSVDecoder.Shape.ragged(rowLimit: IngestLimits.headerLines)
    let block = ByteBlock(unpadded: head, isLast: isWhole, bytesRead: head.count)
    var page = CSVDecoder(dialect: dialect, shape: shape).decode(block).page
    for row in page.lines.indices { page.lines[row] += 1 }
    return page
  }

  private static func names(of page: DecodedPage, row: Int) -> [String] {
    var names = (0..<page.fieldCount(row: row)).map { page.text(row: row, column: $0) }
    while let last = names.last, last.isEmpty { names.removeLast() }
    return names
  }

  /// Finds the data set.
  ///
  /// - Parameters:
  ///   - asked: The channels and data sets that come into question.
  ///   - others: Channels that are named when the file is one of theirs.
  ///   - dataset: The only data set that comes into question, or nil.
  /// - Returns: The file with its data set, its header and its dialect.
  /// - Throws: `IngestError.wrongChannel`, `.unknownColumns`, `.ambiguous` or `.empty`.
  func recognise(
    among asked: [ChannelDefinition],
    others: [ChannelDefinition],
    dataset: String?
  ) throws(IngestError) -> RecognisedFile {
    guard !attempts.isEmpty else { throw .empty(path: path) }
    let candidates = Recognition.candidates(asked, dataset: dataset)
    if let match = try best(among: candidates) { return match }
    let strangers = Recognition.candidates(asked + others, dataset: nil)
    if let stranger = try best(among: strangers) {
      let wanted = candidates.map(\.name)
      throw .wrongChannel(
        path: path,
        asked: wanted.joined(separator: " or "),
        found: "\(stranger.channel.name).\(stranger.dataset.name)"
      )
    }
    throw unknown(candidates)
  }

  private static func candidates(_ channels: [ChannelDefinition], dataset: String?) -> [Candidate] {
    channels.flatMap { channel in
      channel.datasets.compactMap { known in
        guard dataset == nil || dataset == known.name else { return nil }
        return Candidate(channel: channel, dataset: known)
      }
    }
  }

  private func best(among candidates: [Candidate]) throws(IngestError) -> RecognisedFile? {
    var best: [(file: RecognisedFile, score: Int, name: String)] = []
    for candidate in candidates {
      guard let (file, score) = match(candidate) else { continue }
      if let first = best.first, first.score > score { continue }
      if let first = best.first, first.score < score { best = [] }
      best.append((file, score, candidate.name))
    }
    guard best.count > 1 else { return best.first?.file }
    throw .ambiguous(path: path, candidates: best.map(\.name))
  }

  /// The most demanding generation of a data set that the file satisfies.
  private func match(_ candidate: Candidate) -> (RecognisedFile, Int)? {
    let generations = [candidate.dataset] + candidate.dataset.variants
    let demanding = generations.sorted { $0.recognised.count > $1.recognised.count }
    for dataset in demanding {
      let wanted = Set(dataset.recognised.map(HeaderText.normalised))
      for attempt in attempts {
        guard let header = header(of: dataset, wanted: wanted, in: attempt) else { continue }
        let file = RecognisedFile(
          channel: candidate.channel,
          dataset: dataset,
          header: header,
          dialect: attempt.dialect
        )
        return (file, wanted.count)
      }
    }
    return nil
  }

  private func header(
    of dataset: DatasetDefinition,
    wanted: Set<String>,
    in attempt: Attempt
  ) -> FileHeader? {
    switch dataset.file.header {
    case .none(let names):
      guard attempt.page.fieldCount(row: 0) == names.count else { return nil }
      return FileHeader(names: names, line: 0)
    case .auto, .line:
      for (row, names) in attempt.headers.enumerated() where wanted.isSubset(of: names) {
        let line = Int(attempt.page.lines[row])
        if case .line(let wantedLine) = dataset.file.header, wantedLine != line { continue }
        return FileHeader(names: Recognition.names(of: attempt.page, row: row), line: line)
      }
      return nil
    }
  }

  /// The data set with the most headers in common, and what differs.
  private func unknown(_ candidates: [Candidate]) -> IngestError {
    var best: (candidate: Candidate, attempt: Attempt, row: Int, share: Double)?
    for candidate in candidates {
      let wanted = Set(candidate.dataset.recognised.map(HeaderText.normalised))
      for attempt in attempts {
        for (row, names) in attempt.headers.enumerated() {
          let common = wanted.intersection(names).count
          let share = Double(common) / Double(max(1, wanted.count))
          if share > best?.share ?? -1 { best = (candidate, attempt, row, share) }
        }
      }
    }
    guard let best else { return .empty(path: path) }
    let dataset = best.candidate.dataset
    let found = best.attempt.headers[best.row]
    let uses = dataset.columns.flatMap(\.rule.headers) + dataset.recognised + dataset.known
    let known = Set(uses.map(HeaderText.normalised))
    let names = Recognition.names(of: best.attempt.page, row: best.row)
    return .unknownColumns(
      path: path,
      nearest: best.candidate.name,
      missing: dataset.recognised.filter { !found.contains(HeaderText.normalised($0)) },
      unexpected: names.filter { name in
        let normalised = HeaderText.normalised(name)
        return !normalised.isEmpty && !known.contains(normalised)
      }
    )
  }
}
