/** How long a picture may have been sent before the camera's own: about as long as its next one takes. */
const openingMs = 48;
const betweenMs = 8;

/**
 * A camera's latest picture, sent as soon as a connection is up. libwebrtc has no use for pictures before that; it sets its
 * encoder up for the first one that it then gets, and sends the second: at a camera's pace that is 30 to 100 ms in which
 * the other side sees nothing, though there is something to see.
 */
export class OpeningPicture {
  /** To be sent until the connection is up; it has no pictures before `show`. */
  readonly track: CanvasCaptureMediaStreamTrack;
  readonly camera: MediaStreamTrack;
  readonly #video = document.createElement('video');
  readonly #canvas = document.createElement('canvas');

  constructor(camera: MediaStreamTrack) {
    this.camera = camera;
    this.#video.muted = true;
    this.#video.srcObject = new MediaStream([camera]);
    this.#video.play().catch(() => undefined);
    // The context first: a canvas without one has nothing to capture.
    this.#canvas.getContext('2d', { willReadFrequently: true });
    this.track = this.#canvas.captureStream(0).getVideoTracks()[0] as CanvasCaptureMediaStreamTrack;
  }

  /** Shows the latest picture often enough for an encoder to begin with it. Resolves when the camera is to go on. */
  async show(): Promise<void> {
    const [video, canvas] = [this.#video, this.#canvas];
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    for (let shownMs = 0; shownMs < openingMs; shownMs += betweenMs) {
      canvas.getContext('2d')!.drawImage(video, 0, 0);
      this.track.requestFrame();
      await new Promise((resolve) => setTimeout(resolve, betweenMs));
    }
  }

  close(): void {
    this.#video.srcObject = null;
    this.track.stop();
  }
}
