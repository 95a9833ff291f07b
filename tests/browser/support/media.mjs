/**
 * What only the page can tell of a picture or a sound. These functions run in the page, so each stands for itself.
 * They return when they have seen what they look for; the caller says how long that may take.
 */

/** Returns the picture's size once a video has shown frames that are not black and differ from each other. */
export async function moves(video) {
  const [width, height] = [32, 18];
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  let first = null;
  for (;;) {
    await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    context.drawImage(video, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    const lit = data.some((value, index) => index % 4 !== 3 && value > 32);
    if (!lit) continue;
    first ??= data;
    const changed = data.filter((value, index) => Math.abs(value - first[index]) > 24).length;
    if (changed > 4) return { width: video.videoWidth, height: video.videoHeight };
  }
}

/**
 * Returns the loudness once an audio element plays something that is not silence. It listens anew each second: an
 * AudioContext that was made at a moment when the page might not sound yet stays silent.
 */
export async function sounds(audio) {
  // What is no live stream, such as HLS, is caught as it is played.
  const caught = audio.srcObject ? null : audio.captureStream();
  const trackNow = () => (caught ?? audio.srcObject)?.getAudioTracks()[0];
  for (;;) {
    const context = new AudioContext();
    try {
      const track = trackNow();
      const analyser = new AnalyserNode(context, { fftSize: 2048 });
      if (track) context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
      const samples = new Float32Array(analyser.fftSize);
      for (let round = 0; round < 50; ++round) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (!track || audio.paused || audio.muted || trackNow() !== track) break;
        analyser.getFloatTimeDomainData(samples);
        const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
        if (peak > 0.01) return peak;
      }
    } finally {
      await context.close();
    }
  }
}

/** Notes when each frame of a video is shown; `longestPause` counts the one that has not ended, too. */
export function watchFrames(video) {
  let last = performance.now();
  let longest = 0;
  let frames = 0;
  const next = () =>
    video.requestVideoFrameCallback(() => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      frames++;
      next();
    });
  next();
  return {
    report: () => ({ longestPause: Math.max(longest, performance.now() - last), frames }),
  };
}

/** Runs in the page before its scripts: as on a phone that saves power, nothing plays before somebody touches the page. */
export function playNothingUnasked() {
  let asked = false;
  addEventListener('click', () => (asked = true), { capture: true });
  const media = HTMLMediaElement.prototype;
  const { play } = media;
  media.play = function () {
    if (asked) return play.call(this);
    return Promise.reject(new DOMException('Somebody has to ask for it.', 'NotAllowedError'));
  };
  const srcObject = Object.getOwnPropertyDescriptor(media, 'srcObject');
  const set = function (stream) {
    if (!asked) this.autoplay = false;
    srcObject.set.call(this, stream);
  };
  Object.defineProperty(media, 'srcObject', { ...srcObject, set });
}
