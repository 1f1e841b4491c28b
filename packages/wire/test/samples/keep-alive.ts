import { type Decoded, isKeepAlive, KEEP_ALIVE } from '../../src/index.js';
import type { Family } from './common.js';

interface SignOfLife {
  readonly kind: 'keep-alive';
}

/** The frame of one byte that carries nothing, both ways between a process and its daemon. */
export const keepAlive: Family<SignOfLife> = {
  name: 'keep-alive',
  encode: () => KEEP_ALIVE.head,
  decode: (bytes): Decoded<SignOfLife> =>
    isKeepAlive(bytes)
      ? { ok: true, value: { kind: 'keep-alive' } }
      : { ok: false, error: 'not the sign of life' },
  samples: { 'keep-alive': { kind: 'keep-alive' } },
};
