import { offerAgainMs, type Publisher, type Signaling, type Streaming } from './publisher.js';
import { isMixedContent, place, type Target } from './target.js';

/** A state as it is shown: a word, a sentence, and whether it is well. */
export interface Status {
  tone: 'idle' | 'busy' | 'good' | 'bad';
  title: string;
  words: string;
}

const signalingTitles: Record<Signaling, [Status['tone'], string]> = {
  off: ['idle', 'Off'],
  connecting: ['busy', 'Connecting'],
  joining: ['busy', 'Joining'],
  joined: ['good', 'Joined'],
  lost: ['bad', 'No connection'],
};

export function signalingStatus({ signaling, trouble }: Publisher, target: Target): Status {
  const [tone, title] = signalingTitles[signaling];
  const at = place(target, target.socketPort);
  const words: Record<Signaling, string> = {
    off: `Start connects to ${at}.`,
    connecting: `Opening a WebSocket at ${at}.`,
    joining: `Connected with ${at}, which is to confirm ${target.sim}.`,
    joined: `As ${target.sim} at ${at}.`,
    lost: `${lossWords(trouble.signaling, target)} It is tried again by itself.`,
  };
  return { tone, title, words: words[signaling] };
}

function lossWords(trouble: Publisher['trouble']['signaling'], target: Target): string {
  const at = place(target, target.socketPort);
  switch (trouble?.code) {
    case 'unreachable':
      return `No WebSocket opens at ${at}: Stop, then Test, to see why.`;
    case 'closed':
      return `The connection with ${at} broke.`;
    case 'no-answer':
      return `${at} does not answer the join.`;
    case 'forbidden':
      return isMixedContent(target, location)
        ? 'A page that came over https: may open only encrypted WebSockets: turn on encryption.'
        : `The browser lets no page open a WebSocket at ${at}.`;
    case 'peer-taken':
      return 'This SIM is streaming from another device or tab.';
    default:
      return trouble?.message ? sentence(trouble.message) : `${at} closed the connection.`;
  }
}

const streamingTitles: Record<Streaming, [Status['tone'], string]> = {
  off: ['idle', 'Off'],
  offered: ['busy', 'Offered'],
  nobody: ['bad', 'Nobody to stream to'],
  connecting: ['busy', 'Connecting'],
  connected: ['good', 'Streaming'],
  interrupted: ['bad', 'Interrupted'],
};

const waiting: [Status['tone'], string] = ['busy', 'Waiting'];

export function streamingStatus(publisher: Publisher): Status {
  const { streaming, signaling, trouble, running, notice } = publisher;
  const [tone, title] = running && streaming === 'off' ? waiting : streamingTitles[streaming];
  const words: Record<Streaming, string> = {
    off: !running
      ? 'Nothing leaves this device.'
      : trouble.streaming
        ? ''
        : 'As soon as the server has confirmed the SIM.',
    offered: 'The offer is out; an answer is to come.',
    nobody: `The stream is offered again every ${offerAgainMs / 1000} seconds.`,
    connecting: 'It was answered; the way to the other side is being found.',
    connected:
      signaling === 'joined' ? 'Picture and sound are on their way.' : 'It goes on without signaling.',
    interrupted: 'The other side is not reached, or has left. It is offered anew in a moment.',
  };
  const said = trouble.streaming && streaming !== 'nobody' ? ` ${sentence(trouble.streaming.message)}` : '';
  return { tone, title, words: `${words[streaming]}${said} ${notice}`.trim() };
}

/** What to try next, the most promising first. */
export function advice(
  { running, signaling, streaming, trouble, offers }: Publisher,
  target: Target,
): string[] {
  if (!running) return ['Start the stream. Test tells beforehand what would fail.'];
  if (signaling === 'lost') {
    if (trouble.signaling?.code === 'peer-taken')
      return [
        'Stop the other device or tab that streams under this SIM.',
        'If this device was cut off a moment ago, wait: the server notices within half a minute.',
      ];
    return [
      `Check that the server runs and listens at ${place(target, target.socketPort)}.`,
      'Check that it takes this SIM number in its address.',
      'Check firewalls in between, then stop and press Test for each result.',
    ];
  }
  if (signaling !== 'joined') return ['Wait a moment: the server is being asked.'];
  switch (streaming) {
    case 'nobody':
      return [
        'Open the link to watch on one other device or in one other tab, and join there.',
        'If several are watching, leave all but one: without a media gateway a stream goes to one viewer.',
        'Or run a media gateway beside the server, which takes every stream.',
      ];
    case 'offered':
      return offers > 1
        ? ['An offer was taken and not answered: reload the viewer’s tab, or look at the server’s log.']
        : ['Wait a moment for the answer.'];
    case 'connecting':
    case 'interrupted':
      return [
        'See in the log below whether both sides sent ICE candidates.',
        target.stun
          ? 'Check that the STUN server can be reached.'
          : 'If the two sides are in different networks, stop and give a STUN server in the settings.',
        'A firewall that lets no UDP through needs a TURN server at the other side.',
      ];
    default:
      return ['Nothing: the stream is on its way. If the picture is poor, see how much is sent below.'];
  }
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
