"""A mail server of the tests' own: it speaks enough SMTP to take a message, to refuse an address for good, or to be out of order."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread


class MailServer(socketserver.ThreadingTCPServer):
    """``taken`` are the messages it took, as (address, text). ``refused`` addresses it refuses for good; while ``is_busy`` all,
    for now; while it ``hangs_up`` it says nothing. ``calls`` counts who came to its door."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.taken: list[tuple[str, str]] = []
        self.refused: set[str] = set()
        self.is_busy = self.hangs_up = False
        self.calls = 0

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])


class _Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.calls += 1
        if self.server.hangs_up:
            return
        to = ""
        self._say("220 mail.example")
        for line in iter(self._line, ""):
            word = line[:4].upper()
            if word in ("EHLO", "HELO", "MAIL", "RSET", "NOOP"):
                self._say("250 ok")
            elif word == "RCPT":
                to = line.partition("<")[2].partition(">")[0]
                self._say("451 later" if self.server.is_busy else "550 nobody here" if to in self.server.refused else "250 ok")
            elif word == "DATA":
                self._say("354 go on")
                text = "\n".join(iter(self._line, "."))
                self.server.taken.append((to, text))
                self._say("250 taken")
            else:
                self._say("221 bye" if word == "QUIT" else "502 what")
                if word == "QUIT":
                    return

    def _line(self) -> str:
        return self.rfile.readline().decode().rstrip("\r\n")

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """The server, listening on a free port of this machine until the end."""
    with MailServer() as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
