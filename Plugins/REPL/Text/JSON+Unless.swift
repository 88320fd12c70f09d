internal import AmbitPlugin

extension JSON {
    /// nil, for a member that is left out, where that holds. (A literal `nil` beside a value would be JSON's null.)
    func unless(_ condition: Bool) -> JSON? { condition ? .none : .some(self) }
}
