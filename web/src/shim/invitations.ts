import type { Invitation, InvitationOptions } from '../../types/parley.js';

/** The host's REST API for links into one room; its WebSocket's address says where it is. */
export class Invitations {
  readonly #url: URL;

  constructor(host: string, room: string) {
    this.#url = new URL(`/api/v1/rooms/${encodeURIComponent(room)}/invitations`, host.replace(/^ws/, 'http'));
  }

  async make(token: string | undefined, options: InvitationOptions): Promise<Invitation> {
    const answer = await this.#ask('POST', token, JSON.stringify(options));
    const { path, ends } = (await answer.json()) as { path: string; ends: number };
    return { link: new URL(path, this.#url).href, ends: new Date(ends * 1000) };
  }

  async withdraw(token: string | undefined): Promise<void> {
    await this.#ask('DELETE', token);
  }

  async #ask(method: string, token = '', body?: string): Promise<Response> {
    const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const answer = await fetch(this.#url, { method, headers, body });
    if (!answer.ok) throw await failure(answer);
    return answer;
  }
}

/** A host says why in JSON; what stands before it may have words of its own. */
async function failure(answer: Response): Promise<Error & { code: string }> {
  const text = await answer.text();
  let code = `http-${answer.status}`;
  let message = text.trim() || `The host answered ${answer.status}.`;
  try {
    const told = JSON.parse(text) as { code?: unknown; message?: unknown };
    if (typeof told.code === 'string') code = told.code;
    if (typeof told.message === 'string') message = told.message;
  } catch {
    // Plain text, then.
  }
  return Object.assign(new Error(message), { code });
}
