// How a member of each dialect enters a room, what it says, and what it hears, as its document shows it. Whatever
// can be claimed about the sender is claimed wrongly, and fields of no meaning are put where they must be dropped.
import { Client } from './client.mjs';
import { SocketIoClient } from './socket_io_client.mjs';

/** Also the room's name, since a SIM's room has its number. */
export const sim = '923244219594';
export const room = sim;

const noise = { shoeSize: { eu: 42 }, from: 'eve', simNumber: undefined };

async function enter(host, path, hello, welcome) {
  const client = await Client.at(host, path);
  if (hello) client.send(hello);
  client.welcome = await client.next(welcome);
  return client;
}

/**
 * What a candidate is to everybody who gets it: `candidate` alone, or none, may have been sent. One that names no
 * m-line is for the first, as browsers want one.
 */
export function whole(candidate) {
  const { candidate: text, ...rest } =
    typeof candidate === 'string' || candidate === null ? { candidate } : candidate;
  const placed = !text || 'sdpMid' in rest || 'sdpMLineIndex' in rest ? {} : { sdpMLineIndex: 0 };
  return { candidate: text ?? '', ...rest, ...placed };
}

const parley = {
  name: 'parley',
  async enter(host, id) {
    const client = await Client.join(host, room, id);
    client.welcome = client.joined;
    const heard = client.heard.bind(client);
    const unnumbered = ({ seq, ack, ...rest }) => rest;
    client.heard = async () => (await heard()).map(unnumbered).filter(({ type }) => type !== 'ack');
    return client;
  },
  says: (type, body, to) => ({
    type: 'signal',
    to,
    [type === 'candidate' ? 'candidate' : 'description']: body,
    ...noise,
  }),
  hears: (type, body, from) => ({
    type: 'signal',
    from,
    [type === 'candidate' ? 'candidate' : 'description']: body,
  }),
  roster: ({ peers }) => peers.map(({ id }) => id),
  left: (id) => ({ type: 'peer-left', id, reason: 'left' }),
  targets: true,
  objectsOnly: true,
};

const serverpodType = { offer: 'webrtc_offer', answer: 'webrtc_answer', candidate: 'webrtc_ice_candidate' };
const serverpod = {
  name: 'serverpod',
  async enter(host, id) {
    const hello = { action: 'join', roomId: room, sessionId: id };
    const client = await enter(host, '/webrtc', hello, 'peers_list');
    const heard = client.heard.bind(client);
    const read = (message) =>
      message.payload === undefined ? message : { ...message, payload: JSON.parse(message.payload) };
    client.heard = async () => (await heard()).map(read);
    return client;
  },
  says(type, body, to) {
    const payload = typeof body === 'string' || body === null ? { candidate: body } : body;
    return {
      type: serverpodType[type],
      payload: JSON.stringify({ ...payload, targetPeerId: to }),
      senderSessionId: 'eve',
      ...noise,
    };
  },
  hears: (type, payload, senderSessionId) => ({ type: serverpodType[type], payload, senderSessionId }),
  roster: ({ peers }) => peers,
  joined: (peerId, peers) => ({ type: 'peer_joined', peerId, peers }),
  left: (peerId) => ({ type: 'peer_left', peerId }),
  targets: true,
  untargeted: true,
};

const fastapi = {
  name: 'fastapi',
  enter: (host, id) => enter(host, `/webrtc/signaling/${room}/${id}`, undefined, 'existing_peers'),
  says: (type, body, to) => ({
    type: type === 'candidate' ? 'ice_candidate' : type,
    [type]: body,
    target_peer_id: to,
    from_peer_id: 'eve',
    ...noise,
  }),
  hears: (type, body, from, to) => ({
    type: type === 'candidate' ? 'ice_candidate' : type,
    [type]: body,
    from_peer_id: from,
    ...(to === undefined ? {} : { target_peer_id: to }),
  }),
  roster: ({ peers }) => peers,
  joined: (peer_id) => ({ type: 'peer_joined', peer_id }),
  left: (peer_id) => ({ type: 'peer_left', peer_id }),
  targets: true,
  untargeted: true,
};

const socketio = {
  name: 'socketio',
  async enter(host, id) {
    const client = await SocketIoClient.open(host);
    client.send({ type: 'join_room', room, user_id: id });
    client.welcome = await client.next('room_joined');
    return client;
  },
  says: (type, body, to) => ({
    type: type === 'candidate' ? 'ice_candidate' : type,
    room,
    [type]: body,
    to,
    user_id: 'eve',
    ...noise,
  }),
  hears: (type, body, from) => ({
    type: type === 'candidate' ? 'ice_candidate' : type,
    [type]: body,
    from,
  }),
  joined: (user_id, others) => ({ type: 'user_joined', user_id, users: others.length + 1 }),
  left: (user_id) => ({ type: 'user_left', user_id, users: 1 }),
  targets: true,
  untargeted: true,
};

const calls = {
  name: 'calls',
  async enter(host, id) {
    const hello = { type: 'register', username: id, user_id: `${id}-uuid` };
    const client = await enter(host, `/?room=${room}`, hello, 'registered');
    const heard = client.heard.bind(client);
    client.heard = async () => (await heard()).filter(({ type }) => type !== 'online_users');
    return client;
  },
  says: (type, data, to) => ({
    type: type === 'candidate' ? 'ice_candidate' : type,
    target_username: to,
    data,
    from_username: 'eve',
    username: 'eve',
    ...noise,
  }),
  hears: (type, data, from_username) => ({
    type: type === 'candidate' ? 'ice_candidate' : type,
    from_username,
    data,
  }),
  left: (from_username) => ({ type: 'call_ended', from_username }),
  targets: true,
};

const streamer = {
  name: 'sim',
  enter: (host) => enter(host, `/${sim}`, { type: 'join', simNumber: sim }, 'joined'),
  says: (type, body) =>
    type === 'candidate'
      ? { ...noise, type: 'ice-candidate', candidate: body }
      : { ...noise, type, sdp: body, simNumber: sim },
  hears(type, body) {
    if (type === 'offer') return undefined;
    return type === 'candidate' ? { type: 'ice-candidate', candidate: body } : { type, sdp: body };
  },
  untargeted: true,
  offersOnly: true,
};

export const dialects = [parley, streamer, serverpod, socketio, calls, fastapi];
