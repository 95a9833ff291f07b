/**
 * The first offer that a page makes costs it some 30 ms, any other 5: codecs are listed, keys made, threads started. A
 * page that waits in its room for the next person makes one for nobody, while there is nothing else to do.
 */
export function warmUp(waiting: () => boolean): void {
  const whenIdle = globalThis.requestIdleCallback ?? ((callback: () => void) => setTimeout(callback, 500));
  whenIdle(async () => {
    if (!waiting()) return;
    const pc = new RTCPeerConnection();
    pc.addTransceiver('audio');
    pc.addTransceiver('video');
    await pc.createOffer().catch(() => undefined);
    pc.close();
  });
}
