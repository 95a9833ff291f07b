// What has arrived at a client of any protocol, and whoever waits for something to arrive.

export class Inbox {
  #waiting = [];
  #inbox = [];
  #end;

  constructor() {
    this.all = [];
    this.closed = new Promise((resolve) => (this.#end = resolve));
  }

  arrived(message) {
    this.all.push(message);
    this.#inbox.push(message);
    this.#settle();
  }

  ended(code, reason) {
    this.#end({ code, reason });
    this.#waiting
      .splice(0)
      .forEach(({ reject, what }) => reject(new Error(`closed with ${code} before ${what}`)));
  }

  /** The next message of this type, or one of these, that nobody has waited for yet. */
  next(...types) {
    return this.#take(({ type }) => types.includes(type), `a message of type ${types.join(' or ')}`);
  }

  /** The next message, whatever it is. */
  any() {
    return this.#take(() => true, 'any message');
  }

  /**
   * All that came and nobody has waited for, in order. Everything that this client sent has then been handled:
   * `mark()` says what is answered by an error in its turn, whose code it returns, and the error marks the place.
   */
  async heard() {
    const expected = this.mark();
    const mark = await this.#take(({ code }) => code === expected, `an error of code ${expected}`);
    const end = this.all.indexOf(mark);
    const before = this.#inbox.filter((message) => this.all.indexOf(message) < end);
    this.#inbox = this.#inbox.filter((message) => !before.includes(message));
    return before;
  }

  #take(matches, what) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ matches, resolve, reject, what });
      this.#settle();
    });
  }

  #settle() {
    this.#waiting = this.#waiting.filter(({ matches, resolve }) => {
      const at = this.#inbox.findIndex(matches);
      if (at >= 0) resolve(...this.#inbox.splice(at, 1));
      return at < 0;
    });
  }
}
