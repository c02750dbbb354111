import Foundation

/// Which modules the files of a folder may import; the most specific entry of the table holds.
enum ImportRules {
  /// The table of docs/architecture.md.
  ///
  /// A path that ends with a slash is a folder, any other a file.
  static let allowed: [(path: String, modules: Set<String>)] = [
    ("Sources/ColumnStore/", ["Synchronization"]),
    ("Sources/ColumnStore/SystemText.swift", ["Glibc"]),
    ("Sources/ColumnStore/Files/", ["Glibc", "Synchronization"]),
    ("Sources/ColumnStore/Files/ProcessMemory.swift", ["CMandiKernels", "Glibc"]),
    ("Sources/ColumnStore/Kernels/", ["CMandiKernels"]),
    ("Sources/ColumnStore/Encoding/ZstdCodec.swift", ["CZstd", "Synchronization"]),
    ("Sources/ColumnStore/Format/Checksum.swift", ["CXXHash"]),
    ("Sources/ColumnStore/Scan/MathFunction.swift", ["Glibc"]),
    ("Sources/ColumnStore/Scan/ScanPool.swift", ["Dispatch", "Synchronization"]),
    ("Sources/ColumnStore/Table/SegmentJob.swift", ["Dispatch", "Synchronization"]),
    ("Sources/ColumnStore/Table/SegmentSearch.swift", ["Dispatch", "Synchronization"]),
    ("Sources/ColumnStore/Table/TextJob.swift", ["Dispatch", "Synchronization"]),
    ("Sources/Commerce/", ["ColumnStore"]),
    ("Sources/Commerce/CommerceModel.swift", ["ColumnStore", "Foundation"]),
    ("Sources/QueryLang/", ["ColumnStore", "Commerce", "Synchronization"]),
    ("Sources/QueryLang/Catalog/", ["ColumnStore", "Commerce", "Synchronization", "Yams"]),
    (
      "Sources/Ingest/",
      ["ColumnStore", "Commerce", "Crypto", "Foundation", "Glibc", "Synchronization"]
    ),
    (
      "Sources/Ingest/Commit/PagePipeline.swift", ["ColumnStore", "Dispatch", "Synchronization"]
    ),
    (
      "Sources/Ingest/Channels/",
      ["ColumnStore", "Commerce", "Crypto", "Foundation", "Synchronization", "Yams"]
    ),
    ("Sources/Export/", ["ColumnStore", "QueryLang"]),
    ("Sources/SampleShop/", []),
    ("Sources/SampleShop/FileSink.swift", ["Foundation"]),
    ("Sources/SampleShop/SampleShop.swift", ["Foundation"]),
    (
      "Sources/Server/",
      [
        "ColumnStore", "Commerce", "Export", "Foundation", "HTTPTypes", "Hummingbird", "Logging",
        "NIOCore", "NIOPosix", "QueryLang", "ServiceLifecycle", "Synchronization",
      ]
    ),
    (
      "Sources/mandi/",
      [
        "ArgumentParser", "ColumnStore", "Commerce", "Export", "Foundation", "Glibc", "Ingest",
        "Logging", "QueryLang", "SampleShop", "Server", "ServiceLifecycle", "Synchronization",
        "UnixSignals",
      ]
    ),
    (
      "Sources/mandi/Bench/",
      ["ArgumentParser", "ColumnStore", "Foundation", "Ingest", "QueryLang", "Yams"]
    ),
  ]

  static let all = [imports]

  static let imports = Rule(
    name: "imports follow the table of the architecture page",
    applies: { file in file.isSource }
  ) { file in
    guard let modules = modules(for: file.path) else {
      return [
        Finding(
          path: file.path,
          line: 1,
          sentence: "the folder has no entry in the table of imports"
        )
      ]
    }
    return file.codeLines.enumerated().compactMap { index, line in
      guard let module = importedModule(of: line), !modules.contains(module) else { return nil }
      return Finding(
        path: file.path,
        line: index + 1,
        sentence: "\(module) may not be imported here"
      )
    }
  }

  static func modules(for path: String) -> Set<String>? {
    allowed
      .filter { entry in
        entry.path.hasSuffix("/") ? path.hasPrefix(entry.path) : path == entry.path
      }
      .max { left, right in left.path.utf8.count < right.path.utf8.count }?
      .modules
  }

  private static func importedModule(of line: Substring) -> String? {
    let words = line.split(separator: " ")
    guard let place = words.firstIndex(of: "import"), place + 1 < words.count else { return nil }
    let isAttribute = words[..<place].allSatisfy { word in
      word.hasPrefix("@")
        || ["public", "internal", "package", "private", "fileprivate"].contains(word)
    }
    guard isAttribute else { return nil }
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let"]
    let name =
      kinds.contains(words[place + 1]) && place + 2 < words.count
      ? words[place + 2] : words[place + 1]
    return String(name.prefix { $0 != "." })
  }
}
