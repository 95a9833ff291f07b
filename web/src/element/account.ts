import { Accounts, type CallEntry, type Reason, type Registration, type SignIn } from '../shim/index.js';
import { endOf, mayIn, nameIn } from './claims.js';
import { isAboutInvitation } from './invitation.js';
import { followToken, forgetToken, keepToken, keptToken, replaceToken } from './kept-token.js';

/** A sign-in lasts for 30 days, and is renewed by who comes back after more than one. */
const renewsBelowMs = 29 * 24 * 3600 * 1000;
/** The host may hear of a call's end a moment after this page. */
const newsAfterMs = [0, 1_000, 4_000];

export interface AccountEvents {
  /** Something that is shown may have changed. */
  changed: () => void;
  /** From now on this token is the one to show; '' for a guest. */
  token: (token: string) => void;
  /** Whether somebody is here who is not to become another by what is done in another tab. */
  busy: () => boolean;
}

/** The account that this person is signed in to, if they are and the host keeps accounts. */
export class Account {
  /** Who may make one; null where the host keeps none, and until it has said so. */
  registration: Registration | null = null;
  token = signedIn();
  /** The last calls, the newest first; null until they are known. */
  calls: readonly CallEntry[] | null = null;
  /** Those in these calls, whom this person talked to last first. */
  contacts: readonly string[] = [];
  /** The token that the page was given; one that may `register` is an invitation to make an account. */
  given = '';
  /** What became of the account, or of being signed in. */
  notice = '';

  readonly #host: () => Accounts;
  readonly #events: AccountEvents;
  #unfollow: (() => void) | undefined;
  #news = 0;

  constructor(url: () => string, events: AccountEvents) {
    this.#host = () => new Accounts({ url: url() || undefined });
    this.#events = events;
  }

  /** Of whom it is; '' for a guest. */
  get name(): string {
    return nameIn(this.token);
  }

  /** The token to show when one goes online. */
  get shown(): string {
    if (this.token) return this.token;
    return this.invitation && !mayIn(this.given, 'call') ? '' : this.given;
  }

  get invitation(): string {
    return mayIn(this.given, 'register') ? this.given : '';
  }

  get canRegister(): boolean {
    return this.registration === 'open' || (this.registration === 'invited' && this.invitation !== '');
  }

  /** Asks the host whether it keeps accounts, and for what it keeps for this one. */
  async start(): Promise<void> {
    addEventListener('visibilitychange', this.#lookAgain);
    this.#unfollow ??= followToken(() => this.#follow(signedIn()));
    await this.#look();
  }

  stop(): void {
    removeEventListener('visibilitychange', this.#lookAgain);
    this.#unfollow?.();
    this.#unfollow = undefined;
    clearTimeout(this.#news);
  }

  async register(name: string, password: string, stays: boolean): Promise<void> {
    this.#enter(await this.#host().register(name, password, this.invitation || undefined), stays);
  }

  async signIn(name: string, password: string, stays: boolean): Promise<void> {
    this.#enter(await this.#host().signIn(name, password), stays);
  }

  /** On this device alone. */
  signOut(): void {
    this.#leave('You are signed out.');
  }

  async signOutEverywhere(): Promise<void> {
    await this.#asMe((host, token) => host.signOutEverywhere(token));
    this.#leave('You are signed out on all devices.');
  }

  async changePassword(password: string, next: string): Promise<void> {
    this.#renewed(await this.#asMe((host, token) => host.changePassword(token, password, next)));
    this.notice = 'Your password is changed. All other devices are signed out.';
    this.#events.changed();
  }

  async remove(password: string): Promise<void> {
    await this.#asMe((host, token) => host.remove(token, password));
    this.#leave('Your account is deleted.');
  }

  async leaveMissedCall(name: string): Promise<void> {
    await this.#asMe((host, token) => host.leaveMissedCall(token, name));
    this.expectNews();
  }

  /** The host wants a newer token, if there can be one. */
  async renew(): Promise<void> {
    await unheard(async () => this.#renewed(await this.#asMe((host, token) => host.renew(token))));
  }

  /** There was a call: the list of them is another one soon. */
  expectNews(): void {
    const before = this.calls?.[0]?.at.getTime();
    const look = ([wait, ...more]: number[]): void => {
      if (wait === undefined) return;
      this.#news = window.setTimeout(async () => {
        await this.#fetchCalls();
        if (this.calls?.[0]?.at.getTime() === before) look(more);
      }, wait);
    };
    clearTimeout(this.#news);
    if (this.token) look(newsAfterMs);
  }

  /** The host does not take this sign-in any more. */
  lapse(): void {
    if (this.token) this.#leave('You are signed out. Sign in again to use your account.');
  }

  dismiss(): void {
    this.notice = '';
    this.#events.changed();
  }

  readonly #lookAgain = (): void => {
    if (document.hidden) return;
    if (this.registration === null) void this.#look();
    else void this.#fetchCalls();
  };

  async #look(): Promise<void> {
    await unheard(async () => {
      this.registration = await this.#host().registration();
      // What was kept is of a host that had accounts.
      if (this.registration === null && this.token) this.#leave('');
      this.#events.changed();
    });
    if (this.registration === null) return;
    await this.#fetchCalls();
    if (this.token && endOf(this.token) - Date.now() < renewsBelowMs) await this.renew();
  }

  async #fetchCalls(): Promise<void> {
    if (!this.token) return;
    await unheard(async () => {
      const asked = this.token;
      const { calls } = await this.#asMe((host, token) => host.show(token));
      if (asked === this.token) this.#list(calls);
      this.#events.changed();
    });
  }

  #list(calls: readonly CallEntry[] | null): void {
    this.calls = calls;
    this.contacts = [...new Set((calls ?? []).map((call) => call.with))];
  }

  async #asMe<Answer>(ask: (host: Accounts, token: string) => Promise<Answer>): Promise<Answer> {
    const { token } = this;
    try {
      return await ask(this.#host(), token);
    } catch (error) {
      const code = (error as Partial<Reason>).code ?? '';
      if (token === this.token && isAboutInvitation({ code, message: '' })) this.lapse();
      throw error;
    }
  }

  #enter({ token }: SignIn, stays: boolean): void {
    keepToken(token, stays);
    this.notice = '';
    this.#take(token);
  }

  #renewed({ token }: SignIn): void {
    replaceToken(token);
    this.token = token;
    this.#events.token(token);
  }

  #leave(notice: string): void {
    forgetToken();
    this.notice = notice;
    this.#take('');
  }

  #follow(token: string): void {
    if (token === this.token || (!this.token && this.#events.busy())) return;
    if (nameIn(token) === this.name) {
      this.token = token;
      this.#events.token(token);
    } else {
      this.notice = token ? '' : 'You are signed out.';
      this.#take(token);
    }
  }

  /** Somebody else is signed in, or nobody. */
  #take(token: string): void {
    clearTimeout(this.#news);
    this.token = token;
    this.#list(null);
    this.#events.token(token);
    this.#events.changed();
    void this.#fetchCalls();
  }
}

/** A token without a name is no sign-in. */
function signedIn(): string {
  const token = keptToken();
  return nameIn(token) && token;
}

/** What nobody has asked for fails without a word: it is tried again when the page is looked at. */
async function unheard(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch {
    // As above.
  }
}
