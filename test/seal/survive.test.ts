import { afterAll, describe, expect, it } from 'vitest';
import { plainProgram } from '../../src/index.js';
import '../../src/vitest/index.js';

/** Programs that would end the test run that judges them. */

const judging = (name: string, final: () => boolean) =>
  plainProgram({
    name,
    words: { x: 0 },
    cpus: [
      function* (cpu, at) {
        yield* cpu.writeOnce(at.x, 1);
      },
    ],
    final,
  });

const exit = process.exit;
afterAll(() => expect(process.exit).toBe(exit));

describe('a program that is judged in a test', () => {
  const own = process as unknown as Readonly<Record<string, (argument: unknown, signal?: string) => never>>;
  it.each([
    ['process.exit', () => own.exit(0)],
    ['process.reallyExit', () => own.reallyExit(0)],
    ['process.abort', () => own.abort(0)],
    ['process.kill', () => own.kill(process.pid, 'SIGKILL')],
  ] as const)('cannot end it by %s', async (name, final) => {
    const judged = judging(name, final);
    await expect(expect(judged).toSurvive({ executions: 5 })).rejects.toThrow(
      `${name}() would end the process`,
    );
    await expect(expect(judged).not.toSurvive({ executions: 5 })).rejects.toThrow(
      `${name}() would end the process`,
    );
  });

  it('fails with an Error where it throws none', async () => {
    const judged = judging('null', () => {
      throw null;
    });
    await expect(expect(judged).toSurvive({ executions: 5 })).rejects.toThrow(
      'threw null, which is no Error',
    );
  });
});
