#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Debian's python3-h2 as a server on a port of its choice: prints the port, serves one connection, and ends with it.

A request is answered when it ends: 103, then 200 with the request's body and the trailer x-length.
"""
import socket

import h2.config
import h2.connection
import h2.events


def send(connection, pending):
    """Sends as much body as the windows admit, then trailers."""
    for stream, body in list(pending.items()):
        while body:
            size = min(len(body[0]), connection.local_flow_control_window(stream), connection.max_outbound_frame_size)
            if size <= 0:
                break
            connection.send_data(stream, body[0][:size])
            body[0] = body[0][size:]
            if not body[0]:
                body.pop(0)
        if not body:
            connection.send_headers(stream, [("x-length", "done")], end_stream=True)
            del pending[stream]


def main():
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    peer = listener.accept()[0]
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    connection.initiate_connection()
    bodies, pending = {}, {}
    while True:
        peer.sendall(connection.data_to_send())
        data = peer.recv(65536)
        if not data:
            return
        for event in connection.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                bodies[event.stream_id] = []
            elif isinstance(event, h2.events.DataReceived):
                bodies[event.stream_id].append(event.data)
                connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.StreamEnded):
                connection.send_headers(event.stream_id, [(":status", "103"), ("link", "</a>")])
                connection.send_headers(event.stream_id, [(":status", "200"), ("server", "python")])
                pending[event.stream_id] = [b for b in bodies.pop(event.stream_id) if b]
            elif isinstance(event, h2.events.StreamReset):
                bodies.pop(event.stream_id, None)
                pending.pop(event.stream_id, None)
        send(connection, pending)


if __name__ == "__main__":
    main()
