@testable import ColumnStore
import Testing

/// Files of the newest format versions as they were once written: they must stay readable, byte by byte.
@Suite struct GoldenFormatTests {
  private static let digits = Array("0123456789abcdef".utf8)

  private func hex(_ bytes: [UInt8]) -> String {
    String(
      decoding: bytes.flatMap { [Self.digits[Int($0 >> 4)], Self.digits[Int($0 & 15)]] },
      as: UTF8.self
    )
  }

  private func bytes(_ hex: String) -> [UInt8] {
    let nibbles = hex.utf8.compactMap { Self.digits.firstIndex(of: $0) }
    return stride(from: 0, to: nibbles.count, by: 2).map {
      UInt8(nibbles[$0] << 4 | nibbles[$0 + 1])
    }
  }

  @Test func aDictionaryOfVersionThreeIsReadAndWritten() throws {
    let golden = """
      4d414e44494443310300000003000000050000000800000031000000000000000100000000000a6100000000
      00000036000000310000000500000001b9185f48e1267783050000000237fee1c6af01604a6f726465725f69
      64471307eea46b18330d0d050d054e594b2d303031323334352d374e594b2d303031323339392d3123313030
      314e594b2d303039393939392d3923313030320500ec01c17a729f00000000000000000000
      """
    let texts = ["NYK-0012345-7", "NYK-0012399-1", "#1001", "NYK-0099999-9", "#1002"]
    var run = TextRun()
    for text in texts {
      run.append(text.utf8)
      run.endText()
    }
    let written = DictionaryChunk.write(
      name: "order_id",
      firstCode: 3,
      texts: run,
      codec: try ZstdCodec()
    )
    #expect(hex(written.bytes) == golden.filter { !$0.isWhitespace })
    let file = MappedFile(path: "dictionaries/order_id", copying: bytes(golden))
    let chunk = try DictionaryChunk(file, name: "order_id", firstCode: 3, count: 5)
    for place in texts.indices { #expect(try chunk.text(place) == texts[place]) }
  }

  @Test func aSegmentOfVersionTwoIsReadAndWritten() throws {
    let golden = """
      4d414e44495347310200000000000000e74327a5069813480000000000000000000000000000000000000000
      00000000000000000000000000000000000000000600000006000000002c2d00010100000000000000000000
      0000000000000000000000000000000000000000000000000000000000000000000000000000000010000000
      0600000005000000000000000100000000000000000000000000000000000000000000000000000000000000
      0000000000000000000000000000000001000000740300000000000000030000000200000069640200020202
      010000000040000000000000000e00000000000000060000000000000057f72141280cdbe970110100000000
      00010000000000000070110100000000009d12010000000000a9360300000000000000000000000000010100
      000000000006000000616d6f756e7404000201020101000000800000000000000013000000000000000b0000
      0000000000a7219c45b23226b5fbffffffffffffffa6bb0d0000000000fbffffffffffffffa1bb0d00000000
      009cbb0d00000000000000000000000000000100000000000004000000746578740801010000006401010001
      00000000c00000000000000000000000000000000000000000000000c294d3380580062d0200000000000000
      0100000000000000020000000000000002000000000000000000000000000000000000000000000000010000
      0000000029a73bc34df570575c0100004d414e4449534745
      """
    let schema = TableSchema(
      name: "t",
      fields: [
        Field("id", .int64), Field("amount", .decimal, nullable: true),
        Field("text", .string, text: .dictionary("d")),
      ],
      primaryKey: ["id"]
    )
    var id = ColumnRows(kind: .integers)
    id.integers = [70_000, 70_300, 70_301]
    var amount = ColumnRows(kind: .integers)
    amount.integers = [900_001, 0, -5]
    amount.nulls = [false, true, false]
    var text = ColumnRows(kind: .codes)
    text.codes = [2, 2, 2]
    let directory = MemoryDirectory()
    let writer = SegmentWriter(schema: schema, codec: try ZstdCodec())
    let out = try directory.create("s")
    _ = try writer.write([id, amount, text], rowCount: 3, to: out)
    try out.close()
    let written = try #require(directory.files["s"])
    #expect(hex(written) == golden.filter { !$0.isWhitespace })
    let file = MappedFile(path: "s", copying: bytes(golden))
    let segment = try SegmentFile(file, identity: 1)
    for (column, expected) in [id, amount].enumerated() {
      var rows = ColumnRows(kind: .integers)
      rows.append(try segment.vector(column: column, block: 0), rows: [0, 1, 2])
      #expect(rows.integers == expected.integers)
      #expect(rows.nulls == expected.nulls)
    }
  }
}
