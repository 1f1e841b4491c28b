import { connect, UnknownProviderError } from '@group-services/client';

const services = await connect();
const keeper = await services.join('pool', { instance: 'keeper' });
const idle = await services.join('pool', { instance: 'idle' });

try {
  const result = await keeper.expel([idle.id], { phases: 'voting', reason: 'does nothing' });
  console.log('expel', result.outcome);
} catch (error) {
  if (!(error instanceof UnknownProviderError)) throw error;
  console.log('gone already:', error.providers);
}
await services.close();
