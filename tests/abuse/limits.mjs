// The one place where the suite raises what the host allows by default. Everything not named here is as a host has it
// that somebody just starts.
import { spawnSync } from 'node:child_process';
import { binary } from '../conformance/host.mjs';

/** More connections than a host takes by default, where the attack is what thousands of them do. */
export const crowd = { '--max-connections': 12_000, '--names-per-address': 2_000 };
/** Longer messages than by default, where the attack is what is inside of them. */
export const longMessages = { '--message-bytes': 2 * 1024 * 1024 };

/** As arguments; without those that this host does not know, so that it has its own idea of them. */
export function args(limits = {}) {
  const { stdout } = spawnSync(binary(), ['--help'], { encoding: 'utf8' });
  return Object.entries(limits)
    .filter(([name]) => new RegExp(`^ +${name}\\b`, 'm').test(stdout))
    .flat()
    .map(String);
}
