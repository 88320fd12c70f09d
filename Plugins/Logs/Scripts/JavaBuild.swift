/// A build of Gradle or Maven, by its wrapper where there is one.
enum JavaBuild {
    static func scripts(_ folder: ProjectFolder) -> [Script] { gradle(folder) + maven(folder) }

    private static func gradle(_ folder: ProjectFolder) -> [Script] {
        guard let file = folder.first(["build.gradle.kts", "build.gradle", "settings.gradle.kts", "settings.gradle"]) else { return [] }
        let program = folder.has("gradlew") ? "./gradlew" : "gradle"
        let text = folder.text(file) ?? ""
        var tasks = ["build", "test"]
        if text.holds("org.springframework.boot") {
            tasks.append("bootRun")
        } else if text.holds("application") {
            tasks.append("run")
        }
        return tasks.map { Script($0, in: file, [program, $0]) }
    }

    private static func maven(_ folder: ProjectFolder) -> [Script] {
        guard let text = folder.text("pom.xml") else { return [] }
        let program = folder.has("mvnw") ? "./mvnw" : "mvn"
        var scripts = ["package", "test", "verify"].map { Script($0, in: "pom.xml", [program, $0]) }
        if text.holds("spring-boot-maven-plugin") { scripts.append(Script("run", in: "pom.xml", [program, "spring-boot:run"])) }
        if text.holds("quarkus-maven-plugin") { scripts.append(Script("dev", in: "pom.xml", [program, "quarkus:dev"])) }
        return scripts
    }
}
