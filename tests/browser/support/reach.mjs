import assert from 'node:assert/strict';

/** The smallest windows that people have: a zoomed one (WCAG 1.4.10), phones either way up, and a phone with large text. */
const windows = [
  { name: '320×256', width: 320, height: 256 },
  { name: '320×568', width: 320, height: 568 },
  { name: '640×360', width: 640, height: 360 },
  { name: '844×390', width: 844, height: 390 },
  { name: '390×844, text at 200 %', width: 390, height: 844, text: '200%' },
];

/** Runs in the page: the controls and words that no scrolling brings into the window, or that something else covers. */
async function outOfReach() {
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  await frame();
  const parentOf = (element) =>
    element.assignedSlot ?? element.parentElement ?? element.getRootNode().host ?? null;
  const isWithin = (element, outer) => {
    for (let each = element; each; each = parentOf(each)) if (each === outer) return true;
    return false;
  };
  const all = (root) =>
    [...root.querySelectorAll('*')].flatMap((element) => [
      element,
      ...(element.shadowRoot ? all(element.shadowRoot) : []),
    ]);
  const topmost = (x, y) => {
    let top = document.elementFromPoint(x, y);
    for (let inner = top; inner;) {
      top = inner;
      const next = inner.shadowRoot?.elementFromPoint(x, y);
      inner = next && next !== inner ? next : null;
    }
    return top;
  };
  const elements = all(document);
  const dialog = elements.find((element) => element.matches('dialog:modal'));
  const isShown = (element) => {
    const { width, height } = element.getBoundingClientRect();
    if (width <= 1 || height <= 1) return false;
    for (let each = element; each; each = parentOf(each)) {
      if (each.getAttribute('aria-hidden') === 'true' || each.inert) return false;
      // What passes by itself takes no clicks, and is no part of the page.
      if (each.matches('.notices')) return false;
    }
    return element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  /** Scripts scroll what hides its overflow; people cannot. */
  const takeBackScrolling = (element) => {
    for (let each = parentOf(element); each; each = parentOf(each)) {
      const { overflowX, overflowY } = getComputedStyle(each);
      if (overflowY === 'hidden') each.scrollTop = 0;
      if (overflowX === 'hidden') each.scrollLeft = 0;
    }
  };
  const controls = 'button, a[href], input, select, textarea, summary';
  const words = 'h1, h2, h3, p, strong, code, label';
  const found = [];
  for (const element of elements) {
    if (!element.matches(`${controls}, ${words}`) || !isShown(element)) continue;
    if (dialog && !isWithin(element, dialog)) continue;
    element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    const what = `${element.localName} “${(element.getAttribute('aria-label') || element.textContent || element.id).trim().replace(/\s+/g, ' ').slice(0, 40)}”`;
    takeBackScrolling(element);
    const box = [...element.getClientRects()].find(({ width, height }) => width > 1 && height > 1);
    if (!box) continue;
    const { innerWidth, innerHeight } = window;
    const out =
      (box.width <= innerWidth && (box.left < -1 || box.right > innerWidth + 1)) ||
      (box.height <= innerHeight && (box.top < -1 || box.bottom > innerHeight + 1));
    if (out && element.matches(controls)) {
      found.push(
        `${what} is outside the window (${[box.left, box.top, box.right, box.bottom].map(Math.round)})`,
      );
      continue;
    }
    const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
    const y = Math.min(Math.max(box.top + Math.min(box.height, innerHeight) / 2, 0), innerHeight - 1);
    const top = topmost(x, y);
    const reached =
      isWithin(top, element) ||
      (element.matches(words) && isWithin(element, top) && !top.matches('body, html'));
    if (!reached) found.push(`${what} is covered by or clipped at ${top?.localName}.${top?.className}`);
  }
  window.scrollTo(0, 0);
  return found;
}

/** Fails for each control and word that somebody with a small window, or large text, cannot get to. */
export async function assertWithinReach({ page }, state) {
  const found = [];
  const usual = page.viewportSize();
  for (const { name, text = '', ...size } of windows) {
    await page.setViewportSize(size);
    await page.evaluate((fontSize) => (document.documentElement.style.fontSize = fontSize), text);
    found.push(...(await page.evaluate(outOfReach)).map((problem) => `${state}, ${name}: ${problem}`));
  }
  await page.evaluate(() => (document.documentElement.style.fontSize = ''));
  await page.setViewportSize(usual);
  assert.deepEqual(found, []);
}
