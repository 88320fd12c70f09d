#!/usr/bin/env python3
"""tap.py RECORD PROGRAM ARGUMENTS…: runs a stdio server and writes down each line of both directions, unchanged.

RECORD gets one JSON array per line, [direction, text]; the first is ["pid", the server's]. Ends as the server ends.
"""

import json
import os
import signal
import subprocess
import sys
import threading


def main() -> int:
    record_path, *command = sys.argv[1:]
    lock = threading.Lock()
    with open(record_path, "a", encoding="utf-8") as record:

        def note(direction: str, text: object) -> None:
            with lock:
                record.write(json.dumps([direction, text]) + "\n")
                record.flush()

        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        note("pid", server.pid)

        def up() -> None:
            for line in sys.stdin.buffer:
                note("client", line.decode(errors="replace"))
                try:
                    server.stdin.write(line)
                    server.stdin.flush()
                except BrokenPipeError:
                    return
            server.stdin.close()

        threading.Thread(target=up, daemon=True).start()
        for line in server.stdout:
            note("server", line.decode(errors="replace"))
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
        status = server.wait()
        note("exit", status)
    os._exit(status if status >= 0 else 128 - status)  # `up` may still wait for stdin


if __name__ == "__main__":
    main()
