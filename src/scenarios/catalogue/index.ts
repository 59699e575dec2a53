import type { Scenario } from '../../vocabulary/scenario.js';
import { broadcast } from './broadcast.js';
import { clients } from './clients.js';
import { hyperv } from './hyperv.js';
import { lazy } from './lazy.js';
import { remote } from './remote.js';
import { remoteActions } from './remote-actions.js';
import { switching } from './switching.js';

/**
 * The catalogue: generic scenarios, none built around a bug. `hunt` without a scenario goes round-robin over
 * them.
 */
export const catalogue: readonly Scenario[] = [...switching, ...lazy, ...clients, ...remote];

/** And those that are about what only some kernels do: hunted with these, and with any by name. */
export const everyScenario: readonly Scenario[] = [...catalogue, ...broadcast, ...hyperv, ...remoteActions];
