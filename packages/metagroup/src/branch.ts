import type { ChangeRefusal } from '@group-services/wire';

/**
 * Turns that the protocols of a membership can take. Checkers are told when one is taken: scenarios print
 * the rare ones, and the simulation has to reach every one of them now and again, since a turn that is
 * never taken is not tested by anything.
 */
export type Branch =
  // Groups and their lists.
  | 'formed'
  | 'change'
  | `change-refused-${ChangeRefusal | 'unknown'}`
  | 'stale'
  | 'handover'
  | 'lead-given-up'
  | 'delete'
  // Snapshots for those who join.
  | 'joiner-promised'
  | 'snapshot-sent'
  | 'snapshot-by-member'
  | 'snapshot-taken-back'
  | 'snapshot-installed'
  // The lead and its changes.
  | 'claim'
  | 'complaint'
  | 'leader-asked-for'
  | 'takeover'
  | 'fetch'
  | 'retakeover'
  | 'taken-over'
  | 'deposed'
  // Members that are slow, silent or accused.
  | 'two-way-check'
  | 'slow-member'
  | 'complainer-removed'
  // The stream.
  | 'nack'
  | 'repair'
  | 'request-repeated'
  | 'sync'
  | 'stable-by-members'
  | 'converted'
  | 'flow-closed'
  | 'pressed'
  | 'pressure-over'
  // Daemons without contact.
  | 'contact-lost'
  | 'woken'
  | 'contact-back';
