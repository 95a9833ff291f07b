import { captureFailure, type Capture, type Failure } from './failure.js';
import { preferences } from './preferences.js';

/** The slots this page sends on; sound of a shared tab travels beside its picture. */
export type LocalSlot = Capture | 'screen-sound';
type Device = Exclude<Capture, 'screen'>;
export type DeviceKind = 'microphone' | 'camera' | 'speaker';

const browserKinds: Record<MediaDeviceKind, DeviceKind> = {
  audioinput: 'microphone',
  videoinput: 'camera',
  audiooutput: 'speaker',
};

/** What cameras give without effort, and enough for a window's width. */
const sharp = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
/**
 * Who comes straight into a call is to be seen at once: libwebrtc drops the first frames of anything larger until its
 * bandwidth estimate has grown.
 */
const soon = { ...sharp, width: { ideal: 640 }, height: { ideal: 360 } };

/**
 * This person's devices: what they want to send, what they can, and why not where they cannot. Nothing here throws;
 * a device that does not open becomes an entry of `failures`, and everything else goes on.
 */
export class LocalMedia {
  readonly tracks = new Map<LocalSlot, MediaStreamTrack>();
  readonly failures = new Map<Capture, Failure>();
  /** What the person asked for, whether or not a device has given it yet. */
  readonly wanted = { microphone: true, camera: true };
  devices: MediaDeviceInfo[] = [];

  /** Grows with each stop(), so that a device that opens too late is closed again. */
  #stay = 0;
  /** What is being opened: whoever asks for it meanwhile waits with the first, since a second track would be nobody's. */
  readonly #pending = new Map<Capture, Promise<void>>();
  #picture = sharp;
  readonly #onTrack: (slot: LocalSlot, track: MediaStreamTrack | null) => void;
  readonly #onChange: () => void;

  constructor(onTrack: (slot: LocalSlot, track: MediaStreamTrack | null) => void, onChange: () => void) {
    this.#onTrack = onTrack;
    this.#onChange = onChange;
  }

  /** Whether others hear, see or are shown something right now. */
  get live(): { microphone: boolean; camera: boolean; screen: boolean } {
    return {
      microphone: this.wanted.microphone && this.tracks.has('microphone'),
      camera: this.wanted.camera && this.tracks.has('camera'),
      screen: this.tracks.has('screen'),
    };
  }

  /** Whether a camera or a microphone is being opened. */
  get opening(): boolean {
    return this.#pending.has('microphone') || this.#pending.has('camera');
  }

