import * as z from 'zod/mini';
import { isProviderId } from './fields.js';
import { LIMITS, utf8Length } from './limits.js';

/**
 * What a provider says about itself to everybody who sees the list: short texts by name, given with its join
 * and never changed.
 */
export type Labels = Readonly<Record<string, string>>;

/** The labels of those on a list who have any, by provider id. */
export type LabelsOfProviders = Readonly<Record<string, Labels>>;

/** Half of a pair: it has no UTF-8 form and would arrive as another text. */
const LONE_SURROGATE = /\p{Cs}/u;

/** Why something cannot be the labels of a provider; undefined when it can. */
export function labelsProblem(given: unknown): string | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return 'must be an object of texts by name';
  }
  let bytes = 0;
  for (const [name, text] of Object.entries(given)) {
    // An assignment to a field of that name would change the object instead of adding to it.
    if (name === '' || name === '__proto__') return 'have a name that cannot be used';
    if (typeof text !== 'string') return `must be texts, and ${name} is none`;
    if (LONE_SURROGATE.test(name) || LONE_SURROGATE.test(text))
      return 'must be well-formed Unicode';
    bytes += utf8Length(name) + utf8Length(text);
  }
  if (bytes <= LIMITS.labels) return undefined;
  return `have ${bytes} bytes in all; at most ${LIMITS.labels} are allowed`;
}

/** What the labels of one provider add to a list, with the names that they stand under. */
export function labelBytes(provider: string, labels: Labels | undefined): number {
  if (labels === undefined) return 0;
  const texts = Object.entries(labels);
  return texts.reduce(
    (sum, [name, text]) => sum + utf8Length(name) + utf8Length(text) + ENTRY_BYTES,
    provider.length + ENTRY_BYTES,
  );
}

/** Lengths of two texts. */
const ENTRY_BYTES = 6;

/** Left out where there are none. */
export const labelsField = z.custom<Labels>((v) => labelsProblem(v) === undefined);

export const labelsOfProvidersField = z.custom<LabelsOfProviders>(
  (v) =>
    typeof v === 'object' &&
    v !== null &&
    Object.entries(v).every(([id, each]) => isProviderId(id) && labelsProblem(each) === undefined),
);
