import type { Surroundings } from '@group-services/metagroup';
import type { Behind, SourceAwaited } from '@group-services/process-group';
import type { ToClient } from '@group-services/wire';
import type { ClientNo } from './inputs.js';
import type { NameServerLink } from './name-server-link.js';
import type { Peers } from './peers.js';

/** What a session needs of the daemon around it. */
export interface SessionPorts {
  readonly peers: Peers;
  readonly surroundings: Surroundings;
  readonly nameServer: NameServerLink;
  readonly toClient: (client: ClientNo, message: ToClient) => void;
  /** A group that is waited for is looked up once in so many retry times. */
  readonly lookUpEvery: () => number;
  /** The membership, its generation or its list is another one: look-up tables are to be renewed. */
  readonly changed: () => void;
  /** An attempt has begun; `before` is the join number of the one before. */
  readonly numbered: (before: number) => void;
  /** Begins an attempt now, or when it is this group's turn. */
  readonly paced: (begin: () => void) => void;
  /** Whether this daemon's copy of a source group has still to show what a target group waits for. */
  readonly behind: (awaited: SourceAwaited) => Behind;
  /** It has been told something: its deadline may be another one, or it may be over. */
  readonly touched: () => void;
}
