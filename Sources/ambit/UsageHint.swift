import ArgumentParser
import Server

/// What was probably meant by a command line that is none.
enum UsageHint {
    /// The message for an error with its first line said better; nil where there is nothing better to say.
    static func message(for error: any Error, _ arguments: [String]) -> String? {
        let message = AmbitCommand.fullMessage(for: error)
        let lines = message.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard AmbitCommand.exitCode(for: error) == .validationFailure, lines.count == 2 else { return nil }
        return better(lines[0], arguments).map { "Error: \($0)\n\(lines[1])" }
    }

    private static func better(_ line: String, _ arguments: [String]) -> String? {
        var command: any ParsableCommand.Type = AmbitCommand.self
        var path = ["ambit"]
        for argument in arguments {
            let commands = command.configuration.subcommands
            if let next = commands.first(where: { $0.configuration.commandName == argument }) {
                command = next
                path.append(argument)
                continue
            }
            if !commands.isEmpty, line == "Error: Unexpected argument '\(argument)'" {
                return unknownCommand(argument, path, commands)
            }
            break
        }
        let start = "Error: Unknown option '--"
        guard line.hasPrefix(start) else { return nil }
        let option = line.dropFirst(start.count).prefix { $0 != "'" }
        return unknownOption(String(option.hasPrefix("no-") ? option.dropFirst(3) : option), path.joined(separator: " "))
    }

    private static func unknownCommand(_ name: String, _ path: [String], _ commands: [any ParsableCommand.Type]) -> String {
        let names = commands.map { $0.configuration }.filter { $0.shouldDisplay }.compactMap { $0.commandName }
        let hint = NearestName.of(name, among: names).map { "did you mean '\($0)'?" } ?? "there are \(names.joined(separator: ", "))"
        return "there is no command '\((path + [name]).joined(separator: " "))'; \(hint)"
    }

    /// Of a setting that another command takes.
    private static func unknownOption(_ flag: String, _ command: String) -> String? {
        guard let setting = SettingTable.all.first(where: { $0.flag == flag }) else { return nil }
        if command == "ambit stdio" { return "--\(flag) concerns HTTP, which `ambit stdio` does not speak; `ambit serve` takes it" }
        let takers = setting.programs.contains(.stdio) ? "`ambit serve` and `ambit stdio` take it" : "`ambit serve` takes it"
        return "--\(flag) is no option of `\(command)`; \(takers)"
    }
}
