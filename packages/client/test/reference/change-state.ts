import { connect, StateChangedError } from '@group-services/client';

const services = await connect();
const counter = await services.join('counter');
const encode = (count: number) => new TextEncoder().encode(String(count));

for (;;) {
  const before = counter.stateValue;
  const count = Number(new TextDecoder().decode(before)) + 1;
  try {
    // Runs only if nobody was faster; null: there is no value yet.
    await counter.changeState(encode(count), { ifState: before ?? null });
    break;
  } catch (error) {
    if (!(error instanceof StateChangedError)) throw error;
  }
}
await services.close();
