import { describe, expect, it } from 'vitest';

import { createLogger } from './logger.js';

function capture() {
  const lines: string[] = [];
  return { lines, destination: { write: (line: string) => void lines.push(line) } };
}

describe('createLogger', () => {
  it('writes one JSON object a line with name, level and time', () => {
    const { lines, destination } = capture();
    const logger = createLogger({ name: 'gsd', pretty: false, destination });
    logger.info({ group: 'g1' }, 'joined');
    logger.debug('not written by default');
    expect(lines).toHaveLength(1);
    const [line = ''] = lines;
    expect(line.endsWith('\n')).toBe(true);
    expect(JSON.parse(line)).toMatchObject({
      name: 'gsd',
      level: 'info',
      group: 'g1',
      msg: 'joined',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/u),
    });
  });

  it('keeps the cause of an error', () => {
    const { lines, destination } = capture();
    const logger = createLogger({ name: 'gsd', pretty: false, destination });
    logger.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'failed');
    expect(lines[0]).toContain('inner');
  });

  it('writes what the level allows', () => {
    const { lines, destination } = capture();
    const logger = createLogger({ name: 'gsd', level: 'debug', pretty: false, destination });
    logger.debug('one');
    logger.trace('two');
    expect(lines).toHaveLength(1);
  });

  it('writes lines for people', async () => {
    const line = await new Promise<string>((resolve) => {
      const logger = createLogger({ name: 'gsd', pretty: true, destination: { write: resolve } });
      logger.warn('slow peer');
    });
    expect(line).toMatch(/WARN.*slow peer/u);
    expect(line).not.toMatch(/^\{/u);
  });
});
