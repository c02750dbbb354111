import ColumnStore
import Commerce

/// Collects the listings and places that the rows of one file name, and writes each once.
struct DimensionLedger {
  private var listings: [String: CanonicalPage.Listing] = [:]
  private var places: [String: PlaceName] = [:]

  /// Takes what a page says; a title beats none, then the newer version, then the greater title.
  mutating func add(_ page: CanonicalPage) {
    places.merge(page.places) { known, _ in known }
    listings.merge(page.listings) { known, new in
      if (known.title == nil) != (new.title == nil) { return known.title == nil ? new : known }
      if known.version != new.version { return known.version < new.version ? new : known }
      return (known.title ?? "") < (new.title ?? "") ? new : known
    }
  }

  /// Writes the channel and everything collected.
  func write(
    channel: ChannelDefinition,
    to transaction: WriteTransaction
  ) throws(StoreError) {
    _ = try transaction.upsert(Self.row(of: channel), into: CommerceTables.channel.name)
    if !listings.isEmpty {
      let batch = listingBatch(channel: channel.name)
      _ = try transaction.upsert(batch, into: CommerceTables.product.name)
    }
    if !places.isEmpty {
      _ = try transaction.upsert(placeBatch(), into: CommerceTables.place.name)
    }
  }

  private static func row(of channel: ChannelDefinition) -> RowBatch {
    let values = [
      "channel": channel.name, "label": channel.label, "kind": channel.kind.rawValue,
      "timezone": channel.timeZone, "currency": channel.currency,
      "value_basis": channel.valueBasis.rawValue, "evidence": channel.evidence,
    ]
    return RowBatch(columns: values.mapValues { texts([$0]) }, rowCount: 1)
  }

  private func listingBatch(channel: String) -> RowBatch {
    let sorted = listings.sorted { $0.key < $1.key }
    let columns: [String: RowBatch.Column] = [
      "product": Self.texts(sorted.map(\.key)),
      "channel": Self.texts(sorted.map { _ in channel }),
      "sku": Self.texts(sorted.map(\.value.sku)),
      "title": Self.texts(sorted.map(\.value.title)),
      "brand": Self.texts(sorted.map(\.value.brand)),
      "category": Self.texts(sorted.map { $0.value.category ?? "(unmapped)" }),
      "seen_at": .integers(sorted.map(\.value.version), nulls: .none),
    ]
    return RowBatch(columns: columns, rowCount: sorted.count)
  }

  private func placeBatch() -> RowBatch {
    let sorted = places.sorted { $0.key < $1.key }
    func column(_ part: (PlaceName) -> String) -> RowBatch.Column {
      Self.texts(sorted.map { part($0.value).isEmpty ? nil : part($0.value) })
    }
    let columns = [
      "place": Self.texts(sorted.map(\.key)),
      "country": column(\.country),
      "state": column(\.state),
      "city": column(\.city),
      "pincode": column(\.pincode),
    ]
    return RowBatch(columns: columns, rowCount: sorted.count)
  }

  /// A column of texts; nil is null.
  static func texts(_ texts: [String?]) -> RowBatch.Column {
    var codes: [UInt32] = []
    var values: [String] = []
    var known: [String: UInt32] = [:]
    for text in texts {
      guard let text else {
        codes.append(0)
        continue
      }
      let code = known[text] ?? UInt32(values.count)
      if known[text] == nil {
        known[text] = code
        values.append(text)
      }
      codes.append(code)
    }
    let flags = texts.map { $0 == nil }
    return .strings(
      codes: codes,
      values: values,
      nulls: flags.contains(true) ? RowNulls(flags: flags) : .none
    )
  }
}
