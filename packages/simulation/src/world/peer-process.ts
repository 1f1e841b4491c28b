import type { DaemonId, Instant } from '@group-services/core';
import type { DaemonMessage } from '@group-services/wire';
import type { Codecs } from './codecs.js';

/** What the network tells a daemon: the part of the daemon engine's inputs that is about peers. */
export type PeerInput =
  | { readonly kind: 'fromPeer'; readonly peer: DaemonId; readonly message: DaemonMessage }
  | { readonly kind: 'peerUp'; readonly peer: DaemonId; readonly address: string }
  | { readonly kind: 'peerClosed'; readonly peer: DaemonId }
  | {
      readonly kind: 'peerNotReached';
      readonly peer: DaemonId;
      readonly address: string;
      readonly why: string;
    }
  | { readonly kind: 'peerUnreachable'; readonly peer: DaemonId }
  | { readonly kind: 'peerSuperseded'; readonly peer: DaemonId; readonly incarnation: number };

/** One running daemon as its peers' kernels see it. */
export interface PeerProcess {
  readonly id: DaemonId;
  readonly address: string;
  readonly node: string;
  readonly codecs: Codecs;
  /** It is stopped: its kernel accepts, but nobody answers. */
  readonly isPaused: boolean;
  /** `sentAt`: when another daemon said it; absent: the kernel says it. */
  enqueue(input: PeerInput, sentAt?: Instant): void;
}
