import { noPlaylist, sim } from './publish.mjs';

/** A tab at /watch/{sim}. */
export class WatchTab {
  static async open(stage, number = sim, options = {}) {
    return new WatchTab(await stage.open(`/watch/${number}`, { label: 'the viewer', ...options }));
  }

  constructor(tab) {
    this.tab = tab;
    tab.expectProblem(noPlaylist);
    this.player = tab.page.locator('parley-player');
    this.video = this.player.locator('video');
  }

  async is(state) {
    await this.tab.page.locator(`parley-player[data-state=${state}]`).waitFor();
  }

  async plays() {
    await this.is('playing');
    await this.tab.shows(this.video, 'the viewer sees the stream move');
  }

  /** Waits until so many seconds more have been played, whatever is to be seen in them. */
  async goesOn(seconds) {
    await this.video.evaluate(
      (video, more) =>
        new Promise((resolve) => {
          const began = video.currentTime;
          video.addEventListener('timeupdate', () => video.currentTime > began + more && resolve());
        }),
      seconds,
    );
    await this.is('playing');
  }

  async hears() {
    await this.tab.page.getByRole('button', { name: 'Turn the sound on' }).click();
    await this.tab.plays(this.video, 'the viewer hears the stream');
  }
}
