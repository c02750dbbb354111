import ColumnStore
import Commerce
import Testing

@Suite struct CommerceTablesTests {
  @Test(arguments: CommerceTables.all)
  func keysAndSortOrdersNameStoredColumns(schema: TableSchema) {
    for name in schema.primaryKey {
      #expect(schema.field(name)?.isNullable == false, "\(schema.name).\(name)")
    }
    for name in schema.sortOrder {
      #expect(schema.field(name) != nil, "\(schema.name).\(name)")
    }
    #expect(Set(schema.fields.map(\.name)).count == schema.fields.count)
    #expect(schema.fields.filter { $0.role == .version }.count <= 1)
  }
}
