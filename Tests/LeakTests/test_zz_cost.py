import sys
sys.path.insert(0,"/work/main/Tests")
sys.path.insert(0,"/work/main/Tests/LeakTests")
from test_a_findings import *
def test_cost(tmp_path):
    lines=1000
    body = "\n".join(f"wait({gate})\nfor i in range({lines}): print(f'{gate} {{i}}')\nsys.stdout.flush()" for gate in range(12)) + "\nwait(12)\n"
    with HttpServer() as server:
        client = HttpClient(server.port)
        warm_up(client, tmp_path)
        program = Program(client, tmp_path, body, gates=13)
        with program.follow(patience=30) as reader:
            for gate in range(12):
                before = probes.cpu_seconds(server.pid)
                program.go(gate)
                seen = [reader.next_line() for _ in range(lines)]
                print(gate, probes.cpu_seconds(server.pid) - before)
