import { describe, expect, it } from 'vitest';
import { lookWithoutNumber, watchProgram } from '../../examples/watch.js';
import { GETS_ON } from '../../src/programs/watch.js';
import { hunt } from '../stress/hunt-program.js';

describe('the watchdog', () => {
  it('says of no CPU that it waits for what had come, in any execution hunted', () => {
    expect(hunt(watchProgram('gets on'), 3_000)).toBeNull();
  });

  it('sees a CPU whose word does not come', () => {
    expect(hunt(watchProgram('hangs', { hangs: true, looks: 1 }), 2_000)).toBeNull();
  });

  it('that mixes parts of two waits is found', () => {
    expect(hunt(watchProgram('mixes', { look: lookWithoutNumber }), 40_000)).toMatchObject({
      class: 'assertion',
    });
  });

  it('that sees nothing is found', () => {
    const look = function* (): Generator<undefined, number, number> {
      return GETS_ON;
    };
    expect(hunt(watchProgram('blind', { hangs: true, look }), 200)).toMatchObject({ class: 'assertion' });
  });
});
