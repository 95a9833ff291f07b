// Two pairs who signal all the while, each member 125 times a second: below what a client may send, and often enough
// that a moment's hiccup of this process is not the slowest hundredth of what was measured.
import { Client } from '../conformance/client.mjs';

const pairs = 2;
const interval = 8;
const filling = 'x'.repeat(1_000);

const percentile = (samples, share) => {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)];
};

class Member {
  #seq = 0;
  #ack = 0;

  constructor(client, other, arrived) {
    this.client = client;
    this.other = other;
    client.socket.on('message', (data) => {
      const message = JSON.parse(String(data));
      this.#ack = message.seq ?? this.#ack;
      if (message.type === 'signal') arrived(performance.now() - message.description.at);
    });
  }

  speak() {
    this.client.send({
      type: 'signal',
      seq: ++this.#seq,
      ack: this.#ack,
      to: this.other,
      description: { type: 'offer', sdp: filling, at: performance.now() },
    });
  }
}

export class HonestPairs {
  #samples = [];
  #sent = 0;
  /** Why it is over for one of them, where it is. */
  lost = [];

  static async open(t, host) {
    const all = new HonestPairs();
    for (let pair = 0; pair < pairs; ++pair) {
      const clients = [];
      for (const id of ['ada', 'bob']) clients.push(await Client.join(host, `honest-${pair}`, id));
      all.#admit(clients);
    }
    const timer = setInterval(() => all.#round(), interval);
    t.after(() => {
      clearInterval(timer);
      all.members.forEach(({ client }) => client.cut());
    });
    return all;
  }

  members = [];

  #admit([ada, bob]) {
    const arrived = (milliseconds) => this.#samples.push(milliseconds);
    this.members.push(new Member(ada, 'bob', arrived), new Member(bob, 'ada', arrived));
    for (const client of [ada, bob])
      client.closed.then(({ code, reason }) => this.lost.push(`closed with ${code} ${reason}`));
  }

  #round() {
    this.#sent += this.members.length;
    for (const member of this.members) if (member.client.socket.readyState === 1) member.speak();
  }

  /** Begins a measurement; its end says how long messages took, in milliseconds. */
  measure() {
    this.#samples = [];
    this.#sent = 0;
    return () => ({
      sent: this.#sent,
      arrived: this.#samples.length,
      p50: percentile(this.#samples, 0.5),
      p99: percentile(this.#samples, 0.99),
    });
  }
}
