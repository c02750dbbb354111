import ColumnStore
import Testing

@Suite struct VectorBufferTests {
  @Test(arguments: [0, 1, 63, 64, 65, 4_095, 4_096, 4_097, 65_535, 65_536])
  func bufferLendsWhatItCopied(count: Int) {
    let values = (0..<count).map { Int32($0) &* 7 }
    let buffer = VectorBuffer(copying: values)
    buffer.withSpan(of: Int32.self) { span in
      #expect(span.count == count)
      #expect(span.indices.allSatisfy { span[$0] == values[$0] })
    }
  }
}
