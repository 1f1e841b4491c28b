import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as client from '../src/index.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const folder = new URL('./examples/', import.meta.url);

it.each(readdirSync(folder))('shows %s as it is type-checked', (name) => {
  const code = readFileSync(new URL(name, folder), 'utf8');
  expect(readme).toContain(`\`\`\`ts\n${code}\`\`\`\n`);
});

it('shows no code beside', () => {
  expect(readme.match(/```ts\n/g)).toHaveLength(readdirSync(folder).length);
});

it('explains every error code', () => {
  const errors = Object.keys(client).filter((name) => /.+Error$/.test(name));
  for (const name of errors.filter((each) => each !== 'GroupServicesError')) {
    expect(readme).toContain(`\`${name}\``);
  }
});
