# The room manager of webrtc_flutter_api, whose own stack Debian does not have: the same messages by Python websockets.
# The recipient is looked up in a signal's payload, JSON in a string, and taken out of it.
#
#     python3 tests/bench/rivals/serverpod_websockets.py PORT

import asyncio
import json
import sys

import websockets

rooms = {}


async def handle(socket):
    room_id = session_id = None
    room = {}
    try:
        async for text in socket:
            message = json.loads(text)
            if message.get("action") == "join":
                room_id, session_id = message["roomId"], message["sessionId"]
                room = rooms.setdefault(room_id, {})
                room[session_id] = socket
                await socket.send(
                    json.dumps(
                        {
                            "type": "peers_list",
                            "peers": [peer for peer in room if peer != session_id],
                            "roomId": room_id,
                            "sessionId": session_id,
                        }
                    )
                )
                for peer, other in others(room, session_id):
                    peers = [each for each in room if each != peer]
                    await other.send(json.dumps({"type": "peer_joined", "peerId": session_id, "peers": peers}))
            elif message.get("type") in ("webrtc_offer", "webrtc_answer", "webrtc_ice_candidate"):
                payload = json.loads(message["payload"])
                target = payload.pop("targetPeerId", None)
                relayed = json.dumps(
                    {"type": message["type"], "payload": json.dumps(payload), "senderSessionId": session_id}
                )
                for peer, other in others(room, session_id):
                    if target in (None, peer):
                        await other.send(relayed)
            elif message.get("type") == "leave_room":
                break
    except websockets.ConnectionClosedError:
        pass
    finally:
        if room.pop(session_id, None):
            websockets.broadcast(room.values(), json.dumps({"type": "peer_left", "peerId": session_id}))
            if not room:
                del rooms[room_id]


def others(room, session_id):
    return [(peer, socket) for peer, socket in room.items() if peer != session_id]


async def main():
    async with websockets.serve(handle, "127.0.0.1", int(sys.argv[1])):
        await asyncio.Future()


asyncio.run(main())
