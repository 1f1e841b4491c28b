import type { Feature } from '../../src/index.js';

/**
 * What was added to the schemas since minor 0, by the feature to which it belongs: a place in a description
 * (`packages/wire/test/schemas`), which stands for all below it.
 */
export const ADDITIONS: Readonly<Record<Feature | 'handshake', readonly string[]>> = {
  /** What says which minor is spoken cannot depend on it: older programs pass over it. */
  handshake: [
    'hello.wire.minor?',
    'answer/welcome.minor?',
    'hello.pid?',
    'hello.replace?',
    'hello.release?',
  ],
  'name-held': ['to-name-server/name-held', 'from-name-server/name-wanted'],
  nodes: ['from-client/watch-nodes', 'to-name-server/watch-nodes', 'from-name-server/nodes'],
  'renew-digest': ['to-name-server/renew-digest', 'from-name-server/holdings-wanted'],
  trace: [
    'from-client/propose.trace?',
    'to-client/approved.trace?',
    'to-client/rejected.trace?',
    'proposal/leave.trace?',
    'proposal/expel.trace?',
    'proposal/state.trace?',
    'proposal/attributes.trace?',
    'proposal/voted-message.trace?',
    'proposal/barrier.trace?',
    'ordered/start.trace?',
    'group-snapshot.running.start.trace?',
  ],
};
