import { invitationFailure, isAboutInvitation } from '../../element/invitation.js';
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

const refusedTitle: [Status['tone'], string] = ['bad', 'Refused'];

export function signalingStatus({ signaling, trouble }: Publisher, target: Target): Status {
  const refused = signaling === 'lost' && trouble.signaling && isAboutInvitation(trouble.signaling);
  const [tone, title] = refused ? refusedTitle : signalingTitles[signaling];
  const at = place(target, target.socketPort);
  const words: Record<Signaling, string> = {
    off: `Start connects to ${at}.`,
    connecting: `Opening a WebSocket at ${at}.`,
    joining: `Connected to ${at}; waiting for it to confirm ${target.sim}.`,
    joined: `As ${target.sim} at ${at}.`,
    lost: lossWords(trouble.signaling, target),
  };
  return { tone, title, words: words[signaling] };
}

function lossWords(trouble: Publisher['trouble']['signaling'], target: Target): string {
  if (trouble && isAboutInvitation(trouble))
    return invitationFailure(trouble, 'Only invited people can stream here').join('. ');
  return `${breakWords(trouble, target)} Trying again.`;
}

function breakWords(trouble: Publisher['trouble']['signaling'], target: Target): string {
  const at = place(target, target.socketPort);
  switch (trouble?.code) {
    case 'unreachable':
      return `No WebSocket opens at ${at}. Press Stop, then Test, to see why.`;
    case 'closed':
      return `The connection to ${at} was lost.`;
    case 'no-answer':
      return `${at} did not answer the join.`;
    case 'forbidden':
      return isMixedContent(target, location)
        ? 'A page opened with https:// may open only encrypted WebSockets. Turn on encryption.'
        : `The browser does not allow a WebSocket at ${at}.`;
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
      ? 'Nothing is being sent.'
      : trouble.streaming
        ? ''
        : 'Starts when the server has confirmed the SIM.',
    offered: 'Offer sent; waiting for the answer.',
    nobody: `The stream is offered again every ${offerAgainMs / 1000} seconds.`,
    connecting: 'Answered; connecting to the other side.',
    connected:
      signaling === 'joined' ? 'Video and sound are being sent.' : 'The stream continues without signaling.',
    interrupted: 'The other side left or cannot be reached. Trying again in a moment.',
  };
  const said = trouble.streaming && streaming !== 'nobody' ? ` ${sentence(trouble.streaming.message)}` : '';
  return { tone, title, words: `${words[streaming]}${said} ${notice}`.trim() };
}

/** What to try next, the most promising first. */
export function advice(
  { running, signaling, streaming, trouble, offers }: Publisher,
  target: Target,
): string[] {
  if (!running) return ['Start the stream. Test tells you in advance what would fail.'];
  if (signaling === 'lost') {
    if (trouble.signaling && isAboutInvitation(trouble.signaling))
      return ['Open the link of your invitation again, or ask for a new one.'];
    if (trouble.signaling?.code === 'peer-taken')
      return [
        'Stop the other device or tab that streams under this SIM.',
        'If this device was cut off a moment ago, wait a few seconds.',
      ];
    return [
      `Check that the server is running and listens at ${place(target, target.socketPort)}.`,
      'Check that it accepts this SIM number in its address.',
      'Check for firewalls, then stop and press Test.',
    ];
  }
  if (signaling !== 'joined') return ['Wait a moment for the server to answer.'];
  switch (streaming) {
    case 'nobody':
      return [
        'Open the link to watch on one other device or in one other tab, and join there.',
        'If several are watching, leave all but one: without a media gateway a stream goes to one viewer.',
        'Or run a media gateway beside the server, which takes every stream.',
      ];
    case 'offered':
      return offers > 1
        ? ['An offer was delivered but not answered. Reload the viewer’s tab, or look at the server’s log.']
        : ['Wait a moment for the answer.'];
    case 'connecting':
    case 'interrupted':
      return [
        'Check in the log below that both sides sent ICE candidates.',
        target.stun
          ? 'Check that the STUN server can be reached.'
          : 'If the two sides are in different networks, stop and enter a STUN server in the settings.',
        'If a firewall blocks UDP, the other side needs a TURN server.',
      ];
    default:
      return ['Nothing: the stream is running. If the picture is poor, see below how much is sent.'];
  }
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
