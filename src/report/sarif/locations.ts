import type { Place } from '../../vocabulary/told.js';
import { visible } from '../escape.js';
import type { SarifLocation } from './sarif.js';

/** A place in a file, from the directory in which the hunt was started. */
export function physical({ file, line }: Place): Pick<SarifLocation, 'physicalLocation'> {
  // Half a pair has no place in a URI: what is unprintable stands there as its escape.
  const uri = visible(file).split('/').map(encodeURIComponent).join('/');
  return { physicalLocation: { artifactLocation: { uri }, region: { startLine: line } } };
}
