import { InvalidArgumentError } from '@group-services/client';
import { expect } from 'vitest';
import { test } from './harness/test.js';

const MESSAGE = 1536 * 1024;
const STATE_VALUE = 256 * 1024;

const filled = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);

test('messages and state values may be made larger, as far as the frames go', async ({
  startDomain,
}) => {
  const larger = ['--max-message', '1536KiB', '--max-state-value', '256KiB'];
  const domain = await startDomain({ nodes: ['n1', 'n2'], daemon: larger });
  const [one, two] = [await domain.connect('n1'), await domain.connect('n2')];
  const leader = await one.join('large', { instance: 'a' });
  const follower = await two.join('large', {
    instance: 'b',
    // One vote with the largest of both.
    vote: () => ({
      value: 'approve',
      message: filled(MESSAGE, 3),
      stateValue: filled(STATE_VALUE, 4),
    }),
  });
  const heard: number[] = [];
  leader.on('message', ({ message }) => void heard.push(message.length, message[0] ?? 0));

  await follower.send(filled(MESSAGE, 1), { delivery: 'safe' });
  await follower.changeState(filled(STATE_VALUE, 2));
  // Both that is there and that shall be: two of them in one proposal.
  await leader.changeState(filled(STATE_VALUE, 5), { ifState: filled(STATE_VALUE, 2) });
  const result = await leader.changeState(filled(STATE_VALUE, 6), { phases: { exactly: 1 } });
  expect(result.outcome).toBe('approved');
  expect(heard).toEqual([MESSAGE, 1, MESSAGE, 3]);
  expect(leader.stateValue).toEqual(filled(STATE_VALUE, 4));

  // Who comes later is handed it whole.
  const late = await two.join('large', { instance: 'c' });
  expect(late.stateValue).toEqual(filled(STATE_VALUE, 4));

  const tooLarge = leader.send(filled(MESSAGE + 1, 7));
  await expect(tooLarge).rejects.toBeInstanceOf(InvalidArgumentError);
  await expect(tooLarge).rejects.toMatchObject({ limit: 'message' });
  const tooMuch = leader.changeState(filled(STATE_VALUE + 1, 7));
  await expect(tooMuch).rejects.toMatchObject({ limit: 'stateValue' });
});
