import { beforeAll, describe, expect, it } from 'vitest';
import { NO_MODULES } from '../../src/bundle/modules.js';
import { hunt } from '../../src/explore/hunt.js';
import { InlinePool } from '../../src/explore/inline-pool.js';
import { checkFinding, parseFinding } from '../../src/findings/schema.js';
import { serializeFinding } from '../../src/findings/serialize.js';
import { askedOf, orderingsOf } from '../../src/orderings/orderings-of-finding.js';
import { type OrderedReplay, replayOrdered } from '../../src/orderings/replayed.js';
import { InputError } from '../../src/vocabulary/errors.js';
import type { Finding } from '../../src/vocabulary/finding.js';
import { lies } from '../findings/lies/mutate.js';
import { storeBuffering } from './programs.js';

const modulesOf = (...args: Parameters<typeof storeBuffering>) => ({
  ...NO_MODULES,
  programs: [storeBuffering(...args)],
});
let finding: Finding;

beforeAll(async () => {
  const modules = modulesOf();
  const hunted = await hunt({
    ...{ seed: 1, strategies: ['random'], memory: 'tso', jobs: 1, executions: 3_000 },
    ...{ program: 'store-buffering', pool: new InlinePool(undefined, modules) },
  });
  const found = hunted.finding as Finding;
  const { named } = orderingsOf(askedOf(found, modules), { perTrial: 100, executions: 300, steps: 1e6 });
  const module = { file: 'a.ts', sha256: '0'.repeat(64) };
  const written = { ...found, modules: [module], orderings: named ?? [] };
  finding = parseFinding(serializeFinding(written), 'a file');
});

const marksOf = ({ trace }: OrderedReplay) =>
  trace.flatMap(({ step, ordered = [] }) => ordered.map(({ ordering, is }) => `${ordering} ${is} ${step}`));

describe('the orderings of a finding', () => {
  it('are told, marked and tried by a replay', () => {
    const { orderings: said = [] } = finding;
    expect(said).toHaveLength(2);
    const replay = replayOrdered(finding, modulesOf());
    expect(replay).toMatchObject({ reproducedBy: 'schedule', differences: [] });
    const { orderings, forced } = replay.orderings ?? { orderings: [], forced: null };
    expect(forced).toMatchObject({ executions: 100, correct: null });
    expect(forced?.failing).toBeGreaterThan(90);
    expect(orderings[0].before.text).toMatch(/ is 0/);
    const marks = said.flatMap(({ before, after }, i) => [
      `${i + 1} before ${before.step}`,
      `${i + 1} after ${after.step}`,
    ]);
    expect(marksOf(replay).sort()).toEqual(marks.sort());
  });

  it('cannot lie: what is changed of them is refused, or named', () => {
    const turns = { placesMax: 10, everyWay: true, every: 1, fields: /^orderings$/ };
    const all = lies(JSON.parse(JSON.stringify(finding)), 0, turns).filter(
      ({ how, path }) => how !== 'removed' || path !== 'orderings',
    );
    expect(all.length).toBeGreaterThan(30);
    const unnoticed = all.filter(({ document }) => {
      let lie: Finding;
      try {
        lie = checkFinding(document, 'a file');
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        return false;
      }
      const { reproducedBy, differences } = replayOrdered(lie, modulesOf());
      expect(reproducedBy).toBe('schedule');
      return !differences.some(({ field }) => field.startsWith('orderings'));
    });
    expect(unnoticed.map(({ path, how }) => `${path} ${how}`)).toEqual([]);
  });

  it('are of two steps in their order', () => {
    const orderings = finding.orderings?.map(({ before, after }) => ({ before: after, after: before }));
    const { differences } = replayOrdered({ ...finding, orderings }, modulesOf());
    expect(differences).toMatchObject([{ field: 'orderings[0]', shown: 'another order' }]);
  });

  it('lead to the violation where code has a step more, and say so', () => {
    const replay = replayOrdered(finding, modulesOf('harmless'));
    expect(replay).toMatchObject({ reproduced: true, reproducedBy: 'orderings' });
    expect(replay.violation?.class).toBe(finding.violation.class);
    expect(replay.reason).toMatch(/^(steps?|traceHash)\b/);
    expect(marksOf(replay)).toHaveLength(4);
    expect(replay.orderings?.forced.failing).toBeGreaterThan(90);
  });

  it('lead to none where the mistake is mended', () => {
    const replay = replayOrdered(finding, modulesOf('mended'));
    expect(replay).toMatchObject({ reproduced: false, reproducedBy: null });
    expect(replay.reason).toMatch(
      /; none of 100 executions in which its orderings were forced came to assertion$/,
    );
  });
});
