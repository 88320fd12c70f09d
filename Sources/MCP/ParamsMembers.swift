import JSON

/// Where the members of `params` stand that each call is asked for, found in one walk; below zero what is not there.
struct ParamsMembers {
    private(set) var meta: Int32 = -1
    private(set) var name: Int32 = -1
    private(set) var arguments: Int32 = -1
    private(set) var inputResponses: Int32 = -1
    private(set) var requestState: Int32 = -1

    init(_ params: JSONValue?) {
        params?.walk { key, place in
            if key.is("_meta") {
                meta = place
            } else if key.is("name") {
                name = place
            } else if key.is("arguments") {
                arguments = place
            } else if key.is("inputResponses") {
                inputResponses = place
            } else if key.is("requestState") {
                requestState = place
            }
        }
    }
}
