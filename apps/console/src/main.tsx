import { render } from 'preact';
import { App } from './app.js';
import { begin } from './store.js';

const page = document.getElementById('page');
if (page !== null) render(<App />, page);
begin();
