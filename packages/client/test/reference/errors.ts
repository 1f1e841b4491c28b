import { connect, GroupServicesError } from '@group-services/client';

const services = await connect();
try {
  await services.subscribe('nobody provides this');
} catch (error) {
  if (!(error instanceof GroupServicesError) || error.code !== 'UNKNOWN_GROUP') throw error;
  console.log('later, perhaps');
}
await services.close();
