import type { Branch } from '@group-services/daemon-engine';
import type { Counters } from '../counters.js';

/**
 * What the simulation has to reach now and again: faults and rare turns of the protocols. What never
 * happens proves nothing, so a large run in which one of these stays at nought has failed.
 */
export interface Transition {
  readonly name: string;
  /** The counters that show it; one of them is enough. */
  readonly counters: readonly string[];
  /** A run of so many seeds or more has to reach it. */
  readonly within: number;
}

/** A run this large has to reach everything that is not rarer by nature. */
const USUAL = 1000;
/** So many seeds, and the chosen ones of the tests, have to reach these. */
const COMMON = 120;
/** What needs several unlikely things at once. */
const RARE = 10_000;

export const TRANSITIONS: readonly Transition[] = [
  reached('a group is formed', COMMON, at('formed')),
  reached('a leader changes the membership', COMMON, at('change')),
  reached('takeover', COMMON, at('takeover')),
  reached('takeover ends with a new leader', COMMON, at('taken-over')),
  reached('takeover fetches what it lacks', USUAL, at('fetch')),
  reached('takeover restarted', USUAL, at('retakeover')),
  reached('joiner promised', COMMON, at('joiner-promised')),
  reached('snapshot sent', COMMON, at('snapshot-sent')),
  reached('snapshot sent by a member', COMMON, at('snapshot-by-member')),
  reached('snapshot sent by the leader after all', USUAL, at('snapshot-taken-back')),
  reached('snapshot installed', COMMON, at('snapshot-installed')),
  reached('gap complained about', COMMON, at('nack')),
  reached('nack repaired', COMMON, at('repair')),
  reached('request repeated', COMMON, at('request-repeated')),
  reached('idle stream synchronised', COMMON, at('sync')),
  reached('stable by what members tell each other', COMMON, at('stable-by-members')),
  reached('quiesced by conversion', COMMON, at('converted')),
  reached('flow closed by a member that lags', COMMON, at('flow-closed')),
  reached('flow closed by a process that reads slowly', COMMON, at('pressed')),
  reached('pressure over', COMMON, at('pressure-over')),
  reached('slow member removed', USUAL, at('slow-member')),
  reached('links checked both ways', USUAL, at('two-way-check')),
  reached('complaint accepted at the fourth', RARE, at('complainer-removed')),
  reached('leader deposed', USUAL, 'leaders removed while they led', at('deposed')),
  reached('told STALE', USUAL, at('stale')),
  reached('claim refused leader-alive', USUAL, at('change-refused-leader-alive')),
  reached('change refused for its version', COMMON, at('change-refused-version')),
  reached('change refused while recovering', USUAL, at('change-refused-recovering')),
  reached('handover', COMMON, at('handover')),
  reached('node drained by an operator', COMMON, 'operator: drain'),
  reached('second daemon refused', USUAL, 'second daemon refused'),
  reached('second daemon taken', RARE, 'second daemon taken'),
  reached('lead given up by a drained leader', COMMON, at('lead-given-up')),
  reached("last member's leave", COMMON, at('delete')),
  reached('memory store recovered from the daemons', COMMON, 'ns: group-recovered'),
  reached('memory store restart not recovered', USUAL, 'ns: group-not-recovered'),
  reached('suspended daemon', USUAL, at('contact-lost')),
  reached('suspended daemon goes on', USUAL, at('contact-back')),
  reached('programs of two releases', COMMON, 'daemons of an older release'),
  reached('programs replaced one by one', COMMON, 'programs replaced by a newer release'),
  reached('traced protocol told', COMMON, 'protocols told with their trace'),
  reached('voting begins', COMMON, at('voting-started')),
  reached('ballot shown', COMMON, at('ballot-shown')),
  reached('votes sent', COMMON, at('votes-sent')),
  reached('votes received', COMMON, at('votes-received')),
  reached('message rider placed', COMMON, at('rider-placed')),
  reached('voting continues', COMMON, at('voting-continue')),
  reached('approved by votes', COMMON, at('voting-approved')),
  reached('rejected by votes', COMMON, at('voting-rejected')),
  reached('result delivered', COMMON, at('result-delivered')),
  reached('default vote cast at the limit', COMMON, at('defaulted-by-limit')),
  reached('votes asked again after a takeover', USUAL, at('votes-asked-again')),
  reached('batch started', COMMON, at('batch-started')),
  reached('failure of a joiner parked', USUAL, at('failure-parked')),
  reached('join held until a failure is over', USUAL, at('join-held')),
  reached('cast out of a target group', USUAL, at('cast-out')),
  reached('several messages sent as one', COMMON, 'client: bundle'),
  reached('several messages told as one', COMMON, 'client hears bundle'),
  reached('vote that nobody asked for', COMMON, 'client hears vote-not-expected'),
  reached('process announced', COMMON, 'client hears announcement'),
  reached('process dies when asked', COMMON, 'fault: process dies when asked for its vote'),
  reached('proposal dropped', USUAL, 'refused COLLISION'),
  reached('daemon killed between two outputs', COMMON, 'daemons killed between two outputs'),
  reached('name server killed between two', COMMON, 'name server crashed between outputs'),
  reached('daemon stopped in order', COMMON, 'daemons stopped in order'),
  reached('partition', COMMON, 'fault: partition'),
  reached('half-open link', COMMON, 'fault: half-open'),
  reached('one-way link for good', COMMON, 'fault: one-way link for good'),
  reached('leader apart for good', COMMON, 'fault: lasting, leader'),
  reached('member apart for good', USUAL, 'fault: lasting, member'),
  reached('leader out of contact replaced', COMMON, 'ns: leader-out-of-contact'),
  reached('daemon asleep', COMMON, 'fault: daemon asleep'),
  reached('daemon away for long', COMMON, 'daemons that were away for long'),
  reached('who was away asks whether it is counted on', COMMON, at('woken')),
  reached('answers of the name server come late', COMMON, 'fault: late answers'),
  reached('everything stops', USUAL, 'fault: everything stops'),
  reached('store lost', USUAL, 'fault: store lost'),
  reached('store from an older copy', USUAL, 'fault: store from a copy'),
  reached('wall clock jumps', COMMON, 'fault: wall clock jump'),
];

/** Names of what a run of so many seeds had to reach and did not. */
export function neverReached(counters: Counters, seeds: number): readonly string[] {
  return TRANSITIONS.filter(({ within }) => seeds >= within)
    .filter((transition) => transition.counters.every((name) => counters.get(name) === 0))
    .map(({ name }) => name);
}

/** The counter of a branch: one that no engine has any more is found by the compiler. */
function at(branch: Branch): string {
  return `branch: ${branch}`;
}

function reached(name: string, within: number, ...counters: readonly string[]): Transition {
  return { name, within, counters };
}
