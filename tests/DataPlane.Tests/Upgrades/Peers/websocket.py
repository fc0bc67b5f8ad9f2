#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""WebSocket by python3-websockets: an echo server, a client over HTTP/1.1, and one over HTTP/2 with python3-h2.

    websocket.py serve              prints its port, serves until its input ends
    websocket.py http1 HOST PORT    holds every conversation, prints a line for each
    websocket.py http2 HOST PORT    the same, as extended CONNECT (RFC 8441)
"""

import asyncio
import os
import sys

import h2.config
import h2.connection
import h2.events
import h2.settings
import websockets
from websockets.connection import Connection, Side
from websockets.frames import Opcode

SIZES = [0, 1, 125, 126, 65_535, 65_536, 300_000]
LIMIT = 4 * 1024 * 1024


async def echo(socket):
    """Sends back what comes; /leave closes by itself, /break breaks the connection off."""
    if socket.path == "/leave":
        await socket.send("bye")
        await socket.close(4001, "enough")
        return
    if socket.path == "/break":
        await socket.send("half")
        socket.transport.abort()
        return
    async for message in socket:
        await socket.send(message)


async def serve():
    async with websockets.serve(echo, "127.0.0.1", 0, subprotocols=["chat"], max_size=LIMIT) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


class Http1:
    """python3-websockets' own client."""

    def __init__(self, host, port):
        self.base = f"ws://{host}:{port}"

    async def connect(self, path, **options):
        return Http1Socket(await websockets.connect(self.base + path, max_size=LIMIT, **options))


class Http1Socket:
    def __init__(self, socket):
        self.socket = socket
        self.subprotocol = socket.subprotocol

    async def send(self, message):
        await self.socket.send(message)

    async def receive(self):
        return await self.socket.recv()

    async def ping(self):
        await (await self.socket.ping(b"are you there"))

    async def close(self, code, reason):
        await self.socket.close(code, reason)
        return self.socket.close_code, self.socket.close_reason

    async def ended(self):
        await self.socket.wait_closed()
        return self.socket.close_code, self.socket.close_reason


class Http2:
    """A stream of its own connection for each WebSocket; frames by python3-websockets."""

    def __init__(self, host, port):
        self.host, self.port = host, port

    async def connect(self, path, subprotocols=(), **_):
        socket = Http2Socket(*await asyncio.open_connection(self.host, self.port))
        await socket.open(f"{self.host}:{self.port}", path, subprotocols)
        return socket


class Http2Socket:
    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding="utf-8"))
        self.websocket = Connection(Side.CLIENT, max_size=LIMIT)
        self.frames = []
        self.response = None
        self.over = None
        self.subprotocol = None

    async def open(self, authority, path, subprotocols):
        self.h2.initiate_connection()
        await self.flush()
        while not self.h2.remote_settings.enable_connect_protocol:
            await self.read()
        headers = [
            (":method", "CONNECT"),
            (":protocol", "websocket"),
            (":scheme", "http"),
            (":path", path),
            (":authority", authority),
            ("sec-websocket-version", "13"),
        ]
        if subprotocols:
            headers.append(("sec-websocket-protocol", ", ".join(subprotocols)))
        self.h2.send_headers(1, headers)
        await self.flush()
        while self.response is None:
            await self.read()
        if self.response[":status"] != "200":
            raise ConnectionError(self.response[":status"])
        for name in ("upgrade", "connection", "sec-websocket-accept"):
            if name in self.response:
                raise ConnectionError(f"{name} has no place in HTTP/2")
        self.subprotocol = self.response.get("sec-websocket-protocol")

    async def send(self, message):
        if isinstance(message, (str, bytes)):
            message = [message]
        parts = [part.encode() if isinstance(part, str) else part for part in message]
        text = isinstance(message[0], str)
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            if number > 0:
                self.websocket.send_continuation(part, last)
            elif text:
                self.websocket.send_text(part, last)
            else:
                self.websocket.send_binary(part, last)
            await self.push()

    async def receive(self):
        data, text = b"", None
        while True:
            frame = await self.frame()
            if frame.opcode in (Opcode.TEXT, Opcode.BINARY):
                text = frame.opcode is Opcode.TEXT
            if frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
                data += frame.data
                if frame.fin:
                    return data.decode() if text else data

    async def ping(self):
        self.websocket.send_ping(b"are you there")
        await self.push()
        while True:
            frame = await self.frame()
            if frame.opcode is Opcode.PONG and frame.data == b"are you there":
                return

    async def close(self, code, reason):
        self.websocket.send_close(code, reason)
        await self.push()
        return await self.ended()

    async def ended(self):
        while self.over is None:
            await self.read()
        if self.over == "end":
            self.websocket.receive_eof()
        self.writer.close()
        return self.websocket.close_code, self.websocket.close_reason

    async def frame(self):
        while not self.frames:
            if self.over is not None:
                raise ConnectionError(self.over)
            await self.read()
        return self.frames.pop(0)

    async def push(self):
        """Sends what the WebSocket has put out, as far as the windows let it."""
        for data in self.websocket.data_to_send():
            if not data:
                if self.over is None:
                    self.h2.end_stream(1)
                continue
            while data:
                room = min(self.h2.local_flow_control_window(1), self.h2.max_outbound_frame_size)
                if room <= 0:
                    await self.flush()
                    await self.read()
                    continue
                self.h2.send_data(1, data[:room])
                data = data[room:]
        await self.flush()

    async def read(self):
        received = await self.reader.read(65_536)
        if not received:
            self.over = self.over or "closed"
            return
        for event in self.h2.receive_data(received):
            if isinstance(event, h2.events.ResponseReceived):
                self.response = dict(event.headers)
            elif isinstance(event, h2.events.DataReceived):
                self.h2.acknowledge_received_data(event.flow_controlled_length, 1)
                self.websocket.receive_data(event.data)
                self.frames += self.websocket.events_received()
            elif isinstance(event, h2.events.StreamEnded):
                self.over = "end"
            elif isinstance(event, h2.events.StreamReset):
                self.over = f"reset {event.error_code}"
            elif isinstance(event, h2.events.ConnectionTerminated):
                self.over = f"goaway {event.error_code}"
        await self.flush()
        if self.over is None:
            await self.push()

    async def flush(self):
        self.writer.write(self.h2.data_to_send())
        await self.writer.drain()


