// What every attack is made on: a host as somebody just starts one, two honest pairs who signal, somebody who asks
// whether it is well, and a count of what it holds.
//
// What honest people feel is compared with what they feel while the machine is as busy and the host is left alone: while
// it is quiet, a process for each processor burns what the attackers would. So a slow machine, or one that does other
// things besides, is no failure of the host; nothing is tried twice.
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { temporaryFolder } from '../conformance/host.mjs';
import { Attackers } from './attackers.mjs';
import { HealthWatch, ask } from './health.mjs';
import { HonestPairs } from './honest.mjs';
import { startHost } from './host.mjs';
import * as limits from './limits.mjs';

const MiB = 1024 * 1024;
const quietMilliseconds = 2_000;
/** What honest people may feel of an attack: of what they feel without one, and in milliseconds. */
const mostTimes = 3;
const mostMilliseconds = 100;
/** Without one they may feel as much as this: a time slice or two of whoever else wants the processor. */
const leastQuiet = 5;
const healthMilliseconds = 1_000;
/** Memory goes back to this much of what it was, within a minute. */
const growth = 1.1;
const backWithin = 60_000;
const threadsToReach = 400;
const warmUpSeconds = 3;
const longestWarmUp = 15_000;
/** After the warm-up; what is still there then is a pool that a host keeps. */
const settledWithin = 15_000;
const testTimeout = 150_000;

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Whether this comes true within that time. */
export async function comesTrue(look, within) {
  const end = performance.now() + within;
  while (!look()) {
    if (performance.now() > end) return false;
    await sleep(50);
  }
  return true;
}

export class Stage {
  /** With TLS, the host's certificate is in `stage.certificates`. */
  static async open(t, { raise, tls = false }) {
    const stage = new Stage();
    if (tls) stage.certificates = temporaryFolder(t);
    stage.host = await startHost(t, limits.args(raise), stage.certificates);
    stage.honest = await HonestPairs.open(t, stage.host);
    stage.health = new HealthWatch(t, stage.host);
    stage.quiet = await stage.#quietP99(t);
    return stage;
  }

  /** While nobody asks for the host's health. */
  holds() {
    return {
      resident: this.host.resident(),
      descriptors: this.host.descriptors(),
      threads: this.host.threads(),
    };
  }

  /** All attacks once, one after the other and without a look at what they do; then it holds what it holds for good. */
  async warmUp(t, attacks) {
    const before = this.holds();
    // Each of the threads that answer HTTP has a cache of its own from its first request on.
    for (let asked = 0; asked < threadsToReach; ++asked) await ask(this.host);
    for (const { attack, options } of attacks) {
      const brief = new Attackers(t, this.host.port, attack, { ...options, seconds: warmUpSeconds });
      await Promise.race([
        brief.over,
        brief.underway.then(() => sleep(warmUpSeconds * 1_000)),
        sleep(longestWarmUp),
      ]);
      await brief.end();
    }
    await comesTrue(() => !isMore(this.holds(), { ...before, resident: Infinity }), settledWithin);
    this.warm = this.holds();
  }

  /**
   * `during(stage, attackers)` says when it has been enough, where that is not when the attackers are done;
   * `check(report, stage)` looks at what they, or it, saw. `prepare(stage)` comes first.
   */
  async withstands(t, { attack, options = {}, during, check, prepare }) {
    await prepare?.(this);
    this.health.start();
    const measured = this.honest.measure();
    const attackers = new Attackers(t, this.host.port, attack, options);
    await attackers.underway;
    const report = await (during ? during(this, attackers) : attackers.over);
    const felt = measured();
    const health = await this.health.stop();
    await attackers.end();
    const ended = performance.now();
    const isBack = await comesTrue(() => !isMore(this.holds(), this.warm), backWithin);
    const { warm } = this;
    this.#say(t, felt, health, performance.now() - ended, report);
    // What one attack has left is not held against the next.
    if (!isBack) this.warm = this.holds();

    assert.deepEqual(this.honest.lost, [], 'no honest client is closed');
    await check?.(report, this);
    assert.deepEqual(health.failures, [], '/healthz answers');
    assert.ok(health.slowest < healthMilliseconds, `/healthz took ${health.slowest.toFixed(0)} ms`);
    this.#assertUnhurt(felt);
    assert.ok(isBack, `held ${JSON.stringify(warm)}, and a minute later ${JSON.stringify(this.warm)}`);
  }

  #assertUnhurt({ sent, arrived, p99 }) {
    const limit = Math.min(mostMilliseconds, mostTimes * this.quiet);
    // Those under way when it ended aside.
    assert.ok(arrived > 0.9 * sent, `${arrived} of ${sent} honest messages arrived`);
    assert.ok(
      p99 <= limit,
      `the honest pairs' p99 was ${p99.toFixed(1)} ms, and ${this.quiet.toFixed(1)} ms without an attack`,
    );
  }

  #say(t, felt, health, took, report) {
    const [warm, now] = [this.warm, this.holds()];
    const change = (name, unit = 1) => `${Math.round(warm[name] / unit)} → ${Math.round(now[name] / unit)}`;
    t.diagnostic(
      `honest p99 ${felt.p99?.toFixed(2)} ms (quiet ${this.quiet.toFixed(2)}), ${felt.arrived} of ${felt.sent}; ` +
        `healthz at most ${health.slowest.toFixed(0)} ms in ${health.answers}, ${health.failures.length} failed; ` +
        `MiB ${change('resident', MiB)}, descriptors ${change('descriptors')}, threads ${change('threads')} ` +
        `after ${(took / 1000).toFixed(1)} s; ${JSON.stringify(report) ?? ''}`.slice(0, 300),
    );
  }

  async #quietP99(t) {
    const burners = Array.from(
      { length: availableParallelism() },
      () => new Attackers(t, this.host.port, ['burn', 'burn']),
    );
    await Promise.all(burners.map(({ underway }) => underway));
    const measured = this.honest.measure();
    await sleep(quietMilliseconds);
    const { p99 } = measured();
    await Promise.all(burners.map((each) => each.end()));
    return Math.max(p99, leastQuiet);
  }
}

const isMore = (now, warm) =>
  now.resident > warm.resident * growth || now.descriptors > warm.descriptors || now.threads > warm.threads;

/**
 * One host for all attacks of a family, with what must be raised of its limits, by TLS or without; each attack is a test whose name says what
 * is withstood.
 */
export function family(name, { raise, tls, attacks }) {
  test(name, { timeout: 4 * testTimeout }, async (t) => {
    const stage = await Stage.open(t, { raise, tls });
    await stage.warmUp(t, Object.values(attacks));
    for (const [sentence, attack] of Object.entries(attacks))
      await t.test(sentence, { timeout: testTimeout }, (t) => stage.withstands(t, attack));
  });
}
