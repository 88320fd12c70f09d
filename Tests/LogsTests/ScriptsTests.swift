import Glibc
import Testing

@testable import Logs

/// What projects of the usual kinds say they can run.
@Suite struct ScriptsTests {
    /// "name: program and arguments [folder]", of a project with these files.
    private func scripts(_ files: [String: String]) throws -> [String] {
        var template = Array("/tmp/ambit-scripts-XXXXXX".utf8CString)
        let path = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer { remove(path) }
        for (name, text) in files {
            var folder = path
            for part in name.split(separator: "/").dropLast() {
                folder += "/\(part)"
                mkdir(folder, 0o700)
            }
            let file = try #require(fopen("\(path)/\(name)", "w"))
            fputs(text, file)
            fclose(file)
        }
        return ProjectScripts.find(in: ProjectFolder(path: path)).map { script in
            let folder = script.directory.isEmpty ? "" : " [\(script.directory)]"
            return "\(script.name): \(script.arguments.joined(separator: " "))\(folder)".replacing(path, with: "$PROJECT")
        }
    }

    private func remove(_ path: String) {
        let folder = ProjectFolder(path: path)
        for entry in folder.entries() {
            if folder.isFolder(entry) { remove("\(path)/\(entry)") } else { unlink("\(path)/\(entry)") }
        }
        rmdir(path)
    }

    @Test func packageJSONIsRunByItsManager() throws {
        let package = #"{"scripts": {"dev": "vite", "build": "tsc", "prebuild": "rm -rf dist", "predict": "x"}}"#
        #expect(try scripts(["package.json": package]) == ["dev: npm run dev", "build: npm run build", "predict: npm run predict"])
        for (lock, manager) in [("pnpm-lock.yaml", "pnpm"), ("yarn.lock", "yarn"), ("bun.lockb", "bun"), ("bun.lock", "bun")] {
            #expect(try scripts(["package.json": package, lock: ""]).first == "dev: \(manager) run dev")
        }
        let named = #"{"packageManager": "pnpm@9.1.0", "scripts": {"dev": "vite"}}"#
        #expect(try scripts(["package.json": named, "yarn.lock": ""]) == ["dev: pnpm run dev"])
        #expect(try scripts(["package.json": "{"]) == [])
    }

