import type { Reason } from '../../shim/index.js';
import { answerWithinMs, answersHttp, lookFor } from './playlist.js';
import { SimClient, type SimListener } from './sim-client.js';
import {
  isMixedContent,
  place,
  playlistUrl,
  problemsOf,
  socketPortUrl,
  socketUrl,
  type Target,
} from './target.js';

export type CheckName = 'socket' | 'http' | 'path';

/** `unsure`: what there is to see from here does not tell. `skipped`: what it rests on failed. */
export interface Check {
  state: 'running' | 'passed' | 'failed' | 'unsure' | 'skipped';
  words: string;
  /** What to do about it. */
  advice: string;
}

export type Checks = Record<CheckName, Check>;
export const running: Checks = {
  socket: { state: 'running', words: 'Trying to connect …', advice: '' },
  http: { state: 'running', words: 'Asking …', advice: '' },
  path: { state: 'running', words: 'Trying to join …', advice: '' },
};

const passed = (words: string): Check => ({ state: 'passed', words, advice: '' });
const failed = (words: string, advice: string): Check => ({ state: 'failed', words, advice });

/** Tries what publishing will need, and reports each result as it comes. It joins under the SIM for a moment. */
export async function runChecks(
  target: Target,
  token: string,
  report: (name: CheckName, check: Check) => void,
): Promise<void> {
  const { sim } = problemsOf(target);
  const knock = sim ? Promise.resolve<Knock>('shut') : knockAt(target, token);
  const http = checkHttp(target, token).then((check) => report('http', check));
  const socket = await checkSocket(target, await knock);
  report('socket', socket);
  report('path', sim ? failed(sim, 'Correct the number.') : pathCheck(target, await knock, socket));
  await http;
}

/** How a connection at the SIM's own address went: it did not open, it opened and was let in, or was not. */
type Knock = 'shut' | 'forbidden' | 'joined' | 'silent' | Reason;

function knockAt(target: Target, token: string): Promise<Knock> {
  return new Promise((resolve) => {
    let opened = false;
    let client: SimClient | null = null;
    const end = (knock: Knock): void => {
      clearTimeout(late);
      if (knock === 'joined') client?.leave();
      client?.close();
      resolve(knock);
    };
    const late = setTimeout(() => end(opened ? 'silent' : 'shut'), answerWithinMs);
    try {
      const listener: SimListener = {
        opened: () => {
          opened = true;
          client!.join();
        },
        heard: (message) => {
          if (message.type === 'joined') end('joined');
          if (message.type === 'error') end(message.reason);
        },
        passed: () => undefined,
        closed: () => end(opened ? 'silent' : 'shut'),
      };
      client = new SimClient(socketUrl(target), target.sim, listener, token);
    } catch {
      end('forbidden');
    }
  });
}

async function checkSocket(target: Target, knock: Knock): Promise<Check> {
  const at = place(target, target.socketPort);
  // The SIM's own address tells as much as the port's, but for one that does not open.
  const found = knock === 'shut' ? await open(socketUrl(target, '')) : knock;
  if (found === 'forbidden')
    return isMixedContent(target, location)
      ? failed(
          'This page came over https:, so the browser opens only encrypted WebSockets.',
          'Turn on encryption, and give the port at which the server speaks wss:.',
        )
      : failed(
          `The browser does not allow a WebSocket at ${at}.`,
          'Browsers keep the ports of other services, such as 22 and 25, to these: let the server listen at another one.',
        );
  if (found !== 'shut') return passed(`A WebSocket opens at ${at}.`);
  // Pages are told nothing about a WebSocket that does not open, so what else is at this port is asked.
  if (await answersHttp(socketPortUrl(target)))
    return failed(
      `A web server answers at ${at}, but opens no WebSocket.`,
      'This may be its HTTP port. The WebSocket port of this protocol’s servers is 1078 unless they say otherwise.',
    );
  return failed(
    `Nothing answers at ${at}.`,
    `Check the server’s name and the WebSocket port, that the server is running, and that no firewall blocks it${
      target.secure ? ', and that it is encrypted' : ''
    }.`,
  );
}

function open(url: string): Promise<'open' | 'shut' | 'forbidden'> {
  return new Promise((resolve) => {
    let socket: WebSocket;
    try {
      socket = new WebSocket(url);
    } catch {
      return resolve('forbidden');
    }
    const end = (found: 'open' | 'shut'): void => {
      clearTimeout(late);
      socket.onopen = socket.onclose = null;
      socket.close();
      resolve(found);
    };
    const late = setTimeout(() => end('shut'), answerWithinMs);
    socket.onopen = () => end('open');
    socket.onclose = () => end('shut');
  });
}

function pathCheck(target: Target, knock: Knock, socket: Check): Check {
  const path = `/${target.sim}`;
  if (knock === 'joined') return passed(`The server lets ${target.sim} join.`);
  if (socket.state !== 'passed')
    return { state: 'skipped', words: 'Not tried, since no WebSocket opens.', advice: '' };
  if (knock === 'shut' || knock === 'forbidden')
    return failed(
      `The server opens no WebSocket at ${path}.`,
      'Check the number: the server may know only certain ones, or expect another form of address.',
    );
  if (knock === 'silent')
    return failed(
      `The server opens ${path}, but does not answer a join.`,
      'It may be a server of another kind. Check the WebSocket port.',
    );
  if (knock.code === 'peer-taken')
    return failed(
      `${target.sim} is in use already.`,
      'Stop the other device or tab that streams under it, or try again if it has just been cut off.',
    );
  return failed(`The server refuses: ${knock.message || knock.code}`, 'Do as it says, then test again.');
}

async function checkHttp(target: Target, token: string): Promise<Check> {
  const at = place(target, target.httpPort);
  const found = await lookFor(playlistUrl(target), token);
  switch (found.kind) {
    case 'playlist':
      return passed(`The server at ${at} answers, and has a stream of this SIM already.`);
    case 'absent':
      return passed(`A server at ${at} answers; no stream of this SIM is there yet (404).`);
    case 'refused':
      return passed(`The server at ${at} answers, and lets only invited people watch (${found.status}).`);
    case 'other':
      return failed(
        `What answers at ${at} has no streams: status ${found.status}, ${found.type}.`,
        'Another web server may be at this port. The HTTP port of this protocol’s servers is 8080 unless they say otherwise.',
      );
    case 'unreadable':
      return {
        state: 'unsure',
        words: `Something answers at ${at}, but does not let this page read what (CORS).`,
        advice: `To see for yourself, open ${playlistUrl(target)} while you stream.`,
      };
    case 'silent':
      return failed(
        `No web server answers at ${at}.`,
        'Check the HTTP port, that the server is running, and that no firewall blocks it. Publishing works without it; watching by HLS does not.',
      );
  }
}
