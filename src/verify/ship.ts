import { ship } from '../bundle/kept.js';
import { searchBundle } from './verify.js';

/** A step of `npm run build`: the bundle of the search, so that no user has to wait for it. */

await ship(searchBundle());
