import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type InternalMutation, mutate } from '@group-services/core/mutation';
import { replayScenario } from '@group-services/testkit';
import { afterEach, expect, test } from 'vitest';
import { ScenarioRun } from './harness/scenario-run.js';

/** Nobody is lost without these protections, so no random run objects: the scenario's course does. */
const NAMES: readonly InternalMutation[] = ['pressure-lost-at-takeover', 'pressure-asked-once'];
const text = readFileSync(join(import.meta.dirname, 'scenarios/pressure.txt'), 'utf8');

function replay(): string {
  const run = new ScenarioRun();
  return replayScenario(text, (directive) => run.run(directive));
}

afterEach(() => mutate(undefined));

test('as it is the scenario has the course that is written', () => {
  expect(replay()).toBe(text);
});

test.each(NAMES)('B4: %s changes the course of the scenario', (name) => {
  mutate(name);
  expect(replay()).not.toBe(text);
});
