import type { GroupAttributes } from './attributes.js';

/** Types of what a group carries; `…Input` is accepted by calls, the plain one is handed out. */
export interface GroupTypes {
  readonly state: unknown;
  readonly stateInput: unknown;
  readonly message: unknown;
  readonly messageInput: unknown;
}

/** An untyped group: bytes in, bytes out. */
export interface Bytes extends GroupTypes {
  readonly state: Uint8Array;
  readonly stateInput: Uint8Array;
  readonly message: Uint8Array;
  readonly messageInput: Uint8Array;
}

/** The part of Standard Schema v1 that is used; only synchronous validators. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => unknown;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** Turns values into bytes and back; the default is UTF-8 JSON. */
export interface Codec {
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

/** Options of defineGroup: a field without schema stays bytes. */
export interface GroupDefinitionOptions<SI, SO, MI, MO> {
  readonly name: string;
  readonly state?: StandardSchema<SI, SO> | undefined;
  readonly message?: StandardSchema<MI, MO> | undefined;
  /** Given with every join of this definition. */
  readonly attributes?: Partial<GroupAttributes> | undefined;
  readonly codec?: Codec | undefined;
}

/** A group name with types; made by defineGroup only. */
export interface GroupDefinition<G extends GroupTypes> {
  readonly name: string;
  readonly attributes?: Partial<GroupAttributes> | undefined;
  /** Type carrier; does not exist at run time. */
  readonly '~types'?: G | undefined;
}
