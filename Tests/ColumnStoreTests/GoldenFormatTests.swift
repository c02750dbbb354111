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

  @Test func aSegmentOfVersionThreeIsReadAndWritten() throws {
    let golden = """
      4d414e44495347310300000000000000b9c261ffc5741d350000000000000000000000000000000000000000
      00000000000000000000000000000000000000000600000006000000002c2d00010100000000000000000000
      0000000000000000000000000000000000000000000000000000000000000000000000000000000010000000
      0600000005000000000000000100000000000000000000000000000000000000000000000000000000000000
      0000000000000000000000000000000001000000740300000000000000030000000002000000696402000202
      02010000000040000000000000000e00000000000000060000000000000057f72141280cdbe9701101000000
      0000010000000000000070110100000000009d12010000000000a93603000000000000000000000000000101
      00000000000006000000616d6f756e7404000201020101000000800000000000000013000000000000000b00
      000000000000a7219c45b23226b5fbffffffffffffffa6bb0d0000000000fbffffffffffffffa1bb0d000000
      00009cbb0d000000000000000000000000000001000000000000040000007465787408010100000064010100
      0100000000c00000000000000000000000000000000000000000000000c294d3380580062d02000000000000
      0001000000000000000200000000000000020000000000000000000000000000000000000000000000000100
      0000000000378dbc2190ed5ff75d0100004d414e4449534745
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

  @Test func aSegmentWithRunsIsReadAndWritten() throws {
    let golden = """
      4d414e44495347310300000000000000b9c261ffc5741d350000000000000000000000000000000000000000
      00000000000000000000000000000000000000000001030507090b0d0f11131517191b1d1f21232527292b2d
      2f31333537393b3d3f41434547494b4d0000000000000000000000000000000000000000000000000a000000
      0a0000000a0000000a0000007084800304110338000001000100000000000000000000000000000000000000
      0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
      000000000000000000000000000000000000000000000000000000000000000000000000100000000a000000
      1d000000000000002b00c1000200000000000000000000000000000000000000000000000000000000000000
      0000000000000000000000000101010101000000000000000000000000000000000000000000000000000000
      0000000000000000000000000000000000000000000000000000000000000000010000007428000000000000
      0004000000014001000000000000b60918e614627bbb08000000050000000200000069640100020200010000
      0000400000000000000028000000000000005000000000000000e9dc17645acb6b8e00000000000000000100
      0000000000000000000000000000f1050000000000003c500000000000000000000000000000020100000000
      0000050000006f72646572080101000000640304020100000000800000000000000024000000000000001400
      000000000000e55dd517a326e70c030000000000000001000000000000000300000000000000803801000000
      0000000000000000000000000000000000000101010000000000040000006c696e6501000201000100000000
      c000000000000000050000000000000005000000000000004232273a89e564e8010000000000000001000000
      0000000001000000000000000800000000000000b40000000000000000000000000000000001020000000000
      040000007061696404000201020108000000000100000000000015000000000000000d000000000000004a4c
      828c28b30465070000000000000001000000000000000700000000000000c800000000000000500800000000
      0000000000000000000000010100000000003181b07ad71a294ede0100004d414e4449534745
      """
    let schema = TableSchema(
      name: "t",
      fields: [
        Field("id", .int32), Field("order", .string, text: .dictionary("d")),
        Field("line", .int32), Field("paid", .decimal, nullable: true),
      ],
      primaryKey: ["id"]
    )
    let orders = (0..<40).map { $0 / 8 }
    var id = ColumnRows(kind: .integers)
    id.integers = (0..<40).map { Int64($0 * $0) }
    var order = ColumnRows(kind: .codes)
    order.codes = orders.map { [70_000, 900, 80_000, 3, 4][$0] }
    var line = ColumnRows(kind: .integers)
    line.integers = (0..<40).map { Int64($0 % 8 + 1) }
    var paid = ColumnRows(kind: .integers)
    paid.integers = orders.map { [50, 0, 200, 7, 9][$0] }
    paid.nulls = orders.map { $0 == 1 }
    let columns = [id, order, line, paid]
    let directory = MemoryDirectory()
    let writer = SegmentWriter(schema: schema, codec: try ZstdCodec())
    let out = try directory.create("s")
    _ = try writer.write(columns, rowCount: 40, to: out)
    try out.close()
    let written = try #require(directory.files["s"])
    #expect(hex(written) == golden.filter { !$0.isWhitespace })
    let segment = try SegmentFile(MappedFile(path: "s", copying: bytes(golden)), identity: 1)
    let forms = segment.footer.columns.map { $0.pages[0].runs }
    #expect(forms == [.none, .repeated, .counted, .repeated])
    for (position, column) in columns.enumerated() {
      var rows = ColumnRows(for: schema.fields[position])
      rows.append(try segment.vector(column: position, block: 0), rows: Array(0..<40))
      #expect((0..<40).allSatisfy { rows.equals($0, column, row: $0) })
    }
  }
}
