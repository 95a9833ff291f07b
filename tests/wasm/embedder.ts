// An embedder of the module, for the compiler alone: what is right compiles, and each marked mistake is one.

import createParley, {
  type Call,
  type Directory,
  type DirectoryHandler,
  type Handler,
  type Session,
  type Snapshot,
} from '../../wasm/binding/parley.js';

declare const handler: Handler;
declare const directoryHandler: DirectoryHandler;

export async function embed(): Promise<Session> {
  const { Session } = await createParley({ locateFile: (path, prefix) => prefix + path });
  const session = new Session(
    {
      url: 'wss://example.org/ws',
      room: 'blue-otter',
      meta: { colour: 'red' },
      slots: [{ name: 'camera', kind: 'video' }],
      iceServers: [{ urls: 'stun:stun.example.org' }],
      token: 'a.b.c',
      seed: crypto.getRandomValues(new Uint32Array(2)),
    },
    handler,
  );
  session.join(performance.now());
  session.renew(performance.now(), 'd.e.f');
  session.sendMessage(performance.now(), null, 'chat', 'hello');
  session.moderate(performance.now(), { action: 'rules', rules: { locked: true, share: 'moderators' } });

  const snapshot: Snapshot = session.snapshot();
  const known: string[] = snapshot.peers.map(({ identity }) => identity);
  console.log(known);
  if (snapshot.moderator && !snapshot.rules.locked) {
    for (const { id } of snapshot.lobby.waiting) session.moderate(performance.now(), { action: 'admit', id });
  }
  const lost: string[] = snapshot.peers.filter((peer) => peer.state === 'lost').map((peer) => peer.id);
  session.retry(performance.now(), lost[0]);
  return session;
}

export async function goOnline(): Promise<Directory> {
  const { Directory } = await createParley();
  const seed = crypto.getRandomValues(new Uint32Array(2));
  const directory = new Directory(
    { url: 'wss://example.org/ws', name: 'ada', token: 'a.b.c', seed },
    directoryHandler,
  );
  directory.register(performance.now());
  directory.renew(performance.now(), 'd.e.f');
  directory.dial(performance.now(), 'bob');
  const { state, room }: Call = directory.snapshot().call;
  if (state === 'accepted') console.log(room);
  return directory;
}

export function forward(session: Session, id: number, pc: RTCPeerConnection): void {
  pc.onicecandidate = ({ candidate }) => {
    if (candidate) session.localCandidate(performance.now(), id, candidate);
  };
  pc.onconnectionstatechange = () =>
    session.connectionStateChanged(performance.now(), id, pc.connectionState);
  pc.oniceconnectionstatechange = () =>
    session.iceConnectionStateChanged(performance.now(), id, pc.iceConnectionState);
  pc.onicegatheringstatechange = () =>
    session.iceGatheringStateChanged(performance.now(), id, pc.iceGatheringState);
}

export async function mistakes(session: Session): Promise<void> {
  const { Session } = await createParley();
  // @ts-expect-error a session needs a seed
  new Session({ url: '', room: '' }, handler);
  // @ts-expect-error a handler needs all of its methods
  new Session({ url: '', room: '', seed: [1, 2] }, { openSocket() {} });
  // @ts-expect-error the instant comes first
  session.join();
  // @ts-expect-error moderators cannot do that
  session.moderate(performance.now(), { action: 'ban', id: 'peer-2' });
  // @ts-expect-error a kind is audio or video
  session.openSlot(performance.now(), { name: 'nose', kind: 'smell' });
  const { Directory } = await createParley();
  // @ts-expect-error a directory has a handler of its own kind
  new Directory({ url: '', name: 'ada', seed: [1, 2] }, { openSocket() {} });
  // @ts-expect-error whom?
  (await goOnline()).dial(performance.now());
  // @ts-expect-error to whom?
  session.sendMessage(performance.now(), 'chat', 'hello');
}
