internal import Glibc

/// What the operating system knows of this process: open descriptors, threads, children.
struct ProcessSnapshot: Sendable {
    /// A thing that can be told from another of the same name.
    struct Item: Hashable, Sendable {
        let id: String
        /// For people.
        let name: String
    }

    var descriptors: Set<Item>
    var threads: Set<Item>
    var children: Set<Item>

    init() {
        descriptors = Set(
            FileSystem.list("/proc/self/fd").compactMap { number in
                FileSystem.link("/proc/self/fd/\(number)").map {
                    Item(id: "\(number) \($0)", name: "descriptor \(number) -> \($0)")
                }
            })
        threads = Set(
            FileSystem.list("/proc/self/task").compactMap { id in
                FileSystem.text("/proc/self/task/\(id)/comm").map { Item(id: id, name: String($0.dropLast())) }
            })
        let own = getpid()
        children = Set(
            FileSystem.list("/proc").compactMap { name in
                guard let pid = Int32(name), let stat = FileSystem.text("/proc/\(pid)/stat"),
                    let end = stat.lastIndex(of: ")")
                else { return nil }
                // "pid (comm) state ppid …"
                let fields = stat[stat.index(after: end)...].split(separator: " ")
                guard fields.count > 1, fields[1] == "\(own)" else { return nil }
                let comm = stat[..<end].split(separator: "(", maxSplits: 1).last.map(String.init) ?? ""
                return Item(id: name, name: "child process \(pid) (\(comm))")
            })
    }

    /// What is here and was not there. Of the threads, those with one of these names: others belong to other tests, or to Swift's pool.
    func news(since old: ProcessSnapshot, threads names: Set<String>) -> Set<Item> {
        let threads = self.threads.subtracting(old.threads).filter { names.contains($0.name) }
        return descriptors.subtracting(old.descriptors).union(children.subtracting(old.children))
            .union(threads.map { Item(id: "thread \($0.id)", name: "thread \($0.id) named \"\($0.name)\"") })
    }
}
