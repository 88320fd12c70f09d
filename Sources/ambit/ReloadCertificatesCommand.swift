import ArgumentParser
import Server

struct ReloadCertificatesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload-certificates", abstract: "Make a running server read its certificates and the keys of tokens again.")

    @OptionGroup var server: ServerOptions

    func run() throws { ReloadCertificatesProgram(choice: try server.choice()).run() }
}
