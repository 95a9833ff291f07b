import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** A page's init script. */
export const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const sizes = [
  { name: 'phone', width: 390, height: 844 },
  { name: 'desktop', width: 1280, height: 800 },
];

/** Runs in the page: returns when nothing is on its way to another colour or place. */
async function settled() {
  for (;;) {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const passing = document
      .getAnimations()
      .filter(
        ({ effect, playState }) =>
          playState === 'running' && Number.isFinite(effect.getComputedTiming().endTime),
      );
    if (passing.length === 0) return;
    await Promise.allSettled(passing.map((animation) => animation.finished));
  }
}

/** Fails for what axe-core finds serious or critical, in light and dark, on a phone and on a desktop. */
export async function assertAccessible(tab, state) {
  const found = [];
  for (const colorScheme of ['light', 'dark']) {
    for (const { name, ...size } of sizes) {
      await tab.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await tab.page.setViewportSize(size);
      await tab.page.evaluate(settled);
      const violations = await tab.page.evaluate(async () => {
        const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
        return violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(
            ({ id, nodes }) =>
              `${id}: ${nodes.map(({ target, failureSummary }) => `${target.flat().join(' ')} ${failureSummary}`).join('; ')}`,
          );
      });
      found.push(...violations.map((violation) => `${state}, ${colorScheme}, ${name}: ${violation}`));
    }
  }
  assert.deepEqual(found, []);
}
