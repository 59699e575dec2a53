import { describe, expect, it } from 'vitest';
import { arrowsOf, computedImports, sourceFiles } from './architecture/arrows.js';
import { FLOORS, roomOf, wrongArrows } from './architecture/rooms.js';

/** The arrows that must not be: a room imports only from rooms below it. */

const files = sourceFiles();
const arrows = files.flatMap((file) => arrowsOf(file));
const rooms = FLOORS.flat();

describe('the rooms', () => {
  it('are all on the plan, and the plan has no others', () => {
    expect([...new Set(files.map(roomOf))].sort()).toEqual([...rooms].sort());
  });

  it('import only from below', () => {
    expect(arrows.length).toBeGreaterThan(1_000);
    expect(wrongArrows(arrows)).toEqual([]);
  });

  it('load by a computed name only what a user wrote', () => {
    expect(files.flatMap((file) => computedImports(file)).map((place) => place.replace(/:\d+$/, ''))).toEqual(
      ['src/modules/evaluate.ts'],
    );
  });
});

describe('a planted arrow', () => {
  const fileOf = (room: string): string => files.find((file) => roomOf(file) === room) ?? '';

  it.each(rooms)('from %s upwards, sidewards or out of the plan is seen', (room) => {
    const floor = FLOORS.findIndex((one) => one.includes(room));
    const others = [...(FLOORS[floor + 1] ?? []), ...FLOORS[floor]].filter((one) => one !== room);
    for (const other of others) {
      const planted = { from: fileOf(room), to: fileOf(other) };
      expect(wrongArrows([...arrows, planted])).toEqual([`${planted.from} -> ${planted.to}`]);
    }
    expect(wrongArrows([{ from: fileOf(room), to: 'src/attic/box.ts' }])).toHaveLength(1);
  });

  it.each([
    ['an import', `import { x } from '../cli/main.js';`],
    ['a type', `import type { X } from '../cli/main.js';`],
    ['a re-export', `export * from '../cli/main.js';`],
    ['an import for its effects', `import '../cli/main.js';`],
    ['a dynamic import', `const load = async () => (await import('../cli/main.js')).run;`],
    ['an import in a type', `type Main = typeof import('../cli/main.js');`],
    ['require', `const main = require('../cli/main.js');`],
    [
      'a name in generated text',
      'const text = `import { run } from ${JSON.stringify(sourceFile("cli/main"))};`;',
    ],
  ])('is seen as %s', (_, text) => {
    expect(arrowsOf('src/kernel/planted.ts', text)).toEqual([
      { from: 'src/kernel/planted.ts', to: 'src/cli/main.ts' },
    ]);
  });
});
