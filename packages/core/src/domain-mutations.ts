/** Defects that show in whole domains alone, with their processes, clocks and name server: what is wrong. */
export const DOMAIN_MUTATIONS = {
  'agreed-lists': 'lists are delivered agreed where the results of a group are',
  'absent-leader-kept': 'a leader that cannot reach the name server goes on leading',
  'wakes-at-once': 'a daemon that was away hands out what it has before it has heard anybody',
  'load-is-silence':
    'signs of life wait behind all other inputs, and silence is judged by the clock',
  'sleep-not-counted': 'the time in which a machine slept counts for nothing',
} as const;
