import { type Codec, connect, defineGroup, type StandardSchema } from '@group-services/client';

// Of zod this would be z.coerce.number().
const celsius: StandardSchema<number | string, number> = {
  '~standard': {
    version: 1,
    vendor: 'example',
    validate: (value) =>
      Number.isFinite(Number(value))
        ? { value: Number(value) }
        : { issues: [{ message: 'not a number' }] },
  },
};
const text: Codec = {
  encode: (value) => new TextEncoder().encode(String(value)),
  decode: (bytes) => new TextDecoder().decode(bytes),
};
const weather = defineGroup({ name: 'weather', state: celsius, codec: text });

const services = await connect();
const station = await services.join(weather);
await station.changeState('21.5');
console.log('it has', (station.stateValue ?? 0) + 0.5, 'degrees');
await services.close();
