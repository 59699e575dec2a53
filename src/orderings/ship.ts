import { ship } from '../bundle/kept.js';
import { orderedSearchBundle } from './searched.js';

/** A step of `npm run build`: the bundle of the search of orderings, as verify/ship.ts has that of all. */

await ship(orderedSearchBundle());
