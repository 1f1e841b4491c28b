import { connect } from '@group-services/client';
import { semaphore } from '@group-services/recipes';

const services = await connect();
const licences = await semaphore(services, 'licences', 2);
const use = async (who: string): Promise<void> => {
  const licence = await licences.acquire();
  console.log(who, 'is one of at most two');
  await licence.release();
};
await Promise.all([use('one'), use('another'), use('a third')]);
await services.close();
