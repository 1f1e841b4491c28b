import { TransportError } from '@group-services/transport';
import { expect, it } from 'vitest';
import { meantAddress, nextStep } from './next-step.js';

const failed = (code: TransportError['code']) => new TransportError(code, 'x', { message: 'x' });

it('says which command starts a daemon, or shows who may reach it', () => {
  expect(nextStep(failed('refused'), 'unix:///tmp/a.sock')).toContain(
    '--client unix:///tmp/a.sock',
  );
  expect(nextStep(failed('not-permitted'), 'unix:///tmp/a.sock')).toContain('ls -l /tmp/a.sock');
  expect(nextStep(failed('timeout'), 'tcp://a:1')).toBe('');
  expect(nextStep(new Error('x'), 'tcp://a:1')).toBe('');
});

it('guesses the address that was meant', () => {
  expect(meantAddress('/run/gsd.sock')).toContain('unix:///run/gsd.sock');
  expect(meantAddress('127.0.0.1:7401')).toContain('tcp://127.0.0.1:7401');
  expect(meantAddress('nonsense')).toBe('');
});
