import { InvalidArgumentError } from '../api/errors.js';
import type { Codec, StandardSchema } from '../api/group-types.js';
import { invalid } from '../arguments/arguments.js';

/** What a group's values are called in calls and in limits. */
export type ValueKind = 'stateValue' | 'message';

/** A value that was read, or why it does not fit. */
export type ReadValue =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: Error };

/** Turns the values of a group into bytes and back. */
export interface ValueCodec {
  /** Bytes of a value given to a call: the caller's own ones for a group without schema. */
  write(value: unknown): Uint8Array;
  read(bytes: Uint8Array): ReadValue;
}

/** Bytes in, bytes out. */
export function byteValues(kind: ValueKind): ValueCodec {
  return {
    write(value) {
      if (value instanceof Uint8Array) return value;
      throw invalid(kind, 'must be a Uint8Array; defineGroup makes a group of typed values');
    },
    read: (bytes) => ({ ok: true, value: bytes }),
  };
}

/** Values that a schema describes: its input is written, its output is read. */
export function schemaValues(kind: ValueKind, schema: StandardSchema, codec: Codec): ValueCodec {
  return {
    write(value) {
      const outcome = validate(schema, value);
      if (!outcome.ok) {
        throw new InvalidArgumentError(`${kind} ${outcome.problem}`, {
          argument: kind,
          cause: outcome.cause,
        });
      }
      return encode(kind, value, codec);
    },
    read(bytes) {
      let decoded: unknown;
      try {
        decoded = codec.decode(bytes);
      } catch (cause) {
        return misfit(kind, { problem: 'cannot be decoded', cause, bytes });
      }
      const outcome = validate(schema, decoded);
      if (outcome.ok) return { ok: true, value: outcome.value };
      return misfit(kind, { problem: outcome.problem, cause: outcome.cause, bytes });
    },
  };
}

/** UTF-8 JSON, so that operators' tools can show it. */
export const jsonCodec: Codec = {
  encode: (value) => new TextEncoder().encode(jsonOf(value)),
  decode: (bytes): unknown => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)),
};

/** `JSON.stringify` is declared to return a text always, but has none for undefined and functions. */
function jsonOf(value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError('JSON has no form for this value');
  return text;
}

function encode(kind: ValueKind, value: unknown, codec: Codec): Uint8Array {
  let bytes: unknown;
  try {
    bytes = codec.encode(value);
  } catch (cause) {
    const message = `${kind} cannot be encoded: ${textOf(cause)}`;
    throw new InvalidArgumentError(message, { argument: kind, cause });
  }
  if (bytes instanceof Uint8Array) return bytes;
  throw invalid(kind, 'cannot be sent: the codec of the group did not return a Uint8Array');
}

function misfit(
  kind: ValueKind,
  detail: { readonly problem: string; readonly cause: unknown; readonly bytes: Uint8Array },
): ReadValue {
  const message = `a ${kind} that arrived ${detail.problem}`;
  const error = new InvalidArgumentError(message, {
    argument: kind,
    cause: detail.cause,
    bytes: detail.bytes,
  });
  return { ok: false, error };
}

type Validated =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string; readonly cause: unknown };

function validate(schema: StandardSchema, value: unknown): Validated {
  let result: unknown;
  try {
    result = schema['~standard'].validate(value);
  } catch (cause) {
    return { ok: false, problem: `makes its schema throw: ${textOf(cause)}`, cause };
  }
  if (typeof result !== 'object' || result === null) {
    return { ok: false, problem: 'has a schema that gives no result', cause: undefined };
  }
  if ('then' in result && typeof result.then === 'function') {
    // Nobody will look at that promise, so a rejection of it must not end the process.
    void Promise.resolve(result).catch(() => {});
    return {
      ok: false,
      problem: 'has an asynchronous schema; use a synchronous one',
      cause: undefined,
    };
  }
  if ('issues' in result && result.issues !== undefined) {
    const problem = `does not fit the schema of the group: ${textOfIssues(result.issues)}`;
    return { ok: false, problem, cause: result.issues };
  }
  return { ok: true, value: 'value' in result ? result.value : undefined };
}

const ISSUES_SHOWN = 3;

function textOfIssues(issues: unknown): string {
  if (!Array.isArray(issues) || issues.length === 0) return 'no reason given';
  return issues.slice(0, ISSUES_SHOWN).map(textOfIssue).join('; ');
}

function textOfIssue(issue: unknown): string {
  if (typeof issue !== 'object' || issue === null || !('message' in issue)) return 'invalid';
  const path = 'path' in issue && Array.isArray(issue.path) ? issue.path.map(textOfStep) : [];
  return path.length === 0 ? String(issue.message) : `${path.join('.')}: ${String(issue.message)}`;
}

function textOfStep(step: unknown): string {
  return typeof step === 'object' && step !== null && 'key' in step
    ? String(step.key)
    : String(step);
}

function textOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