  /** Opens what is wanted and not open yet, in one prompt. `hurry` prefers an early picture to a sharp one. */
  async start(hurry = false): Promise<void> {
    this.#picture = hurry ? soon : sharp;
    navigator.mediaDevices?.addEventListener('devicechange', this.#list);
    await this.#open((['microphone', 'camera'] as const).filter((what) => this.wanted[what]));
    this.#picture = sharp;
    await this.#list();
  }

  /** Closes everything, so that no camera light stays on. */
  stop(): void {
    this.#stay++;
    this.#pending.clear();
    navigator.mediaDevices?.removeEventListener('devicechange', this.#list);
    for (const slot of [...this.tracks.keys()]) this.#close(slot);
  }

  set(what: Capture, on: boolean): Promise<void> {
    if (what === 'screen') return this.setScreen(on);
    return what === 'camera' ? this.setCamera(on) : this.setMicrophone(on);
  }

  /** A muted microphone stays open: unmuting must not cost the first word. */
  async setMicrophone(on: boolean): Promise<void> {
    this.wanted.microphone = on;
    const track = this.tracks.get('microphone');
    if (track) track.enabled = on;
    else if (on) await this.#open(['microphone']);
    this.#onChange();
  }

  /** A camera that is off is closed, and its light with it. */
  async setCamera(on: boolean): Promise<void> {
    this.wanted.camera = on;
    if (!on) this.#close('camera');
    else await this.#open(['camera']);
    this.#onChange();
  }

  async setScreen(on: boolean): Promise<void> {
    if (!on) {
      this.#close('screen');
      this.#close('screen-sound');
    } else {
      await this.#once(['screen'], () => this.#share());
    }
    this.#onChange();
  }

  /** Uses this device from now on. The old one is closed first: phones open one camera at a time. */
  async choose(kind: DeviceKind, id: string): Promise<void> {
    preferences.set(kind, id);
    if (kind !== 'speaker' && (this.tracks.has(kind) || this.wanted[kind])) {
      const stay = this.#stay;
      // What opens now is the one chosen before.
      while (this.#pending.has(kind)) await this.#pending.get(kind);
      if (stay !== this.#stay) return;
      this.tracks.get(kind)?.stop();
      this.tracks.delete(kind);
      await this.#open([kind]);
    }
    this.#onChange();
  }

  /** The device in use of a kind, else the one chosen before. */
  chosen(kind: DeviceKind): string {
    const inUse = kind === 'speaker' ? undefined : this.tracks.get(kind)?.getSettings().deviceId;
    return inUse ?? preferences.get(kind);
  }

  of(kind: DeviceKind): MediaDeviceInfo[] {
    return this.devices.filter((device) => browserKinds[device.kind] === kind && device.deviceId !== '');
  }

  #open(what: Device[]): Promise<void> {
    const missing = what.filter((each) => !this.tracks.has(each));
    return this.#once(missing, (unopened) => this.#capture(unopened, this.#stay));
  }

  /** Has those opened that nobody opens yet; is done when all of them are. */
  async #once<What extends Capture>(what: What[], open: (what: What[]) => Promise<void>): Promise<void> {
    const unopened = what.filter((each) => !this.#pending.has(each));
    if (unopened.length > 0) {
      const opening = open(unopened);
      for (const each of unopened) this.#pending.set(each, opening);
      this.#onChange();
      void opening.then(() => {
        for (const each of unopened) if (this.#pending.get(each) === opening) this.#pending.delete(each);
        this.#onChange();
      });
    }
    await Promise.all(what.map((each) => this.#pending.get(each)));
  }

  async #capture(what: Device[], stay: number): Promise<void> {
    for (const each of what) this.failures.delete(each);
    try {
      const stream = await browserMedia().getUserMedia({
        audio: what.includes('microphone') && { deviceId: { ideal: preferences.get('microphone') } },
        video: what.includes('camera') && {
          ...this.#picture,
          deviceId: { ideal: preferences.get('camera') },
        },
      });
      for (const track of stream.getTracks()) {
        if (stay === this.#stay) this.#adopt(track.kind === 'audio' ? 'microphone' : 'camera', track);
        else track.stop();
      }
    } catch (error) {
      if (stay === this.#stay) await this.#captureApart(what, stay, error);
    }
  }

  /** One device refuses for both: find out which, but never make a second prompt of one that was dismissed. */
  async #captureApart(what: Device[], stay: number, error: unknown): Promise<void> {
    const refused = error instanceof DOMException && error.name === 'NotAllowedError';
    for (const each of what) {
      const worthIt = what.length > 1 && browserHasDevices() && (!refused || (await isGranted(each)));
      if (stay !== this.#stay) return;
      if (worthIt) await this.#capture([each], stay);
      else this.failures.set(each, captureFailure(error, each));
    }
  }

  async #share(): Promise<void> {
    this.failures.delete('screen');
    const stay = this.#stay;
    try {
      const stream = await browserMedia().getDisplayMedia({
        video: { frameRate: { ideal: 15 } },
        audio: true,
      });
      for (const track of stream.getTracks()) {
        if (stay !== this.#stay) track.stop();
        else this.#adopt(track.kind === 'audio' ? 'screen-sound' : 'screen', track);
      }
    } catch (error) {
      // NotAllowedError is a person who closed the dialog: they know.
      if (error instanceof DOMException && error.name === 'NotAllowedError') return;
      this.failures.set('screen', captureFailure(error, 'screen'));
    }
  }

  #adopt(slot: LocalSlot, track: MediaStreamTrack): void {
    if (slot === 'microphone') track.enabled = this.wanted.microphone;
    if (slot === 'camera' && !this.wanted.camera) return track.stop();
    if (slot === 'screen') track.contentHint = 'detail';
    this.tracks.get(slot)?.stop();
    this.tracks.set(slot, track);
    track.addEventListener('ended', () => {
      if (this.tracks.get(slot) !== track) return;
      if (slot === 'screen') void this.setScreen(false);
      else this.#close(slot);
      if (slot === 'camera' || slot === 'microphone') {
        this.failures.set(slot, captureFailure('unplugged', slot));
      }
      this.#onChange();
    });
    this.#onTrack(slot, track);
    this.#onChange();
  }

  #close(slot: LocalSlot): void {
    const track = this.tracks.get(slot);
    if (!track) return;
    this.tracks.delete(slot);
    track.stop();
    this.#onTrack(slot, null);
  }

  #list = async (): Promise<void> => {
    this.devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    this.#onChange();
  };
}

/** A phone's browser has cameras and no way to share its screen. */
export const canShareScreen = (): boolean => 'getDisplayMedia' in (navigator.mediaDevices ?? {});

const browserHasDevices = (): boolean => navigator.mediaDevices !== undefined;

function browserMedia(): MediaDevices {
  if (browserHasDevices()) return navigator.mediaDevices;
  throw isSecureContext ? 'unsupported' : 'insecure';
}

async function isGranted(what: Device): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: what as PermissionName })).state === 'granted';
  } catch {
    return false; // Firefox before 131 does not tell.
  }
}
