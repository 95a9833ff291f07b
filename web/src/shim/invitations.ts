import type { Invitation, InvitationOptions } from '../../types/parley.js';
import { ask, pathOf } from './rest.js';

/** The host's REST API for links into one room; its WebSocket's address says where it is. */
export class Invitations {
  readonly #url: URL;

  constructor(host: string, room: string) {
    this.#url = pathOf(host, `/api/v1/rooms/${encodeURIComponent(room)}/invitations`);
  }

  async make(token = '', options: InvitationOptions): Promise<Invitation> {
    const answer = await ask(this.#url, { method: 'POST', token, body: options });
    const { path, ends } = (await answer.json()) as { path: string; ends: number };
    return { link: new URL(path, this.#url).href, ends: new Date(ends * 1000) };
  }

  async withdraw(token = ''): Promise<void> {
    await ask(this.#url, { method: 'DELETE', token });
  }
}
