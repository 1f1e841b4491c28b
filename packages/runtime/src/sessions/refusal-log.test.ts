import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLogger } from '../logger.js';
import { RefusalLog } from './refusal-log.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A log, and what was written into it since it was looked at last. */
function written() {
  const lines: string[] = [];
  const write = (line: string): void => {
    const { msg, more } = JSON.parse(line);
    lines.push(more === undefined ? msg : `${more}: ${msg}`);
  };
  const logger = createLogger({ name: 'gsd', pretty: false, destination: { write } });
  return { log: new RefusalLog(logger, 'client refused'), fresh: () => lines.splice(0) };
}

test('a source has each reason written once, and then how often it came', () => {
  const { log, fresh } = written();
  for (let port = 1; port <= 500; port += 1) {
    log.note(`tcp://10.0.0.9:${port}`, 'NOT_AUTHORIZED', 'the token is not known');
  }
  log.note('tcp://10.0.0.9:501', 'malformed', 'no HELLO');
  log.note('tcp://10.0.0.8:1', 'NOT_AUTHORIZED', 'the token is not known');
  log.note('unix://', 'domain', 'another domain');
  expect(fresh()).toEqual([
    'client refused: the token is not known',
    'client refused: no HELLO',
    'client refused: the token is not known',
    'client refused: another domain',
  ]);
  vi.advanceTimersByTime(10_000);
  expect(fresh()).toEqual([
    '499: client refused: 499 more from 10.0.0.9 within 10 s, the last: the token is not known',
  ]);
  // It goes on, and is summed up less and less often.
  const times = [20, 40, 80, 160, 300, 300].map((seconds) => {
    log.note('tcp://10.0.0.9:7', 'malformed', 'no HELLO');
    vi.advanceTimersByTime(seconds * 1_000 - 1);
    expect(fresh()).toEqual([]);
    vi.advanceTimersByTime(1);
    return fresh();
  });
  expect(times.flat()).toHaveLength(6);
  // Quiet for as long: the next one is news.
  vi.advanceTimersByTime(300_000);
  log.note('tcp://10.0.0.9:7', 'malformed', 'no HELLO');
  expect(fresh()).toEqual(['client refused: no HELLO']);
});

test('whoever thinks of another reason each time is counted, too', () => {
  const { log, fresh } = written();
  for (let one = 0; one < 10_000; one += 1) {
    log.note('tcp://10.0.0.9:1', 'NOT_AUTHORIZED', `stands for node n${one}`);
  }
  expect(fresh()).toHaveLength(32);
  vi.advanceTimersByTime(10_000);
  expect(fresh()).toEqual([expect.stringMatching(/^9968: .*the last: stands for node n9999$/u)]);
});

test('sources without number share what there is, and leave nothing behind', () => {
  const { log, fresh } = written();
  for (let one = 0; one < 100_000; one += 1) {
    const address = `10.${one >> 16}.${(one >> 8) & 255}.${one & 255}`;
    log.note(`tcp://${address}:1`, 'malformed', 'no HELLO');
  }
  expect(fresh()).toHaveLength(257);
  expect(vi.getTimerCount()).toBe(257);
  vi.advanceTimersByTime(10_000);
  expect(fresh()).toEqual([expect.stringMatching(/^99743: .* more from other addresses /u)]);
  vi.advanceTimersByTime(20_000);
  expect(vi.getTimerCount()).toBe(0);
});
