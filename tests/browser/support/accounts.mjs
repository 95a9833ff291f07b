import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKey, makeToken } from '../../conformance/tokens.mjs';
import { visitor } from './person.mjs';

const folder = mkdtempSync(join(tmpdir(), 'parley-accounts-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
let files = 0;

export const password = 'correct horse';

/** Options of a host with accounts, none of them made yet; a password costs it little. */
export const keepsAccounts = (registration = 'open') => [
  '--users',
  join(folder, `${++files}.db`),
  '--registration',
  registration,
  ...['--password-mb', '8', '--password-passes', '1'],
];

const key = makeKey('EdDSA');
const keys = join(folder, 'keys.json');
writeFileSync(keys, JSON.stringify({ keys: [key.jwk] }));

/** Options of a host whose accounts are for who is invited to make one. */
export const invites = () => [...keepsAccounts('invited'), '--auth-key', keys];

/** The path of such an invitation. */
export const invitation = () => `/people#token=${makeToken(key, { may: ['register'] })}`;

/** Somebody in front of /people who has an account, or makes one. */
export class Owner {
  static async open({ open }, name, options) {
    return new Owner(await visitor(open, name, options));
  }

  /** Opens /people, and makes an account. */
  static async register(stage, name, options) {
    const owner = await Owner.open(stage, name, options);
    await owner.registers();
    await owner.isSignedIn();
    return owner;
  }

  /** Opens /people, makes an account, and is online. */
  static async online(stage, name, options) {
    const owner = await Owner.register(stage, name, options);
    await owner.goesOnline();
    return owner;
  }

  /** Opens /people, signs in, and is online. */
  static async signIn(stage, name, options) {
    const owner = await Owner.open(stage, name, options);
    await owner.signsIn();
    await owner.goesOnline();
    return owner;
  }

  constructor(person) {
    this.person = person;
    this.name = person.name;
    this.page = person.page;
    this.tab = person.tab;
  }

  async registers(secret = password) {
    await this.button('Create an account').click();
    await this.#fills(secret);
    await this.button('Create account').click();
  }

  async signsIn(secret = password) {
    await this.button('Sign in').click();
    await this.#fills(secret);
    await this.button('Sign in').click();
  }

  async #fills(secret) {
    await this.page.getByLabel('Name', { exact: true }).fill(this.name);
    await this.page.getByLabel('Password', { exact: true }).fill(secret);
  }

  async goesOnline() {
    await this.button(`Go online as ${this.name}`).click();
    await this.person.isIn('online');
  }

  isSignedIn() {
    return this.#menu.waitFor();
  }

  /** Waits until only guests are here. */
  async isSignedOut() {
    await this.page.getByLabel('Your name').waitFor();
    await this.#menu.waitFor({ state: 'detached' });
  }

  /** Opens what one can do about an account, and chooses. */
  async chooses(choice) {
    await this.#menu.click();
    await this.button(choice).click();
  }

  /** Waits for a sentence about the account. */
  async reads(sentence) {
    await this.page.getByRole('status').getByText(sentence, { exact: true }).waitFor();
  }

  /** The list of the last calls. */
  get recent() {
    return this.page.getByRole('region', { name: /^Recent calls/ });
  }

  /** Waits for the newest call to be with this one, and to have come to this. */
  async recalls(name, outcome) {
    await this.recent
      .getByRole('listitem')
      .first()
      .filter({ hasText: name })
      .filter({ hasText: outcome })
      .waitFor();
  }

  button(name) {
    return this.page.getByRole('button', { name, exact: true });
  }

  get #menu() {
    return this.page.getByRole('button', { name: /^Your account: / });
  }
}
