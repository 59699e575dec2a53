import { everyScenario } from './catalogue/index.js';

/** More is no name any more. */
const NAME_MAX = 60;

const ours = new Set(everyScenario.map(({ name }) => name));

/**
 * What was hunted in, in a word or two: a scenario; the catalogue, or a part of it; of one's own scenarios
 * their names, or how many there are.
 */
export function scopeName(names: readonly string[]): string {
  if (names.length === 1) return names[0];
  if (names.every((name) => ours.has(name))) return 'catalogue';
  const list = names.join(', ');
  return list.length <= NAME_MAX ? list : `${names.length} scenarios`;
}
