import { expect, test } from 'vitest';
import * as testkit from './index.js';

test('the public names', () => {
  expect(Object.keys(testkit).sort()).toEqual([
    'EventQueue',
    'VirtualHost',
    'VirtualTime',
    'parseDirective',
    'replayScenario',
    'replayStepwise',
  ]);
});
