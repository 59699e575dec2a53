/** The report's page: reads the data that stand in it, and draws them. */

import './style/index.css';
import { render } from 'preact';
import type { PageDocument } from '../../src/report/page/document.js';
import { App } from './app.jsx';

const data = document.getElementById('data')?.textContent ?? '';
const root = document.getElementById('app');
if (root !== null) {
  root.replaceChildren();
  render(<App page={JSON.parse(data) as PageDocument} />, root);
}
