import { AttributeMismatchError, connect } from '@group-services/client';

const services = await connect();
try {
  const attributes = { version: '2.1', defaultVote: 'approve' } as const;
  const provider = await services.join('orders', { attributes, timeout: 5_000 });
  console.log(provider.id, provider.isOldest ? 'leads' : 'follows');
} catch (error) {
  if (!(error instanceof AttributeMismatchError)) throw error;
  for (const { attribute, group } of error.differences) console.log(attribute, 'is', group);
}
await services.close();
