import type { Codec } from '@group-services/client';

const jsonText = new TextEncoder();
const fromJson = new TextDecoder();

/** Values as UTF-8 JSON. */
export const json: Codec = {
  encode: (value) => jsonText.encode(JSON.stringify(value)),
  decode: (bytes) => JSON.parse(fromJson.decode(bytes)),
};

/** What an operator or another program has put into the group may be anything; undefined: no JSON. */
export function readJson(bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined) return undefined;
  try {
    return json.decode(bytes);
  } catch {
    return undefined;
  }
}
