import { ByteReader, ByteWriter, Slabs } from './bytes.js';
import { type Decoded, decoded, undecodable } from './decoded.js';
import { isProviderId } from './fields.js';
import { FRAME } from './frame.js';
import {
  CAUSE_CODES,
  DEFAULT_VOTES,
  LIST_MAX,
  OUTCOMES,
  type ResultBody,
  VOTE_VALUES,
  VOTES_MAX,
  type VotesBody,
  type WireCause,
  type WireVote,
} from './voting-bodies.js';

/**
 * VOTES and RESULT by hand: every phase of every protocol has several of them, and a schema costs many
 * times what the rest of reading them does. They accept what the schemas in `voting-bodies.ts` accept.
 */

/**
 * The place of a word is what is written. The list stands by itself so that these keep their numbers: a
 * value that comes new stands behind them.
 */
const CAST_VALUES = [
  'approve',
  'continue',
  'reject',
  'default',
] as const satisfies readonly Cast['value'][];

const HAS_STATE_VALUE = 1;
const HAS_MESSAGE = 2;
const HAS_DEFAULT_VOTE = 4;
/** Set with the one before: reject. */
const REJECT = 8;

/** Number, value and flags. */
const VOTE_BYTES = 6;
/** Code, value and the length of an id. */
const CAUSE_BYTES = 3;
const NUMBER_BYTES = 4;

const writer = new ByteWriter();
const slabs = new Slabs();

/** What somebody votes, without who it is. */
type Cast = Omit<WireVote, 'no'>;

export function writeCast(to: ByteWriter, cast: Cast): void {
  const { value, stateValue, message, defaultVote } = cast;
  to.oneOf(CAST_VALUES, value).u8(
    (stateValue === undefined ? 0 : HAS_STATE_VALUE) |
      (message === undefined ? 0 : HAS_MESSAGE) |
      (defaultVote === undefined ? 0 : HAS_DEFAULT_VOTE) |
      (defaultVote === 'reject' ? REJECT : 0),
  );
  if (stateValue !== undefined) to.blob(stateValue);
  if (message !== undefined) to.blob(message);
}

export function readCast(reader: ByteReader): Cast {
  const value = reader.oneOf(CAST_VALUES);
  const flags = reader.flags(HAS_STATE_VALUE | HAS_MESSAGE | HAS_DEFAULT_VOTE | REJECT);
  const isReject = (flags & REJECT) !== 0;
  const hasDefaultVote = (flags & HAS_DEFAULT_VOTE) !== 0;
  if (isReject && !hasDefaultVote) reader.failed = true;
  return {
    value,
    stateValue: (flags & HAS_STATE_VALUE) === 0 ? undefined : reader.blob(),
    message: (flags & HAS_MESSAGE) === 0 ? undefined : reader.blob(),
    defaultVote: hasDefaultVote ? DEFAULT_VOTES[isReject ? 1 : 0] : undefined,
  };
}

export function encodeVotes({ low, protocol, phase, votes }: VotesBody): Uint8Array {
  writer.reset().u8(FRAME.vote).u53(low).u53(protocol).u53(phase).u32(votes.length);
  for (const vote of votes) writeCast(writer.u32(vote.no), vote);
  return writer.copy(slabs);
}

export function decodeVotes(bytes: Uint8Array): Decoded<VotesBody> {
  const reader = new ByteReader(bytes, 1);
  const low = reader.u53();
  const protocol = reader.u53();
  const phase = reader.u53();
  const count = reader.count(VOTES_MAX, VOTE_BYTES);
  const votes: WireVote[] = [];
  for (let i = 0; i < count; i += 1) {
    const no = reader.u32();
    const { value, stateValue, message, defaultVote } = readCast(reader);
    votes.push({ no, value, stateValue, message, defaultVote });
  }
  if (!reader.isComplete || count === 0) return undecodable('malformed votes');
  return decoded({ kind: 'votes', low, protocol, phase, votes });
}

export function encodeResult(result: ResultBody): Uint8Array {
  const { protocol, phase, outcome, causes, riders, stateValue, defaultVote } = result;
  writer.reset().u8(FRAME.result).u53(protocol).u53(phase);
  writer.oneOf(OUTCOMES, outcome).oneOf(DEFAULT_VOTES, defaultVote);
  writer.u32(causes.length);
  for (const cause of causes) writeCause(cause);
  writer.u32(riders.length);
  for (const no of riders) writer.u32(no);
  writer.u8(stateValue === undefined ? 0 : HAS_STATE_VALUE);
  if (stateValue !== undefined) writer.bytes(stateValue);
  return writer.copy(slabs);
}

export function decodeResult(bytes: Uint8Array): Decoded<ResultBody> {
  const reader = new ByteReader(bytes, 1);
  const protocol = reader.u53();
  const phase = reader.u53();
  const outcome = reader.oneOf(OUTCOMES);
  const defaultVote = reader.oneOf(DEFAULT_VOTES);
  const causes: WireCause[] = [];
  for (let left = reader.count(LIST_MAX + 1, CAUSE_BYTES); left > 0; left -= 1) {
    causes.push(readCause(reader));
  }
  const riders: number[] = [];
  for (let left = reader.count(LIST_MAX, NUMBER_BYTES); left > 0; left -= 1) {
    riders.push(reader.u32());
  }
  const stateValue = reader.flags(HAS_STATE_VALUE) === 0 ? undefined : reader.rest();
  if (!reader.isComplete) return undecodable('malformed result');
  return decoded({
    kind: 'result',
    protocol,
    phase,
    outcome,
    causes,
    riders,
    stateValue,
    defaultVote,
  });
}

function writeCause({ code, value, provider = '' }: WireCause): void {
  writer.oneOf(CAUSE_CODES, code).oneOf(VOTE_VALUES, value).ascii(provider);
}

function readCause(reader: ByteReader): WireCause {
  const code = reader.oneOf(CAUSE_CODES);
  const value = reader.oneOf(VOTE_VALUES);
  const provider = readProvider(reader);
  return provider === undefined ? { code, value } : { code, value, provider };
}

/** A provider id, or nothing. */
export function readProvider(reader: ByteReader): string | undefined {
  const text = reader.ascii();
  if (text === '') return undefined;
  if (!isProviderId(text)) reader.failed = true;
  return text;
}
