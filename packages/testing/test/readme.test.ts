import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const folder = new URL('./examples/', import.meta.url);

it.each(readdirSync(folder))('shows %s as it is run', (name) => {
  const code = readFileSync(new URL(name, folder), 'utf8');
  expect(readme).toContain(`\`\`\`ts\n${code}\`\`\`\n`);
});
