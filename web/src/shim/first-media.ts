/**
 * Waits for the first of what a track carries: any sound, or a whole picture. A video's `unmute` event tells of no picture:
 * Chromium pads the last line of a connection to probe its bandwidth, also where nothing is sent on it.
 */
export class FirstMedia {
  readonly #video: HTMLVideoElement | null = null;

  constructor(track: MediaStreamTrack, came: () => void) {
    if (track.kind === 'audio') {
      if (track.muted) track.addEventListener('unmute', came, { once: true });
      else came();
      return;
    }
    // An element has a picture's size once there is one, also where it is in no document and does not play.
    this.#video = document.createElement('video');
    this.#video.muted = true;
    this.#video.addEventListener('loadedmetadata', () => {
      this.close();
      came();
    });
    this.#video.srcObject = new MediaStream([track]);
  }

  close(): void {
    if (this.#video) this.#video.srcObject = null;
  }
}
