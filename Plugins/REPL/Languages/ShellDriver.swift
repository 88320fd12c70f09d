/// The driver of a shell: bash, or any that knows POSIX. It is interactive, so that SIGINT ends what it evaluates and not the shell.
///
/// bash reads its input a character at a time, so that the line behind the evaluated one is still there after an interrupt. Others read
/// ahead and forget it; they say the same whenever they are ready for a line, in their prompt. What comes twice is counted once.
enum ShellDriver {
    static let source = #"""
        PS1= PS2= PROMPT_COMMAND= HISTFILE=; [ -z "$BASH_VERSION" ] || set +o history +H; unset ENV
        trap 'exit 143' TERM; exec 7>&1 8>&2 9>&3 3>&-
        __ambit_status=0 __ambit_id=
        __ambit_last() { return "$__ambit_status"; }
        __ambit_send() { printf '%d\n%s' "${#1}" "$1" >&9; }
        __ambit_mark() { printf '\000ambit-end %s\000' "$1" >&7; printf '\000ambit-end %s\000' "$1" >&8; }
        __ambit_done() { [ -z "$1" ] || { __ambit_mark "$1"; __ambit_send "{\"id\":\"$1\",\"status\":$2}"; }; return "$2"; }
        [ -n "$BASH_VERSION" ] || PS1='$(__ambit_done "$__ambit_id" "$?")'
        __ambit_send "{\"ready\":\"${BASH_VERSION:+bash }${BASH_VERSION:-sh}\"}"

        """#

    /// Evaluated code finds `$?` as it left it, reads nothing, and has none of the driver's descriptors.
    static func request(id: String, code: String) -> String {
        var quoted = ""
        for scalar in code.unicodeScalars {
            if scalar == "'" { quoted += #"'\''"# } else { quoted.unicodeScalars.append(scalar) }
        }
        return """
            __ambit_status=$? __ambit_id=\(id); __ambit_last; eval '\(quoted)' </dev/null 3>&- 7>&- 8>&- 9>&-
            __ambit_done \(id) $?

            """
    }
}
