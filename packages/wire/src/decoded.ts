/** The outcome of reading bytes that somebody else wrote. */
export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: string };

export function decoded<T>(value: T): Decoded<T> {
  return { ok: true, value };
}

export function undecodable(error: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error };
}
