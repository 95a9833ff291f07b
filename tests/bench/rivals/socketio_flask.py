# The signaling server of the "P2P WebRTC Technical Guide" as it describes it: Flask-SocketIO, with eventlet, which it
# takes first of the ways to wait that it knows.
#
#     python3 tests/bench/rivals/socketio_flask.py PORT

import eventlet

eventlet.monkey_patch()

import sys

from flask import Flask, request
from flask_socketio import SocketIO, emit, join_room, leave_room

app = Flask(__name__)
socketio = SocketIO(app, async_mode="eventlet")
rooms = {}
users = {}


@socketio.on("join_room")
def on_join_room(data):
    room = data if isinstance(data, str) else data["room"]
    user_id = request.sid if isinstance(data, str) else data.get("user_id", request.sid)
    users[request.sid] = {"user_id": user_id, "room": room}
    rooms.setdefault(room, set()).add(user_id)
    join_room(room)
    emit("room_joined", {"room": room, "users": len(rooms[room])})
    emit("user_joined", {"user_id": user_id, "users": len(rooms[room])}, to=room, include_self=False)


@socketio.on("leave_room")
def on_leave_room(_room):
    leave()


@socketio.on("disconnect")
def on_disconnect():
    leave()


def leave():
    user = users.pop(request.sid, None)
    if user is None:
        return
    room, user_id = user["room"], user["user_id"]
    rooms[room].discard(user_id)
    leave_room(room)
    emit("user_left", {"user_id": user_id, "users": len(rooms[room])}, to=room)
    if not rooms[room]:
        del rooms[room]


def forward(event, field):
    @socketio.on(event)
    def on_event(data):
        message = {field: data[field], "from": users[request.sid]["user_id"]}
        emit(event, message, to=data["room"], include_self=False)


forward("offer", "offer")
forward("answer", "answer")
forward("ice_candidate", "candidate")

socketio.run(app, host="127.0.0.1", port=int(sys.argv[1]))
