import { expect, it } from 'vitest';
import { NO_MODULES } from '../../src/bundle/modules.js';
import { verifyCatalogue } from '../../src/scenarios/verify/index.js';
import { Verifier } from '../../src/verify/verify.js';
import type { MemoryModel } from '../../src/vocabulary/violation.js';

it('refuses a memory model that its search has no stores for, rather than take it for another', async () => {
  const verifier = new Verifier(NO_MODULES);
  const request = {
    subject: { variant: '6.18', scenario: verifyCatalogue[0] },
    memory: 'weaker' as MemoryModel,
    memoryLimit: 2 ** 28,
  };
  try {
    await expect(verifier.verify(request)).rejects.toThrow(
      'verify does not know the memory model "weaker"; hunt under it',
    );
  } finally {
    verifier.close();
  }
});