async def messages(client):
    """Text and binary of sizes at which the frame's header changes, one after the other."""
    socket = await client.connect("/echo")
    for size in SIZES:
        await socket.send("m" * size)
        assert await socket.receive() == "m" * size
        data = os.urandom(size)
        await socket.send(data)
        assert await socket.receive() == data
    await socket.send("größer: 漢字 🦜")
    assert await socket.receive() == "größer: 漢字 🦜"
    assert await socket.close(1000, "done") == (1000, "done")


async def fragments(client):
    """A message of many frames, with a ping between messages."""
    socket = await client.connect("/echo")
    parts = [os.urandom(10_000) for _ in range(100)]
    await socket.send(parts)
    assert await socket.receive() == b"".join(parts)
    await socket.ping()
    await socket.send(["a", "", "b"])
    assert await socket.receive() == "ab"
    await socket.close(1000, "")


async def crossing(client):
    """Both directions at a time, with more than any window holds under way."""
    socket = await client.connect("/echo")
    sent = [os.urandom(50_000) for _ in range(40)]

    async def send():
        for message in sent:
            await socket.send(message)

    sending = asyncio.create_task(send()) if isinstance(client, Http1) else None
    if sending is None:
        await send()
    for message in sent:
        assert await socket.receive() == message
    if sending:
        await sending
    await socket.close(1000, "")


async def subprotocol(client):
    socket = await client.connect("/echo", subprotocols=["other", "chat"])
    assert socket.subprotocol == "chat", socket.subprotocol
    await socket.close(1000, "")


async def codes(client):
    """The client's own code and reason come back."""
    socket = await client.connect("/echo")
    assert await socket.close(4321, "my reason") == (4321, "my reason")


async def left(client):
    """The server closes first."""
    socket = await client.connect("/leave")
    assert await socket.receive() == "bye"
    assert await socket.ended() == (4001, "enough")


async def broken(client):
    """The server's connection breaks: no close frame, and so no code of its own."""
    socket = await client.connect("/break")
    assert await socket.receive() == "half"
    assert (await socket.ended())[0] == 1006


async def many(client):
    """Sockets at a time do not mix."""

    async def one(number):
        socket = await client.connect("/echo")
        for turn in range(20):
            await socket.send(f"{number}/{turn}")
            assert await socket.receive() == f"{number}/{turn}"
        await socket.close(1000, "")

    await asyncio.gather(*(one(number) for number in range(20)))


async def main():
    if sys.argv[1] == "serve":
        await serve()
        return
    client = {"http1": Http1, "http2": Http2}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
    for conversation in (messages, fragments, crossing, subprotocol, codes, left, broken, many):
        await asyncio.wait_for(conversation(client), 20)
        print(conversation.__name__)


asyncio.run(main())
