#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the table of cases.txt against an HTTP/2 server (cleartext, prior knowledge).

usage: run_cases.py HOST PORT [--skip NAME]... [--stream-errors]

The server answers as the head of cases.txt says. By default a malformed message may cost its stream or its connection;
with --stream-errors it has to be the stream. Needs Debian's python3-hpack: so header blocks come in Huffman code and out
of an encoder that is not ours. Prints a line for each case that fails, and one that sums up.
"""
import argparse
import os
import re
import socket
import struct
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from hpack import Decoder, Encoder

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
LAST_PING = bytes.fromhex("ffeeddccbbaa9988")
TIMEOUT = 5.0
QUIET = 0.02
FLAGS = {"END_STREAM": 1, "END_HEADERS": 4, "PADDED": 8, "PRIORITY": 32, "-": 0}
CODES = [
    "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
    "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
    "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
]


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload) << 8 | kind) + bytes([flags]) + struct.pack(">I", stream) + payload


def unescape(text):
    if re.fullmatch(r"\*\d+", text):
        return b"a" * int(text[1:])
    return re.sub(rb"%([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), text.encode("latin-1"))


def flags_of(text):
    return sum(FLAGS[flag] for flag in text.split("+"))


def hexadecimal(text):
    if text == "-":
        return b""
    return bytes(int(text[1:])) if text[0] == "*" else bytes.fromhex(text)


class Script:
    """Turns the words of a case into bytes."""

    def __init__(self):
        self.encoder = Encoder()

    def block(self, fields):
        pairs = []
        for field in fields:
            name, _, value = field.partition("=")
            pairs.append((unescape(name), unescape(value)))
        return self.encoder.encode(pairs)

    def frame(self, text):
        kind, *words = text.split(" ")
        if kind in ("GET", "POST"):
            path = words[1] if len(words) > 1 else "/"
            fields = [":method=" + kind, ":scheme=http", ":path=" + path, ":authority=a.test"] + words[2:]
            return frame(1, 5 if kind == "GET" else 4, int(words[0]), self.block(fields))
        if kind in ("HEADERS", "CONTINUATION"):
            number = 1 if kind == "HEADERS" else 9
            return frame(number, flags_of(words[1]), int(words[0]), self.block(words[2:]))
        if kind == "DATA":
            flags, payload = flags_of(words[1]), bytes(int(words[2]))
            if len(words) > 3:
                flags, payload = flags | 8, bytes([int(words[3])]) + payload + bytes(int(words[3]))
            return frame(0, flags, int(words[0]), payload)
        if kind in ("RST_STREAM", "WINDOW_UPDATE"):
            return frame(3 if kind[0] == "R" else 8, 0, int(words[0]), struct.pack(">I", int(words[1])))
        if kind == "PRIORITY":
            return frame(2, 0, int(words[0]), struct.pack(">IB", int(words[1]), 15))
        if kind == "SETTINGS":
            pairs = [word.split("=") for word in words]
            return frame(4, 0, 0, b"".join(struct.pack(">HI", int(k), int(v)) for k, v in pairs))
        if kind == "PING":
            return frame(6, 0, 0, bytes(range(1, 9)))
        if kind == "GOAWAY":
            return frame(7, 0, 0, struct.pack(">II", int(words[0]), int(words[1])))
        if kind == "FRAME":
            return frame(int(words[0]), int(words[1]), int(words[2]), hexadecimal(words[3]))
        if kind == "RAW":
            return hexadecimal(words[0])
        raise ValueError("no such frame: " + text)


class Peer:
    """A connection to the server, and what came back on it."""

    def __init__(self, host, port):
        self.socket = socket.create_connection((host, port), TIMEOUT)
        self.decoder = Decoder()
        self.buffer = b""
        self.frames, self.statuses, self.bodies, self.resets = [], {}, {}, {}
        self.goaway, self.closed, self.alive, self.block = None, False, False, b""

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            self.closed = True

    def receive(self, wait):
        """Takes what comes; False when nothing does."""
        self.socket.settimeout(wait)
        try:
            data = self.socket.recv(65536)
        except socket.timeout:
            return False
        except OSError:
            data = b""
        if not data:
            self.closed = True
            return False
        self.buffer += data
        while len(self.buffer) >= 9:
            length = int.from_bytes(self.buffer[:3], "big")
            if len(self.buffer) < 9 + length:
                break
            kind, flags = self.buffer[3], self.buffer[4]
            stream = int.from_bytes(self.buffer[5:9], "big")
            self.on_frame(kind, flags, stream, self.buffer[9 : 9 + length])
            self.buffer = self.buffer[9 + length :]
        return True

    def on_frame(self, kind, flags, stream, payload):
        if kind == 0:
            self.bodies[stream] = self.bodies.get(stream, 0) + len(payload)
        elif kind in (1, 9):
            self.block += payload
            if flags & 4:
                fields = dict(self.decoder.decode(self.block))
                self.block = b""
                self.statuses.setdefault(stream, fields.get(":status"))
        elif kind == 3:
            self.resets[stream] = CODES[int.from_bytes(payload, "big")]
        elif kind == 4:
            self.frames.append("SETTINGS ACK" if flags & 1 else "SETTINGS")
        elif kind == 6:
            self.frames.append("PING ACK " + payload.hex().upper())
            self.alive = self.alive or payload == LAST_PING
        elif kind == 7:
            self.goaway = CODES[int.from_bytes(payload[4:8], "big")]


def missing(peer, expected, stream_errors):
    """What has not come yet of that which is expected; None when all has."""
    kind, *words = expected.split(" ")
    if kind == "malformed":
        if not stream_errors and peer.goaway == "PROTOCOL_ERROR":
            return None
        kind, words = "stream", [words[0], "PROTOCOL_ERROR"]
    if kind in ("connection", "error") and peer.goaway == words[-1]:
        return None
    if kind == "connection":
        return "no GOAWAY" if peer.goaway is None else "GOAWAY with " + peer.goaway
    if peer.goaway or peer.closed:
        return "the connection ended: %s" % peer.goaway
    if not peer.alive:
        return "PING is not answered"
    if kind == "alive":
        return None
    if kind == "frame":
        return None if any(f == expected[6:] for f in peer.frames) else "no such frame"
    found = {
        "response": lambda: peer.statuses.get(int(words[0])),
        "data": lambda: str(peer.bodies.get(int(words[0]), 0)),
        "stream": lambda: peer.resets.get(int(words[0])),
        "error": lambda: peer.resets.get(int(words[0])),
    }[kind]()
    return None if found == words[1] else "it is %s" % found


def run(host, port, text, expected, stream_errors):
    script, peer = Script(), Peer(host, port)
    frames = text.split("; ")
    if frames[0] == "NOPREFACE":
        frames = frames[1:]
    else:
        frames = ["RAW " + PREFACE.hex(), "SETTINGS"] + frames
    peer.send(b"".join(script.frame(f) for f in frames) + frame(6, 0, 0, LAST_PING))
    deadline = time.monotonic() + TIMEOUT
    while True:
        problem = missing(peer, expected, stream_errors)
        if problem is None and not peer.receive(QUIET):
            problem = missing(peer, expected, stream_errors)  # it has not become wrong either
            break
        if problem is not None and (peer.closed or not peer.receive(max(0.01, deadline - time.monotonic()))):
            problem = missing(peer, expected, stream_errors)
            break
    peer.socket.close()
    # A connection that failed is also closed by the server; its GOAWAY is what counts here.
    return problem


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--skip", action="append", default=[])
    parser.add_argument("--stream-errors", action="store_true")
    options = parser.parse_args()
    passed = failed = 0
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases.txt"), encoding="utf-8") as table:
        rows = [line.rstrip("\n").split(" | ") for line in table if line.strip() and line[0] != "#"]
    with ThreadPoolExecutor(8) as pool:
        wanted = [row for row in rows if row[1] not in options.skip]
        problems = pool.map(lambda r: run(options.host, options.port, r[2], r[3], options.stream_errors), wanted)
        for (section, name, _, expected), problem in zip(wanted, problems):
            if problem is None:
                passed += 1
            else:
                failed += 1
                print("§%s %s: expected %s, but %s" % (section, name, expected, problem))
    print("%d passed, %d failed, %d skipped" % (passed, failed, len(rows) - len(wanted)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
