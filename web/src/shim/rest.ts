interface Asked {
  method?: string;
  token?: string;
  /** Goes as JSON. */
  body?: unknown;
}

/** Asks a host's REST API; rejects with an `Error` that has the host's `code` and sentence. */
export async function ask(url: URL, { method = 'GET', token, body }: Asked): Promise<Response> {
  const headers: Record<string, string> = {};
  if (token !== undefined) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw await failure(answer);
  return answer;
}

/** A path of the host whose WebSocket has this address. */
export const pathOf = (host: string, path: string): URL => new URL(path, host.replace(/^ws/, 'http'));

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
