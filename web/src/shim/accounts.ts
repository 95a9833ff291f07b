import type { Account, CallEntry, Registration, SignIn } from '../../types/parley.js';
import { hostAddress } from './driver.js';
import { ask, pathOf } from './rest.js';

/**
 * The host's REST API for accounts: names that belong to somebody, with passwords (docs/accounts.md).
 *
 *     const accounts = new Accounts();
 *     const { name, token } = await accounts.signIn('ada', password);
 *     new Directory({ name, token }).register();
 */
export class Accounts {
  readonly #host: string;

  constructor({ url }: { url?: string | URL } = {}) {
    this.#host = hostAddress(url);
  }

  async registration(): Promise<Registration | null> {
    return (await this.#ask<{ registration: Registration | null }>('GET', '')).registration;
  }

  async register(name: string, password: string, invitation?: string): Promise<SignIn> {
    return signIn(await this.#ask('POST', '', invitation, { name, password }));
  }

  async signIn(name: string, password: string): Promise<SignIn> {
    return signIn(await this.#ask('POST', '/session', undefined, { name, password }));
  }

  async renew(token: string): Promise<SignIn> {
    return signIn(await this.#ask('PUT', '/session', token));
  }

  async signOutEverywhere(token: string): Promise<void> {
    await this.#ask('DELETE', '/session', token);
  }

  async show(token: string): Promise<Account> {
    const { name, since, calls } = await this.#ask<Told>('GET', '/me', token);
    return { name, since: date(since), calls: calls.map((call) => ({ ...call, at: date(call.at) })) };
  }

  async changePassword(token: string, password: string, newPassword: string): Promise<SignIn> {
    return signIn(await this.#ask('PUT', '/me/password', token, { password, newPassword }));
  }

  async remove(token: string, password: string): Promise<void> {
    await this.#ask('DELETE', '/me', token, { password });
  }

  async leaveMissedCall(token: string, to: string): Promise<void> {
    await this.#ask('POST', '/me/missed', token, { to });
  }

  async #ask<Answer>(method: string, path: string, token?: string, body?: unknown): Promise<Answer> {
    const answer = await ask(pathOf(this.#host, `/api/v1/accounts${path}`), { method, token, body });
    return (answer.status === 204 ? undefined : await answer.json()) as Answer;
  }
}

/** An account as the host tells of it, with seconds since 1970. */
interface Told {
  name: string;
  since: number;
  calls: (Omit<CallEntry, 'at'> & { at: number })[];
}

const date = (seconds: number): Date => new Date(seconds * 1000);

const signIn = ({ name, token, ends }: Omit<SignIn, 'ends'> & { ends: number }): SignIn => ({
  name,
  token,
  ends: date(ends),
});
