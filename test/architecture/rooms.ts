/**
 * The rooms of the sources, bottom up: a room imports from rooms of lower floors only. Rooms on one floor do
 * not know each other. A folder under `src`, `workers/`, `browser/` and every file at the top of `src` is a room, and
 * each has to stand here.
 */
export const FLOORS: readonly (readonly string[])[] = [
  ['memory-order', 'subset'],
  ['vocabulary'],
  ['seal'],
  ['machine'],
  ['kernel'],
  ['backends', 'rules'],
  ['variants'],
  ['programs', 'scenarios', 'oracles', 'trace', 'drive', 'csource'],
  ['bundle', 'reference'],
  ['explore', 'lowering'],
  ['explain'],
  ['replay', 'findings'],
  ['modules', 'known', 'by-hand'],
  ['stress'],
  ['lockstep', 'config'],
  ['report'],
  ['check', 'litmus', 'verify'],
  ['study', 'minimise', 'orderings'],
  ['compare', 'merge'],
  ['api'],
  ['index'],
  ['vitest'],
  ['cli'],
  ['workers', 'browser'],
];

/** An import: the files, as paths under the root of the project. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
}

/** The room of a file: `src/kernel/mm/fork.ts` is in `kernel`, `src/index.ts` in `index`. */
export function roomOf(path: string): string {
  const [top, room, ...rest] = path.split('/');
  return top === 'src' ? (rest.length === 0 ? room.replace(/\.ts$/, '') : room) : top;
}

const floorOf = (room: string): number => FLOORS.findIndex((floor) => floor.includes(room));

/** The arrows that must not be, and the files whose room has no place, as lines. */
export function wrongArrows(arrows: readonly Arrow[]): string[] {
  return arrows.flatMap(({ from, to }) => {
    const [source, target] = [roomOf(from), roomOf(to)];
    const lost = [source, target].filter((room) => floorOf(room) < 0);
    if (lost.length > 0)
      return [`${from} -> ${to}: ${lost.join(' and ')} has no floor in test/architecture/rooms.ts`];
    return source === target || floorOf(source) > floorOf(target) ? [] : [`${from} -> ${to}`];
  });
}
