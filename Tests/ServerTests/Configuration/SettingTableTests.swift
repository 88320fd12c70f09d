import Testing

@testable import Server

@Suite struct SettingTableTests {
    @Test func namesFlagsAndVariablesAreUnique() {
        let all = SettingTable.all
        #expect(Set(all.map(\.name)).count == all.count)
        #expect(Set(all.map(\.flag)).count == all.count)
        #expect(Set(all.map(\.variable)).count == all.count)
        #expect(all.allSatisfy { !$0.programs.isEmpty && $0.summary.hasSuffix(".") })
    }

    @Test(arguments: SettingTable.all.indices) func theDefaultIsAValueOfItsType(_ index: Int) {
        let setting = SettingTable.all[index]
        for program in setting.programs {
            let standard = setting.read(AmbitConfiguration(for: program))
            if setting.type.isList {
                #expect(standard == .list([]))
            } else {
                #expect(setting.type.parse(standard.text) == standard, "\(setting.name)")
            }
        }
    }

    @Test(arguments: SettingTable.all.indices) func whatIsWrittenIsRead(_ index: Int) {
        let setting = SettingTable.all[index]
        let value: SettingValue =
            switch setting.type {
            case .text: .text("other")
            case .choice(let names): .text(names[0])
            case .integer(let range): .integer(range.lowerBound)
            case .number(let range): .number(range.lowerBound)
            case .duration(let range): .duration(range.lowerBound)
            case .bytes(let range): .bytes(range.lowerBound)
            case .toggle: .toggle(false)
            case .optional: .text("other")
            case .secret: .text("0123456789abcdef")
            case .list, .mapping: .list(["a", "b"])
            }
        var configuration = AmbitConfiguration()
        setting.write(&configuration, value)
        #expect(setting.read(configuration) == value, "\(setting.name)")
    }
}