    @Test func workspacesAreLookedThrough() throws {
        let member = #"{"scripts": {"dev": "vite"}}"#
        let files = [
            "packages/web/package.json": member, "packages/api/package.json": member, "packages/.hidden/package.json": member,
            "tools/package.json": member, "node_modules/x/package.json": member,
        ]
        let npm = #"{"workspaces": ["packages/*", "tools", "../outside"]}"#
        #expect(
            try scripts(files.merging(["package.json": npm]) { $1 }) == [
                "dev: npm run dev [packages/api]", "dev: npm run dev [packages/web]", "dev: npm run dev [tools]",
            ])
        let pnpm = ["package.json": "{}", "pnpm-lock.yaml": "", "pnpm-workspace.yaml": "packages:\n  - 'packages/w*'\n  - '!packages/x'\n"]
        #expect(try scripts(files.merging(pnpm) { $1 }) == ["dev: pnpm run dev [packages/web]"])
    }

    @Test func targetsOfAMakefileAreThoseForPeople() throws {
        let makefile = """
            VERSION := 1
            CC = gcc
            .PHONY: all test
            # builds everything
            all: main.o
            \t$(CC) -o app main.o
            test deploy: all ## runs the tests
            %.o: %.c
            src/main.o: src/main.c
            $(OUT): x
            x::= 1
            """
        #expect(try scripts(["Makefile": makefile]) == ["all: make all", "test: make test", "deploy: make deploy"])
    }

    @Test func recipesOfAJustfileAreThoseWithoutArguments() throws {
        let justfile = """
            set shell := ["bash", "-c"]
            version := "1"
            # starts it
            dev port="3000":
              node server.js
            @build: clean
              tsc
            deploy target:
              ./deploy {{target}}
            _helper:
              true
            [private]
            secret:
              true
            """
        #expect(try scripts(["justfile": justfile]) == ["dev: just dev", "build: just build"])
    }

    @Test(
        arguments: [
            (["Cargo.toml": "[package]\nname = \"shop\"\n", "src/main.rs": ""], ["run: cargo run"]),
            (["Cargo.toml": "[[bin]]\nname = \"a\"\n[[bin]]\nname = \"b\"\n"], ["run:a: cargo run --bin a", "run:b: cargo run --bin b"]),
            (["go.mod": "module x\n", "cmd/shop/main.go": ""], ["run:shop: go run ./cmd/shop"]),
            (["go.mod": "module x\n", "main.go": ""], ["run: go run ."]),
            (["Package.swift": ".executableTarget(\n  name: \"shop\",\n)"], ["run: swift run shop"]),
            (["pyproject.toml": "[project.scripts]\nshop = \"shop:main\"\n", "uv.lock": ""], ["shop: uv run shop"]),
            (["pyproject.toml": "[tool.poetry.scripts]\nshop = \"shop:main\"\n", "poetry.lock": ""], ["shop: poetry run shop"]),
            (["pyproject.toml": "[tool.pytest.ini_options]\n"], ["test: pytest"]),
            (["requirements.txt": "", "tests/test_a.py": ""], ["test: pytest"]),
            (["manage.py": ""], ["runserver: python manage.py runserver"]),
            (["build.gradle.kts": "plugins { application }", "gradlew": ""], ["run: ./gradlew run"]),
            (["pom.xml": "<artifactId>spring-boot-maven-plugin</artifactId>"], ["run: mvn spring-boot:run"]),
            (["Shop.csproj": "<OutputType>Exe</OutputType>"], ["run: dotnet run --project Shop.csproj"]),
            (["Shop.sln": "", "Web/Web.csproj": "Sdk=\"Microsoft.NET.Sdk.Web\""], ["run: dotnet run --project Web/Web.csproj"]),
            (["Rakefile": "desc \"Fills it\"\ntask :seed do\nend\n", "Gemfile": ""], ["seed: bundle exec rake seed"]),
            (["composer.json": "{\"scripts\": {\"lint\": \"x\", \"post-install-cmd\": \"y\"}}"], ["lint: composer run-script lint"]),
            (["Procfile": "web: node server.js\n# no\nworker: ./w\n"], ["web: /bin/sh -c node server.js", "worker: /bin/sh -c ./w"]),
            (["deno.jsonc": "{ // tasks\n \"tasks\": {\"dev\": \"deno run -A main.ts\",}}"], ["dev: deno task dev"]),
        ] as [([String: String], [String])])
    func eachKindHasItsPrograms(files: [String: String], expected: [String]) throws {
        let found = try scripts(files)
        for script in expected { #expect(found.contains(script), "\(found)") }
    }

    @Test func editorTasksAreThoseThatAskForNothing() throws {
        let tasks = """
            {
              // of the team
              "version": "2.0.0",
              "tasks": [
                {"label": "serve", "type": "shell", "command": "node", "args": ["${workspaceFolder}/server.js"], "options": {"cwd": "web"}},
                {"label": "build", "type": "npm", "script": "build"},
                {"label": "run", "type": "process", "command": "./run", "args": ["a b"]},
                {"label": "asks", "type": "shell", "command": "echo ${input:name}"},
                {"label": "other", "type": "gulp", "task": "x"}, /* none */
              ],
            }
            """
        #expect(
            try scripts([".vscode/tasks.json": tasks]) == [
                "serve: /bin/sh -c node $PROJECT/server.js [web]", "build: npm run build", "run: ./run a b",
            ])
    }

    @Test func aNameThatSeveralHaveIsToldApartByItsFile() {
        let all = [Script("test", in: "Makefile", ["make", "test"]), Script("test", in: "package.json", ["npm", "run", "test"])]
        #expect(ProjectScripts.named("test", among: all).count == 2)
        #expect(ProjectScripts.named("package.json:test", among: all) == [all[1]])
        #expect(ProjectScripts.named("nothing", among: all) == [])
    }
}
