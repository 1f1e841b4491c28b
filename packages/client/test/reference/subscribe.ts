import { connect } from '@group-services/client';

const services = await connect();
// Waits for the group to exist; without `persistent` that would be UnknownGroupError.
const prices = await services.subscribe('prices', { persistent: true });
const provider = await services.join('prices');
await provider.changeState(new TextEncoder().encode('42'));

for await (const event of prices) {
  if (event.type !== 'state') continue;
  console.log('the price is', new TextDecoder().decode(event.stateValue));
  break;
}
await services.close();
