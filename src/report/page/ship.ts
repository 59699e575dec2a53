import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleApp } from './app.js';
import { packEngine } from './engine/packed.js';

/** A step of `npm run build`: makes what runs in the page, which the package carries ready. */

const bundles = new URL('../../../bundles/', import.meta.url);
const { script, style } = await bundleApp();
mkdirSync(bundles, { recursive: true });
writeFileSync(fileURLToPath(new URL('report-page.js', bundles)), script);
writeFileSync(fileURLToPath(new URL('report-page.css', bundles)), style);
writeFileSync(fileURLToPath(new URL('report-engine.txt', bundles)), await packEngine());
