# "WebRTC Implementation in FastAPI" as its document describes it: rooms and peers by the path, each message on to
# its target_peer_id with from_peer_id added. uvicorn runs it with uvloop and httptools, as uvicorn[standard] has them.
#
#     python3 tests/bench/rivals/fastapi_uvicorn.py PORT

import sys

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
rooms: dict[str, dict[str, WebSocket]] = {}


@app.websocket("/webrtc/signaling/{room_id}/{peer_id}")
async def signaling(websocket: WebSocket, room_id: str, peer_id: str):
    await websocket.accept()
    room = rooms.setdefault(room_id, {})
    await websocket.send_json({"type": "existing_peers", "peers": list(room)})
    await broadcast(room, {"type": "peer_joined", "peer_id": peer_id})
    room[peer_id] = websocket
    try:
        while True:
            message = await websocket.receive_json()
            if message["type"] in ("offer", "answer", "ice_candidate"):
                target = room.get(message.get("target_peer_id"))
                if target:
                    message["from_peer_id"] = peer_id
                    await target.send_json(message)
    except WebSocketDisconnect:
        del room[peer_id]
        await broadcast(room, {"type": "peer_left", "peer_id": peer_id})
        if not room:
            del rooms[room_id]


async def broadcast(room, message):
    for peer in list(room.values()):
        await peer.send_json(message)


uvicorn.run(
    app, host="127.0.0.1", port=int(sys.argv[1]), loop="uvloop", http="httptools", ws="websockets", log_level="error"
)
