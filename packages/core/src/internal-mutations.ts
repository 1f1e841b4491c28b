/** Defects of the internal layer and of the name server: what is wrong with each. */
export const INTERNAL_MUTATIONS = {
  'no-promise-freeze':
    'a member answers TAKEOVER without promising and goes on with the old leader',
  'takeover-by-majority': 'a takeover is over when half of the other members have answered',
  'beyond-prefix-kept': 'what lies beyond the contiguous prefix is kept after a takeover',
  'cut-before-stable':
    'safe messages up to the cut of a takeover are delivered before they are stable',
  'no-dedupe': 'a new leader does not know which submissions are in the stream already',
  'safe-before-stable': 'safe messages are delivered as soon as they are contiguous',
  'view-before-stable': 'views are delivered as soon as they are contiguous',
  'stability-without-suspects': 'who is merely suspected does not count for stability',
  'stability-without-joiners': 'who has no state yet does not count for stability',
  'outdated-version-accepted': 'the name server accepts a change of a version that is not current',
  'leader-without-state': 'a joiner counts as full and may be chosen as leader',
  'earlier-acks-counted': 'acknowledgements of an earlier version and membership count',
  'dropped-too-early': 'retained messages are dropped one too early',
  'snapshot-without-counters': "a joiner's snapshot lacks the counters that recognise duplicates",
  'snapshot-one-late': 'a joiner takes its snapshot for one position later than it is',
  'old-incarnation-accepted': 'the name server does not see that a restart ends the earlier life',
  'places-before-cut': 'a new leader places messages before it knows the cut',
  'deposed-leader-obeyed': 'messages of a lower version than the promised one are accepted',
  'nack-wrong-version': 'repairs carry the version before the present one',
  'sync-once': 'SYNC is never repeated',
  'pressure-lost-at-takeover': 'a new leader does not hear whose processes have too much unread',
  'pressure-asked-once': 'who has said that its processes have too much unread is asked only once',
  'stopped-process-presses': 'a group waits for a process that has stopped reading',
  'pressure-never-over': 'a process that has caught up goes on pressing',
  'no-quiesce': 'a leader leaves without waiting until the stream is at rest',
  'nack-once': 'a question for missing messages that is lost is not repeated by its timer',
  'aborted-state-counted': 'an answer to a takeover that was given up counts in the next one',
  'replies-not-reset': 'the channel of replies goes on with the old numbers at a new leader',
  'registration-by-halves':
    'the name server takes each piece of a registration for the whole of it',
  'lease-from-answer': 'contact lasts from the arrival of an answer, not from its question',
  'highest-version-continues':
    'a name server without a store continues with the highest version that it hears of',
  'ephemeral-gone-early':
    'the name server takes an ephemeral daemon for gone while its lease may still run',
  'ephemeral-goes-on':
    'an ephemeral daemon goes on when it has reached the name server for no lease',
} as const;
