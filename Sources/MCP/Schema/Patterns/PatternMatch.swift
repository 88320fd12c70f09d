/// What came of a search.
enum PatternMatch { case found, missing, tooCostly }
