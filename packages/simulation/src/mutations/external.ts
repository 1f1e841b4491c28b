import { DEPENDENT_MUTATIONS } from './dependent-groups.js';
import type { Mutation } from './mutation.js';

/** Defects of the external layer, by name. */

const LEADER = 'packages/process-group/src/leader';
const NODE = 'packages/process-group/src/node';
const REPLICA = 'packages/process-group/src/replica';

/** Nobody is waited for any more: the vote of each is here, or it is down. */
const IS_COMPLETE = 'for (const no of this.#missing) if (!isDown(no)) return false;';
/** Votes that count for two voters: so many others need not vote. */
const COMPLETE_BUT_FOR = (spare: string): string => `let spare = ${spare};
    for (const no of this.#missing) {
      if (isDown(no)) continue;
      if (spare === 0) return false;
      spare -= 1;
    }`;
/** What is selected first. */
const FAILURES_FIRST = 'if (this.#failures.length + this.#leaves.length > 0) {';
const JOIN_FIRST = (join: string): string => `const early = ${join};
    if (early !== undefined) return { class: 'joins', items: this.#takeJoin(early) };
    ${FAILURES_FIRST}`;

export const EXTERNAL_MUTATIONS = {
  'approved-despite-reject': {
    what: 'a vote to reject does not count: the protocol is approved',
    edits: [
      {
        file: `${LEADER}/evaluation.ts`,
        find: "const rejecting = of('reject');",
        replace: 'const rejecting = [];',
      },
    ],
  },
  'decided-at-first-reject': {
    what: 'the leader does not wait for the other votes once it has a REJECT',
    edits: [
      {
        file: `${LEADER}/poll.ts`,
        find: IS_COMPLETE,
        replace: `if ([...this.#votes.values()].some(({ value }) => value === 'reject')) return true;
    ${IS_COMPLETE}`,
      },
    ],
  },
  'continue-ignored': {
    what: 'a vote to continue does not count',
    edits: [
      {
        file: `${LEADER}/evaluation.ts`,
        find: "const continuing = of('continue');",
        replace: 'const continuing = [];',
      },
    ],
  },
  'no-default-for-failed-node': {
    what: 'the leader waits for the votes of providers of failed nodes',
    edits: [
      {
        file: `${LEADER}/failures.ts`,
        find: 'if (item !== undefined) return !isCastOut(item, no);',
        replace: `if (item?.departures.some(isNodeFailure)) return false;
    if (item !== undefined) return !isCastOut(item, no);`,
      },
    ],
  },
  'default-counted-twice': {
    what: 'a default vote counts for two voters',
    edits: [
      {
        file: `${LEADER}/poll.ts`,
        find: IS_COMPLETE,
        replace: COMPLETE_BUT_FOR('[...this.#missing].filter(isDown).length'),
      },
    ],
  },
  'late-vote-counted': {
    what: 'a vote that comes after its phase counts in the next one',
    edits: [
      {
        file: `${LEADER}/voting.ts`,
        find: 'running.phase === votes.phase',
        replace: 'true',
      },
    ],
  },
  'vote-for-any-protocol': {
    what: 'a vote for another protocol counts where the phases have the same number',
    edits: [
      {
        file: `${LEADER}/voting.ts`,
        find: 'running.protocol === votes.protocol',
        replace: 'true',
      },
    ],
  },
  'rejected-rider-kept': {
    what: 'the state value proposed in a rejected protocol is kept',
    edits: [
      {
        file: `${REPLICA}/running.ts`,
        find: 'stateValue: null,',
        replace: 'stateValue: result.stateValue ?? running.proposedState,',
      },
    ],
  },
  'first-rider-wins': {
    what: 'of two state values proposed in one phase the first one stays',
    edits: [
      {
        file: `${LEADER}/poll.ts`,
        find: 'this.#stateValue = proposed ?? this.#stateValue;',
        replace: 'this.#stateValue = this.#stateValue ?? proposed;',
      },
    ],
  },
  'joiners-always-vote': {
    what: 'joiners vote although the attributes say that they do not',
    edits: [
      {
        file: `${LEADER}/voter-set.ts`,
        find: "change.kind === 'join' && attributes.joinersVote ?",
        replace: "change.kind === 'join' ?",
      },
    ],
  },
  'failed-provider-votes': {
    what: 'who is known to have failed is a voter of the next protocol',
    edits: [
      {
        file: `${LEADER}/voter-set.ts`,
        find: '({ no }) => !excluded.has(no) && !isFailed(no)',
        replace: '() => true',
      },
    ],
  },
  'joins-before-failures': {
    what: 'joins are selected before failures',
    edits: [
      {
        file: `${LEADER}/selection.ts`,
        find: FAILURES_FIRST,
        replace: JOIN_FIRST('this.#firstFree(state)'),
      },
    ],
  },
  'rejoins-before-removal': {
    what: 'a join with the id of a failed provider is run before its failure leave',
    edits: [
      {
        file: `${LEADER}/selection.ts`,
        find: FAILURES_FIRST,
        replace: JOIN_FIRST('[...this.#joins].find((item) => !isFree(this, item, state))'),
      },
      {
        file: `${LEADER}/decisions.ts`,
        find: "if (state.byId.has(provider)) return { kind: 'duplicate-instance' };",
        replace: '',
      },
    ],
  },
  'labels-left-out-of-changes': {
    what: 'who is there already learns of a joiner without its labels',
    edits: [
      {
        file: `${NODE}/notifications.ts`,
        find: 'labels: labelsOf(joined),',
        replace: '',
      },
    ],
  },
  'batch-mixes-kinds': {
    what: 'expels are batched with leaves and failures',
    edits: [
      {
        file: `${LEADER}/leader.ts`,
        find: "return kind === 'leave' && batches(attributes, 'departures');",
        replace: "return batches(attributes, 'departures');",
      },
    ],
  },
  'rejected-batch-keeps-failed': {
    what: 'failed providers stay when their batch is rejected',
    edits: [
      {
        file: `${REPLICA}/running.ts`,
        find: 'const failed = departuresOf(change).filter(isForced);',
        replace: 'const failed = [];',
      },
    ],
  },
  'subscriber-told-of-rejected-join': {
    what: 'subscribers are told of a join that was voted down',
    edits: [
      {
        file: `${NODE}/notifications.ts`,
        find: `const parts = this.#partsOf(outcome);
    const { membership } = parts;`,
        replace: `const { membership } = this.#partsOf(outcome);
    const { change } = rejection.running.start;
    const parts = this.#partsOf(change.kind === 'join' ? { ...outcome, change } : outcome);`,
      },
    ],
  },
  'second-joiner-not-prescreened': {
    what: 'the attributes of the second joiner are not compared',
    edits: [
      {
        file: `${LEADER}/decisions.ts`,
        find: 'const differences = isFirst ?',
        replace: 'const differences = isFirst || state.providers.length === 1 ?',
      },
    ],
  },
  ...DEPENDENT_MUTATIONS,
  'strict-not-prescreened': {
    what: 'what a joiner of a strict group leaves out is not missed',
    edits: [
      {
        file: `${LEADER}/decisions.ts`,
        find: 'prescreenDifferences(attributes, state.attributes)',
        replace: 'attributeDifferences(attributes, state.attributes)',
      },
    ],
  },
  'unresponsive-kept': {
    what: 'who does not answer stays where the group would have it removed',
    edits: [
      {
        file: `${NODE}/users.ts`,
        find: "if (code !== 'unresponsive' || !removes) return reports.report(client, code);",
        replace: 'return reports.report(client, code);',
      },
    ],
  },
  'votes-not-resent': {
    what: 'a daemon does not keep votes for the next leader',
    edits: [
      {
        file: `${NODE}/ballots.ts`,
        find: 'open.sent.push(n);',
        replace: 'this.#ports.requests.finish(n);',
      },
    ],
  },
  'resent-votes-counted-twice': {
    what: 'a new leader counts each vote for two voters',
    edits: [
      {
        file: `${LEADER}/voting.ts`,
        find: "if (this.#poll !== undefined) shared.outbox.branch('votes-asked-again');",
        replace: `if (this.#poll !== undefined) shared.outbox.branch('votes-asked-again');
    if (this.#poll !== undefined) Object.assign(this.#poll, { isTakenOver: true });`,
      },
      {
        file: `${LEADER}/poll.ts`,
        find: IS_COMPLETE,
        replace: COMPLETE_BUT_FOR('this.isTakenOver ? this.#votes.size : 0'),
      },
    ],
  },
  'condition-at-proposal': {
    what: 'compare-and-set looks at the state when it is proposed',
    edits: [
      {
        file: `${LEADER}/decisions.ts`,
        find: 'if (!holds(proposal.ifState, state.stateValue)) {',
        replace: 'if (false) {',
      },
      {
        file: `${NODE}/proposal-checks.ts`,
        find: "return proposed.kind === 'expel' ? expelProblem(member, proposed, state) : undefined;",
        replace: `const stateValue = state?.stateValue ?? null;
    if (proposed.kind === 'state' && !holds(proposed.ifState, stateValue)) {
      return proposalRefusal({ kind: 'state-changed', stateValue });
    }
    return proposed.kind === 'expel' ? expelProblem(member, proposed, state) : undefined;`,
      },
      {
        file: `${NODE}/proposal-checks.ts`,
        find: 'export function proposalProblem(',
        replace: `import { holds } from '../replica/state-condition.js';
import { proposalRefusal } from './refusals.js';
export function proposalProblem(`,
      },
    ],
  },
  // No seed has shown it. A joiner has to lead before an older member whose refusal was lost, while a later request of
  // the same process had started: that member leads itself, unless it is drained or apart, and answers itself then.
  'snapshot-without-ahead': {
    what: "a joiner's snapshot lacks the requests that started out of order",
    edits: [
      {
        file: `${REPLICA}/snapshot.ts`,
        find: 'started: replica.started.toSnapshot(),',
        replace:
          'started: replica.started.toSnapshot().map((started) => ({ ...started, ahead: [] })),',
      },
    ],
  },
  'snapshot-without-surplus': {
    what: 'a joiner counts positions without the bundles before its snapshot',
    edits: [
      { file: `${REPLICA}/snapshot.ts`, find: 'surplus: replica.surplus,', replace: 'surplus: 0,' },
    ],
  },
  // In seeds a leader hardly ever dies in the millisecond that it takes: there is a course.
  'refusal-one-early': {
    what: 'a refusal rests on all but the last body that is placed',
    edits: [
      {
        file: `${LEADER}/placing.ts`,
        find: 'const after = this.#count;',
        replace: 'const after = this.#count - 1;',
      },
    ],
  },
  'rejoin-refused': {
    what: 'a join with the id of a failed provider is refused instead of held',
    edits: [
      {
        file: `${LEADER}/leader.ts`,
        find: "this.#placing.branch('join-held');",
        replace: `{
      this.#placing.branch('join-held');
      return this.#placing.refuse(item.ref, { kind: 'duplicate-instance' });
    }`,
      },
    ],
  },
  // In seeds it looks like a withdrawal that came too late: there is a course.
  'withdrawal-skips-leaves': {
    what: 'a withdrawal does not find leaves that are collected for a batch',
    edits: [
      {
        file: `${LEADER}/selection.ts`,
        find: '[this.#joins, this.#leaves, this.#others].some(',
        replace: '[this.#joins, this.#others].some(',
      },
    ],
  },
  'withdrawn-and-run': {
    what: 'what a process has taken back in time is run all the same',
    edits: [
      {
        file: `${LEADER}/selection.ts`,
        find: '(queue) => queue.removeAll(isTarget).length > 0,',
        replace: '(queue) => [...queue].some(isTarget),',
      },
    ],
  },
  'state-lost-with-oldest': {
    what: 'the state value is lost when the oldest provider leaves',
    edits: [
      {
        file: `${REPLICA}/group-state.ts`,
        find: 'return rest.length === 0 ? { ...next, stateValue: null } : next;',
        replace:
          'return rest[0] !== state.providers[0] || rest.length === 0 ? { ...next, stateValue: null } : next;',
      },
    ],
  },
  'bundle-not-noted': {
    what: 'the started set does not name bundles, so that a new leader starts them again',
    edits: [
      {
        file: `${REPLICA}/replica.ts`,
        find: 'this.#started.add(proposer.daemon, body.n, body.low, body.proposer);\n    return proposer;',
        replace: `if (body.kind === 'bundle') return proposer;
    this.#started.add(proposer.daemon, body.n, body.low, body.proposer);
    return proposer;`,
      },
    ],
  },
  'half-a-bundle': {
    what: 'providers are told of the first half of a bundle',
    edits: [
      {
        file: `${NODE}/notifications.ts`,
        find: 'const { content, proposer: from, count } = body;',
        replace: `const { content, proposer: from } = body;
    const count = Math.ceil(body.count / 2);`,
      },
    ],
  },
  'bundle-refused-in-part': {
    what: 'a bundle that is not run is refused for its first half',
    edits: [
      {
        file: `${NODE}/proposals.ts`,
        find: 'for (let request = first; request < first + count; request += 1) {',
        replace:
          'for (let request = first; request < first + Math.ceil(count / 2); request += 1) {',
      },
    ],
  },
} as const satisfies Readonly<Record<string, Mutation>>;
