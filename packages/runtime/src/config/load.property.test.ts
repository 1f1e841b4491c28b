import { tcpAddresses, unixAddresses } from '@group-services/transport';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readConfigText } from './file.js';
import { loadConfig } from './load.js';
import { defineProgram } from './program.js';
import { address, count, duration, flag } from './values.js';

const program = defineProgram({
  name: 'gsx',
  version: '1.0.0',
  description: 'Serves as an example.',
  options: {
    listen: { schema: address([tcpAddresses]), default: 'tcp://h:1', description: 'where' },
    client: {
      schema: address([unixAddresses]),
      repeatable: true,
      default: [],
      description: 'who',
    },
    beat: { schema: duration(), optional: true, description: 'when' },
    window: { schema: count(), default: '1', description: 'how many' },
    fresh: { schema: flag(), default: 'false', description: 'whether' },
  },
});

const words = ['--listen', '--client', '--beat', '--window=', '--fresh', '--no-fresh', '--', '-x'];
const word = fc.oneof(fc.constantFrom(...words), fc.string(), fc.constantFrom('tcp://h:2', '3s'));

describe('loadConfig', () => {
  it('answers whatever it is given with a configuration or with mistakes', () => {
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 8 }),
        fc.dictionary(fc.constantFrom('GS_LISTEN', 'GS_CLIENT', 'GS_BEAT', 'GS_X'), fc.string()),
        (argv, env) => {
          const loaded = loadConfig(program, { argv, env });
          if (loaded.ok) expect(Object.keys(loaded.config)).toEqual(Object.keys(program.options));
          else expect(loaded.text).not.toBe('');
        },
      ),
    );
  });

  it('reads any text as a file without an exception', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('listen: a', 'client:', '  - b', 'x: [', '&a *a', '--- ', '? {', '!!set'),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const { given, mistakes } = readConfigText(
          { options: program.options, otherKeys: [] },
          'f',
          lines.join('\n'),
        );
        expect(given.size + mistakes.length).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
