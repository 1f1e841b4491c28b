import type { GroupAttributes } from '../api/attributes.js';
import type {
  Codec,
  GroupDefinition,
  GroupDefinitionOptions,
  GroupTypes,
  StandardSchema,
} from '../api/group-types.js';
import { invalid } from '../arguments/arguments.js';
import {
  byteValues,
  jsonCodec,
  schemaValues,
  type ValueCodec,
  type ValueKind,
} from './value-codec.js';

/**
 * Describes a typed group.
 *
 * Values are UTF-8 JSON unless `codec` is given; a field without schema stays bytes. Nothing is
 * checked here: a definition that makes no sense rejects the calls that use it with
 * InvalidArgumentError.
 *
 * @example
 * ```ts
 * import { type Codec, connect, defineGroup, type StandardSchema } from '@group-services/client';
 *
 * // Of zod this would be z.coerce.number().
 * const celsius: StandardSchema<number | string, number> = {
 *   '~standard': {
 *     version: 1,
 *     vendor: 'example',
 *     validate: (value) =>
 *       Number.isFinite(Number(value))
 *         ? { value: Number(value) }
 *         : { issues: [{ message: 'not a number' }] },
 *   },
 * };
 * const text: Codec = {
 *   encode: (value) => new TextEncoder().encode(String(value)),
 *   decode: (bytes) => new TextDecoder().decode(bytes),
 * };
 * const weather = defineGroup({ name: 'weather', state: celsius, codec: text });
 *
 * const services = await connect();
 * const station = await services.join(weather);
 * await station.changeState('21.5');
 * console.log('it has', (station.stateValue ?? 0) + 0.5, 'degrees');
 * await services.close();
 * ```
 */
export function defineGroup<SI = Uint8Array, SO = SI, MI = Uint8Array, MO = MI>(
  options: GroupDefinitionOptions<SI, SO, MI, MO>,
): GroupDefinition<{
  readonly state: SO;
  readonly stateInput: SI;
  readonly message: MO;
  readonly messageInput: MI;
}> {
  return new DefinedGroup(options);
}

/** How a group's name, attributes and values are known inside this package. */
export interface GroupFormat {
  readonly name: unknown;
  readonly attributes: unknown;
  readonly state: ValueCodec;
  readonly message: ValueCodec;
}

/** What `join` and `subscribe` were given: a name, or a definition. */
export function formatOf<G extends GroupTypes>(group: string | GroupDefinition<G>): GroupFormat {
  if (group instanceof DefinedGroup) return group.format();
  const name: unknown = group;
  return {
    name,
    attributes: undefined,
    state: byteValues('stateValue'),
    message: byteValues('message'),
  };
}

interface DefinitionOptions {
  readonly name: string;
  readonly state?: StandardSchema | undefined;
  readonly message?: StandardSchema | undefined;
  readonly attributes?: Partial<GroupAttributes> | undefined;
  readonly codec?: Codec | undefined;
}

class DefinedGroup implements GroupDefinition<never> {
  readonly name: string;
  readonly attributes?: Partial<GroupAttributes> | undefined;
  readonly #options: DefinitionOptions;

  constructor(options: DefinitionOptions) {
    // Callers without a type checker may pass nothing; join() then rejects for want of a name.
    this.#options = { ...options };
    this.name = this.#options.name;
    this.attributes = this.#options.attributes;
  }

  format(): GroupFormat {
    return {
      name: this.name,
      attributes: this.attributes,
      state: this.#values('stateValue', this.#options.state),
      message: this.#values('message', this.#options.message),
    };
  }

  #values(kind: ValueKind, schema: StandardSchema | undefined): ValueCodec {
    if (schema === undefined) return byteValues(kind);
    const { codec = jsonCodec } = this.#options;
    if (!isSchema(schema))
      throw invalid('group', `has a ${kind} schema that is no Standard Schema`);
    if (!isCodec(codec)) throw invalid('group', 'has a codec without encode and decode');
    return schemaValues(kind, schema, codec);
  }
}

function isSchema(schema: StandardSchema): boolean {
  const candidate: { '~standard'?: { validate?: unknown } | undefined } | null = schema;
  return typeof candidate?.['~standard']?.validate === 'function';
}

function isCodec(codec: Codec): boolean {
  const candidate: { encode?: unknown; decode?: unknown } | null = codec;
  return typeof candidate?.encode === 'function' && typeof candidate.decode === 'function';
}
