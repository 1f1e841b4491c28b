import type { DaemonId } from '@group-services/core';
import type { ToNameServer } from '@group-services/wire';

/**
 * Daemons that this one cannot dial. They may not know: a daemon with a wrong `--advertise` dials others
 * without trouble. The name server is told, which tells them, and operators.
 */
export class UnreachedPeers {
  readonly #tell: (said: NotReached) => void;
  readonly #unreached = new Map<DaemonId, { readonly address: string; readonly why: string }>();

  constructor(tell: (said: NotReached) => void) {
    this.#tell = tell;
  }

  failed(daemon: DaemonId, address: string, text: string): void {
    const why = text.slice(0, TEXT_MAX);
    const known = this.#unreached.get(daemon);
    if (known?.why === why && known.address === address) return;
    if (known === undefined && this.#unreached.size >= UNREACHED_MAX) return;
    this.#unreached.set(daemon, { address, why });
    this.#tell({ kind: 'not-reached', daemon, address, why });
  }

  /** It is reached, or nobody here needs it any more. */
  forget(daemon: DaemonId): void {
    const known = this.#unreached.get(daemon);
    if (known === undefined) return;
    this.#unreached.delete(daemon);
    this.#tell({ kind: 'not-reached', daemon, address: known.address, why: null });
  }

  /** A new connection to the name server: it knows nothing of what was said before. */
  sayAgain(): void {
    for (const [daemon, known] of this.#unreached) {
      this.#tell({ kind: 'not-reached', daemon, ...known });
    }
  }
}

type NotReached = Extract<ToNameServer, { readonly kind: 'not-reached' }>;

/** Remembered at most; beyond, nobody is told of more. */
const UNREACHED_MAX = 256;
const TEXT_MAX = 256;
