import type { Call, Directory as Core, LinkState, Reason, User } from 'parley-core';
import type { DirectoryEvents, DirectoryOptions, TypedEventTarget } from '../../types/parley.js';
import { Driver, hostAddress, randomSeed } from './driver.js';
import { newSecret } from './page-secret.js';

/**
 * Online under a name: who else is, and calls between two.
 *
 *     const directory = new Directory({ name: 'ada' });
 *     directory.addEventListener('call', ({ detail: { call } }) => {
 *       if (call.state === 'accepted') new Room({ room: call.room, peer: 'ada' }).join();
 *     });
 *     directory.register();
 *     directory.dial('bob');
 *
 * An accepted call has a room, which both join by an ordinary Room with their names as ids: media and everything else
 * is the room's.
 */
export class Directory extends (EventTarget as new () => TypedEventTarget<DirectoryEvents>) {
  readonly #driver: Driver<Core>;
  #token: string | undefined;
  #state: LinkState = 'connecting';
  #reason: Reason = { code: 'idle', message: 'Not online yet.' };
  #users: readonly User[] = [];
  #call: Call = { state: 'idle', name: '', id: '', room: '', reason: { code: '', message: '' } };

  constructor({ url, name, id, token }: DirectoryOptions) {
    super();
    const address = hostAddress(url);
    this.#token = token;
    this.#driver = new Driver<Core>({
      create: (module) =>
        new module.Directory(
          {
            url: address,
            name,
            id,
            token: this.#token,
            ...newSecret('user', address, name),
            seed: randomSeed(),
          },
          {
            ...this.#driver.handler,
            stateChanged: (state, reason) => {
              this.#state = state;
              this.#reason = reason;
              this.#emit('state', { state, reason });
              this.#rest();
            },
            usersChanged: (users) => {
              this.#users = users;
              this.#emit('users', { users });
            },
            callChanged: (call) => {
              this.#call = call;
              this.#emit('call', { call });
              this.#rest();
            },
            tokenEnds: (seconds) => this.#emit('token-ends', { seconds }),
            errorRaised: (_, { code, message }) => this.#emit('error', { code, message }),
          },
        ),
      failed: (message) => this.#emit('error', { code: 'core-failed', message }),
      left: () => this.leave(),
    });
  }

  get state(): LinkState {
    return this.#state;
  }
  get reason(): Reason {
    return this.#reason;
  }
  /** Everybody else who is online. */
  get users(): readonly User[] {
    return this.#users;
  }
  /** The call that there is, or how the last one ended. */
  get call(): Call {
    return this.#call;
  }

  /** Goes online. What goes wrong is told by `state` events, such as `name-taken`. */
  register(): void {
    this.#driver.start((core) => core.register(performance.now()));
  }

  /** Ends the call, if there is one, and goes offline. `register` comes back. */
  leave(): void {
    if (this.#driver.core) this.#driver.core.leave(performance.now());
    else this.#driver.release();
  }

  /** Calls somebody; one call at a time. */
  dial(name: string): void {
    if (this.#driver.tell((core) => core.dial(performance.now(), name))) return;
    this.#emit('error', { code: 'not-registered', message: 'Go online before you call somebody.' });
  }

  accept(): void {
    this.#driver.tell((core) => core.accept(performance.now()));
  }

  reject(): void {
    this.#driver.tell((core) => core.reject(performance.now()));
  }

  /** Gives up, declines or ends the call, as it stands. */
  hangUp(): void {
    this.#driver.tell((core) => core.hangUp(performance.now()));
  }

  /** A newer token, for this stay and for going online again. */
  renew(token: string): void {
    this.#driver.core?.renew(performance.now(), token);
    this.#token = token;
  }

  /** Tries again now to reach the host. */
  retry(): void {
    const told = this.#driver.tell((core) => core.retry(performance.now()));
    if (!told && this.#state === 'lost') this.register();
  }

  /** Offline for good, and no call goes on without the host: there is nothing to keep. */
  #rest(): void {
    if (this.#state === 'lost' && this.#call.state === 'idle') this.#driver.release();
  }

  #emit<Name extends keyof DirectoryEvents>(name: Name, detail: DirectoryEvents[Name]): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
