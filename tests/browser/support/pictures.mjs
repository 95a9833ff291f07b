import assert from 'node:assert/strict';

/** Longer than this, people say that a picture has stood still. */
const pauseMs = 500;

/**
 * Watches what these tabs see of others, each a [tab, name]. The result fails where a picture stood still meanwhile: for
 * longer than people notice, and than a busy machine keeps everybody from seeing even themselves.
 */
export async function watchPictures(views) {
  const pictures = [];
  for (const [tab, name] of views)
    pictures.push({ words: `${tab.label} sees ${name}`, read: await tab.watch(name) });
  const selves = [];
  for (const tab of new Set(views.map(([tab]) => tab))) selves.push(await tab.watchSelf());
  return async () => {
    for (const { read } of pictures) while ((await read()).frames < 30) continue;
    const busy = (await Promise.all(selves.map((read) => read()))).map(({ longestPause }) => longestPause);
    const most = pauseMs + Math.max(...busy);
    for (const { words, read } of pictures) {
      const { longestPause } = await read();
      assert.ok(
        longestPause < most,
        `${words}: a pause of ${Math.round(longestPause)} ms, not below ${Math.round(most)} ms`,
      );
    }
  };
}
