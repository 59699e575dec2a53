import 'shootdown/vitest';
import { defineVariant, enumerate } from 'shootdown';
import { describe, expect, it } from 'vitest';
import { brokenTicketLock, ticketLock } from '../ticket-lock.js';
import { aba, versioned } from '../treiber-stack.js';

/** Races in a shared-memory protocol, hunted from a test: `npx vitest run examples/vitest`. */

describe('a ticket lock', () => {
  it('counts everyone', async () => {
    await expect(ticketLock).toSurvive({ executions: 5_000 });
  });

  it('counts everyone in every schedule there is', () => {
    const { outcomes } = enumerate(ticketLock, { memory: 'tso' });
    expect(outcomes.every(({ violation }) => violation === null)).toBe(true);
  });

  it('needs the ticket to be taken in one step', async () => {
    await expect(brokenTicketLock).not.toSurvive();
  });
});

describe('a stack whose nodes are used again', () => {
  it('is right with a version beside the pointer', async () => {
    await expect(versioned).toSurvive({ executions: 5_000, strategy: ['random', 'pct'], seed: 7 });
  });

  it('suffers from ABA without one', async () => {
    await expect(aba).not.toSurvive();
  });
});

describe('a kernel with one fix more', () => {
  const stable = defineVariant({
    name: 'my-stable',
    base: '6.12-stable',
    features: { switchingBeforeGen: true },
  });

  it('survives the catalogue', async () => {
    await expect(stable).toSurvive({ executions: 300 });
  });
});
