import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKey, makeToken } from '../../conformance/tokens.mjs';

const key = makeKey('EdDSA');
const folder = mkdtempSync(join(tmpdir(), 'parley-moderated-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'key.json');
writeFileSync(
  file,
  JSON.stringify({ ...key.privateKey.export({ format: 'jwk' }), kid: key.kid, alg: key.alg }),
);
// Where the host keeps which links were withdrawn.
process.env.STATE_DIRECTORY = folder;

/** Options of a host whose rooms are for who has a token. */
export const asksForTokens = ['--auth', 'rooms', '--auth-key', file];
/** Of one where nobody does anything without. */
export const asksForAll = ['--auth', 'all', '--auth-key', file];

/** A link of this page's, with a token of these claims. */
export const linkWith = (path, claims) => `${path}#token=${makeToken(key, claims)}`;

const rights = { moderator: ['join', 'moderate'], guest: ['join'] };

/** Opens the room's link with a token of these rights; the room may still be closed to it. */
export function open(stage, name, { role = 'guest', identity, given, query = {}, ...options } = {}) {
  const url = new URL('/r/otter', stage.host.url);
  url.search = new URLSearchParams({ autojoin: '', name, ...query });
  const claims = { may: rights[role], room: 'otter', sub: identity, name: given };
  url.hash = `token=${makeToken(key, claims)}`;
  return stage.open(url, { label: name, ...options });
}

/** Opens it, and is in. */
export async function enter(stage, name, options) {
  const tab = await open(stage, name, options);
  await tab.until('joins', (snapshot) => snapshot.signaling === 'joined');
  return tab;
}

export const moderate = (stage, name = 'Ada', options) =>
  enter(stage, name, { role: 'moderator', identity: `${name.toLowerCase()}@example.org`, ...options });

/** Opens the list of people. */
export async function list(tab) {
  await tab.button(/^People/).click();
  await tab.page.getByRole('region', { name: 'People' }).waitFor();
}

export const turn = (tab, name) => tab.page.getByRole('switch', { name }).click();

/** Opens what can be done about somebody. */
export const choose = async (tab, person, choice) => {
  await tab.button(`Choices for ${person}`).click();
  await tab.page
    .getByRole('group', { name: `Choices for ${person}` })
    .getByRole('button', { name: choice })
    .click();
};

export const title = (tab, name) => tab.page.getByRole('heading', { name, exact: true });
