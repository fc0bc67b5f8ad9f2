#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Ordinary work of Debian's python3-h2 as a client, against the server that cases.txt describes.

usage: h2_client.py HOST PORT

Prints a line for what is wrong, and "N requests answered" at the end.
"""
import random
import socket
import sys

import h2.config
import h2.connection
import h2.events
import h2.settings


class Client:
    def __init__(self, host, port):
        self.socket = socket.create_connection((host, port), 10)
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
        self.h2.initiate_connection()
        self.status, self.body, self.ended = {}, {}, set()
        self.uploads = {}
        self.flush()

    def flush(self):
        self.socket.sendall(self.h2.data_to_send())

    def request(self, path, body=None, trailers=None, fields=()):
        stream = self.h2.get_next_available_stream_id()
        method = "GET" if body is None else "POST"
        head = [(":method", method), (":scheme", "http"), (":path", path), (":authority", "a.test")]
        self.h2.send_headers(stream, head + list(fields), end_stream=body is None)
        if body is not None:
            self.uploads[stream] = (body, trailers)
        self.upload()
        return stream

    def upload(self):
        """Sends as much body as the windows admit."""
        for stream, (body, trailers) in list(self.uploads.items()):
            while body:
                size = min(len(body), self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size)
                if size <= 0:
                    break
                self.h2.send_data(stream, body[:size])
                body = body[size:]
            self.uploads[stream] = (body, trailers)
            if not body:
                del self.uploads[stream]
                if trailers:
                    self.h2.send_headers(stream, trailers, end_stream=True)
                else:
                    self.h2.end_stream(stream)
        self.flush()

    def run(self):
        """Until every stream that was opened has ended."""
        last = self.h2.highest_outbound_stream_id
        while len(self.ended) < (last + 1) // 2:
            data = self.socket.recv(65536)
            if not data:
                raise EOFError("the connection ended")
            for event in self.h2.receive_data(data):
                self.on_event(event)
            self.upload()

    def on_event(self, event):
        if isinstance(event, h2.events.ResponseReceived):
            self.status[event.stream_id] = dict(event.headers)[b":status"]
        elif isinstance(event, h2.events.DataReceived):
            self.body[event.stream_id] = self.body.get(event.stream_id, 0) + len(event.data)
            self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            self.ended.add(event.stream_id)
        elif isinstance(event, h2.events.StreamReset):
            if event.error_code:
                print("stream %d was reset with %d" % (event.stream_id, event.error_code))
            self.ended.add(event.stream_id)
        elif isinstance(event, h2.events.ConnectionTerminated):
            raise EOFError("GOAWAY with %s: %s" % (event.error_code, event.additional_data))


def main():
    client = Client(sys.argv[1], int(sys.argv[2]))
    rng = random.Random(1)
    wanted = {}

    # Downloads side by side, larger than the windows together.
    for _ in range(50):
        size = rng.randrange(1, 100_000)
        wanted[client.request("/bytes/%d" % size)] = size
    client.run()

    # A smaller window while they go on, and a larger one again.
    client.h2.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 1000})
    for _ in range(10):
        wanted[client.request("/bytes/30000")] = 30000
    client.h2.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 100_000})
    client.run()

    # Uploads, with and without trailers.
    for i in range(10):
        body = bytes(rng.randrange(0, 200_000))
        wanted[client.request("/", body, [("x-sum", "1")] if i % 2 else None)] = 0
    client.run()

    # Heads that need CONTINUATION, and a table that is made small and large again.
    for size in (4096, 0, 100, 4096):
        client.h2.update_settings({h2.settings.SettingCodes.HEADER_TABLE_SIZE: size})
        client.flush()
        for i in range(20):
            fields = [("x-%d" % j, chr(97 + j) * rng.randrange(0, 2000)) for j in range(20)]
            fields.append(("cookie", "a=b"))
            fields.append(("cookie", "c=d"))
            wanted[client.request("/bytes/%d" % i, fields=fields)] = i
        client.run()

    # Many small ones, one behind the other.
    for i in range(500):
        wanted[client.request("/bytes/10", fields=[("x-request-id", str(i))])] = 10
        client.run()

    for stream, size in wanted.items():
        if client.status.get(stream) != b"200" or client.body.get(stream, 0) != size:
            print("stream %d: %s with %s of %d" % (stream, client.status.get(stream), client.body.get(stream), size))
    print("%d requests answered" % len(client.ended))


if __name__ == "__main__":
    main()
