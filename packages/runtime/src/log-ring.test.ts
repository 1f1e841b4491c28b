import { describe, expect, it } from 'vitest';

import { createLogger, followLevel, recentLines, writeHeldBack } from './logger.js';

function capture(level: 'info' | 'silent') {
  const written: string[] = [];
  const destination = { write: (line: string) => void written.push(line) };
  const logger = createLogger({ name: 'gsd', level, pretty: false, destination });
  const texts = (lines: readonly unknown[]) => lines.map((line) => Object(line).msg);
  return {
    logger,
    recent: () => texts(recentLines(logger)),
    written: () => texts(written.map((line) => JSON.parse(line))),
  };
}

describe('the last lines of a log', () => {
  it('are remembered, whatever the level lets through', () => {
    const { logger, recent, written } = capture('info');
    logger.debug('one');
    logger.info('two');
    logger.child({ group: 'g' }).trace('three');
    expect(written()).toEqual(['two']);
    expect(recent()).toEqual(['one', 'two', 'three']);
  });

  it('are 2,000', () => {
    const { logger, recent, written } = capture('silent');
    for (let line = 0; line < 2_001; line += 1) logger.error(`line ${line}`);
    expect(recent()).toHaveLength(2_000);
    expect(recent().at(0)).toBe('line 1');
    expect(recent().at(-1)).toBe('line 2000');
    expect(written()).toEqual([]);
  });

  it('are short: of a long one the first part is kept', () => {
    const { logger } = capture('silent');
    logger.info('long '.repeat(10_000));
    const [line] = recentLines(logger);
    expect(line).toMatch(/^\{"level":"info".*long long/u);
    expect(String(line).length).toBeLessThan(10_000);
  });

  it('are written once something that cannot be has happened', () => {
    const { logger, written } = capture('info');
    logger.debug('before');
    logger.info('written');
    writeHeldBack(logger);
    expect(written()).toEqual(['written', 'before']);
  });

  it('follow the level that the configuration says now', () => {
    const { logger, written } = capture('info');
    followLevel(logger, { ok: true, config: { logLevel: 'debug' } });
    logger.debug('now written');
    expect(written()).toEqual(['the level of the log changes', 'now written']);
  });
});
