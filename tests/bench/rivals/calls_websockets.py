# "WebRTC Video Call Signaling Server" as its document describes it, with Python websockets: users by name, everyone
# told who is online whenever that changes, and what is said to a target_username handed on to it.
#
#     python3 tests/bench/rivals/calls_websockets.py PORT

import asyncio
import json
import sys
from datetime import datetime

import websockets

users = {}
forwarded = ("offer", "answer", "ice_candidate")
# A type, the field that names whom it is for, and the one by which that user learns who sent it.
calls = {
    "call_accepted": ("caller_username", "accepter_username"),
    "call_rejected": ("caller_username", "rejecter_username"),
    "call_ended": ("target_username", "from_username"),
}


async def handle(socket):
    name = None
    try:
        async for text in socket:
            message = json.loads(text)
            kind = message["type"]
            if kind == "register":
                name = message["username"]
                users[name] = (socket, message["user_id"])
                await send(socket, {"type": "registered", "username": name, "user_id": message["user_id"]})
                tell_who_is_online()
            elif kind in forwarded:
                relayed = {"type": kind, "from_username": name, "data": message["data"]}
                await send_to(message["target_username"], relayed, socket)
            elif kind == "call_request":
                call = {"type": "incoming_call", "caller_username": name, "caller_id": users[name][1]}
                await send_to(message["target_username"], call, socket)
            elif kind in calls:
                target, by = calls[kind]
                await send_to(message[target], {"type": kind, by: name}, socket)
    except websockets.ConnectionClosedError:
        pass
    finally:
        if users.pop(name, None):
            tell_who_is_online()


async def send(socket, message):
    await socket.send(json.dumps(message))


async def send_to(name, message, sender):
    if name in users:
        await send(users[name][0], message)
    else:
        await send(sender, {"type": "error", "message": f"User {name} is not online"})


def tell_who_is_online():
    online = [{"username": name, "user_id": user_id} for name, (_, user_id) in users.items()]
    text = json.dumps({"type": "online_users", "users": online, "timestamp": datetime.now().isoformat()})
    websockets.broadcast([socket for socket, _ in users.values()], text)


async def main():
    async with websockets.serve(handle, "127.0.0.1", int(sys.argv[1])):
        await asyncio.Future()


asyncio.run(main())
