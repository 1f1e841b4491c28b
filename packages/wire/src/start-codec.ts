import { isMembershipId, type MembershipId } from '@group-services/core';
import { PHASES_MAX, type Phases } from './attributes.js';
import { ByteReader, ByteWriter, Slabs } from './bytes.js';
import { type Decoded, decoded, undecodable } from './decoded.js';
import { FRAME } from './frame.js';
import { type Change, REQUESTS_MAX, type RequestRef, type StartBody } from './group-bodies.js';
import { PROTOCOL_KINDS } from './protocol-words.js';
import { DEFAULT_VOTES, LIST_MAX, TIME_LIMIT_MAX, type Voting } from './voting-bodies.js';
import { readProvider } from './voting-codecs.js';

/**
 * A START by hand, of what is proposed most: state changes, messages that are voted on, barriers. What
 * changes the list or the attributes is written as a map, by its schema.
 */

/** The place of a word in these lists is what is written. */
const CHANGES = ['none', 'state', 'message'] as const;
const PHASES = ['one', 'voting', 'exactly'] as const;

const VOTED = 1;
const SAFE = 2;

/** The length of an origin, and two numbers. */
const REQUEST_BYTES = 17;
const NUMBER_BYTES = 4;

const writer = new ByteWriter();
const slabs = new Slabs();

type Short = StartBody & {
  readonly change: Extract<Change, { readonly kind: (typeof CHANGES)[number] }>;
};

/** Whether a START is written by hand: there is no place in it for what features add. */
export function isShort(start: StartBody): start is Short {
  if (start.trace !== undefined || start.source !== undefined) return false;
  const { kind } = start.change;
  return kind === 'none' || kind === 'state' || kind === 'message';
}

export function encodeStart({ protocol, proposer = '', requests, change, voting }: Short) {
  const isSafe = change.kind === 'message' && change.safe;
  writer.reset().u8(FRAME.start).oneOf(PROTOCOL_KINDS, protocol).oneOf(CHANGES, change.kind);
  writer.u8((voting === undefined ? 0 : VOTED) | (isSafe ? SAFE : 0)).ascii(proposer);
  writer.u32(requests.length);
  for (const { origin, n, low } of requests) writer.ascii(origin).u53(n).u53(low);
  if (voting !== undefined) writeVoting(voting);
  if (change.kind === 'state') writer.bytes(change.value);
  if (change.kind === 'message') writer.bytes(change.payload);
  return writer.copy(slabs);
}

export function decodeStart(bytes: Uint8Array): Decoded<StartBody> {
  const reader = new ByteReader(bytes, 1);
  const protocol = reader.oneOf(PROTOCOL_KINDS);
  const kind = reader.oneOf(CHANGES);
  const flags = reader.flags(kind === 'message' ? VOTED | SAFE : VOTED);
  const proposer = readProvider(reader);
  const requests: RequestRef[] = [];
  for (let left = reader.count(REQUESTS_MAX, REQUEST_BYTES); left > 0; left -= 1) {
    requests.push({ origin: readOrigin(reader), n: reader.u53(), low: reader.u53() });
  }
  const voting = (flags & VOTED) === 0 ? undefined : readVoting(reader);
  const change = readChange(reader, kind, (flags & SAFE) !== 0);
  if (!reader.isComplete) return undecodable('malformed start');
  return decoded({ kind: 'start', protocol, proposer, requests, change, voting });
}

function readChange(
  reader: ByteReader,
  kind: (typeof CHANGES)[number],
  safe: boolean,
): Short['change'] {
  if (kind === 'none') return { kind };
  if (kind === 'state') return { kind, value: reader.rest() };
  return { kind, payload: reader.rest(), safe };
}

function readOrigin(reader: ByteReader): MembershipId {
  const origin = reader.ascii();
  if (!isMembershipId(origin)) reader.failed = true;
  return origin as MembershipId;
}

function writeVoting({ voters, defaultVote, timeLimit, phases, maxPhases }: Voting): void {
  writer.oneOf(DEFAULT_VOTES, defaultVote).u32(timeLimit).u53(maxPhases);
  writePhases(phases);
  writer.u32(voters.length);
  for (const no of voters) writer.u32(no);
}

function readVoting(reader: ByteReader): Voting {
  const defaultVote = reader.oneOf(DEFAULT_VOTES);
  const timeLimit = reader.u32();
  if (timeLimit > TIME_LIMIT_MAX) reader.failed = true;
  const maxPhases = reader.u53();
  const phases = readPhases(reader);
  const voters: number[] = [];
  for (let left = reader.count(LIST_MAX, NUMBER_BYTES); left > 0; left -= 1) {
    voters.push(reader.u32());
  }
  return { voters, defaultVote, timeLimit, phases, maxPhases };
}

function writePhases(phases: Phases): void {
  if (typeof phases === 'object') writer.oneOf(PHASES, 'exactly').u32(phases.exactly);
  else writer.oneOf(PHASES, phases === 1 ? 'one' : 'voting');
}

function readPhases(reader: ByteReader): Phases {
  const choice = reader.oneOf(PHASES);
  if (choice !== 'exactly') return choice === 'one' ? 1 : 'voting';
  const exactly = reader.u32();
  if (exactly < 1 || exactly > PHASES_MAX) reader.failed = true;
  return { exactly };
}
