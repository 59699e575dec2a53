/** Hunts from a script instead of the command line: `npx tsx examples/api/hunt.ts`. */

import { catalogue, defineVariant, hunt, renderReport } from 'shootdown';

const asksNobody = defineVariant({
  name: 'asks-nobody',
  replace: {
    *shouldFlushTlb(cpu) {
      yield* cpu.barrier();
      return false;
    },
  },
});
const scenarios = catalogue.filter(({ name }) => name === 'ping-pong-dontneed');

const { verdict, timeline } = await hunt({ variant: asksNobody, scenarios, executions: 50 });
console.log(verdict.message);
console.log(timeline);

const fixed = await hunt({ variant: '6.18', scenarios, executions: 50 });
console.log(renderReport('junit', [fixed]));
