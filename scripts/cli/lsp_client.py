"""Plays an editor against a language server and prints what it answered.

usage: lsp_client.py PROGRAM ARGUMENTS…
"""

import json
import subprocess
import sys

URI = "file:///reports/sales.mandi"


class Client:
    """Sends messages with their headers and reads the answers."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.number = 0

    def send(self, message):
        body = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def read(self):
        length = None
        while (line := self.process.stdout.readline().strip()) or length is None:
            if not line and self.process.poll() is not None:
                raise SystemExit("the server has ended")
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(self.process.stdout.read(length))

    def tell(self, method, params):
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method, params):
        self.number += 1
        self.send({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params})
        answer = self.read()
        assert answer["id"] == self.number, answer
        assert "error" not in answer, answer
        return answer["result"]

    def at(self, method, line, column):
        place = {"line": line, "character": column}
        return self.ask(method, {"textDocument": {"uri": URI}, "position": place})

    def replace(self, text):
        """Replaces the whole text and returns the diagnostics that come for it."""
        change = {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [{"text": text}]}
        self.tell("textDocument/didChange", change)
        return self.read()["params"]["diagnostics"]


def main():
    client = Client(sys.argv[1:])
    answer = client.ask("initialize", {"processId": None, "capabilities": {}})
    assert answer["capabilities"]["hoverProvider"] is True, answer
    client.tell("initialized", {})

    document = {"uri": URI, "languageId": "mandi", "version": 1, "text": "SELECT revenu"}
    client.tell("textDocument/didOpen", {"textDocument": document})
    found = client.read()
    assert found["method"] == "textDocument/publishDiagnostics", found
    assert [d["code"] for d in found["params"]["diagnostics"]] == ["E2101"], found

    assert client.replace("SELECT revenue BY ") != []
    labels = [item["label"] for item in client.at("textDocument/completion", 0, 18)["items"]]
    assert "channel" in labels and "revenue" not in labels, labels

    client.replace("SELECT revenue WHERE channel = '")
    items = client.at("textDocument/completion", 0, 32)["items"]
    print("members:", " ".join(item["label"] for item in items))

    client.replace("SELECT ")
    items = client.at("textDocument/completion", 0, 7)["items"]
    print("own:", " ".join(i["label"] for i in items if i["label"].startswith("own_")))

    assert client.replace("SELECT revenue DURING LAST month") == []
    hover = client.at("textDocument/hover", 0, 8)
    assert "additivity" in hover["contents"]["value"], hover
    print("definition:", client.at("textDocument/definition", 0, 8)["uri"])
    everything = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
    hints = client.ask("textDocument/inlayHint", {"textDocument": {"uri": URI}, "range": everything})
    assert len(hints) == 1 and "–" in hints[0]["label"], hints

    client.ask("shutdown", None)
    client.tell("exit", None)
    print("exit code:", client.process.wait(20))


main()
