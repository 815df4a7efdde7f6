"""
A mail server of our own that takes everything (SMTP, RFC 5321) and keeps what it took.
"""

import socketserver
import threading
from email import message_from_bytes, policy


class _Session(socketserver.StreamRequestHandler):
    timeout = 120

    def handle(self):
        try:
            self._talk()
        except OSError:
            return  # the line broke

    def _say(self, text):
        self.wfile.write(f"{text}\r\n".encode())

    def _talk(self):
        self._say("220 mail.example")
        while line := self.rfile.readline(1024):
            word = line.split(maxsplit=1)[0].upper() if line.strip() else b""
            if word == b"DATA":
                self._say("354 go on")
                if (taken := self._data()) is None:
                    return
                if answer := self.server.refuses(line):
                    self._say(answer)
                    continue
                self.server.take(taken)
                self._say("250 taken")
            elif answer := self.server.refuses(line):
                self._say(answer)
            elif word == b"QUIT":
                self._say("221 goodbye")
                return
            else:
                self._say("250 mail.example" if word in (b"EHLO", b"HELO", b"MAIL", b"RCPT", b"RSET") else "502 what?")

    def _data(self):
        """Return a mail as it was sent, or nothing where it breaks off."""
        lines = []
        while line := self.rfile.readline(2**16):
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line.removeprefix(b"."))
        return None


class Mailbox(socketserver.ThreadingTCPServer):
    """The server; ``mails`` are those that it said it took, in order, and ``refused`` what it does not take."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Session)
        self.port, self.mails, self._lock = self.server_address[1], [], threading.Lock()
        self.refused, self.asked = {}, []

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self.shutdown()
        self.server_close()

    def refuses(self, line):
        """What is answered to a command in which one of the words of ``refused`` stands, if any."""
        self.asked.append(line.decode().strip())
        return next((answer for word, answer in self.refused.items() if word in self.asked[-1].lower()), None)

    def take(self, raw):
        with self._lock:
            self.mails.append(message_from_bytes(raw, policy=policy.default))

    @property
    def ids(self):
        return [str(each["Message-ID"]) for each in self.mails]
