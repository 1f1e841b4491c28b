import { expect, test } from 'vitest';
import * as testkit from './index.js';

test('the public names', () => {
  expect(Object.keys(testkit).sort()).toEqual([
    'Agreed',
    'EventQueue',
    'VirtualHost',
    'VirtualTime',
    'causeProblems',
    'changeAt',
    'isOverruled',
    'isPassedOver',
    'isSaid',
    'listProblems',
    'parseDirective',
    'replayScenario',
    'replayStepwise',
  ]);
});
