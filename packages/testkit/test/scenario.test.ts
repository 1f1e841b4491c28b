import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Directive, parseDirective, replayScenario, replayStepwise } from '../src/index.js';

const scenarios = join(import.meta.dirname, 'scenarios');

function counter(): (directive: Directive) => string {
  let value = 0;
  return (directive) => {
    if (directive.verb === 'reset') {
      value = 0;
      return '';
    }
    value += Number(directive.arguments.get('amount') ?? directive.words[0]);
    return `${value}\n`;
  };
}

test('a scenario file is what its directives print', async () => {
  const path = join(scenarios, 'counter.txt');
  const text = readFileSync(path, 'utf8');
  expect(replayScenario(text, counter())).toBe(text);
  await expect(replayScenario(text, counter())).toMatchFileSnapshot(path);
});

test('old output is replaced, comments and directives stay', () => {
  const text = '# why\nadd 1\n----\nwrong\n\nadd 1\n';
  expect(replayScenario(text, counter())).toBe('# why\nadd 1\n----\n1\n\nadd 1\n----\n2\n');
});

test('stepwise, what a directive prints stands behind it in place of what it printed before', () => {
  const text = '# why\nadd 1\n  wrong\n  more\nreset\n  wrong\n\n# again\nadd 2\nadd 3\n';
  const replayed = replayStepwise(text, counter());
  expect(replayed).toBe('# why\nadd 1\n  1\nreset\n\n# again\nadd 2\n  2\nadd 3\n  5\n');
  expect(replayStepwise(replayed, counter())).toBe(replayed);
});

test('a directive has words and named arguments', () => {
  const directive = parseDirective(' run a  until=1000 b=c=d ', 7);
  expect(directive).toEqual({
    verb: 'run',
    words: ['a'],
    arguments: new Map([
      ['until', '1000'],
      ['b', 'c=d'],
    ]),
    line: 7,
    text: 'run a  until=1000 b=c=d',
  });
});
