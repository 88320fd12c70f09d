/// What is wrong with values that are good by themselves. Pure: looks at no file.
enum SettingRules {
    static func problems(_ configuration: AmbitConfiguration, for program: ProgramKind) -> [SettingProblem] {
        switch program {
        case .serve: tasks(configuration.limits.tasks) + ListeningRules.problems(configuration)
        case .stdio: tasks(configuration.limits.tasks)
        case .tools: []
        }
    }

    private static func tasks(_ limits: CallTasks.Limits) -> [SettingProblem] {
        guard limits.after > limits.timeToLive else { return [] }
        let (after, timeToLive) = (DurationText.write(limits.after), DurationText.write(limits.timeToLive))
        if limits.after == CallTasks.Limits().after {
            return [
                SettingProblem(
                    "task-ttl", "is \(timeToLive); expected no less than 'task-after' (\(after)): a task would be over before it begins",
                    others: ["task-after"])
            ]
        }
        return [
            SettingProblem(
                "task-after", "is \(after); expected no more than 'task-ttl' (\(timeToLive)): a task would be over before it begins",
                others: ["task-ttl"])
        ]
    }
}
