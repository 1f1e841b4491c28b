import type { Ballot } from '@group-services/client';
import { printable, seconds } from './printable.js';
import { causesText } from './proposing.js';
import { portableBytes, shownBytes } from './state-text.js';

/** One line for people: what is voted on, and what there is to know. */
export function ballotLine(ballot: Ballot, at: Date): string {
  const { protocol, phase, defaultVote, timeLeft } = ballot;
  const by = protocol.proposer === undefined ? '' : ` by ${protocol.proposer}`;
  const left = timeLeft === undefined ? '' : `; ${seconds(timeLeft)} left, then ${defaultVote}`;
  const what = [`${protocol.kind} ${protocol.id}${by}`, ...contents(ballot)].join('; ');
  return printable(`${at.toISOString().slice(11, 23)}  BALLOT phase ${phase}: ${what}${left}`);
}

function contents(ballot: Ballot): readonly string[] {
  const { joining, leaving, proposedStateValue, message, attributes, messages, causes } = ballot;
  const leavers = leaving.map(({ provider, reason }) => `${provider} (${reason})`);
  return [
    ...(joining.length === 0 ? [] : [`joining ${joining.join(', ')}`]),
    ...(leavers.length === 0 ? [] : [`leaving ${leavers.join(', ')}`]),
    ...(proposedStateValue === undefined ? [] : [`state ${shownBytes(proposedStateValue)}`]),
    ...(message === undefined ? [] : [`message ${shownBytes(message)}`]),
    ...(attributes === undefined ? [] : [`attributes ${JSON.stringify(attributes)}`]),
    ...messages.map((rider) => `${rider.from} says ${shownBytes(rider.message)}`),
    ...(causes.length === 0 ? [] : [`goes on${causesText(causes)}`]),
  ];
}

/** One JSON object for programs, without the line break. */
export function ballotJson(ballot: Ballot, at: Date): string {
  const { signal: _signal, stateValue, proposedStateValue, message, messages, ...rest } = ballot;
  return JSON.stringify({
    time: at.toISOString(),
    type: 'ballot',
    ...rest,
    stateValue: stateValue === undefined ? null : portableBytes(stateValue),
    ...(proposedStateValue && { proposedStateValue: portableBytes(proposedStateValue) }),
    ...(message && { message: portableBytes(message) }),
    messages: messages.map((rider) => ({ ...rider, message: portableBytes(rider.message) })),
  });
}
